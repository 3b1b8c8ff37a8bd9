/*
 * str: reading text that came from outside: spans, lines, words, and numbers
 * that are numbers from the first byte to the last.
 */
#ifndef ESPY_BASE_STR_H
#define ESPY_BASE_STR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes, not terminated. */
struct span {
	const char *p;
	size_t n;
};

struct span span_of(const char *s);
bool span_is(struct span s, const char *word);
bool span_starts(struct span s, const char *head);
/* Without the white space at both ends. */
struct span span_trim(struct span s);
/*
 * Takes the next line, its newline (and carriage return) removed, off the
 * front of *text.  False when nothing is left.
 */
bool span_line(struct span *text, struct span *ret);
/* Takes the next run of non-blank bytes off *text.  False when none. */
bool span_word(struct span *text, struct span *ret);
/* Takes what stands before c, and c itself; the rest when c is not there. */
bool span_until(struct span *text, char c, struct span *ret);
/* Copies at most size - 1 bytes, terminated; false when it was cut. */
bool span_copy(struct span s, char *dst, size_t size);

/*
 * The whole span as a number in base 10, or 16 after "0x", without sign or
 * white space.  -1 when it is none or above max; *ret is then untouched.
 */
int span_u64(struct span s, uint64_t max, uint64_t *ret);
int str_u64(const char *s, uint64_t max, uint64_t *ret);

bool str_starts(const char *s, const char *head);

#endif
