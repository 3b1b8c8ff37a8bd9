/*
 * diag_world: a pair of nodes as diagnose sees it, made by hand.  A world
 * begins healthy: VXLAN in ESP, both nodes telling all they know.  Probes move
 * the counters on their way as a kernel would, up to where they die; a test
 * adds what its fault counts.
 */
#ifndef ESPY_TESTS_DIAG_WORLD_H
#define ESPY_TESTS_DIAG_WORLD_H
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "diagnose/diagnose.h"

enum {
	PROBES = 200,
	ROOM = 8,
	COUNTERS = 40,
	SPI_AB = 0x11,
	SPI_BA = 0x22,
	PORT = 4790,
	EVERYTHING = (1 << 18) - 1
};

/* What one node says at one moment. */
struct store {
	struct link links[ROOM];
	struct ifaddr addrs[ROOM];
	struct sa sas[ROOM];
	struct policy policies[ROOM];
	struct neigh neighs[ROOM];
	struct fdb_entry fdb[ROOM];
	struct route routes[ROOM];
	struct counter counters[COUNTERS];
	struct fw_rule rules[ROOM];
	struct setting settings[ROOM];
	struct listener listeners[ROOM];
};

enum moment { FACTS, BEFORE, AFTER, MOMENTS };

struct world {
	struct run run;
	struct ledger l;
	struct probe probes[PROBES];
	struct store stores[SIDES][MOMENTS];
	struct diag_input in;
	struct verdict v;
};

static inline struct facts *
facts_of(struct world *w, enum side s, enum moment m)
{
	struct facts *const all[] = { &w->in.facts[s], &w->in.before[s],
		&w->in.after[s] };

	return all[m];
}

static inline void
put(char out[FACT_NAME_MAX], const char *s)
{
	snprintf(out, FACT_NAME_MAX, "%s", s);
}

/* The counter, made when it is not there yet. */
static inline struct counter *
counter_slot(struct world *w, enum side s, enum moment m, const char *name)
{
	struct facts *f = facts_of(w, s, m);
	size_t i = 0;

	while (i < f->n_counters && strcmp(f->counters[i].name, name) != 0)
		i++;
	assert_true(i < COUNTERS);
	if (i == f->n_counters) {
		put(f->counters[i].name, name);
		f->counters[i].value = 0;
		f->n_counters++;
	}
	return &f->counters[i];
}

static inline uint64_t *
counter(struct world *w, enum side s, enum moment m, const char *name)
{
	return &counter_slot(w, s, m, name)->value;
}

/* The node's counter rises by n during the probes. */
static inline void
rises(struct world *w, enum side s, const char *name, uint64_t n)
{
	counter(w, s, BEFORE, name);
	*counter(w, s, AFTER, name) += n;
}

static inline struct sa *
sa_of(struct world *w, enum side s, enum moment m, uint32_t spi)
{
	struct facts *f = facts_of(w, s, m);

	for (size_t i = 0; i < f->n_sas; i++)
		if (f->sas[i].spi == spi)
			return &f->sas[i];
	return NULL;
}

/* The node forgets the SA, or never had it, at all moments. */
static inline void
forget_sa(struct world *w, enum side s, uint32_t spi)
{
	for (enum moment m = FACTS; m < MOMENTS; m++) {
		struct facts *f = facts_of(w, s, m);
		struct sa *sa = sa_of(w, s, m, spi);

		if (sa != NULL)
			*sa = f->sas[--f->n_sas];
	}
}

static inline void
forget_all(struct world *w, enum side s)
{
	for (enum moment m = FACTS; m < MOMENTS; m++)
		facts_of(w, s, m)->n_sas = 0;
}

static inline void
add_sas(struct world *w, enum side s, struct facts *f)
{
	(void)s;
	for (int t = 0; t < 2; t++)
		f->sas[f->n_sas++] = (struct sa){
			.src = w->run.nodes[t].underlay,
			.dst = w->run.nodes[!t].underlay,
			.proto = 50,
			.spi = t == 0 ? SPI_AB : SPI_BA,
			.reqid = 1,
			.seq = 500,
			.oseq = 500,
		};
}

static inline void
add_policies(struct world *w, enum side s, struct facts *f)
{
	for (int out = 0; out < 2; out++)
		f->policies[f->n_policies++] = (struct policy){
			.dir = out ? POLICY_OUT : POLICY_IN,
			.src = w->run.nodes[out ? s : !s].underlay,
			.dst = w->run.nodes[out ? !s : s].underlay,
			.src_prefix = 32,
			.dst_prefix = 32,
			.proto = 17,
			.has_tmpl = true,
			.tmpl_proto = 50,
			.reqid = 1,
		};
}

static inline void
add_links(struct world *w, enum side s, struct facts *f)
{
	struct run_node *n = &w->run.nodes[s];
	struct link *l = f->links;

	put(l[0].name, "ov0");
	put(l[0].kind, "vxlan");
	l[0].up = l[0].carrier = true;
	l[0].vni = n->vni;
	l[0].vxlan_port = n->vxlan_port;
	l[0].mac.b[5] = (uint8_t)(s + 1);
	put(l[1].name, "eth0");
	l[1].up = l[1].carrier = true;
	f->n_links = 2;
	put(f->addrs[0].link, "ov0");
	f->addrs[0].ip = n->overlay;
	put(f->addrs[1].link, "eth0");
	f->addrs[1].ip = n->underlay;
	f->n_addrs = 2;
}

static inline void
add_routes(struct world *w, enum side s, struct facts *f)
{
	struct run_node *peer = &w->run.nodes[!s];

	f->routes[0] =
	    (struct route){ .dst = peer->underlay, .reachable = true };
	put(f->routes[0].link, "eth0");
	f->routes[1] =
	    (struct route){ .dst = peer->overlay, .reachable = true };
	put(f->routes[1].link, "ov0");
	f->n_routes = 2;
	f->neighs[0] = (struct neigh){ .ip = peer->underlay, .has_mac = true };
	put(f->neighs[0].link, "eth0");
	put(f->neighs[0].state, "REACHABLE");
	f->n_neighs = 1;
	f->fdb[0] = (struct fdb_entry){ .dst = peer->underlay };
	put(f->fdb[0].link, "ov0");
	f->fdb[0].mac.b[5] = (uint8_t)(2 - s);
	f->n_fdb = 1;
}

static inline void
tell(struct world *w, enum side s, enum moment m)
{
	static const char *const names[] = { "Ip.InDelivers", "Icmp.InEchos",
		"Icmp.InEchoReps", "Icmp.OutEchoReps", "Udp.InDatagrams",
		"Udp.NoPorts", "Udp.InErrors", "XfrmInNoStates",
		"XfrmInStateProtoError", "XfrmInStateSeqError",
		"XfrmOutNoStates" };
	struct store *t = &w->stores[s][m];
	struct facts *f = facts_of(w, s, m);

	*f = (struct facts){ .have = EVERYTHING,
		.uptime_s = 1000 + (unsigned)m,
		.links = t->links,
		.addrs = t->addrs,
		.sas = t->sas,
		.policies = t->policies,
		.neighs = t->neighs,
		.fdb = t->fdb,
		.routes = t->routes,
		.counters = t->counters,
		.fw_rules = t->rules,
		.settings = t->settings,
		.listeners = t->listeners };
	put(f->platform, "linux");
	put(f->ike_daemon, "charon");
	add_links(w, s, f);
	add_routes(w, s, f);
	add_sas(w, s, f);
	add_policies(w, s, f);
	f->listeners[f->n_listeners++] = (struct listener){ PORT, true };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		counter(w, s, m, names[i]);
}

static inline void
world_tap(struct world *w, enum side s, enum point p)
{
	w->l.taps[s][p] = (struct tap){ .wanted = true,
		.present = true,
		.clean_end = true,
		.frames = 300,
		.said_captured = 300,
		.first_ns = 1,
		.last_ns = INT64_C(1) << 60,
		.sentinels_sent = p == POINT_UNDERLAY ? 3 : 0,
		.sentinels = p == POINT_UNDERLAY ? 3 : 0,
		.peer_sentinels = p == POINT_UNDERLAY ? 3 : 0 };
}

static inline struct world *
world_new(void)
{
	static char names[][FACT_NAME_MAX] = { "node1", "node3" };
	struct world *w = xcalloc(1, sizeof(*w));

	w->run.complete = true;
	w->l.probes = w->probes;
	for (enum side s = SIDE_A; s < SIDES; s++) {
		struct run_node *n = &w->run.nodes[s];
		uint8_t last = (uint8_t)(s + 1);

		n->name = names[s];
		n->overlay = ip_v4((const uint8_t[]){ 10, 0, 0, last });
		n->underlay = ip_v4((const uint8_t[]){ 192, 0, 2, last });
		n->vni = 2;
		n->vxlan_port = PORT;
		put(n->overlay_link, "ov0");
		put(n->underlay_link, "eth0");
		world_tap(w, s, POINT_OVERLAY);
		world_tap(w, s, POINT_UNDERLAY);
	}
	w->in.run = &w->run;
	w->in.ledger = &w->l;
	for (enum side s = SIDE_A; s < SIDES; s++)
		for (enum moment m = FACTS; m < MOMENTS; m++)
			tell(w, s, m);
	/* The sentinels of both. */
	for (enum side s = SIDE_A; s < SIDES; s++) {
		rises(w, s, "Icmp.InEchos", 3);
		rises(w, s, "Icmp.OutEchoReps", 3);
		rises(w, s, "Icmp.InEchoReps", 3);
	}
	return w;
}

/* The node's overlay address is in a VLAN of the overlay. */
static inline void
tag_overlay(struct world *w, enum side s)
{
	struct facts *f = facts_of(w, s, FACTS);
	struct link *l = &f->links[f->n_links++];

	*l = f->links[0];
	put(l->name, "ov0.5");
	put(l->kind, "vlan");
	put(l->lower, "ov0");
	l->vlan = 5;
	put(f->addrs[0].link, "ov0.5");
}

/* The node has a MAC address for its peer that is not the peer's. */
static inline struct neigh *
mislead(struct world *w, enum side s)
{
	struct facts *f = facts_of(w, s, AFTER);
	struct neigh *n = &f->neighs[f->n_neighs++];

	*n = (struct neigh){ .ip = w->run.nodes[!s].overlay, .has_mac = true };
	put(n->link, "ov0");
	n->mac.b[5] = 0x99;
	return n;
}

/* The overlay travels in clear, and no node wants otherwise. */
static inline struct world *
world_clear(void)
{
	struct world *w = world_new();

	for (enum side s = SIDE_A; s < SIDES; s++) {
		forget_all(w, s);
		for (enum moment m = FACTS; m < MOMENTS; m++)
			facts_of(w, s, m)->n_policies = 0;
	}
	return w;
}

/* An ESP packet of the overlay passes that SA. */
static inline void
sa_counts(struct world *w, enum side s, uint32_t spi)
{
	struct sa *sa = sa_of(w, s, AFTER, spi);

	if (sa != NULL)
		sa->packets++;
}

static inline void
tunnel_counts(struct world *w, int t, bool leaves, bool clear)
{
	struct tunnel *tn = &w->l.tunnel[t];

	if (clear) {
		(*(leaves ? &tn->clear_sent : &tn->clear_received))++;
		return;
	}
	tn->sent += leaves;
	tn->received += !leaves;
	tn->matched += !leaves;
	tn->spis[0] = t == 0 ? SPI_AB : SPI_BA;
	tn->max_seq[0] = 500;
	if (tn->n_spis == 0)
		tn->n_spis = 1;
}

/* What a kernel counts when a probe makes this sighting. */
static inline void
sighting_counts(struct world *w, enum sight s, bool clear)
{
	switch (s) {
	case SIGHT_AU_OUT:
	case SIGHT_BU_OUT:
		tunnel_counts(w, s == SIGHT_BU_OUT, true, clear);
		sa_counts(w, s == SIGHT_AU_OUT ? SIDE_A : SIDE_B,
		    s == SIGHT_AU_OUT ? SPI_AB : SPI_BA);
		break;
	case SIGHT_BU_IN:
	case SIGHT_AU_IN:
		tunnel_counts(w, s == SIGHT_AU_IN, false, clear);
		break;
	case SIGHT_BO_IN:
	case SIGHT_AO_IN:
		sa_counts(w, s == SIGHT_BO_IN ? SIDE_B : SIDE_A,
		    s == SIGHT_BO_IN ? SPI_AB : SPI_BA);
		rises(w, s == SIGHT_BO_IN ? SIDE_B : SIDE_A, "Udp.InDatagrams",
		    1);
		if (s == SIGHT_AO_IN)
			rises(w, SIDE_A, "Icmp.InEchoReps", 1);
		break;
	case SIGHT_BO_OUT:
		rises(w, SIDE_B, "Icmp.InEchos", 1);
		rises(w, SIDE_B, "Icmp.OutEchoReps", 1);
		break;
	case SIGHT_AO_OUT:
	case SIGHTS:
		break;
	}
}

/* A probe that makes all sightings before `stage`; the last may be unproven. */
static inline struct probe *
add_probe(struct world *w, enum stage stage)
{
	struct probe *p = &w->probes[w->l.n_probes++];
	bool clear = w->in.facts[SIDE_A].n_policies == 0 &&
	    w->in.facts[SIDE_B].n_policies == 0;

	assert_true(w->l.n_probes <= PROBES);
	*p = (struct probe){ .seq = (uint16_t)w->l.n_probes,
		.stage = stage,
		.first = stage,
		.last = stage };
	for (unsigned i = 0; i < (unsigned)stage && i < SIGHTS; i++) {
		p->seen |= (uint8_t)(1U << i);
		sighting_counts(w, (enum sight)i, clear);
	}
	if (!clear) {
		p->spi[0] = stage > STAGE_EGRESS_A ? SPI_AB : 0;
		p->spi[1] = stage > STAGE_EGRESS_B ? SPI_BA : 0;
	}
	w->l.pings++;
	w->l.asked++;
	w->l.judged_total++;
	w->l.by_stage[stage]++;
	return p;
}

static inline void
add_probes(struct world *w, size_t n, enum stage stage)
{
	for (size_t i = 0; i < n; i++)
		add_probe(w, stage);
}

/* n probes that the captures place between two stages only. */
static inline void
add_unproven(struct world *w, size_t n, enum stage first, enum stage last,
    enum doubt d)
{
	for (size_t i = 0; i < n; i++) {
		struct probe *p = add_probe(w, first);

		w->l.by_stage[first]--;
		w->l.by_stage[STAGE_UNPROVEN]++;
		p->stage = STAGE_UNPROVEN;
		p->last = last;
		p->doubt = d;
	}
}

/* Pings of all probes become ARP requests. */
static inline void
arp_only(struct world *w)
{
	w->l.judged = PROBE_ARP;
	w->l.pings = 0;
	for (size_t i = 0; i < w->l.n_probes; i++)
		w->probes[i].kind = PROBE_ARP;
}

static inline struct fw_rule *
add_rule(struct world *w, enum side s, const char *hook, const char *text)
{
	struct facts *f = facts_of(w, s, AFTER);
	struct fw_rule *r = &f->fw_rules[f->n_fw_rules++];

	*r = (struct fw_rule){ 0 };
	put(r->chain, "inet filter x");
	put(r->hook, hook);
	snprintf(r->text, sizeof(r->text), "%s", text);
	snprintf(r->handle, sizeof(r->handle), "%zu", f->n_fw_rules);
	snprintf(r->undo, sizeof(r->undo),
	    "nft delete rule inet filter x "
	    "handle %zu",
	    f->n_fw_rules);
	return r;
}

static inline const struct finding *
judge_world(struct world *w)
{
	diag_run(&w->in, &w->v);
	return &w->v.findings[0];
}

/* The node is of the other platform; what it says is up to the test. */
static inline void
name_illumos(struct world *w, enum side s)
{
	static char name[] = "illumos";

	w->run.nodes[s].platform = name;
}

static inline void
world_free(struct world *w)
{
	free(w);
}

#endif
