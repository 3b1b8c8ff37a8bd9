/* word: words and values of an INI inventory, as Ansible reads them. */
#ifndef ESPY_INVENTORY_WORD_H
#define ESPY_INVENTORY_WORD_H
#include "base/str.h"

struct buf;

enum word_result {
	WORD_NONE, /* nothing left, or only a comment */
	WORD_TAKEN,
	WORD_UNQUOTED, /* no closing quotation mark; *rest begins there */
	WORD_UNESCAPED /* a backslash at the very end */
};

/*
 * Takes the next word off *rest by the rules of Python's shlex: quotes, a
 * backslash, and "#" begins a comment even within a word.  *start is where the
 * word stood; out is cleared first.
 */
enum word_result word_next(struct span *rest, struct buf *out,
    const char **start);

/*
 * A value as a Python literal if it is one: quoted text loses its quotes, and
 * a comment behind quoted text or a number goes.  Any other text stays whole.
 */
void word_literal(struct span value, struct buf *out);

#endif
