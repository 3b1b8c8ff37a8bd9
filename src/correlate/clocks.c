#include "correlate/clocks.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/packet.h"

enum {
	BUCKETS = 1 << 15,
	WAYS = 4,
	WINDOWS = 1024,
	DATA = 16, /* bytes of an echo's data that count */
	KEY = 80
};

#define WINDOW_NS (4 * NS_PER_S)
/* A packet that was not seen by the other node within this never is. */
#define STALE_NS (10 * NS_PER_S)
/* Times have microseconds, so bounds may cross by that much. */
#define ROUNDING_NS (2 * NS_PER_US)

struct sighting {
	uint64_t key; /* 0: none */
	int64_t ns;   /* of its node's clock */
	uint32_t stamp;
	uint8_t side;
	bool out; /* it left that node */
};

/* Bounds of theta from the matches of some seconds. */
struct window {
	bool above, below;
	int64_t low, high;
};

struct clocks {
	struct ip underlay[SIDES];
	struct sighting (*buckets)[WAYS];
	uint32_t stamp;
	int64_t latest[SIDES]; /* packet of each node */
	uint64_t matched;
	struct window all, windows[WINDOWS];
	int64_t origin, width; /* of window 0, on A's clock; of each */
	size_t n;	       /* windows in use */
	int64_t theta;	       /* the best guess so far */
	bool settled;	       /* and moving: thetas hold a line's points */
	int64_t thetas[WINDOWS];
};

struct clocks *
clocks_new(const struct ip underlay[SIDES])
{
	struct clocks *c = xcalloc(1, sizeof(*c));

	for (size_t s = 0; s < SIDES; s++) {
		c->underlay[s] = underlay[s];
		c->latest[s] = INT64_MIN;
	}
	c->buckets = xcalloc(BUCKETS, sizeof(*c->buckets));
	return c;
}

void
clocks_free(struct clocks *c)
{
	if (c == NULL)
		return;
	free(c->buckets);
	free(c);
}

/* ---- what makes two sightings the same packet --------------------------- */

struct key {
	uint8_t b[KEY];
	size_t n;
};

static void
add(struct key *k, const void *p, size_t n)
{
	memcpy(k->b + k->n, p, n);
	k->n += n;
}

static bool
add_echo(struct key *k, const struct layer *l, uint32_t vni)
{
	const struct icmp_hdr *h = &l->icmp;
	size_t n = h->data_len < DATA ? h->data_len : DATA;
	bool echo = l->ip.src.family == 4 ? h->type == 8 || h->type == 0
					  : h->type == 128 || h->type == 129;

	if (!echo)
		return false;
	add(k, &vni, sizeof(vni));
	add(k, l->ip.src.b, sizeof(l->ip.src.b));
	add(k, l->ip.dst.b, sizeof(l->ip.dst.b));
	add(k, &h->type, sizeof(h->type));
	add(k, &h->id, sizeof(h->id));
	add(k, &h->seq, sizeof(h->seq));
	add(k, h->data, n);
	return true;
}

static void
add_ike(struct key *k, const struct ike_hdr *h)
{
	add(k, &h->initiator_spi, sizeof(h->initiator_spi));
	add(k, &h->responder_spi, sizeof(h->responder_spi));
	add(k, &h->message_id, sizeof(h->message_id));
	add(k, &h->exchange, sizeof(h->exchange));
	add(k, &h->flags, sizeof(h->flags));
	add(k, &h->next_payload, sizeof(h->next_payload));
	add(k, &h->length, sizeof(h->length));
}

/* Outer addresses are left out where a NAT may have changed them. */
static bool
make_key(struct key *k, const struct packet *p)
{
	const struct layer *l = &p->outer;
	uint8_t kind = (uint8_t)l->kind;

	k->n = 0;
	add(k, &kind, 1);
	if (l->kind == PACKET_ESP) {
		add(k, &l->esp.spi, sizeof(l->esp.spi));
		add(k, &l->esp.seq, sizeof(l->esp.seq));
		return true;
	}
	if (l->kind == PACKET_IKE) {
		add_ike(k, &l->ike);
		return true;
	}
	if (l->kind == PACKET_ICMP)
		return add_echo(k, l, 0);
	return l->kind == PACKET_VXLAN && p->inner.kind == PACKET_ICMP &&
	    add_echo(k, &p->inner, p->vni);
}

/* FNV-1a, and a last mixing, so that all bits choose the bucket. */
static uint64_t
hash(const struct key *k)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < k->n; i++)
		h = (h ^ k->b[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	h *= UINT64_C(0x9e3779b97f4a7c15);
	h ^= h >> 29;
	return h != 0 ? h : 1;
}

/* ---- bounds ------------------------------------------------------------- */

static void
bound(struct window *w, bool a_to_b, int64_t theta)
{
	if (a_to_b && (!w->above || theta < w->high)) {
		w->high = theta;
		w->above = true;
	}
	if (!a_to_b && (!w->below || theta > w->low)) {
		w->low = theta;
		w->below = true;
	}
}

static int64_t
guess(const struct window *w)
{
	if (w->above && w->below)
		return w->low + (w->high - w->low) / 2;
	return w->above ? w->high : w->below ? w->low : 0;
}

static bool
contradicts(const struct window *w)
{
	return w->above && w->below && w->low - w->high > ROUNDING_NS;
}

/* Two windows become one, so that there are always enough. */
static void
widen(struct clocks *c)
{
	for (size_t i = 0; i < WINDOWS; i++) {
		struct window w = c->windows[i];

		c->windows[i] = (struct window){ 0 };
		if (w.above)
			bound(&c->windows[i / 2], true, w.high);
		if (w.below)
			bound(&c->windows[i / 2], false, w.low);
	}
	c->width *= 2;
	c->n = (c->n + 1) / 2;
}

/* Where on the row of windows; what lies before the first is in it. */
static int64_t
position(const struct clocks *c, int64_t a)
{
	return a > c->origin ? (a - c->origin) / c->width : 0;
}

static struct window *
window_at(struct clocks *c, int64_t a)
{
	size_t i;

	if (c->matched == 0) {
		c->origin = a;
		c->width = WINDOW_NS;
	}
	while (position(c, a) >= WINDOWS)
		widen(c);
	i = (size_t)position(c, a);
	if (i >= c->n)
		c->n = i + 1;
	return &c->windows[i];
}

static void
match(struct clocks *c, int64_t a, int64_t b, bool a_to_b)
{
	struct window *w = window_at(c, a);

	c->matched++;
	bound(w, a_to_b, b - a);
	bound(&c->all, a_to_b, b - a);
	if (!contradicts(&c->all))
		c->theta = guess(&c->all);
	else if (w->above && w->below)
		c->theta = guess(w);
	c->settled = false;
}

/* ---- sightings ---------------------------------------------------------- */

static bool
stale(const struct clocks *c, const struct sighting *s)
{
	return s->key == 0 || c->latest[s->side] - s->ns > STALE_NS;
}

/* What the other node saw of it; NULL: nothing yet. */
static struct sighting *
find(struct clocks *c, const struct sighting *mine)
{
	struct sighting *bucket = c->buckets[mine->key % BUCKETS];

	for (size_t i = 0; i < WAYS; i++)
		if (bucket[i].key == mine->key &&
		    bucket[i].side != mine->side &&
		    bucket[i].out != mine->out && !stale(c, &bucket[i]))
			return &bucket[i];
	return NULL;
}

/* In place of an older one of the same packet, of a stale one, or the oldest.
 */
static void
keep(struct clocks *c, const struct sighting *mine)
{
	struct sighting *bucket = c->buckets[mine->key % BUCKETS];
	struct sighting *to = &bucket[0];

	for (size_t i = 0; i < WAYS; i++) {
		if (bucket[i].key == mine->key &&
		    bucket[i].side == mine->side) {
			to = &bucket[i];
			break;
		}
		if (stale(c, to))
			continue;
		if (stale(c, &bucket[i]) ||
		    mine->stamp - bucket[i].stamp > mine->stamp - to->stamp)
			to = &bucket[i];
	}
	*to = *mine;
}

void
clocks_add(struct clocks *c, enum side s, const struct packet *p)
{
	const struct ip_hdr *ip = &p->outer.ip;
	struct sighting mine = { .ns = p->time.ns, .side = (uint8_t)s };
	struct sighting *other;
	struct key k;

	if (p->time.ns > c->latest[s])
		c->latest[s] = p->time.ns;
	mine.out = ip_equal(&ip->src, &c->underlay[s]);
	if (mine.out == ip_equal(&ip->dst, &c->underlay[s]) || !make_key(&k, p))
		return;
	mine.key = hash(&k);
	mine.stamp = c->stamp++;
	other = find(c, &mine);
	if (other == NULL) {
		keep(c, &mine);
		return;
	}
	if (s == SIDE_A)
		match(c, mine.ns, other->ns, mine.out);
	else
		match(c, other->ns, mine.ns, other->out);
	other->key = 0;
}

/* ---- what came of it ---------------------------------------------------- */

static bool
two_way(const struct window *w)
{
	return w->above && w->below;
}

/* In floating point, which cannot overflow; exact for gaps of 100 days. */
static int64_t
between(int64_t from, int64_t to, double part)
{
	return from + (int64_t)((double)(to - from) * part);
}

void
clocks_settle(struct clocks *c)
{
	size_t last = WINDOWS; /* none */

	if (!contradicts(&c->all))
		return;
	for (size_t i = 0; i < c->n; i++) {
		int64_t t = guess(&c->windows[i]);

		if (!two_way(&c->windows[i]))
			continue;
		c->thetas[i] = t;
		/* Those before the first have its theta; others, a line. */
		for (size_t j = last == WINDOWS ? 0 : last + 1; j < i; j++)
			c->thetas[j] = last == WINDOWS ? t
						       : c->thetas[last] +
				(t - c->thetas[last]) * (int64_t)(j - last) /
				    (int64_t)(i - last);
		last = i;
	}
	for (size_t j = last + 1; last < WINDOWS && j < c->n; j++)
		c->thetas[j] = c->thetas[last];
	c->settled = last < WINDOWS;
}

void
clocks_fit(const struct clocks *c, struct clocks_fit *ret)
{
	*ret = (struct clocks_fit){ .matched = c->matched,
		.above = c->all.above,
		.below = c->all.below,
		.low = c->all.low,
		.high = c->all.high,
		.theta = c->theta,
		.moving = contradicts(&c->all) };
	ret->first = ret->last = c->theta;
	if (!ret->moving)
		return;
	for (size_t i = c->n; i-- > 0;)
		if (two_way(&c->windows[i]))
			ret->first = guess(&c->windows[i]);
	for (size_t i = 0; i < c->n; i++)
		if (two_way(&c->windows[i]))
			ret->last = guess(&c->windows[i]);
}

/* Theta at an instant of A's, on the line through the windows' middles. */
static int64_t
line_at(const struct clocks *c, int64_t a)
{
	int64_t from_middle = a - (c->origin + c->width / 2);
	int64_t i = from_middle / c->width;

	if (from_middle <= 0)
		return c->thetas[0];
	if (i + 1 >= (int64_t)c->n)
		return c->thetas[c->n - 1];
	return between(c->thetas[i], c->thetas[i + 1],
	    (double)(from_middle % c->width) / (double)c->width);
}

/* Where on the line needs A's time, which is what is wanted: closer each turn.
 */
struct wall
clocks_to_a(const struct clocks *c, struct wall b)
{
	int64_t a = b.ns - c->theta;

	for (int i = 0; c->settled && i < 3; i++)
		a = b.ns - line_at(c, a);
	return (struct wall){ a };
}
