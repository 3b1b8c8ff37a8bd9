#include "base/glob.h"

#include <string.h>

/*
 * The length of the class that begins at p[0] == '[', its "]" included; 0 when
 * it is none.  A "]" right behind the beginning is a member.
 */
static size_t
class_length(struct span p)
{
	size_t i = 1;

	if (i < p.n && p.p[i] == '!')
		i++;
	if (i < p.n && p.p[i] == ']')
		i++;
	while (i < p.n && p.p[i] != ']')
		i++;
	return i < p.n ? i + 1 : 0;
}

static bool
class_holds(const char *p, size_t n, char c)
{
	bool not = p[1] == '!', found = false;
	size_t i = not ? 2 : 1;

	while (i < n - 1) {
		unsigned char low = (unsigned char)p[i], high = low;

		if (i + 2 < n - 1 && p[i + 1] == '-') {
			high = (unsigned char)p[i + 2];
			i += 2;
		}
		found = found ||
		    ((unsigned char)c >= low && (unsigned char)c <= high);
		i++;
	}
	return found != not ;
}

/* How much of the pattern matches the one character; 0: none. */
static size_t
match_one(struct span p, char c)
{
	size_t n;

	if (p.n == 0 || p.p[0] == '*')
		return 0;
	if (p.p[0] == '?')
		return 1;
	n = p.p[0] == '[' ? class_length(p) : 0;
	if (n > 0)
		return class_holds(p.p, n, c) ? n : 0;
	return p.p[0] == c ? 1 : 0;
}

static void
skip(struct span *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

bool
glob_match(struct span pattern, struct span s)
{
	struct span star = { NULL, 0 }, again = { NULL, 0 };

	while (s.n > 0) {
		size_t n = match_one(pattern, s.p[0]);

		if (n > 0) {
			skip(&pattern, n);
			skip(&s, 1);
		} else if (pattern.n > 0 && pattern.p[0] == '*') {
			skip(&pattern, 1);
			star = pattern;
			again = s;
		} else if (star.p != NULL) {
			/* The last star takes one character more. */
			skip(&again, 1);
			pattern = star;
			s = again;
		} else
			return false;
	}
	while (pattern.n > 0 && pattern.p[0] == '*')
		skip(&pattern, 1);
	return pattern.n == 0;
}

bool
glob_is(struct span pattern)
{
	for (size_t i = 0; i < pattern.n; i++)
		if (memchr("*?[", pattern.p[i], 3) != NULL)
			return true;
	return false;
}
