/* words: reading the lines of tools that print keys and values as words. */
#ifndef ESPY_PLATFORM_WORDS_H
#define ESPY_PLATFORM_WORDS_H
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "model/addr.h"

/* The word behind the first word that is key; false when there is none. */
bool words_value(struct span line, const char *key, struct span *ret);
/* Is key one of the words? */
bool words_have(struct span line, const char *key);
/*
 * The number that s begins with, base 10 or 16 after "0x"; it may be followed
 * by one of the bytes of ends.  -1 otherwise, or when it is above max.
 */
int words_number(struct span s, const char *ends, uint64_t max, uint64_t *ret);
/* words_value() and words_number() in one; the ends are "(,". */
int words_u64(struct span line, const char *key, uint64_t max, uint64_t *ret);
int words_u32(struct span line, const char *key, uint32_t *ret);
/* "192.0.2.0/24"; without a length all bits count. */
int words_prefix(struct span s, struct ip *ip, uint8_t *bits);
/* Does s hold the text anywhere? */
bool words_hold(struct span s, const char *text);
/* As span_copy(), but a NUL does not end the text. */
void words_copy_line(struct span line, char *dst, size_t size);

#endif
