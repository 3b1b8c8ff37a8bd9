/*
 * symptom: the picture that IKE and ESP make at both underlays, as an operator
 * with two captures would tell it.  It names nobody: the findings do.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "diagnose/engine.h"

/* What left each side, and what of it came to the other. */
struct scene {
	const char *name[SIDES];
	size_t ike[SIDES], ike_arrived[SIDES];
	uint64_t esp[SIDES], esp_arrived[SIDES];
	uint64_t pieces;
	uint32_t mtu; /* the smaller of the overlay devices'; 0: not known */
};

static void
count_ike(const struct ledger *l, struct scene *c)
{
	for (size_t i = 0; i < l->n_ike; i++) {
		const struct ike_seen *m = &l->ike[i];

		if (m->outgoing)
			c->ike[m->side]++;
		else
			c->ike_arrived[!m->side]++;
	}
}

static struct scene
scene_of(const struct diag_input *in)
{
	const struct ledger *l = in->ledger;
	struct scene c = { .pieces = 0 };

	for (enum side s = SIDE_A; s < SIDES; s++) {
		const struct tunnel *t = &l->tunnel[s];
		const struct run_node *n = &in->run->nodes[s];
		const struct link *o =
		    facts_link(&in->facts[s], n->overlay_link);

		c.name[s] = n->name;
		c.esp[s] = t->sent;
		c.esp_arrived[s] = t->received;
		/* Fragments of what is in clear are another matter. */
		if (t->sent > 0 || t->received > 0)
			c.pieces += t->fragments_sent + t->fragments_received;
		if (o != NULL && o->mtu > 0 && (c.mtu == 0 || o->mtu < c.mtu))
			c.mtu = o->mtu;
	}
	count_ike(l, &c);
	return c;
}

/* Did both captures see all there was?  Else an absence means nothing. */
static bool
seen_all(const struct leg *g)
{
	return leg_saw_all(g, SIDE_A) && leg_saw_all(g, SIDE_B) &&
	    !g->in->ledger->taps[SIDE_A][POINT_UNDERLAY].blind &&
	    !g->in->ledger->taps[SIDE_B][POINT_UNDERLAY].blind;
}

/* Something of the side was seen, at either end. */
static bool
sends(const uint64_t left, const uint64_t arrived)
{
	return left > 0 || arrived > 0;
}

static enum symptom
choose(const struct scene *c)
{
	bool esp_a = sends(c->esp[SIDE_A], c->esp_arrived[SIDE_A]);
	bool esp_b = sends(c->esp[SIDE_B], c->esp_arrived[SIDE_B]);
	bool ike_a = sends(c->ike[SIDE_A], c->ike_arrived[SIDE_A]);
	bool ike_b = sends(c->ike[SIDE_B], c->ike_arrived[SIDE_B]);

	if (esp_a && esp_b)
		return SYMPTOM_ESP_IDLE;
	if (esp_a || esp_b)
		return SYMPTOM_ESP_ONE;
	if (ike_a && ike_b)
		return SYMPTOM_IKE_ALONE;
	return ike_a || ike_b ? SYMPTOM_IKE_ONE : SYMPTOM_NO_IPSEC;
}

/* ---- what it means here ------------------------------------------------ */

static void
say_no_ipsec(const struct diag_input *in, const struct scene *c,
    struct verdict *v)
{
	const char *daemon[SIDES];

	for (enum side s = SIDE_A; s < SIDES; s++)
		daemon[s] = (in->facts[s].have & HAVE_IKE) == 0 ? "unknown"
		    : in->facts[s].ike_daemon[0] == '\0'
		    ? "not running"
		    : in->facts[s].ike_daemon;
	snprintf(v->advice, sizeof(v->advice),
	    "no IPsec packets: neither side sends IKE or ESP; see that the "
	    "key daemon runs (%s: %s, %s: %s) and that a policy asks for ESP: "
	    "espy services %s,%s",
	    c->name[SIDE_A], daemon[SIDE_A], c->name[SIDE_B], daemon[SIDE_B],
	    c->name[SIDE_A], c->name[SIDE_B]);
}

static void
say_ike_one(const struct scene *c, struct verdict *v)
{
	enum side s = c->ike[SIDE_A] > 0 ? SIDE_A : SIDE_B;

	snprintf(v->advice, sizeof(v->advice),
	    "negotiation from one side only: %zu IKE messages left %s, %zu "
	    "arrived at %s, which sent none; see its key daemon, who filters "
	    "UDP 500 and 4500, and espy config %s,%s",
	    c->ike[s], c->name[s], c->ike_arrived[s], c->name[!s],
	    c->name[SIDE_A], c->name[SIDE_B]);
}

static void
say_ike_alone(const struct scene *c, struct verdict *v)
{
	snprintf(v->advice, sizeof(v->advice),
	    "negotiation from both sides, but no ESP: %zu IKE messages left "
	    "%s and %zu left %s; compare their secrets and proposals, and "
	    "read the key daemons' logs: espy config %s,%s",
	    c->ike[SIDE_A], c->name[SIDE_A], c->ike[SIDE_B], c->name[SIDE_B],
	    c->name[SIDE_A], c->name[SIDE_B]);
}

/* ESP is lost on the way, or where it arrives: behind n bytes of advice. */
static void
say_look(const struct scene *c, bool arrived, struct verdict *v, int n)
{
	size_t at = n > 0 ? (size_t)n : 0;

	if (at >= sizeof(v->advice))
		return;
	if (arrived)
		snprintf(v->advice + at, sizeof(v->advice) - at,
		    "see what drops it where it arrives (espy drops %s,%s) and "
		    "compare the SADBs (espy sadb %s,%s); if they differ, espy "
		    "flush --pair %s %s",
		    c->name[SIDE_A], c->name[SIDE_B], c->name[SIDE_A],
		    c->name[SIDE_B], c->name[SIDE_A], c->name[SIDE_B]);
	else
		snprintf(v->advice + at, sizeof(v->advice) - at,
		    "see who filters IP protocol 50 on the way");
}

static void
say_esp_one(const struct scene *c, struct verdict *v)
{
	enum side s =
	    sends(c->esp[SIDE_A], c->esp_arrived[SIDE_A]) ? SIDE_A : SIDE_B;

	int n = snprintf(v->advice, sizeof(v->advice),
	    "ESP from one side only: %" PRIu64 " packets left %s, %" PRIu64
	    " arrived at %s, which sent none; ",
	    c->esp[s], c->name[s], c->esp_arrived[s], c->name[!s]);

	say_look(c, c->esp_arrived[s] > 0, v, n);
}

static void
say_esp_idle(const struct scene *c, struct verdict *v)
{
	int n = snprintf(v->advice, sizeof(v->advice),
	    "ESP from both sides, but no traffic: %" PRIu64
	    " packets left %s (%" PRIu64 " arrived), %" PRIu64
	    " left %s (%" PRIu64 " arrived); ",
	    c->esp[SIDE_A], c->name[SIDE_A], c->esp_arrived[SIDE_A],
	    c->esp[SIDE_B], c->name[SIDE_B], c->esp_arrived[SIDE_B]);

	say_look(c, c->esp_arrived[SIDE_A] > 0 && c->esp_arrived[SIDE_B] > 0, v,
	    n);
}

static void
say_pieces(const struct scene *c, struct verdict *v)
{
	snprintf(v->advice, sizeof(v->advice),
	    "fragmented ESP: %" PRIu64
	    " fragments were seen; lower the overlay's MTU (%" PRIu32
	    " now) until what it carries fits the underlay in ESP",
	    c->pieces, c->mtu);
}

static void
say(const struct diag_input *in, const struct scene *c, struct verdict *v)
{
	switch (v->symptom) {
	case SYMPTOM_NONE:
		break;
	case SYMPTOM_NO_IPSEC:
		say_no_ipsec(in, c, v);
		break;
	case SYMPTOM_IKE_ONE:
		say_ike_one(c, v);
		break;
	case SYMPTOM_IKE_ALONE:
		say_ike_alone(c, v);
		break;
	case SYMPTOM_ESP_ONE:
		say_esp_one(c, v);
		break;
	case SYMPTOM_ESP_IDLE:
		say_esp_idle(c, v);
		break;
	case SYMPTOM_ESP_PIECES:
		say_pieces(c, v);
		break;
	}
}

/* Or nothing that A takes in: that finding is of no stage. */
static bool
nothing_comes_back(const struct diag_input *in, const struct verdict *v)
{
	return in->ledger->by_stage[STAGE_DELIVERED] == 0 ||
	    (v->n_findings > 0 && v->findings[0].stage == STAGE_DELIVERED);
}

/* Fragments are a symptom at any time; the others when nothing comes back. */
void
symptom_find(const struct diag_input *in, struct verdict *v)
{
	struct leg g = leg_of(in, STAGE_EGRESS_A);
	struct scene c = scene_of(in);
	bool wanted = leg_wants_esp(&g, SIDE_A) || leg_wants_esp(&g, SIDE_B) ||
	    in->ledger->tunnel[0].sent > 0 || in->ledger->tunnel[1].sent > 0;

	v->symptom = SYMPTOM_NONE;
	if (c.pieces > 0)
		v->symptom = SYMPTOM_ESP_PIECES;
	else if (v->kind != VERDICT_HEALTHY && wanted && seen_all(&g) &&
	    in->ledger->judged_total > 0 && nothing_comes_back(in, v))
		v->symptom = choose(&c);
	say(in, &c, v);
}
