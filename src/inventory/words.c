#include "inventory/words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "inventory/inventory.h"

static enum word_role
take_sign(struct span *s)
{
	enum word_role role = WORD_ADDS;

	if (s->n > 0 && (s->p[0] == '!' || s->p[0] == '&')) {
		role = s->p[0] == '!' ? WORD_DROPS : WORD_KEEPS;
		s->p++;
		s->n--;
		*s = span_trim(*s);
	}
	return role;
}

static int
add(struct words *w, struct span s, struct err *e)
{
	enum word_role role;

	s = span_trim(s);
	if (s.n == 0)
		return 0;
	role = take_sign(&s);
	if (s.n == 0)
		return err_set(e, ERR_USAGE, "\"%s\" without a word behind it",
		    role == WORD_DROPS ? "!" : "&");
	w->v = mem_grow(w->v, w->n, &w->cap, sizeof(*w->v));
	w->v[w->n++] = (struct pattern_word){ role, s };
	return 0;
}

/* Brackets hold colons and commas; in a regular expression so do () and {}. */
static int
depth_change(char c, bool regex)
{
	if (c == '[' || (regex && (c == '(' || c == '{')))
		return 1;
	if (c == ']' || (regex && (c == ')' || c == '}')))
		return -1;
	return 0;
}

/* Takes what stands before the next separator: 1, 0 at the end. */
static int
next(struct span *rest, char separator, struct span *ret, struct err *e)
{
	struct span head = span_trim(*rest);
	bool regex;
	size_t i = 0;
	int depth = 0;

	take_sign(&head);
	regex = head.n > 0 && head.p[0] == '~';
	if (rest->n == 0)
		return 0;
	for (; i < rest->n && (depth > 0 || rest->p[i] != separator); i++) {
		depth += depth_change(rest->p[i], regex);
		if (depth < 0)
			depth = 0;
	}
	if (depth > 0)
		return err_set(e, ERR_USAGE,
		    "\"%.*s\": a bracket is not closed", (int)rest->n, rest->p);
	*ret = (struct span){ rest->p, i };
	rest->p += i < rest->n ? i + 1 : i;
	rest->n -= i < rest->n ? i + 1 : i;
	return 1;
}

static bool
is_name(const struct inv *inv, struct span s)
{
	s = span_trim(s);
	take_sign(&s);
	return inv_has(inv, INV_HOST, s) || inv_has(inv, INV_GROUP, s);
}

static int
split_colons(const struct inv *inv, struct span part, struct words *w,
    struct err *e)
{
	struct span word;
	int r;

	if (is_name(inv, part))
		return add(w, part, e);
	while ((r = next(&part, ':', &word, e)) > 0)
		if (add(w, word, e) < 0)
			return -1;
	return r;
}

int
words_split(const struct inv *inv, struct span pattern, struct words *ret,
    struct err *e)
{
	struct words w = { 0 };
	struct span part;
	int r;

	while ((r = next(&pattern, ',', &part, e)) > 0) {
		if (split_colons(inv, part, &w, e) < 0) {
			r = -1;
			break;
		}
	}
	if (r < 0) {
		words_free(&w);
		return -1;
	}
	*ret = w;
	return 0;
}

void
words_free(struct words *w)
{
	free(w->v);
	*w = (struct words){ 0 };
}
