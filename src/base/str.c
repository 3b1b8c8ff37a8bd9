#include "base/str.h"

#include <string.h>

struct span
span_of(const char *s)
{
	return (struct span){ s, strlen(s) };
}

bool
span_is(struct span s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

bool
span_starts(struct span s, const char *head)
{
	size_t n = strlen(head);

	return s.n >= n && memcmp(s.p, head, n) == 0;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' ||
	    c == '\v';
}

struct span
span_trim(struct span s)
{
	while (s.n > 0 && blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static void
advance(struct span *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

bool
span_line(struct span *text, struct span *ret)
{
	if (!span_until(text, '\n', ret))
		return false;
	if (ret->n > 0 && ret->p[ret->n - 1] == '\r')
		ret->n--;
	return true;
}

bool
span_word(struct span *text, struct span *ret)
{
	size_t n = 0;

	while (text->n > 0 && blank(text->p[0]))
		advance(text, 1);
	while (n < text->n && !blank(text->p[n]))
		n++;
	if (n == 0)
		return false;
	*ret = (struct span){ text->p, n };
	advance(text, n);
	return true;
}

bool
span_until(struct span *text, char c, struct span *ret)
{
	const char *end;
	size_t n;

	if (text->n == 0)
		return false;
	end = memchr(text->p, c, text->n);
	n = end != NULL ? (size_t)(end - text->p) : text->n;
	*ret = (struct span){ text->p, n };
	advance(text, end != NULL ? n + 1 : n);
	return true;
}

bool
span_copy(struct span s, char *dst, size_t size)
{
	size_t n = s.n < size ? s.n : size - 1;

	if (n > 0)
		memcpy(dst, s.p, n);
	dst[n] = '\0';
	return n == s.n;
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

int
span_u64(struct span s, uint64_t max, uint64_t *ret)
{
	int base = 10;
	uint64_t v = 0;

	if (span_starts(s, "0x") || span_starts(s, "0X")) {
		base = 16;
		advance(&s, 2);
	}
	if (s.n == 0)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		int d = digit(s.p[i]);

		if (d >= base || v > (max - (uint64_t)d) / (uint64_t)base)
			return -1;
		v = v * (uint64_t)base + (uint64_t)d;
	}
	if (v > max)
		return -1;
	*ret = v;
	return 0;
}

int
str_u64(const char *s, uint64_t max, uint64_t *ret)
{
	return span_u64(span_of(s), max, ret);
}

bool
str_starts(const char *s, const char *head)
{
	return strncmp(s, head, strlen(head)) == 0;
}
