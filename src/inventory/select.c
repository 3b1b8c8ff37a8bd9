#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/glob.h"
#include "base/mem.h"
#include "inventory/build.h"
#include "inventory/hostrange.h"
#include "inventory/inventory.h"
#include "inventory/regex.h"
#include "inventory/words.h"

/* Does a name match a word?  One of both is used. */
struct matcher {
	struct span glob;
	const regex_t *re;
};

static bool
matches(const struct matcher *m, const char *name)
{
	if (m->re != NULL)
		return regex_matches(m->re, name);
	return glob_match(m->glob, span_of(name));
}

/*
 * Hosts of the groups whose names match, then hosts whose names do.  "all" and
 * "ungrouped" are not found this way, or "a*" would be everything.
 */
static void
match_names(const struct inv *inv, const struct matcher *m, struct indices *ret)
{
	for (size_t i = GROUP_UNGROUPED + 1; i < inv->n_groups; i++)
		if (matches(m, inv->groups[i].name))
			inv_walk_group(inv, i, ret);
	for (size_t i = 0; i < inv->n_members; i++)
		if (matches(m, inv->members[i].name))
			indices_add(ret, i);
}

/* The first of each stays; seen is all zero before and after. */
static void
drop_doubles(const struct inv *inv, struct indices *x)
{
	unsigned char *seen = xcalloc(inv->n_members, 1);
	size_t kept = 0;

	for (size_t i = 0; i < x->n; i++) {
		if (!seen[x->v[i]])
			x->v[kept++] = x->v[i];
		seen[x->v[i]] = 1;
	}
	x->n = kept;
	free(seen);
}

/* A host's or group's own name: true. */
static bool
match_exact(const struct inv *inv, struct span word, struct indices *ret)
{
	size_t i;

	if (span_is(word, "*"))
		word = span_of("all");
	if (map_get(&inv->member_index, word, &i))
		indices_add(ret, i);
	else if (map_get(&inv->group_index, word, &i))
		inv_walk_group(inv, i, ret);
	else
		return false;
	return true;
}

/* A name or a glob: false when nothing is of that name. */
static bool
match_plain(const struct inv *inv, struct span word, struct indices *ret)
{
	struct matcher m = { .glob = word };

	if (match_exact(inv, word, ret))
		return true;
	if (!glob_is(word))
		return false;
	match_names(inv, &m, ret);
	drop_doubles(inv, ret);
	return ret->n > 0;
}

/* [N], [-N], [M:N], [M:], [M-N] at the end of a word. */
struct subscript {
	struct span base;
	uint64_t from, to; /* both included; to is UINT64_MAX for "the last" */
	bool backwards;	   /* from counts from the end */
};

static bool
parse_subscript(struct span word, struct subscript *ret)
{
	struct subscript s = { .to = UINT64_MAX };
	struct span inside, from;
	size_t i = word.n;

	if (word.n < 4 || word.p[word.n - 1] != ']')
		return false;
	while (i > 0 && word.p[i - 1] != '[')
		i--;
	if (i < 2)
		return false;
	s.base = (struct span){ word.p, i - 1 };
	inside = (struct span){ word.p + i, word.n - i - 1 };
	if (inside.n > 0 && inside.p[0] == '-') {
		s.backwards = true;
		inside.p++;
		inside.n--;
	}
	if (inside.n == 0)
		return false;
	span_until(&inside, memchr(inside.p, ':', inside.n) != NULL ? ':' : '-',
	    &from);
	if (span_u64(from, INV_HOSTS_MAX, &s.from) < 0)
		return false;
	if (word.p + word.n - 1 == from.p + from.n)
		s.to = s.from;
	else if (s.backwards ||
	    (inside.n > 0 && span_u64(inside, INV_HOSTS_MAX, &s.to) < 0))
		return false;
	*ret = s;
	return true;
}

static void
apply_subscript(struct indices *x, const struct subscript *s)
{
	size_t from = (size_t)s->from, to = x->n;

	if (s->backwards) {
		from = from > 0 && from <= x->n ? x->n - from : x->n;
		to = from + 1;
	} else if (s->to < x->n)
		to = (size_t)s->to + 1;
	if (to > x->n)
		to = x->n;
	if (from >= to) {
		x->n = 0;
		return;
	}
	memmove(x->v, x->v + from, (to - from) * sizeof(*x->v));
	x->n = to - from;
}

/* Is it node[01:16], rather than a class of a glob? */
static bool
looks_range(struct span word)
{
	bool inside = false, more = false;

	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];

		if (c == '*' || c == '?' || c == '!')
			return false;
		if (c == '[' || c == ']')
			inside = c == '[';
		else if (inside && memchr("0123456789", c, 10) == NULL) {
			if (memchr(":,-", c, 3) != NULL)
				more = true;
			else if (memchr(word.p, ':', word.n) == NULL)
				return false;
		}
	}
	return more;
}

static int
nothing(struct err *e, struct span word)
{
	return err_set(e, ERR_USAGE, "no host or group matches \"%.*s\"",
	    (int)word.n, word.p);
}

static int
match_range(const struct inv *inv, struct span word, struct indices *ret,
    struct err *e)
{
	struct names names;
	size_t at;
	int r = 0;

	if (hostrange_expand(word, INV_HOSTS_MAX, &names, &at, e) < 0) {
		e->kind = ERR_USAGE;
		return -1;
	}
	for (size_t i = 0; i < names.n && r == 0; i++)
		if (!match_exact(inv, span_of(names.v[i]), ret))
			r = nothing(e, span_of(names.v[i]));
	names_free(&names);
	return r;
}

static int
match_regex(const struct inv *inv, struct span word, struct indices *ret,
    struct err *e)
{
	struct span text = { word.p + 1, word.n - 1 };
	struct matcher m = { 0 };
	regex_t re;

	if (regex_compile(text, &re, e) < 0)
		return -1;
	m.re = &re;
	match_names(inv, &m, ret);
	regfree(&re);
	return ret->n > 0 ? 0 : nothing(e, word);
}

/* The hosts of one word; perhaps with doubles. */
static int
match_word(const struct inv *inv, struct span word, struct indices *ret,
    struct err *e)
{
	struct subscript s;

	if (word.p[0] == '~')
		return match_regex(inv, word, ret, e);
	if (match_exact(inv, word, ret))
		return 0;
	if (parse_subscript(word, &s) && match_plain(inv, s.base, ret)) {
		apply_subscript(ret, &s);
		return ret->n > 0 ? 0 : nothing(e, word);
	}
	if (looks_range(word))
		return match_range(inv, word, ret, e);
	if (match_plain(inv, word, ret))
		return 0;
	return nothing(e, word);
}

/* What a word of that role does to the hosts chosen so far. */
static void
combine(const struct inv *inv, enum word_role role, const struct indices *word,
    struct indices *chosen)
{
	unsigned char *in;
	size_t kept = 0;

	if (role == WORD_ADDS) {
		for (size_t i = 0; i < word->n; i++)
			indices_add(chosen, word->v[i]);
		return;
	}
	in = xcalloc(inv->n_members, 1);
	for (size_t i = 0; i < word->n; i++)
		in[word->v[i]] = 1;
	for (size_t i = 0; i < chosen->n; i++)
		if (in[chosen->v[i]] == (role == WORD_KEEPS))
			chosen->v[kept++] = chosen->v[i];
	chosen->n = kept;
	free(in);
}

static int
obey(const struct inv *inv, const struct words *w, struct indices *chosen,
    struct err *e)
{
	for (int role = WORD_ADDS; role < WORD_ROLES; role++) {
		bool any = false;

		for (size_t i = 0; i < w->n; i++) {
			struct indices word = { 0 };
			int r;

			if ((int)w->v[i].role != role)
				continue;
			any = true;
			r = match_word(inv, w->v[i].text, &word, e);
			if (r == 0)
				combine(inv, w->v[i].role, &word, chosen);
			indices_free(&word);
			if (r < 0)
				return -1;
		}
		if (role == WORD_ADDS && !any)
			inv_walk_group(inv, GROUP_ALL, chosen);
		drop_doubles(inv, chosen);
	}
	return 0;
}

static int
evaluate(const struct inv *inv, const char *what, const char *pattern,
    struct indices *ret, struct err *e)
{
	struct indices chosen = { 0 };
	struct words w = { 0 };
	int r = words_split(inv, span_of(pattern), &w, e);
	bool many;

	if (r == 0 && w.n == 0)
		r = err_set(e, ERR_USAGE, "it is empty");
	if (r == 0)
		r = obey(inv, &w, &chosen, e);
	many = w.n != 1;
	words_free(&w);
	if (r < 0) {
		/* A single word is in the message already. */
		if (many)
			err_wrap(e, "%s \"%.200s\"", what, pattern);
		else
			err_wrap(e, "%s", what);
		indices_free(&chosen);
		return -1;
	}
	*ret = chosen;
	return 0;
}

int
inv_select(const struct inv *inv, const char *pattern, const char *limit,
    struct inv_pick *ret, struct err *e)
{
	struct indices chosen = { 0 }, only = { 0 };

	if (evaluate(inv, "pattern", pattern, &chosen, e) < 0)
		return -1;
	if (limit != NULL) {
		if (evaluate(inv, "limit", limit, &only, e) < 0) {
			indices_free(&chosen);
			return -1;
		}
		combine(inv, WORD_KEEPS, &only, &chosen);
		indices_free(&only);
	}
	if (chosen.n == 0) {
		indices_free(&chosen);
		return err_set(e, ERR_USAGE,
		    "pattern \"%.200s\"%s%.200s%s: no host is left", pattern,
		    limit != NULL ? ", limited to \"" : "",
		    limit != NULL ? limit : "", limit != NULL ? "\"" : "");
	}
	ret->hosts = xcalloc(chosen.n, sizeof(*ret->hosts));
	ret->n = chosen.n;
	for (size_t i = 0; i < chosen.n; i++)
		ret->hosts[i] = &inv->hosts[chosen.v[i]];
	indices_free(&chosen);
	return 0;
}

void
inv_pick_free(struct inv_pick *p)
{
	free(p->hosts);
	*p = (struct inv_pick){ 0 };
}
