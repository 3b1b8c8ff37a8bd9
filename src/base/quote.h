/* quote: one word made safe for a POSIX shell; the only such place. */
#ifndef ESPY_BASE_QUOTE_H
#define ESPY_BASE_QUOTE_H

struct buf;

/*
 * Appends word so that a POSIX shell reads it as exactly that one word: as it
 * stands when it holds nothing special, in single quotes otherwise (XCU 2.2.2).
 * -1 when the buffer's cap was reached.
 */
int quote_word(struct buf *b, const char *word);

#endif
