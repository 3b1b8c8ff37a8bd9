#include "cluster/renew.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "model/facts.h"

enum { ESP = 50 };

static bool
says_sas(const struct facts *f)
{
	return f != NULL && (f->have & HAVE_SAS) != 0 &&
	    (f->have & HAVE_ADDRS) != 0;
}

/* An ESP SA with keys, from one node to the other. */
static bool
leads(const struct sa *sa, const struct facts *from, const struct facts *to)
{
	return sa->proto == ESP && !sa->larval &&
	    facts_has_addr(from, &sa->src) && facts_has_addr(to, &sa->dst);
}

static size_t
count(const struct facts *at, const struct facts *a, const struct facts *b)
{
	size_t n = 0;

	for (size_t i = 0; i < at->n_sas; i++)
		n += leads(&at->sas[i], a, b) || leads(&at->sas[i], b, a);
	return n;
}

/* A policy that lets nothing to that node out unprotected. */
static bool
demands(const struct facts *from, const struct facts *to)
{
	for (size_t i = 0; i < from->n_policies; i++) {
		const struct policy *p = &from->policies[i];

		if (p->dir != POLICY_OUT || !p->has_tmpl || p->block)
			continue;
		for (size_t k = 0; k < to->n_addrs; k++)
			if (p->dst_prefix > 0 &&
			    ip_in_prefix(&to->addrs[k].ip, &p->dst,
				p->dst_prefix))
				return true;
	}
	return false;
}

size_t
renew_pairs(const struct facts *const facts[], size_t n,
    struct renew_pair **ret)
{
	struct renew_pair *v = NULL;
	size_t found = 0, room = 0;

	for (size_t a = 0; a < n; a++) {
		for (size_t b = a + 1; b < n; b++) {
			struct renew_pair p = { .a = a, .b = b };

			if (!says_sas(facts[a]) || !says_sas(facts[b]))
				continue;
			p.before = count(facts[a], facts[a], facts[b]) +
			    count(facts[b], facts[a], facts[b]);
			if (p.before == 0 &&
			    !(demands(facts[a], facts[b]) &&
				demands(facts[b], facts[a])))
				continue;
			v = mem_grow(v, found, &room, sizeof(*v));
			v[found++] = p;
		}
	}
	*ret = v;
	return found;
}

/* SPIs belong to the receiver, RFC 4301 section 4.1. */
static const struct sa *
find(const struct facts *f, const struct sa *like)
{
	for (size_t i = 0; i < f->n_sas; i++)
		if (f->sas[i].spi == like->spi && !f->sas[i].larval &&
		    f->sas[i].proto == like->proto &&
		    ip_equal(&f->sas[i].dst, &like->dst))
			return &f->sas[i];
	return NULL;
}

static bool
was_kept(const struct facts *before, const struct facts *after,
    const struct facts *peer)
{
	for (size_t i = 0; i < after->n_sas; i++) {
		const struct sa *sa = &after->sas[i];

		if ((leads(sa, after, peer) || leads(sa, peer, after)) &&
		    find(before, sa) != NULL)
			return true;
	}
	return false;
}

/* Does it hold at both ends what the sender uses now? */
static bool
renewed(const struct facts *from, const struct facts *to)
{
	for (size_t i = 0; i < from->n_sas; i++)
		if (leads(&from->sas[i], from, to) &&
		    find(to, &from->sas[i]) != NULL)
			return true;
	return false;
}

void
renew_check(const struct facts *const before[],
    const struct facts *const after[], struct renew_pair *p)
{
	const struct facts *a = after[p->a], *b = after[p->b];

	p->after = 0;
	p->state = RENEW_UNKNOWN;
	if (!says_sas(a) || !says_sas(b))
		return;
	p->after = count(a, a, b) + count(b, a, b);
	if (was_kept(before[p->a], a, b) || was_kept(before[p->b], b, a))
		p->state = RENEW_KEPT;
	else if (renewed(a, b) && renewed(b, a))
		p->state = RENEW_DONE;
	else
		p->state = p->after > 0 ? RENEW_HALF : RENEW_NONE;
}
