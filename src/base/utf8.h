/*
 * utf8: text from outside made harmless.  A terminal obeys control characters
 * and reorders lines at bidirectional marks; a JSON string must be UTF-8.
 */
#ifndef ESPY_BASE_UTF8_H
#define ESPY_BASE_UTF8_H
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct buf;

enum utf8_keep {
	UTF8_VALID, /* mends what is not UTF-8 and keeps the rest as it is */
	UTF8_LINE,  /* also shows every control character, as "\x1b", "\n" */
	UTF8_TEXT   /* the same, but tabs and newlines stay what they are */
};

/*
 * Appends s with every byte that is not UTF-8 (RFC 3629: no surrogates, no
 * overlong forms) replaced by U+FFFD, and, unless keep is UTF8_VALID, with
 * C0, DEL, C1, bidirectional marks and line separators spelled out.  A
 * character is appended whole or not at all; -1 when the buffer's cap was
 * reached.
 */
int utf8_clean(struct buf *b, struct span s, enum utf8_keep keep);

/*
 * Takes one character off the front of *s, which is not empty: its number, or
 * U+FFFD and one byte when there is none.
 */
uint32_t utf8_take(struct span *s);

/* Characters in s; what a terminal needs columns for, wide ones counted 1. */
size_t utf8_length(struct span s);

#endif
