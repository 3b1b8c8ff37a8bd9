/* shell_word: words as Ansible's command module reads them, written for sh. */
#ifndef ESPY_PLAY_SHELL_WORD_H
#define ESPY_PLAY_SHELL_WORD_H
#include "base/str.h"

struct buf;
struct err;

/*
 * Takes the next word off *text as Python's shlex.split() would, quotes gone.
 * 1: there was one; 0: there is none; -1: a quote is not closed.
 */
int shell_word_take(struct span *text, struct buf *word, struct err *e);

/*
 * Appends one word for sh: "~" in front and $NAME and ${NAME} are expanded on
 * the node, and stay as they are when they are not set; nothing else is.
 */
void shell_word_path(struct buf *b, const char *word);
/* The same, and "*", "?" and "[...]" match file names. */
void shell_word_pattern(struct buf *b, const char *word);

/* "0644" as ls(1) shows it, "rw-r--r--"; -1 when it is not octal. */
int shell_permissions(const char *mode, char ret[10]);

#endif
