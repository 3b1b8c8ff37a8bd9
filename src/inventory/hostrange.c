#include "inventory/hostrange.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

enum { DIGITS_MAX = 18 }; /* any such number and its successor fit */

static const char letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* Positions from begin to end, and how to write one of them. */
struct range {
	uint64_t begin, end, step;
	int width;   /* digits to fill with zeros; 0: no filling */
	bool letter; /* positions in letters[] */
};

static bool
all_digits(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0 && s.n <= DIGITS_MAX;
}

static bool
letter_at(struct span s, uint64_t *ret)
{
	const char *p;

	if (s.n != 1 || s.p[0] == '\0')
		return false;
	p = strchr(letters, s.p[0]);
	if (p == NULL)
		return false;
	*ret = (uint64_t)(p - letters);
	return true;
}

static int
bad(struct err *e, struct span item, const char *why)
{
	return err_set(e, ERR_INPUT, "host range \"%.*s\": %s", (int)item.n,
	    item.p, why);
}

static int
parse_numbers(struct span item, struct span begin, struct span end,
    struct range *r, struct err *e)
{
	if (begin.n == 0)
		begin = span_of("0");
	if (!all_digits(begin) || !all_digits(end))
		return bad(e, item, "both ends must be numbers, or one letter");
	if (begin.n > 1 && begin.p[0] == '0') {
		if (begin.n != end.n)
			return bad(e, item,
			    "with leading zeros both ends need as many digits");
		r->width = (int)begin.n;
	}
	span_u64(begin, UINT64_MAX, &r->begin);
	span_u64(end, UINT64_MAX, &r->end);
	return 0;
}

/* BEGIN:END, BEGIN:END:STEP, BEGIN-END, or one number. */
static int
parse_item(struct span item, struct range *ret, struct err *e)
{
	bool colon = item.n > 0 && memchr(item.p, ':', item.n) != NULL;
	bool dash = item.n > 0 && memchr(item.p, '-', item.n) != NULL;
	struct span rest = item, begin, end = { "", 0 }, step = span_of("1");
	struct range r = { .step = 1 };

	if (!span_until(&rest, colon ? ':' : '-', &begin))
		return bad(e, item, "nothing between the brackets");
	if (strchr(":-", item.p[item.n - 1]) != NULL)
		return bad(e, item, "its end is missing");
	if (!colon && !dash)
		end = begin;
	else if (!span_until(&rest, colon ? ':' : '-', &end) || end.n == 0)
		return bad(e, item, "its end is missing");
	if (rest.n > 0) {
		step = rest;
		if (!colon || span_u64(step, 1000000, &r.step) < 0 ||
		    r.step == 0)
			return bad(e, item,
			    "it must be begin:end or begin:end:step");
	}
	r.letter = letter_at(begin, &r.begin) && letter_at(end, &r.end);
	if (!r.letter && parse_numbers(item, begin, end, &r, e) < 0)
		return -1;
	if (r.begin > r.end)
		return bad(e, item, "it begins after its end");
	*ret = r;
	return 0;
}

static void
add_name(struct names *to, size_t *cap, char *name)
{
	to->v = mem_grow(to->v, to->n, cap, sizeof(*to->v));
	to->v[to->n++] = name;
}

static char *
range_text(const struct range *r, uint64_t v)
{
	if (r->letter)
		return xasprintf("%c", letters[v]);
	return xasprintf("%0*" PRIu64, r->width, v);
}

/* All that one bracket stands for. */
static int
expand_bracket(struct span inside, size_t max, struct names *ret, struct err *e)
{
	struct names out = { 0 };
	struct span rest = inside, item;
	size_t cap = 0;

	do {
		struct range r = { 0 };

		if (!span_until(&rest, ',', &item))
			item = (struct span){ inside.p, 0 };
		if (parse_item(item, &r, e) < 0)
			goto fail;
		if ((r.end - r.begin) / r.step >= max - out.n) {
			err_set(e, ERR_INPUT,
			    "host range \"%.*s\": more than %zu names",
			    (int)item.n, item.p, max);
			goto fail;
		}
		for (uint64_t v = r.begin; v <= r.end; v += r.step)
			add_name(&out, &cap, range_text(&r, v));
	} while (rest.n > 0);
	*ret = out;
	return 0;
fail:
	names_free(&out);
	return -1;
}

/* names = every name with every tail behind it. */
static int
multiply(struct names *names, const struct names *tails, size_t max,
    struct err *e)
{
	struct names out = { 0 };
	size_t cap = 0;

	if (names->n * tails->n > max)
		return err_set(e, ERR_INPUT,
		    "host range: %zu names; %zu is the most",
		    names->n * tails->n, max);
	for (size_t i = 0; i < names->n; i++)
		for (size_t k = 0; k < tails->n; k++)
			add_name(&out, &cap,
			    xasprintf("%s%s", names->v[i], tails->v[k]));
	names_free(names);
	*names = out;
	return 0;
}

/* Takes the next literal or bracket off *rest. */
static int
next_part(struct span *rest, size_t max, struct names *ret, struct err *e)
{
	const char *end;
	size_t n = 0, cap = 0;
	struct span inside;

	if (rest->p[0] == ']')
		return err_set(e, ERR_INPUT, "\"]\" without \"[\" before it");
	if (rest->p[0] != '[') {
		while (n < rest->n && rest->p[n] != '[' && rest->p[n] != ']')
			n++;
		if (n > HOSTRANGE_NAME_MAX)
			return err_set(e, ERR_INPUT,
			    "host name of %zu bytes; %d is the most", n,
			    HOSTRANGE_NAME_MAX);
		*ret = (struct names){ 0 };
		add_name(ret, &cap, xstrndup(rest->p, n));
	} else {
		end = memchr(rest->p, ']', rest->n);
		if (end == NULL)
			return err_set(e, ERR_INPUT, "\"[\" without \"]\"");
		n = (size_t)(end - rest->p) + 1;
		inside = (struct span){ rest->p + 1, n - 2 };
		if (expand_bracket(inside, max, ret, e) < 0)
			return -1;
	}
	rest->p += n;
	rest->n -= n;
	return 0;
}

int
hostrange_expand(struct span text, size_t max, struct names *ret, size_t *at,
    struct err *e)
{
	struct names out = { 0 }, part = { 0 };
	struct span rest = text;
	size_t cap = 0, parts = 0;
	int r = -1;

	*at = 0;
	if (text.n > HOSTRANGE_TEXT_MAX)
		return err_set(e, ERR_INPUT,
		    "host range of %zu bytes; %d is the most", text.n,
		    HOSTRANGE_TEXT_MAX);
	add_name(&out, &cap, xstrdup(""));
	while (rest.n > 0) {
		*at = (size_t)(rest.p - text.p);
		if (++parts > (size_t)2 * HOSTRANGE_PARTS_MAX) {
			err_set(e, ERR_INPUT,
			    "host range: more than %d brackets",
			    HOSTRANGE_PARTS_MAX);
			goto out;
		}
		if (next_part(&rest, max, &part, e) < 0)
			goto out;
		r = multiply(&out, &part, max, e);
		names_free(&part);
		if (r < 0)
			goto out;
		r = -1;
	}
	*ret = out;
	return 0;
out:
	names_free(&out);
	return r;
}

void
names_free(struct names *n)
{
	for (size_t i = 0; i < n->n; i++)
		free(n->v[i]);
	free(n->v);
	*n = (struct names){ 0 };
}
