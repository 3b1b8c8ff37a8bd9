#include "correlate/pair.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "correlate/pair_impl.h"

enum {
	ICMP_ECHO_REPLY = 0,
	ICMP_ECHO = 8,
	ICMP6_ECHO = 128,
	ICMP6_ECHO_REPLY = 129,
	NONCE_AT = 16, /* bytes of ICMP data that ping uses for itself */
	PROBES_MAX = 1 << 20
};

static const enum sight sights[SIDES][POINTS][TRAVELS] = {
	[SIDE_A][POINT_OVERLAY] = { SIGHT_AO_OUT, SIGHT_AO_IN },
	[SIDE_A][POINT_UNDERLAY] = { SIGHT_AU_OUT, SIGHT_AU_IN },
	[SIDE_B][POINT_UNDERLAY] = { SIGHT_BU_IN, SIGHT_BU_OUT },
	[SIDE_B][POINT_OVERLAY] = { SIGHT_BO_IN, SIGHT_BO_OUT },
};

enum sight
pair_sight(enum side side, enum point point, enum travel t)
{
	return sights[side][point][t];
}

enum side
sight_side(enum sight s)
{
	return s >= SIGHT_BU_IN && s <= SIGHT_BU_OUT ? SIDE_B : SIDE_A;
}

enum point
sight_point(enum sight s)
{
	unsigned i = (unsigned)s % 4;

	return i == 0 || i == 3 ? POINT_OVERLAY : POINT_UNDERLAY;
}

enum sight
path_sight(enum side origin, unsigned i)
{
	return (enum sight)((i + (origin == SIDE_B ? 4U : 0U)) % SIGHTS);
}

bool
probe_seen(const struct probe *pr, enum sight s)
{
	return (pr->seen & 1U << s) != 0;
}

void
probe_see(struct probe *pr, enum sight s, int64_t at)
{
	if (probe_seen(pr, s))
		return;
	pr->seen |= (uint8_t)(1U << s);
	pr->at[s] = at;
}

struct pair *
pair_new(const struct pair_spec *spec)
{
	struct pair *p = xcalloc(1, sizeof(*p));

	p->spec = *spec;
	p->n_index = 1024;
	p->index = xcalloc(p->n_index, sizeof(*p->index));
	memcpy(p->l.taps, spec->taps, sizeof(p->l.taps));
	p->l.asked = spec->asked;
	return p;
}

void
pair_free(struct pair *p)
{
	if (p == NULL)
		return;
	for (size_t s = 0; s < SIDES; s++) {
		free(p->esp[s][TRAVEL_AB].v);
		free(p->esp[s][TRAVEL_BA].v);
		free(p->arp[s][POINT_OVERLAY].v);
		free(p->arp[s][POINT_UNDERLAY].v);
		free(p->echo[s].v);
	}
	ledger_free(&p->l);
	free(p->index);
	free(p);
}

struct probe *
pair_new_probe(struct pair *p)
{
	struct ledger *l = &p->l;

	l->probes =
	    mem_grow(l->probes, l->n_probes, &p->room, sizeof(*l->probes));
	l->probes[l->n_probes] = (struct probe){ 0 };
	return &l->probes[l->n_probes++];
}

/* The slot of the ping, or the empty one where it belongs. */
static uint32_t *
slot(struct pair *p, uint16_t id, uint16_t seq)
{
	uint32_t key = (uint32_t)id << 16 | seq;
	size_t i = key * UINT32_C(2654435769) >> 7 & (p->n_index - 1);

	while (p->index[i] != 0) {
		const struct probe *pr = &p->l.probes[p->index[i] - 1];

		if (pr->id == id && pr->seq == seq)
			break;
		i = (i + 1) & (p->n_index - 1);
	}
	return &p->index[i];
}

static void
grow_index(struct pair *p)
{
	if (p->l.n_probes < p->n_index / 2)
		return;
	free(p->index);
	p->n_index *= 2;
	p->index = xcalloc(p->n_index, sizeof(*p->index));
	for (size_t i = 0; i < p->l.n_probes; i++)
		*slot(p, p->l.probes[i].id, p->l.probes[i].seq) =
		    (uint32_t)i + 1;
}

/* NULL when there are more than anybody asks for. */
static struct probe *
ping_probe(struct pair *p, const struct icmp_hdr *icmp)
{
	uint32_t *at = slot(p, icmp->id, icmp->seq);
	struct probe *pr;

	if (*at != 0)
		return &p->l.probes[*at - 1];
	if (p->l.n_probes >= PROBES_MAX)
		return NULL;
	pr = pair_new_probe(p);
	pr->kind = PROBE_PING;
	pr->origin = SIDE_A;
	pr->id = icmp->id;
	pr->seq = icmp->seq;
	pr->size = (uint16_t)icmp->wire_data_len;
	*at = (uint32_t)p->l.n_probes;
	grow_index(p);
	return pr;
}

static bool
carries_nonce(const struct pair *p, const struct icmp_hdr *icmp)
{
	size_t n = sizeof(p->spec.nonce);

	return icmp->data_len >= NONCE_AT + n &&
	    memcmp(icmp->data + NONCE_AT, p->spec.nonce, n) == 0;
}

static bool
has_probe_size(const struct pair *p, const struct icmp_hdr *icmp)
{
	for (size_t i = 0; i < p->spec.n_sizes; i++)
		if (icmp->wire_data_len == p->spec.sizes[i])
			return true;
	return false;
}

static bool
is_probe(const struct pair *p, const struct icmp_hdr *icmp)
{
	return p->spec.unmarked[SIDE_A] ? has_probe_size(p, icmp)
					: carries_nonce(p, icmp);
}

/* asker: who sent the request. */
static bool
is_sentinel(const struct pair *p, const struct icmp_hdr *icmp, enum side asker)
{
	return icmp->wire_data_len == p->spec.sentinel &&
	    (p->spec.unmarked[asker] || carries_nonce(p, icmp));
}

static bool
echo_kind(const struct layer *l, bool *reply)
{
	uint8_t t = l->icmp.type;

	if (l->kind != PACKET_ICMP)
		return false;
	*reply = t == ICMP_ECHO_REPLY || t == ICMP6_ECHO_REPLY;
	return *reply || t == ICMP_ECHO || t == ICMP6_ECHO;
}

/* Which way does a packet between these two addresses travel? */
static bool
travels(const struct ip addrs[SIDES], const struct ip *src,
    const struct ip *dst, enum travel *ret)
{
	if (ip_equal(src, &addrs[SIDE_A]) && ip_equal(dst, &addrs[SIDE_B]))
		*ret = TRAVEL_AB;
	else if (ip_equal(src, &addrs[SIDE_B]) && ip_equal(dst, &addrs[SIDE_A]))
		*ret = TRAVEL_BA;
	else
		return false;
	return true;
}

static void
add_arp(struct pair *p, enum side side, enum point point, const struct layer *l,
    int64_t at, uint32_t length)
{
	struct arp_list *a = &p->arp[side][point];
	enum travel t;

	if (!travels(p->spec.overlay, &l->arp.sender, &l->arp.target, &t) ||
	    a->n >= PROBES_MAX)
		return;
	a->v = mem_grow(a->v, a->n, &a->room, sizeof(*a->v));
	a->v[a->n++] = (struct arp_seen){ .at = at,
		.length = (uint16_t)length,
		.reply = l->arp.op == 2,
		.sender = t == TRAVEL_AB ? SIDE_A : SIDE_B };
}

/* An inner packet, seen on the overlay or inside clear VXLAN. */
static void
add_inner(struct pair *p, enum side side, enum point point,
    const struct layer *l, int64_t at, uint32_t length)
{
	struct probe *pr;
	enum travel t;
	bool reply;

	if (l->kind == PACKET_ARP) {
		add_arp(p, side, point, l, at, length);
		return;
	}
	if (!echo_kind(l, &reply) || !is_probe(p, &l->icmp) ||
	    !travels(p->spec.overlay, &l->ip.src, &l->ip.dst, &t) ||
	    (t == TRAVEL_BA) != reply)
		return;
	pr = ping_probe(p, &l->icmp);
	if (pr == NULL)
		return;
	pr->length = (uint16_t)length;
	probe_see(pr, pair_sight(side, point, t), at);
}

static int
add_esp(struct pair *p, enum side side, enum travel t, const struct packet *pkt,
    struct err *e)
{
	struct esp_list *list = &p->esp[side][t];
	const struct layer *l = &pkt->outer;

	if (list->n >= PAIR_PACKETS_MAX)
		return err_set(e, ERR_LIMIT,
		    "more than %d ESP packets in one capture; capture less",
		    PAIR_PACKETS_MAX);
	list->v = mem_grow(list->v, list->n, &list->room, sizeof(*list->v));
	list->v[list->n++] = (struct esp_seen){ .at = pkt->time.ns,
		.spi = l->esp.spi,
		.seq = l->esp.seq,
		.length = l->ip.total_len,
		.ip_header = l->ip.src.family == 4 ? 20 : 40,
		.natt = l->esp.natt };
	return 0;
}

static void
add_error(struct pair *p, enum side side, const struct packet *pkt)
{
	struct icmp_seen s = { .side = side,
		.src = pkt->outer.ip.src,
		.type = pkt->outer.icmp.type,
		.code = pkt->outer.icmp.code,
		.quoted = pkt->quote.kind,
		.count = 1 };
	const struct layer *q = &pkt->quote;
	struct ledger *l = &p->l;
	enum travel t;

	if (!travels(p->spec.underlay, &q->ip.src, &q->ip.dst, &t))
		return;
	if ((q->has & PACKET_HDR_UDP) != 0)
		s.dport = q->udp.dport;
	if ((q->has & PACKET_HDR_ESP) != 0) {
		s.spi = q->esp.spi;
		s.esp_seq = q->esp.seq;
	}
	for (size_t i = 0; i < l->n_icmp; i++) {
		struct icmp_seen *o = &l->icmp[i];

		if (o->side == side && ip_equal(&o->src, &s.src) &&
		    o->type == s.type && o->code == s.code &&
		    o->quoted == s.quoted && o->dport == s.dport) {
			o->count++;
			return;
		}
	}
	if (l->n_icmp < LEDGER_ICMP_MAX)
		l->icmp[l->n_icmp++] = s;
}

static void
add_sentinel(struct pair *p, enum side side, const struct packet *pkt)
{
	struct echo_list *list = &p->echo[side];
	const struct layer *l = &pkt->outer;
	enum side sender;
	enum travel t;
	bool reply;

	if (!echo_kind(l, &reply) || list->n >= PROBES_MAX ||
	    !travels(p->spec.underlay, &l->ip.src, &l->ip.dst, &t))
		return;
	sender = t == TRAVEL_AB ? SIDE_A : SIDE_B;
	if (!is_sentinel(p, &l->icmp, reply ? (enum side) !sender : sender))
		return;
	list->v = mem_grow(list->v, list->n, &list->room, sizeof(*list->v));
	list->v[list->n++] = (struct echo_seen){ pkt->time.ns, l->icmp.id,
		l->icmp.seq, reply, sender };
	if (!reply && sender == side)
		p->l.taps[side][POINT_UNDERLAY].sentinels++;
	if (!reply && sender != side)
		p->l.taps[side][POINT_UNDERLAY].peer_sentinels++;
	if (reply && sender != side)
		p->l.taps[side][POINT_UNDERLAY].answers++;
}

static void
add_ike(struct pair *p, enum side side, const struct packet *pkt)
{
	struct ledger *l = &p->l;

	if (l->n_ike >= LEDGER_IKE_MAX)
		return;
	l->ike[l->n_ike++] = (struct ike_seen){ .side = side,
		.outgoing =
		    ip_equal(&pkt->outer.ip.src, &p->spec.underlay[side]),
		.at = pkt->time.ns,
		.ike = pkt->outer.ike };
}

/* A tunnel packet of the pair's; what is in clear leaves its trace at once. */
static int
add_tunnel(struct pair *p, enum side side, enum travel t,
    const struct packet *pkt, struct err *e)
{
	bool leaves = (t == TRAVEL_AB) == (side == SIDE_A);
	struct tunnel *tn = &p->l.tunnel[t];
	const struct layer *l = &pkt->outer;

	if (l->kind == PACKET_FRAGMENT || l->ip.more_fragments)
		(*(leaves ? &tn->fragments_sent : &tn->fragments_received))++;
	if (l->kind == PACKET_ESP)
		return add_esp(p, side, t, pkt, e);
	if (l->kind == PACKET_VXLAN) {
		(*(leaves ? &tn->clear_sent : &tn->clear_received))++;
		if (pkt->has_inner)
			add_inner(p, side, POINT_UNDERLAY, &pkt->inner,
			    pkt->time.ns,
			    l->udp.len >= 16 ? l->udp.len - 16U : 0);
	}
	return 0;
}

static int
add_underlay(struct pair *p, enum side side, const struct packet *pkt,
    struct err *e)
{
	const struct layer *l = &pkt->outer;
	enum travel t;

	if (l->kind == PACKET_ICMP) {
		if (pkt->has_quote)
			add_error(p, side, pkt);
		else
			add_sentinel(p, side, pkt);
		return 0;
	}
	if (!travels(p->spec.underlay, &l->ip.src, &l->ip.dst, &t))
		return 0;
	if (l->kind == PACKET_IKE)
		add_ike(p, side, pkt);
	return add_tunnel(p, side, t, pkt, e);
}

int
pair_add(struct pair *p, enum side side, enum point point,
    const struct packet *pkt, struct err *e)
{
	struct tap *tap = &p->l.taps[side][point];

	if (tap->frames++ == 0)
		tap->first_ns = tap->last_ns = pkt->time.ns;
	if (pkt->time.ns < tap->first_ns)
		tap->first_ns = pkt->time.ns;
	if (pkt->time.ns > tap->last_ns)
		tap->last_ns = pkt->time.ns;
	if (point == POINT_UNDERLAY)
		return add_underlay(p, side, pkt, e);
	add_inner(p, side, point, &pkt->outer, pkt->time.ns, pkt->length);
	return 0;
}

void
pair_finish(struct pair *p, struct ledger *ret)
{
	pair_match_esp(p);
	pair_match_clocks(p);
	pair_make_arp(p);
	pair_tie_esp(p);
	pair_chain_arp(p);
	pair_tie_esp(p);
	pair_judge(p);
	*ret = p->l;
	p->l = (struct ledger){ 0 };
}
