#include "cmd/recap.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* "changed=2" */
static bool
number_of(struct span word, const char *key, uint64_t *ret)
{
	struct span name;

	return span_until(&word, '=', &name) && span_is(name, key) &&
	    span_u64(word, UINT32_MAX, ret) == 0;
}

/* Colours stand round the words when Ansible is told to show them. */
static struct span
without_colour(struct span s)
{
	while (s.n > 1 && s.p[0] == '\033') {
		const char *m = memchr(s.p, 'm', s.n);

		if (m == NULL)
			break;
		s.n -= (size_t)(m + 1 - s.p);
		s.p = m + 1;
	}
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\033')
			s.n = i;
	return s;
}

/* False when the line is none of a recap's. */
static bool
read_line(struct span line, struct span *name, struct recap_host *ret)
{
	struct span word;
	unsigned seen = 0;

	*ret = (struct recap_host){ 0 };
	if (!span_word(&line, name) || !span_word(&line, &word) ||
	    !span_is(word, ":"))
		return false;
	*name = without_colour(*name);
	while (span_word(&line, &word)) {
		word = without_colour(word);
		seen |= number_of(word, "changed", &ret->changed) ? 1U : 0;
		seen |=
		    number_of(word, "unreachable", &ret->unreachable) ? 2U : 0;
		seen |= number_of(word, "failed", &ret->failed) ? 4U : 0;
	}
	/* Names end at a NUL. */
	return seen == 7 && name->n > 0 &&
	    memchr(name->p, '\0', name->n) == NULL;
}

static struct recap_host *
host_of(struct recap *r, struct span name)
{
	for (size_t i = 0; i < r->n; i++)
		if (span_is(name, r->hosts[i].name))
			return &r->hosts[i];
	if (r->n == RECAP_HOSTS_MAX)
		return NULL;
	r->hosts = mem_grow(r->hosts, r->n, &r->room, sizeof(*r->hosts));
	r->hosts[r->n] =
	    (struct recap_host){ .name = xstrndup(name.p, name.n) };
	return &r->hosts[r->n++];
}

void
recap_read(struct recap *r, struct span text)
{
	struct span line, name;

	while (span_line(&text, &line)) {
		struct recap_host one, *h;

		if (!read_line(line, &name, &one) ||
		    (h = host_of(r, name)) == NULL)
			continue;
		h->changed += one.changed;
		h->unreachable += one.unreachable;
		h->failed += one.failed;
	}
}

void
recap_free(struct recap *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->hosts[i].name);
	free(r->hosts);
	*r = (struct recap){ 0 };
}
