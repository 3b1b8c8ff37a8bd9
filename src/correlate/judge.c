/*
 * judge: in which segment each probe died.
 *
 * A sighting proves that the packet got so far, and with it all earlier ones,
 * captured or not.  An absence proves something only where the capture was
 * open, whole and able to see; anything else widens the answer to the segments
 * up to the next point that can be trusted.
 */
#include "base/clock.h"
#include "correlate/pair_impl.h"

enum {
	/* A packet on its way for longer is as good as lost; for ping, too. */
	PATIENCE_NS = 500 * 1000 * 1000,
	PATIENCE_MIN_NS = 50 * 1000 * 1000
};

/* Is this a packet arriving from the underlay, perhaps in ESP? */
static bool
arrives(enum sight s)
{
	return s == SIGHT_BU_IN || s == SIGHT_AU_IN;
}

/* How long after it was sent the slowest packet may still arrive. */
static int64_t
patience(const struct pair *p)
{
	int64_t worst = 0;

	for (size_t i = 0; i < p->l.n_probes; i++) {
		const struct probe *pr = &p->l.probes[i];

		if (pr->origin == SIDE_A && probe_seen(pr, SIGHT_AO_OUT) &&
		    probe_seen(pr, SIGHT_AO_IN) &&
		    pr->at[SIGHT_AO_IN] - pr->at[SIGHT_AO_OUT] > worst)
			worst = pr->at[SIGHT_AO_IN] - pr->at[SIGHT_AO_OUT];
	}
	if (worst == 0)
		return PATIENCE_NS;
	return 2 * worst > PATIENCE_MIN_NS ? 2 * worst : PATIENCE_MIN_NS;
}

/* Was the capture closed before such a packet could have arrived? */
static bool
closed_early(const struct pair *p, enum sight s, int64_t at)
{
	const struct tap *t = &p->l.taps[sight_side(s)][sight_point(s)];
	int64_t until = p->spec.open_until[sight_side(s)];

	if (until == 0 || !arrives(s))
		return false;
	return at + p->patience > (until > t->last_ns ? until : t->last_ns);
}

/* What makes an absence at s, about time `at` there, worth nothing. */
static enum doubt
doubt_at(const struct pair *p, enum sight s, bool timed, int64_t at)
{
	const struct tap *t = &p->l.taps[sight_side(s)][sight_point(s)];
	bool to_the_end = t->clean_end && t->said_captured == t->frames;

	if (!t->present || t->refused || (t->frames == 0 && !t->clean_end))
		return DOUBT_NO_CAPTURE;
	if (t->blind && arrives(s))
		return DOUBT_BLIND;
	if (t->kernel_drops > 0)
		return DOUBT_CAPTURE_LOSS;
	if (t->sentinels_sent > 0 && t->sentinels == 0)
		return DOUBT_NOT_LIVE;
	if (timed && closed_early(p, s, at))
		return DOUBT_NOT_LIVE;
	if (t->frames == 0)
		return DOUBT_NONE;
	if (!timed)
		return to_the_end ? DOUBT_NONE : DOUBT_NOT_LIVE;
	if (at < t->first_ns || (at > t->last_ns && !to_the_end))
		return DOUBT_NOT_LIVE;
	return DOUBT_NONE;
}

/* The doubt about an absence at s of a packet last seen at `last`. */
static enum doubt
doubt_after(const struct pair *p, const struct probe *pr, enum sight last,
    enum sight s)
{
	int64_t at = pr->at[last], offset = 0;
	enum doubt d;
	bool timed = true;

	if (sight_side(last) != sight_side(s)) {
		timed = pair_offset(p, &offset);
		at += sight_side(s) == SIDE_B ? offset : -offset;
	}
	d = doubt_at(p, s, timed, at);
	if (d == DOUBT_NONE && pair_may_hide(p, pr, s))
		return DOUBT_AMBIGUOUS;
	return d;
}

/* Index on its path of the last sighting, and of the last that is certain. */
static unsigned
last_seen(const struct probe *pr, unsigned *certain)
{
	unsigned last = 0;

	*certain = 0;
	for (unsigned i = 0; i < SIGHTS; i++) {
		enum sight s = path_sight(pr->origin, i);

		if (!probe_seen(pr, s))
			continue;
		last = i;
		if ((pr->weak & 1U << s) == 0)
			*certain = i;
	}
	return last;
}

static void
judge(const struct pair *p, struct probe *pr)
{
	unsigned certain, last = last_seen(pr, &certain), miss = last + 1;
	enum sight seen = path_sight(pr->origin, last);

	for (unsigned i = 0; i < certain; i++)
		if (!probe_seen(pr, path_sight(pr->origin, i)))
			pr->inferred |=
			    (uint8_t)(1U << path_sight(pr->origin, i));
	for (unsigned t = 0; t < TRAVELS; t++)
		pr->clear[t] = pr->spi[t] == 0 &&
		    probe_seen(pr,
			t == TRAVEL_AB ? SIGHT_AU_OUT : SIGHT_BU_OUT);
	if (certain == SIGHTS - 1) {
		pr->stage = pr->first = pr->last = STAGE_DELIVERED;
		return;
	}
	if (certain < last)
		pr->doubt = DOUBT_AMBIGUOUS;
	for (; miss < SIGHTS; miss++) {
		enum doubt d =
		    doubt_after(p, pr, seen, path_sight(pr->origin, miss));

		if (d == DOUBT_NONE)
			break;
		if (pr->doubt == DOUBT_NONE)
			pr->doubt = d;
	}
	pr->first = (enum stage)path_sight(pr->origin, certain + 1);
	pr->last = miss == SIGHTS ? STAGE_DELIVERED
				  : (enum stage)path_sight(pr->origin, miss);
	pr->stage = pr->first == pr->last ? pr->first : STAGE_UNPROVEN;
}

/*
 * B answers only when it knows A's MAC address.  While its own ARP requests for
 * A die, the answers wait and die with them: in the segment where those die.
 */
static void
blame_arp(struct pair *p)
{
	const struct probe *dead = NULL;

	for (size_t i = 0; i < p->l.n_probes; i++) {
		const struct probe *pr = &p->l.probes[i];

		if (pr->kind != PROBE_ARP || pr->origin != SIDE_B)
			continue;
		if (pr->stage == STAGE_DELIVERED)
			return;
		dead = pr;
	}
	if (dead == NULL)
		return;
	for (size_t i = 0; i < p->l.n_probes; i++) {
		struct probe *pr = &p->l.probes[i];

		if (pr->kind != PROBE_PING || pr->stage != STAGE_HOST_B)
			continue;
		pr->stage = dead->stage;
		pr->first = dead->first;
		pr->last = dead->last;
		pr->doubt = dead->doubt;
	}
}

static void
count(struct ledger *l)
{
	for (size_t i = 0; i < l->n_probes; i++)
		l->pings += l->probes[i].kind == PROBE_PING;
	l->judged = l->pings > 0 ? PROBE_PING : PROBE_ARP;
	for (size_t i = 0; i < l->n_probes; i++) {
		const struct probe *pr = &l->probes[i];

		if (pr->kind != l->judged || pr->origin != SIDE_A)
			continue;
		l->judged_total++;
		l->by_stage[pr->stage]++;
	}
}

/* Losses between the underlays, of which the far capture is a witness. */
static void
count_lost(struct pair *p)
{
	for (enum travel t = TRAVEL_AB; t < TRAVELS; t++) {
		enum side from = t == TRAVEL_AB ? SIDE_A : SIDE_B;
		enum side to = from == SIDE_A ? SIDE_B : SIDE_A;
		const struct esp_list *out = &p->esp[from][t];
		int64_t offset = 0;
		bool timed = pair_offset(p, &offset);

		p->l.tunnel[t].lost = 0;
		for (size_t i = 0; i < out->n; i++) {
			int64_t at =
			    out->v[i].at + (to == SIDE_B ? offset : -offset);

			if (out->v[i].other == 0 &&
			    doubt_at(p, pair_sight(to, POINT_UNDERLAY, t),
				timed, at) == DOUBT_NONE)
				p->l.tunnel[t].lost++;
		}
	}
}

/*
 * The peer's pings were answered, and none was seen arriving: the capture is
 * where packets leave, but not where they come in.
 */
static void
find_blind(struct ledger *l)
{
	for (enum side s = SIDE_A; s < SIDES; s++) {
		struct tap *t = &l->taps[s][POINT_UNDERLAY];

		if (t->peer_sentinels == 0 &&
		    l->taps[!s][POINT_UNDERLAY].answers > 0)
			t->blind = true;
	}
}

void
pair_judge(struct pair *p)
{
	p->patience = patience(p);
	find_blind(&p->l);
	for (size_t i = 0; i < p->l.n_probes; i++)
		judge(p, &p->l.probes[i]);
	blame_arp(p);
	count(&p->l);
	count_lost(p);
}
