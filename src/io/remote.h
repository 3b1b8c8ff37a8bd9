/*
 * remote: what is put round a command on the host, and taken off its output.
 *
 * sshd ends nothing when a connection breaks.  So before each command a small
 * watcher is started, in the command's own process group.  It ends that group
 * (SIGTERM, within three seconds SIGKILL) when the connection's sshd is gone,
 * when its time is up, or when it is sent SIGTERM; it leaves by itself, within
 * a second, once the command is gone.  Its process id comes as the first line
 * of standard output, behind a word that nobody else knows, and is removed from
 * there.
 *
 * The login shell may be anything, so only syntax that sh, csh and fish share
 * stands outside of quotes.
 */
#ifndef ESPY_IO_REMOTE_H
#define ESPY_IO_REMOTE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct buf;

/* Who runs it: NULL user is the one who logged in. */
struct remote_as {
	bool become; /* through sudo */
	const char *user;
	/*
	 * sudo -S, which may ask for a password, instead of sudo -n.  Its
	 * prompt is the mark and "%:"; the command line says that as "%%:", so
	 * that no listing of processes holds the prompt.
	 */
	bool asks;
};

/*
 * Appends the command line.  command is for the login shell (or, through sudo,
 * for sh); NULL: sh reads a script from standard input.  mark is a word of
 * letters and digits.  limit_s is the watcher's.
 */
void remote_command(struct buf *b, const struct remote_as *as,
    const char *command, const char *mark, int64_t limit_s);

/* Appends the command line that tells a watcher to end its command. */
void remote_kill(struct buf *b, const struct remote_as *as, const char *mark,
    int64_t watcher);

/* Appends word, quoted so that sh, csh and fish all read that one word. */
void remote_quote(struct buf *b, const char *word);

/* Looks for the watcher's line in the first bytes of standard output. */
struct remote_filter {
	const char *mark;
	bool done;
	bool in_line; /* within a line that is not the watcher's */
	size_t seen;  /* bytes passed before the line */
	size_t held;  /* bytes of a line that may be the watcher's */
	char line[64];
	int64_t watcher; /* its process id; 0: not seen */
};

/*
 * Takes bytes as they come and calls pass() with what belongs to the command,
 * in order.  Bytes are held back only while they may be the watcher's line.
 * Returns the first non-zero of pass().
 */
int remote_filter(struct remote_filter *f, struct span bytes,
    int (*pass)(void *arg, struct span bytes), void *arg);
/* At the end of the stream: passes what was held back. */
int remote_filter_end(struct remote_filter *f,
    int (*pass)(void *arg, struct span bytes), void *arg);

#endif
