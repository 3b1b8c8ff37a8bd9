/*
 * shell: what a task runs on a node, as text for sh -c: POSIX sh and its tools,
 * no Python.  It ends by itself, and leaves nothing behind but what it was told
 * to make, also when it is ended with SIGTERM.
 */
#ifndef ESPY_PLAY_SHELL_H
#define ESPY_PLAY_SHELL_H
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

enum { SHELL_TEXT_MAX = 100 * 1024 /* one argument of exec(2) on Linux */ };

/* What the scripts print about themselves comes behind this word. */
struct shell_how {
	const char *word;
	bool check; /* change nothing, say what would change */
	const char *chdir, *creates, *removes, *executable; /* or NULL */
};

/*
 * All append to b; ERR_INPUT when the text makes no sense or is too long.  With
 * creates and removes the node may say "WORD exists" or "WORD missing" on
 * standard output, and nothing else.  With check, and no reason against it, it
 * says "WORD would".
 */
/* The words of text, as Python's shlex and expandvars see them; no shell. */
int shell_put_command(struct buf *b, const struct shell_how *how,
    const char *text, struct err *e);
int shell_put_shell(struct buf *b, const struct shell_how *how,
    const char *text, struct err *e);
/* A program of size bytes comes on standard input; words are shell text. */
int shell_put_script(struct buf *b, const struct shell_how *how,
    const char *words, size_t size, struct err *e);

struct shell_copy {
	const char *word;
	bool check;
	const char *dest;
	const char *name; /* of the file, should dest be a directory; or NULL */
	const char *mode; /* octal; NULL: as it is, or as umask has it */
	const char *owner, *group; /* or NULL */
	size_t size;		   /* of what comes on standard input */
};

/* It says "WORD changed PATH" or "WORD same PATH". */
int shell_put_copy(struct buf *b, const struct shell_copy *c, struct err *e);

/* The file's bytes, and nothing else, on standard output; or "WORD missing",
 * "WORD directory" on standard error and status 3. */
int shell_put_fetch(struct buf *b, const char *word, const char *src,
    struct err *e);

/* The first word of text as shlex has it, and where the rest begins. */
int shell_first_word(const char *text, struct buf *word, const char **rest,
    struct err *e);

#endif
