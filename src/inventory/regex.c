#include "inventory/regex.h"

#include <string.h>

#include "base/err.h"

enum {
	REGEX_TEXT_MAX = 256,
	REGEX_REPEAT_MAX = 1024 /* product of all bounds; "+" counts 2 */
};

static bool
alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

/* The larger bound of "{m,n}" behind p, 1 when there is none. */
static uint64_t
bound(struct span p)
{
	uint64_t v = 0, most = 1;

	for (size_t i = 0; i < p.n && p.p[i] != '}'; i++) {
		if (p.p[i] >= '0' && p.p[i] <= '9' && v < 1000000)
			v = v * 10 + (uint64_t)(p.p[i] - '0');
		else
			v = 0;
		if (v > most)
			most = v;
	}
	return most;
}

static int
check(struct span text, struct err *e)
{
	uint64_t repeat = 1;

	if (text.n > REGEX_TEXT_MAX)
		return err_set(e, ERR_USAGE,
		    "regular expression of %zu bytes; %d is the most", text.n,
		    REGEX_TEXT_MAX);
	for (size_t i = 0; i < text.n; i++) {
		struct span rest = { text.p + i + 1, text.n - i - 1 };

		if (text.p[i] == '\\' && rest.n > 0 && alnum(rest.p[0]))
			return err_set(e, ERR_USAGE,
			    "\"~%.*s\": there is no \\%c in a POSIX regular "
			    "expression; write [0-9], [[:alnum:]], ...",
			    (int)text.n, text.p, rest.p[0]);
		/* Libraries copy what is repeated; nested, that multiplies. */
		if (repeat <= REGEX_REPEAT_MAX && text.p[i] == '{')
			repeat *= bound(rest);
		else if (repeat <= REGEX_REPEAT_MAX && text.p[i] == '+')
			repeat *= 2;
	}
	if (repeat > REGEX_REPEAT_MAX)
		return err_set(e, ERR_USAGE,
		    "\"~%.*s\": its repetitions multiply to more than %d",
		    (int)text.n, text.p, REGEX_REPEAT_MAX);
	return 0;
}

int
regex_compile(struct span text, regex_t *ret, struct err *e)
{
	char copy[REGEX_TEXT_MAX + 1], why[256];
	int code;

	if (check(text, e) < 0)
		return -1;
	span_copy(text, copy, sizeof(copy));
	code = regcomp(ret, copy, REG_EXTENDED);
	if (code == 0)
		return 0;
	regerror(code, ret, why, sizeof(why));
	return err_set(e, ERR_USAGE, "\"~%s\": %s", copy, why);
}

bool
regex_matches(const regex_t *re, const char *s)
{
	regmatch_t m;

	return regexec(re, s, 1, &m, 0) == 0 && m.rm_so == 0;
}
