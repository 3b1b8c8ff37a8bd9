/* hex: bytes written as hex digits, to a heap block of exactly that size. */
#ifndef ESPY_TESTS_HEX_H
#define ESPY_TESTS_HEX_H
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline unsigned
hex_digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Blanks are skipped.  To be freed; a sanitizer sees every byte too far. */
static inline uint8_t *
hex_bytes(const char *text, size_t *n)
{
	uint8_t *b = malloc(strlen(text) / 2 + 1);

	*n = 0;
	for (; *text != '\0'; text += 2) {
		while (*text == ' ')
			text++;
		b[(*n)++] =
		    (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
	}
	return realloc(b, *n + (*n == 0));
}

#endif
