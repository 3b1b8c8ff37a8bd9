/* Which half belongs to which: by SPI among the SAs of the node addressed. */
#include "cluster/sadb.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* An address and whose it is. */
struct claim {
	struct ip ip;
	size_t node;
};

/* A half of an SA. */
struct half {
	const struct sa *sa;
	size_t node;
	bool paired;
};

struct index {
	struct claim *claims; /* by address */
	size_t n_claims, claims_room;
	struct half *in; /* inbound halves, by SPI and node */
	size_t n_in, in_room;
};

/* ---- whose address it is ------------------------------------------------ */

static int
ip_order(const struct ip *a, const struct ip *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->b, b->b, sizeof(a->b));
}

static int
claim_order(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int d = ip_order(&x->ip, &y->ip);

	if (d != 0)
		return d;
	return x->node < y->node ? -1 : x->node > y->node;
}

/* 127.0.0.0/8, ::1 and fe80::/10 are on every node. */
static bool
is_everywhere(const struct ip *ip)
{
	static const uint8_t loopback[16] = { [15] = 1 };

	if (ip->family == 4)
		return ip->b[0] == 127;
	return memcmp(ip->b, loopback, sizeof(loopback)) == 0 ||
	    (ip->b[0] == 0xfe && (ip->b[1] & 0xc0) == 0x80);
}

static void
claim(struct index *x, const struct ip *ip, size_t node)
{
	if (!ip_is_set(ip) || is_everywhere(ip))
		return;
	x->claims = mem_grow(x->claims, x->n_claims, &x->claims_room,
	    sizeof(*x->claims));
	x->claims[x->n_claims++] = (struct claim){ *ip, node };
}

static void
claim_all(struct index *x, const struct sadb_node *n, size_t node)
{
	for (size_t i = 0; i < n->n_known; i++)
		claim(x, &n->known[i], node);
	for (size_t i = 0; n->facts != NULL && i < n->facts->n_addrs; i++)
		claim(x, &n->facts->addrs[i].ip, node);
}

/* The node; nobody when none or several say that it is theirs. */
static size_t
owner(const struct index *x, const struct ip *ip)
{
	size_t lo = 0, hi = x->n_claims, node;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ip_order(&x->claims[mid].ip, ip) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == x->n_claims || !ip_equal(&x->claims[lo].ip, ip))
		return SADB_NOBODY;
	node = x->claims[lo].node;
	for (; lo < x->n_claims && ip_equal(&x->claims[lo].ip, ip); lo++)
		if (x->claims[lo].node != node)
			return SADB_NOBODY;
	return node;
}

static bool
has_sas(const struct sadb_node *n)
{
	return n->facts != NULL && (n->facts->have & HAVE_SAS) != 0;
}

/* ---- the two halves ----------------------------------------------------- */

static int
half_order(const void *a, const void *b)
{
	const struct half *x = a, *y = b;

	if (x->sa->spi != y->sa->spi)
		return x->sa->spi < y->sa->spi ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

/* The SAs that arrive at each node. */
static void
collect(struct index *x, const struct sadb_node *nodes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct facts *f = nodes[i].facts;

		if (!has_sas(&nodes[i]))
			continue;
		for (size_t k = 0; k < f->n_sas; k++) {
			if (owner(x, &f->sas[k].dst) != i)
				continue;
			x->in = mem_grow(x->in, x->n_in, &x->in_room,
			    sizeof(*x->in));
			x->in[x->n_in++] =
			    (struct half){ .sa = &f->sas[k], .node = i };
		}
	}
	if (x->n_in > 0)
		qsort(x->in, x->n_in, sizeof(*x->in), half_order);
}

/*
 * The inbound half of out at the node.  Addresses may have been translated on
 * the way; SPIs are the receiver's own choice, and distinct there.
 */
static struct half *
other_half(struct index *x, const struct sa *out, size_t node)
{
	struct half want = { .sa = out, .node = node };
	size_t lo = 0, hi = x->n_in;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (half_order(&x->in[mid], &want) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < x->n_in && half_order(&x->in[lo], &want) == 0; lo++)
		if (x->in[lo].sa->proto == out->proto && !x->in[lo].sa->larval)
			return &x->in[lo];
	return NULL;
}

static void
add_row(struct sadb *s, const struct sadb_row *r)
{
	s->rows = mem_grow(s->rows, s->n_rows, &s->rows_room, sizeof(*s->rows));
	s->rows[s->n_rows++] = *r;
}

static void
add_outbound(struct sadb *s, struct index *x, size_t from)
{
	const struct facts *f = s->nodes[from].facts;

	for (size_t k = 0; has_sas(&s->nodes[from]) && k < f->n_sas; k++) {
		const struct sa *sa = &f->sas[k];
		struct sadb_row r = { .from = from, .out = sa };
		struct half *h;

		if (owner(x, &sa->src) != from)
			continue;
		r.to = owner(x, &sa->dst);
		/* To itself: over loopback, no peer's business. */
		if (r.to == from)
			continue;
		h = r.to == SADB_NOBODY || sa->larval ? NULL
						      : other_half(x, sa, r.to);
		if (h != NULL) {
			h->paired = true;
			r.in = h->sa;
		}
		add_row(s, &r);
	}
}

static void
add_unpaired(struct sadb *s, const struct index *x)
{
	for (size_t i = 0; i < x->n_in; i++) {
		const struct half *h = &x->in[i];
		struct sadb_row r = { .from = owner(x, &h->sa->src),
			.to = h->node,
			.in = h->sa };

		if (!h->paired && r.from != r.to)
			add_row(s, &r);
	}
}

static const struct sa *
either(const struct sadb_row *r)
{
	return r->out != NULL ? r->out : r->in;
}

/* By pair, then direction, then age: the newest last. */
static int
row_order(const void *a, const void *b)
{
	const struct sadb_row *x = a, *y = b;
	const size_t kx[] = { x->from < x->to ? x->from : x->to,
		x->from < x->to ? x->to : x->from, x->from };
	const size_t ky[] = { y->from < y->to ? y->from : y->to,
		y->from < y->to ? y->to : y->from, y->from };

	for (size_t i = 0; i < 3; i++)
		if (kx[i] != ky[i])
			return kx[i] < ky[i] ? -1 : 1;
	if (either(x)->added_s != either(y)->added_s)
		return either(x)->added_s < either(y)->added_s ? -1 : 1;
	return either(x)->spi < either(y)->spi
	    ? -1
	    : either(x)->spi > either(y)->spi;
}

void
sadb_compare(const struct sadb_node *nodes, size_t n, struct sadb *ret)
{
	struct index x = { 0 };
	struct sadb s = { .nodes = nodes, .n_nodes = n };

	for (size_t i = 0; i < n; i++)
		claim_all(&x, &nodes[i], i);
	if (x.n_claims > 0)
		qsort(x.claims, x.n_claims, sizeof(*x.claims), claim_order);
	collect(&x, nodes, n);
	for (size_t i = 0; i < n; i++)
		add_outbound(&s, &x, i);
	add_unpaired(&s, &x);
	if (s.n_rows > 0)
		qsort(s.rows, s.n_rows, sizeof(*s.rows), row_order);
	free(x.claims);
	free(x.in);
	sadb_judge(&s);
	*ret = s;
}

void
sadb_free(struct sadb *s)
{
	free(s->rows);
	free(s->complaints);
	*s = (struct sadb){ 0 };
}
