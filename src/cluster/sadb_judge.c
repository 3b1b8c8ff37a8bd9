/*
 * What is wrong with an SA of which both ends have spoken.  The checks need no
 * traffic; their numbers are limits of judgement, not of any protocol.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cluster/sadb.h"

enum {
	LARVAL_S = 30,	     /* IKE is done, or fails, long before */
	NEWEST_S = 10,	     /* both ends use a new SA by then */
	GENERATIONS_MAX = 2, /* the old one and the new one, in a rekey */
	CLOCK_S = 2	     /* uptime and age are rounded to seconds */
};

static const char *const kinds[SADB_KINDS] = {
	[SADB_FINE] = "fine",
	[SADB_STALE] = "stale",
	[SADB_LOST] = "lost",
	[SADB_ONE_WAY] = "one-way",
	[SADB_ALGORITHMS] = "algorithms",
	[SADB_KEYS] = "keys",
	[SADB_SHAPE] = "shape",
	[SADB_SEQUENCE] = "sequence",
	[SADB_LARVAL] = "larval",
	[SADB_OLD] = "old",
	[SADB_NEWEST] = "newest",
	[SADB_LIFETIME] = "lifetime",
	[SADB_MANY] = "many",
	[SADB_REJECTS] = "rejects",
};

const char *
sadb_word(enum sadb_kind k)
{
	return kinds[k];
}

bool
sadb_wrong(enum sadb_kind k)
{
	return k > SADB_FINE && k < SADB_NOTES;
}

/* ---- an SA's time ------------------------------------------------------- */

int64_t
sadb_age_s(const struct sadb_node *n, const struct sa *sa)
{
	int64_t now;

	if (n->facts == NULL || (n->facts->have & HAVE_CLOCK) == 0 ||
	    sa->added_s == 0)
		return -1;
	now = n->facts->clock.ns / NS_PER_S;
	return now > sa->added_s ? now - sa->added_s : 0;
}

static bool
is_dying(const struct sadb_node *n, const struct sa *sa)
{
	int64_t age = sadb_age_s(n, sa);

	return sa->add_soft_s > 0 && age >= (int64_t)sa->add_soft_s;
}

const char *
sadb_state(const struct sadb_node *n, const struct sa *sa)
{
	if (sa == NULL)
		return "-";
	if (sa->larval)
		return "larval";
	return is_dying(n, sa) ? "dying" : "mature";
}

/* ---- rows of one direction ---------------------------------------------- */

/* Rows [first, end) go from one node to one other; both have answered. */
struct way {
	struct sadb *s;
	size_t first, end;
	const struct sadb_node *from, *to;
};

static bool
has_sas(const struct sadb *s, size_t node)
{
	return node != SADB_NOBODY && s->nodes[node].facts != NULL &&
	    (s->nodes[node].facts->have & HAVE_SAS) != 0;
}

static struct sadb_complaint *
complain(struct sadb *s, struct sadb_row *r, enum sadb_kind kind)
{
	const struct sa *sa = r->out != NULL ? r->out : r->in;
	struct sadb_complaint *c;

	s->complaints = mem_grow(s->complaints, s->n_complaints,
	    &s->complaints_room, sizeof(*s->complaints));
	c = &s->complaints[s->n_complaints++];
	*c = (struct sadb_complaint){ .kind = kind,
		.from = r->from,
		.to = r->to,
		.row = (size_t)(r - s->rows),
		.spi = sa->spi,
		.out = r->out,
		.in = r->in };
	return c;
}

/* Is the row, from one of the two to the other, held by the node too? */
static bool
holds(const struct sadb_row *r, size_t node)
{
	const struct sa *sa = r->from == node ? r->out : r->in;

	return sa != NULL && !sa->larval;
}

static bool
is_between(const struct sadb_row *r, size_t a, size_t b)
{
	return (r->from == a && r->to == b) || (r->from == b && r->to == a);
}

/* Has the node any SA with the peer, in either direction?  w is one of them. */
static bool
knows(const struct way *w, size_t node, size_t peer)
{
	const struct sadb_row *v = w->s->rows;

	for (size_t i = w->first; i > 0 && is_between(&v[i - 1], node, peer);
	     i--)
		if (holds(&v[i - 1], node))
			return true;
	for (size_t i = w->first;
	     i < w->s->n_rows && is_between(&v[i], node, peer); i++)
		if (holds(&v[i], node))
			return true;
	return false;
}

/* Is there an SA that works and is newer than row i's? */
static bool
has_newer(const struct way *w, size_t i)
{
	for (size_t k = i + 1; k < w->end; k++) {
		const struct sadb_row *r = &w->s->rows[k];

		if (r->out != NULL && r->in != NULL &&
		    r->out->added_s > w->s->rows[i].out->added_s)
			return true;
	}
	return false;
}

/* Came the node up after its peer made the SA?  By durations, not clocks. */
static bool
rebooted_since(const struct sadb_node *n, const struct sadb_node *peer,
    const struct sa *sa)
{
	int64_t age = sadb_age_s(peer, sa);

	return (n->facts->have & HAVE_CLOCK) != 0 && age >= 0 &&
	    n->facts->uptime_s + CLOCK_S < (uint64_t)age;
}

static void
check_missing(struct way *w, size_t i)
{
	struct sadb_row *r = &w->s->rows[i];
	struct sadb_complaint *c;

	if (r->out == NULL || r->out->larval || r->in != NULL)
		return;
	if (has_newer(w, i)) {
		complain(w->s, r, SADB_OLD);
		return;
	}
	if (knows(w, r->to, r->from)) {
		complain(w->s, r, SADB_STALE);
		return;
	}
	c = complain(w->s, r, SADB_LOST);
	c->rebooted = rebooted_since(w->to, w->from, r->out);
	c->uptime_s = w->to->facts->uptime_s;
}

/* ---- one SA, both halves ------------------------------------------------ */

/* Platforms name the same thing differently. */
static const char *const names[][2] = {
	{ "cbc(aes)", "aes-cbc" },
	{ "cbc(des3_ede)", "3des-cbc" },
	{ "cbc(blowfish)", "blowfish-cbc" },
	{ "rfc4106(gcm(aes))", "aes-gcm16" },
	{ "rfc4309(ccm(aes))", "aes-ccm16" },
	{ "hmac(md5)", "hmac-md5" },
	{ "hmac(sha1)", "hmac-sha1" },
	{ "hmac(sha256)", "hmac-sha256" },
	{ "hmac(sha384)", "hmac-sha384" },
	{ "hmac(sha512)", "hmac-sha512" },
};

/* -1: a name that is not known, which may be the same as any other. */
static int
algorithm(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i][0]) == 0 ||
		    strcmp(name, names[i][1]) == 0)
			return (int)i;
	return -1;
}

static bool
algorithms_differ(const char *a, const char *b)
{
	int x = algorithm(a), y = algorithm(b);

	return strcmp(a, b) != 0 && x >= 0 && y >= 0 && x != y;
}

/* 0 is a length that the platform does not say. */
static bool
bits_differ(uint32_t a, uint32_t b)
{
	return a != 0 && b != 0 && a != b;
}

/* Digests of different forms say nothing of each other. */
static bool
keys_differ(const char *a, const char *b)
{
	size_t form = strcspn(a, " ");

	return a[0] != '\0' && b[0] != '\0' && form == strcspn(b, " ") &&
	    strncmp(a, b, form) == 0 && strcmp(a, b) != 0;
}

static void
check_fit(struct way *w, struct sadb_row *r)
{
	const struct sa *out = r->out, *in = r->in;

	if (algorithms_differ(out->crypt, in->crypt) ||
	    algorithms_differ(out->auth, in->auth) ||
	    bits_differ(out->key_bits, in->key_bits) ||
	    bits_differ(out->icv_bits, in->icv_bits))
		complain(w->s, r, SADB_ALGORITHMS);
	else if (keys_differ(out->keys, in->keys))
		complain(w->s, r, SADB_KEYS);
	if (out->mode != in->mode || out->encap != in->encap ||
	    out->esn != in->esn)
		complain(w->s, r, SADB_SHAPE);
}

static void
check_numbers(struct way *w, struct sadb_row *r)
{
	const struct sa *out = r->out, *in = r->in;
	uint64_t rejects =
	    in->stat_failed + in->stat_replay + in->stat_replay_window;

	/* A card that encrypts counts by itself. */
	if (in->seq > out->oseq && !out->hw_offload)
		complain(w->s, r, SADB_SEQUENCE);
	if (rejects > 0)
		complain(w->s, r, SADB_REJECTS)->count = rejects;
}

/* Seconds until the SA is gone; -1 when that is not known, or never. */
static int64_t
left_s(const struct sadb_node *n, const struct sa *sa)
{
	int64_t age = sadb_age_s(n, sa), hard = (int64_t)sa->add_hard_s;

	if (age < 0 || hard == 0)
		return -1;
	return hard > age ? hard - age : 0;
}

/* from would go on sending to where nobody listens any more. */
static void
check_lifetime(struct way *w, struct sadb_row *r)
{
	int64_t out = left_s(w->from, r->out), in = left_s(w->to, r->in);

	if (in < 0 || (out < 0 && r->out->add_hard_s != 0))
		return;
	/* Never, or later by a tenth of the lifetime. */
	if (out < 0 || (out - in) * 10 > (int64_t)r->out->add_hard_s)
		complain(w->s, r, SADB_LIFETIME);
}

static void
check_larval(struct way *w, struct sadb_row *r)
{
	int64_t age;

	if (r->out == NULL || !r->out->larval)
		return;
	age = sadb_age_s(w->from, r->out);
	if (age > LARVAL_S)
		complain(w->s, r, SADB_LARVAL)->count = (uint64_t)age;
}

/* ---- all of one direction ----------------------------------------------- */

struct sum {
	size_t out, in, both, fresh;
	struct sadb_row *any, *newest_in;
};

static struct sum
count(const struct way *w)
{
	struct sum n = { 0 };

	for (size_t i = w->first; i < w->end; i++) {
		struct sadb_row *r = &w->s->rows[i];
		bool out = r->out != NULL && !r->out->larval;
		bool in = r->in != NULL && !r->in->larval;

		n.out += out;
		n.in += in;
		n.both += out && in;
		n.fresh += out && !is_dying(w->from, r->out);
		if (out || in)
			n.any = r;
		if (in &&
		    (n.newest_in == NULL ||
			r->in->added_s > n.newest_in->in->added_s))
			n.newest_in = r;
	}
	return n;
}

static void
check_counts(struct way *w)
{
	struct sum n = count(w);
	int64_t age;

	if (n.fresh > GENERATIONS_MAX)
		complain(w->s, n.any, SADB_MANY)->count = n.fresh;
	if (n.newest_in == NULL)
		return;
	age = sadb_age_s(w->to, n.newest_in->in);
	if (n.out == 0 && knows(w, n.newest_in->from, n.newest_in->to))
		complain(w->s, n.newest_in, SADB_ONE_WAY);
	else if (n.both > 0 && n.newest_in->out == NULL && age > NEWEST_S &&
	    !is_dying(w->to, n.newest_in->in))
		complain(w->s, n.newest_in, SADB_NEWEST);
}

static void
judge_way(struct way *w)
{
	for (size_t i = w->first; i < w->end; i++) {
		struct sadb_row *r = &w->s->rows[i];

		check_missing(w, i);
		check_larval(w, r);
		if (r->out == NULL || r->in == NULL)
			continue;
		check_fit(w, r);
		check_numbers(w, r);
		check_lifetime(w, r);
	}
	check_counts(w);
}

/* Each row is called by the gravest complaint about it. */
static void
set_words(struct sadb *s)
{
	for (size_t i = 0; i < s->n_rows; i++)
		s->rows[i].word = SADB_FINE;
	for (size_t i = 0; i < s->n_complaints; i++) {
		const struct sadb_complaint *c = &s->complaints[i];
		struct sadb_row *r = &s->rows[c->row];

		if (r->word == SADB_FINE || c->kind < r->word)
			r->word = c->kind;
	}
}

void
sadb_judge(struct sadb *s)
{
	for (size_t i = 0; i < s->n_rows;) {
		const struct sadb_row *r = &s->rows[i];
		struct way w = { .s = s, .first = i, .end = i };

		while (w.end < s->n_rows && s->rows[w.end].from == r->from &&
		    s->rows[w.end].to == r->to)
			w.end++;
		i = w.end;
		if (!has_sas(s, r->from) || !has_sas(s, r->to))
			continue;
		w.from = &s->nodes[r->from];
		w.to = &s->nodes[r->to];
		judge_way(&w);
	}
	set_words(s);
}

/* ---- twice -------------------------------------------------------------- */

/*
 * Was c said before too?  A counter that its peer had overtaken when first
 * asked, and that has not caught up since, did begin anew; two answers of one
 * moment prove nothing, for either may be the later one.
 */
static bool
was_said(const struct sadb *first, const struct sadb_complaint *c)
{
	for (size_t i = 0; i < first->n_complaints; i++) {
		const struct sadb_complaint *f = &first->complaints[i];

		if (f->kind == c->kind && f->from == c->from &&
		    f->to == c->to && f->spi == c->spi)
			return c->kind != SADB_SEQUENCE ||
			    f->in->seq > c->out->oseq;
	}
	return false;
}

void
sadb_confirm(const struct sadb *first, struct sadb *again)
{
	size_t n = 0;

	for (size_t i = 0; i < again->n_complaints; i++)
		if (was_said(first, &again->complaints[i]))
			again->complaints[n++] = again->complaints[i];
	again->n_complaints = n;
	set_words(again);
}
