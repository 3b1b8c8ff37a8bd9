#include "inventory/word.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char
take(struct span *s)
{
	char c = s->p[0];

	s->p++;
	s->n--;
	return c;
}

/* What stands between two quotation marks; the first is already taken. */
static enum word_result
take_quoted(struct span *rest, char quote, struct buf *out)
{
	struct span at = { rest->p - 1, rest->n + 1 };

	while (rest->n > 0) {
		char c = take(rest);

		if (c == quote)
			return WORD_TAKEN;
		if (c == '\\' && quote == '"' && rest->n > 0 &&
		    (rest->p[0] == '"' || rest->p[0] == '\\'))
			c = take(rest);
		buf_add(out, &c, 1);
	}
	*rest = at;
	return WORD_UNQUOTED;
}

enum word_result
word_next(struct span *rest, struct buf *out, const char **start)
{
	buf_clear(out);
	while (rest->n > 0 && blank(rest->p[0]))
		take(rest);
	*start = rest->p;
	if (rest->n == 0 || rest->p[0] == '#')
		return WORD_NONE;
	while (rest->n > 0 && !blank(rest->p[0])) {
		char c = rest->p[0];

		if (c == '#') {
			rest->n = 0;
			break;
		}
		take(rest);
		if (c == '"' || c == '\'') {
			if (take_quoted(rest, c, out) != WORD_TAKEN)
				return WORD_UNQUOTED;
			continue;
		}
		if (c == '\\') {
			if (rest->n == 0)
				return WORD_UNESCAPED;
			c = take(rest);
		}
		buf_add(out, &c, 1);
	}
	return WORD_TAKEN;
}

/* One string literal off *rest; false when it is none that we know. */
static bool
take_string(struct span *rest, struct buf *out)
{
	static const char from[] = "\\'\"nt", to[] = "\\'\"\n\t";
	char quote = take(rest);

	while (rest->n > 0) {
		char c = take(rest);
		const char *escape;

		if (c == quote)
			return true;
		if (c == '\\') {
			if (rest->n == 0)
				return false;
			escape = memchr(from, rest->p[0], sizeof(from) - 1);
			if (escape != NULL) {
				take(rest);
				c = to[escape - from];
			}
		}
		buf_add(out, &c, 1);
	}
	return false;
}

/* One or more string literals and perhaps a comment. */
static bool
strings(struct span value, struct buf *out)
{
	do {
		if (!take_string(&value, out))
			return false;
		value = span_trim(value);
	} while (value.n > 0 && (value.p[0] == '"' || value.p[0] == '\''));
	return value.n == 0 || value.p[0] == '#';
}

/* A number or one of Python's three words. */
static bool
simple(struct span s)
{
	size_t i = 0;

	if (span_is(s, "True") || span_is(s, "False") || span_is(s, "None"))
		return true;
	if (s.n > 1 && s.p[0] == '-')
		i = 1;
	while (i < s.n && (s.p[i] == '.' || (s.p[i] >= '0' && s.p[i] <= '9')))
		i++;
	return s.n > 0 && i == s.n;
}

void
word_literal(struct span value, struct buf *out)
{
	struct span rest = value, head;

	buf_clear(out);
	if (value.n > 0 && (value.p[0] == '"' || value.p[0] == '\'')) {
		if (strings(value, out))
			return;
		buf_clear(out);
	} else if (span_until(&rest, '#', &head) && simple(span_trim(head)))
		value = span_trim(head);
	buf_add(out, value.p, value.n);
}
