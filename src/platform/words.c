#include "platform/words.h"

#include <string.h>

bool
words_value(struct span line, const char *key, struct span *ret)
{
	struct span w;

	while (span_word(&line, &w))
		if (span_is(w, key))
			return span_word(&line, ret);
	return false;
}

bool
words_have(struct span line, const char *key)
{
	struct span w;

	while (span_word(&line, &w))
		if (span_is(w, key))
			return true;
	return false;
}

int
words_number(struct span s, const char *ends, uint64_t max, uint64_t *ret)
{
	size_t n = 0;

	while (n < s.n && strchr(ends, s.p[n]) == NULL)
		n++;
	return span_u64((struct span){ s.p, n }, max, ret);
}

int
words_u64(struct span line, const char *key, uint64_t max, uint64_t *ret)
{
	struct span w;

	if (!words_value(line, key, &w))
		return -1;
	return words_number(w, "(,", max, ret);
}

int
words_u32(struct span line, const char *key, uint32_t *ret)
{
	uint64_t v;

	if (words_u64(line, key, UINT32_MAX, &v) < 0)
		return -1;
	*ret = (uint32_t)v;
	return 0;
}

int
words_prefix(struct span s, struct ip *ip, uint8_t *bits)
{
	struct span addr;
	struct ip a;
	uint64_t n, max;

	if (!span_until(&s, '/', &addr) || ip_parse(addr, &a) < 0)
		return -1;
	max = a.family == 4 ? 32 : 128;
	/* A slash with nothing behind it is no length. */
	if (s.n == 0 && addr.p + addr.n == s.p)
		n = max;
	else if (span_u64(s, max, &n) < 0)
		return -1;
	*ip = a;
	*bits = (uint8_t)n;
	return 0;
}

bool
words_hold(struct span s, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; n <= s.n && i <= s.n - n; i++)
		if (memcmp(s.p + i, text, n) == 0)
			return true;
	return false;
}

void
words_copy_line(struct span line, char *dst, size_t size)
{
	size_t n = line.n < size ? line.n : size - 1;

	for (size_t i = 0; i < n; i++)
		dst[i] = line.p[i] != '\0' ? line.p[i] : '?';
	dst[n] = '\0';
}
