/*
 * arp: ARP requests as probes.
 *
 * A ping needs the peer's MAC address first, and when nothing crosses, the
 * neighbour entry dies and ARP is all that is sent any more.  ARP has no
 * sequence numbers, but the kernel asks only once a second (RFC 1122 section
 * 2.3.2.1), so with the clocks laid side by side the nearest is the same.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "correlate/pair_impl.h"

enum {
	/* Half of what lies between two requests. */
	APART_NS = 450 * 1000 * 1000,
	/* How far the clocks' estimate, or two sockets, may be off. */
	EARLY_NS = 50 * 1000 * 1000
};

void
pair_make_arp(struct pair *p)
{
	uint16_t seq = 0;

	for (enum side s = SIDE_A; s < SIDES; s++) {
		struct arp_list *list = &p->arp[s][POINT_OVERLAY];

		for (size_t i = 0; i < list->n; i++) {
			struct arp_seen *a = &list->v[i];
			struct probe *pr;

			if (a->reply || a->sender != s)
				continue;
			a->claimed = true;
			pr = pair_new_probe(p);
			pr->kind = PROBE_ARP;
			pr->origin = s;
			pr->seq = seq++;
			pr->length = a->length;
			probe_see(pr, path_sight(s, 0), a->at);
		}
	}
}

/* The time of `at`, by the clock of the host of `from`, on that of `to`. */
static bool
convert(const struct pair *p, enum side from, enum side to, int64_t *at)
{
	int64_t offset;

	if (from == to)
		return true;
	if (!pair_offset(p, &offset))
		return false;
	*at += to == SIDE_B ? offset : -offset;
	return true;
}

/* The unclaimed message nearest to `at`; the first one when that is unknown. */
static struct arp_seen *
nearest(struct arp_list *list, bool reply, enum side sender, bool timed,
    int64_t at)
{
	struct arp_seen *best = NULL;
	int64_t least = INT64_MAX;

	for (size_t i = 0; i < list->n; i++) {
		struct arp_seen *a = &list->v[i];
		int64_t d = a->at - at;

		if (a->claimed || a->reply != reply || a->sender != sender)
			continue;
		if (!timed)
			return a;
		if (d < -EARLY_NS || d > APART_NS)
			continue;
		if (llabs(d) < least) {
			least = llabs(d);
			best = a;
		}
	}
	return best;
}

static void
follow(struct pair *p, struct probe *pr)
{
	enum side other = pr->origin == SIDE_A ? SIDE_B : SIDE_A;
	enum sight last = path_sight(pr->origin, 0);

	for (unsigned i = 1; i < SIGHTS; i++) {
		enum sight s = path_sight(pr->origin, i);
		bool reply = i >= SIGHTS / 2;
		int64_t at = pr->at[last];
		struct arp_seen *a;
		bool timed;

		if (probe_seen(pr, s)) {
			last = s;
			continue;
		}
		timed = convert(p, sight_side(last), sight_side(s), &at);
		a = nearest(&p->arp[sight_side(s)][sight_point(s)], reply,
		    reply ? other : pr->origin, timed, at);
		if (a == NULL)
			continue;
		a->claimed = true;
		probe_see(pr, s, a->at);
		last = s;
	}
}

void
pair_chain_arp(struct pair *p)
{
	for (size_t i = 0; i < p->l.n_probes; i++)
		if (p->l.probes[i].kind == PROBE_ARP)
			follow(p, &p->l.probes[i]);
}
