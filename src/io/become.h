/*
 * become: the talk with sudo(8) before a command begins.  Pure.
 *
 * With -S sudo asks on standard error and reads one line of standard input; or
 * it does neither, for NOPASSWD or a password that it remembers, and then the
 * command would read what we send.  So the password is sent only behind the
 * prompt, whose text no command line shows (see io/remote.h), and the input
 * only when the command has begun, which the watcher's line says.  What sudo
 * says is held back until then.
 */
#ifndef ESPY_IO_BECOME_H
#define ESPY_IO_BECOME_H
#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"
#include "io/remote.h"

enum { BECOME_PASSWORD_MAX = 1023, BECOME_WHY_MAX = 300 };

struct become {
	enum {
		BECOME_OFF,	 /* no sudo, or the command has begun */
		BECOME_SILENT,	 /* it has not asked; it may not need to */
		BECOME_ASKS,	 /* it waits for the password */
		BECOME_ANSWERED, /* it has that */
		BECOME_REFUSED	 /* it asks again: the password is wrong */
	} state;
	const char *user; /* NULL: root */
	char prompt[64];
	struct buf said;   /* by sudo, without prompts */
	size_t asked_at;   /* in said, where the last prompt was */
	struct buf answer; /* password and newline; empty: there is none */
	size_t answered;   /* bytes of it that are sent */
};

/* mark as for remote_command(); password: NULL when there is none. */
void become_init(struct become *b, const struct remote_as *as, const char *mark,
    const char *password);
/* The password is zeroed. */
void become_fini(struct become *b);

/*
 * Takes what comes on standard error, and passes on what the command said.
 * Both return the first non-zero of pass().
 */
int become_take(struct become *b, struct span bytes,
    int (*pass)(void *arg, struct span bytes), void *arg);
/*
 * The command has begun: what sudo said to ask for the password is dropped, all
 * else is passed on.  Nothing when it had begun.
 */
int become_begun(struct become *b, int (*pass)(void *arg, struct span bytes),
    void *arg);

/* Whether the command's input has to wait. */
bool become_holds(const struct become *b);
/* What to send now; empty when nothing.  The same bytes until they are sent. */
struct span become_answer(const struct become *b);
void become_sent(struct become *b, size_t n);

/*
 * At the end: whether it was sudo that ended with that status, the command not
 * having begun, and why, in one line; nobody's output is in it but sudo's.
 */
bool become_refused(const struct become *b, int status,
    char ret[BECOME_WHY_MAX]);

#endif
