/*
 * rules_egress: probes that left the overlay device and never came out of the
 * underlay device of the same node.
 */
#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "diagnose/leg.h"

static const char *
peer_ip(const struct leg *g, char out[IP_TEXT_MAX])
{
	return ip_text(&leg_node(g, g->peer)->underlay, out);
}

static enum answer
no_route(const struct leg *g, struct finding *f)
{
	const struct ip *to = &leg_node(g, g->peer)->underlay;
	const struct route *b = facts_route(leg_before(g, g->here), to);
	const struct route *a = facts_route(leg_after(g, g->here), to);
	char ip[IP_TEXT_MAX];

	if (a == NULL || b == NULL)
		return ANSWER_UNKNOWN;
	if (a->reachable || b->reachable)
		return ANSWER_NO;
	peer_ip(g, ip);
	find_cause(f, "it has no route to %s on the underlay", ip);
	find_in(f, g, g->here, "before/routes", "%s: %s", ip, b->why);
	find_do(f, g, g->here, DO_ROUTE_MATCH, "find what forbids it",
	    &(struct vocab_args){ .ip = ip });
	return ANSWER_YES;
}

static enum answer
policy_block(const struct leg *g, struct finding *f)
{
	const struct policy *p = leg_policy(g, g->here, POLICY_OUT);

	if ((g->in->facts[g->here].have & HAVE_POLICIES) == 0)
		return ANSWER_UNKNOWN;
	if (p == NULL || !p->block ||
	    !leg_rose(g, g->here, "XfrmOutPolBlock", "after/xfrm_stat", f))
		return ANSWER_NO;
	find_cause(f, "an IPsec policy of its own blocks them");
	find_do(f, g, g->here, DO_POLICY_OUT, "find the policy", NULL);
	return ANSWER_YES;
}

/* The packet that crosses the limit counts as expired, later ones as without.
 */
static enum answer
sa_expired(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);
	uint64_t n, none = 0;

	leg_rise(g, g->here, "XfrmOutNoStates", &none);
	if (!r.known || !leg_wants_esp(g, g->here))
		return ANSWER_UNKNOWN;
	if (!leg_rise(g, g->here, "XfrmOutStateExpired", &n) || n == 0 ||
	    r.n > 0 || !leg_most(g, n + none))
		return ANSWER_NO;
	find_cause(f,
	    "its outbound SA reached its hard lifetime and was not replaced");
	find_in(f, g, g->here, "after/xfrm_stat",
	    "XfrmOutStateExpired rose by %" PRIu64, n);
	find_do(f, g, g->here, DO_IKE_SAS, "see what IKE has negotiated", NULL);
	return ANSWER_YES;
}

static bool
sequence_at_end(const struct leg *g)
{
	const struct facts *a = leg_after(g, g->here);
	const struct sa *sa;

	for (size_t i = 0; i < a->n_sas; i++) {
		sa = leg_sa(a, g, g->travel, a->sas[i].spi);
		if (sa != NULL && sa->oseq >= UINT32_MAX - 1 && !sa->esn)
			return true;
	}
	return false;
}

static enum answer
sequence_exhausted(const struct leg *g, struct finding *f)
{
	if (!sequence_at_end(g) ||
	    !leg_rose(g, g->here, "XfrmOutStateSeqError", "after/xfrm_stat", f))
		return ANSWER_NO;
	find_cause(f,
	    "the ESP sequence number of its outbound SA is used up: it was "
	    "never rekeyed");
	find_do(f, g, g->here, DO_IKE_SAS, "see why IKE did not rekey", NULL);
	return ANSWER_YES;
}

/* What IKE was seen to do at the node that has no SA. */
struct ike_view {
	size_t sent, received;	/* by `here`, at its own underlay */
	size_t due;		/* of what was sent, long enough ago */
	size_t at_peer;		/* of what was sent, seen arriving */
	size_t answers_at_peer; /* seen leaving the peer */
	size_t auth_small;	/* IKE_AUTH answers too small for a CHILD_SA */
	/* IKEv1 main mode, encrypted: its last messages, and what follows. */
	size_t main_sent, main_at_peer, main_answered, quick;
	uint16_t notify; /* clear error in an answer */
	bool cut;	 /* there were more messages than are kept */
};

enum {
	IKE1_MAIN = 2,	     /* RFC 2408 section 3.1 */
	IKE1_QUICK = 32,     /* RFC 2409 appendix A */
	IKE1_ENCRYPTED = 1,  /* flag */
	IKE_AUTH = 35,	     /* RFC 7296 section 3.1 */
	IKE_RESPONSE = 0x20, /* flag */
	IKE_AUTH_SMALL = 120 /* bytes: nothing but an encrypted NOTIFY */
};

/* A slow peer answers within less. */
static const int64_t IKE_ANSWER_NS = 3 * INT64_C(1000000000);

static void
view_ike1(const struct leg *g, const struct ike_seen *m, struct ike_view *v)
{
	bool late = m->ike.exchange == IKE1_MAIN &&
	    (m->ike.flags & IKE1_ENCRYPTED) != 0;

	if (m->ike.version != 0x10)
		return;
	if (m->side == g->peer) {
		v->main_at_peer += late && !m->outgoing;
		return;
	}
	v->quick += m->ike.exchange == IKE1_QUICK;
	v->main_sent += late && m->outgoing;
	v->main_answered += late && !m->outgoing;
}

static struct ike_view
view_ike(const struct leg *g)
{
	const struct ledger *l = g->in->ledger;
	int64_t end = l->taps[g->here][POINT_UNDERLAY].last_ns;
	struct ike_view v = { .cut = l->n_ike == LEDGER_IKE_MAX };

	for (size_t i = 0; i < l->n_ike; i++) {
		const struct ike_seen *m = &l->ike[i];
		bool answer = (m->ike.flags & IKE_RESPONSE) != 0;

		view_ike1(g, m, &v);
		if (m->side == g->here && m->outgoing) {
			v.sent++;
			v.due += end - m->at >= IKE_ANSWER_NS;
		}
		if (m->side == g->here && !m->outgoing) {
			v.received++;
			if (m->ike.exchange == IKE_AUTH && answer &&
			    m->ike.length <= IKE_AUTH_SMALL)
				v.auth_small++;
			if (m->ike.notify > 0 && m->ike.notify < 16384)
				v.notify = m->ike.notify;
		}
		if (m->side == g->peer && !m->outgoing)
			v.at_peer++;
		if (m->side == g->peer && m->outgoing)
			v.answers_at_peer++;
	}
	return v;
}

/*
 * No usable SA although the policy wants one: shared by the rules below.  The
 * counter alone may be of packets to somebody else.
 */
static bool
no_sa(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);
	unsigned queue = leg_vocab(g, g->here)->acquire_queue;
	uint64_t n;

	if (!r.known || r.kept > 0 || !leg_wants_esp(g, g->here) ||
	    !leg_rise(g, g->here, "XfrmOutNoStates", &n) || n == 0 ||
	    n + queue < g->lost)
		return false;
	leg_show_rise(g, g->here, "XfrmOutNoStates", "after/xfrm_stat", f);
	return true;
}

/*
 * The fifth message of main mode, the first that needs the secret, arrives
 * again and again and is not answered in kind, at either end, and no quick mode
 * follows.
 */
static bool
stuck_at_auth(const struct ike_view *v)
{
	return v->quick == 0 && v->received > 0 &&
	    ((v->main_sent > 1 && v->main_at_peer > 1 &&
		 v->main_answered == 0) ||
		(v->main_answered > 1 && v->main_sent == 0));
}

static enum answer
ike_auth(const struct leg *g, struct finding *f)
{
	struct ike_view v = view_ike(g);

	if ((v.auth_small == 0 && !stuck_at_auth(&v)) || !no_sa(g, f))
		return ANSWER_NO;
	find_cause(f,
	    "it has no SA, for IKE with %s fails to authenticate: their "
	    "pre-shared keys or identities differ",
	    leg_name(g, g->peer));
	if (v.auth_small > 0)
		find_in(f, g, g->here, "underlay",
		    "%zu IKE_AUTH answers too small to carry an SA",
		    v.auth_small);
	else
		find_in(f, g, g->here, "underlay",
		    "IKE main mode comes to its encrypted messages, %zu from "
		    "%s and %zu from %s, and not beyond",
		    v.main_sent, leg_name(g, g->here), v.main_answered,
		    leg_name(g, g->peer));
	find_do(f, g, g->peer, DO_IKE_LOG, "see what it complains of", NULL);
	find_do(f, g, g->here, DO_IKE_SECRETS,
	    "when the secrets are equal on both, load them", NULL);
	return ANSWER_YES;
}

static enum answer
ike_refused(const struct leg *g, struct finding *f)
{
	struct ike_view v = view_ike(g);

	if (v.notify == 0 || !no_sa(g, f))
		return ANSWER_NO;
	find_cause(f,
	    "it has no SA, for %s refuses its IKE proposal (notify %u)",
	    leg_name(g, g->peer), v.notify);
	find_in(f, g, g->here, "underlay", "IKE answer with notify %u in clear",
	    v.notify);
	find_do(f, g, g->here, DO_IKE_RULES, "compare the proposals", NULL);
	find_do(f, g, g->peer, DO_IKE_RULES, "and with those here", NULL);
	return ANSWER_YES;
}

/* IKE dies between the nodes: the way it died is the stage to name. */
static void
blame_network(const struct leg *g, struct finding *f, bool answers)
{
	bool from_a = (g->here == SIDE_A) != answers;

	f->culprit = CULPRIT_NETWORK;
	f->stage = from_a ? STAGE_NETWORK_AB : STAGE_NETWORK_BA;
}

static enum answer
ike_unanswered(const struct leg *g, struct finding *f)
{
	struct ike_view v = view_ike(g);
	const char *peer = leg_name(g, g->peer), *me = leg_name(g, g->here);
	bool ignored = v.due > 0 && v.at_peer > 0 && v.answers_at_peer == 0;

	/*
	 * One message may be on its way yet, or be lost; a second is the first
	 * repeated.
	 */
	if (v.received > 0 || (v.sent < 2 && !ignored))
		return ANSWER_NO;
	if (v.cut || !leg_saw_all(g, g->here) || !leg_saw_all(g, g->peer))
		return ANSWER_UNKNOWN;
	if (!no_sa(g, f))
		return ANSWER_NO;
	find_in(f, g, g->here, "underlay",
	    "%zu IKE messages left, %zu arrived at %s, %zu answers left there",
	    v.sent, v.at_peer, peer, v.answers_at_peer);
	if (v.at_peer == 0) {
		blame_network(g, f, false);
		find_cause(f,
		    "IKE (UDP 500 and 4500) does not get through to %s, so %s "
		    "has no SA",
		    peer, me);
	} else if (v.answers_at_peer > 0) {
		blame_network(g, f, true);
		find_cause(f,
		    "the IKE answers of %s do not get through, so %s has no SA",
		    peer, me);
	} else {
		f->node = g->peer;
		find_cause(f,
		    "it does not answer IKE, so %s has no SA to send with", me);
		find_do(f, g, g->peer, DO_IKE_STATUS,
		    "see whether its key daemon runs", NULL);
		find_do(f, g, g->peer, DO_IKE_START, "if not, start it", NULL);
	}
	return ANSWER_YES;
}

/* However rarely the daemon here repeats what it asks. */
static enum answer
ike_peer_stopped(const struct leg *g, struct finding *f)
{
	const struct facts *facts = g->in->facts;
	const char *peer = leg_name(g, g->peer);

	if (!facts_ike_stopped(&facts[g->peer]) ||
	    facts_ike_stopped(&facts[g->here]) || view_ike(g).received > 0 ||
	    !no_sa(g, f))
		return ANSWER_NO;
	f->node = g->peer;
	f->confidence = CONFIDENCE_HIGH;
	find_cause(f, "no key daemon runs on it, so %s can have no SA",
	    leg_name(g, g->here));
	find_in(f, g, g->peer, "facts/ike", "no key daemon runs on %s", peer);
	find_do(f, g, g->peer, DO_IKE_START, "start the key daemon", NULL);
	return ANSWER_YES;
}

static enum answer
ike_silent(const struct leg *g, struct finding *f)
{
	const char *me = leg_name(g, g->here), *peer = leg_name(g, g->peer);
	struct ike_view v = view_ike(g);

	if (v.sent > 0 || v.received > 0)
		return ANSWER_NO;
	if (v.cut || !leg_saw_all(g, g->here))
		return ANSWER_UNKNOWN;
	if (!no_sa(g, f))
		return ANSWER_NO;
	find_in(f, g, g->here, "underlay", "no IKE message left %s", me);
	if (facts_ike_stopped(&g->in->facts[g->here])) {
		find_cause(f, "it has no SA for %s, and no key daemon runs",
		    peer);
		find_do(f, g, g->here, DO_IKE_START, "start the key daemon",
		    NULL);
		return ANSWER_YES;
	}
	/* If it waits, who is to blame is the peer or the way there. */
	f->culprit = CULPRIT_UNKNOWN;
	find_cause(f,
	    "%s has no SA for %s, and its key daemon asked for none: it may "
	    "wait to repeat itself, for a minute or more",
	    me, peer);
	find_do(f, g, g->here, DO_IKE_SAS,
	    "see what the daemon is at; ask again in a minute", NULL);
	find_do(f, g, g->here, DO_IKE_LOAD,
	    "if it knows no such connection, load them", NULL);
	return ANSWER_YES;
}

/* Either end may be why. */
static enum answer
sa_missing(const struct leg *g, struct finding *f)
{
	struct ike_view v = view_ike(g);

	if (!no_sa(g, f))
		return ANSWER_NO;
	f->culprit = CULPRIT_UNKNOWN;
	find_cause(f,
	    "%s has no SA for %s; %zu IKE messages left it and %zu came, which "
	    "do not tell why",
	    leg_name(g, g->here), leg_name(g, g->peer), v.sent, v.received);
	find_do(f, g, g->here, DO_IKE_SAS, "see how far IKE came", NULL);
	find_do(f, g, g->peer, DO_IKE_SAS, "and what the other end made of it",
	    NULL);
	return ANSWER_YES;
}

/* The forwarding entry of the peer's MAC address, against its underlay. */
static enum answer
fdb_wrong(const struct leg *g, struct finding *f)
{
	const struct facts *a = &g->in->facts[g->here];
	const struct run_node *n = leg_node(g, g->here);
	const struct link *l = facts_link(&g->in->facts[g->peer],
	    leg_node(g, g->peer)->overlay_link);
	char mac[MAC_TEXT_MAX], ip[IP_TEXT_MAX];

	if ((a->have & HAVE_FDB) == 0 || l == NULL)
		return ANSWER_UNKNOWN;
	for (size_t i = 0; i < a->n_fdb; i++) {
		const struct fdb_entry *e = &a->fdb[i];

		if (strcmp(e->link, n->overlay_link) != 0 ||
		    !mac_equal(&e->mac, &l->mac) || !ip_is_set(&e->dst) ||
		    ip_equal(&e->dst, &leg_node(g, g->peer)->underlay))
			continue;
		find_cause(f, "it sends frames for %s to %s, which is not %s",
		    mac_text(&e->mac, mac), ip_text(&e->dst, ip),
		    leg_name(g, g->peer));
		find_in(f, g, g->here, "facts/fdb", "%s dst %s", mac, ip);
		find_do(f, g, g->here, DO_FDB_SET, "mend the entry",
		    &(struct vocab_args){ .mac = mac,
			.link = n->overlay_link,
			.ip = peer_ip(g, ip) });
		return ANSWER_YES;
	}
	return ANSWER_NO;
}

/* Is there an entry for the MAC address, or one for all that have none? */
static bool
has_target(const struct facts *f, const char *link, const struct mac *mac)
{
	static const struct mac any;

	for (size_t i = 0; i < f->n_fdb; i++)
		if (strcmp(f->fdb[i].link, link) == 0 &&
		    (mac_equal(&f->fdb[i].mac, mac) ||
			mac_equal(&f->fdb[i].mac, &any)))
			return true;
	return false;
}

/*
 * SmartOS looks every peer up in a map that is given to it, and answers ARP
 * from there itself: what the map lacks is dropped, and no counter tells.
 */
static enum answer
map_lacks(const struct leg *g, struct finding *f)
{
	const struct facts *a = &g->in->facts[g->here];
	const struct run_node *n = leg_node(g, g->here);
	const struct link *l = facts_link(&g->in->facts[g->peer],
	    leg_node(g, g->peer)->overlay_link);
	char mac[MAC_TEXT_MAX], ip[IP_TEXT_MAX];
	bool missing;

	if (!leg_vocab(g, g->here)->arp_is_local)
		return ANSWER_NO;
	if ((a->have & HAVE_FDB) == 0 || l == NULL)
		return ANSWER_UNKNOWN;
	missing = !has_target(a, n->overlay_link, &l->mac);
	if (!missing && !g->arp)
		return ANSWER_NO;
	mac_text(&l->mac, mac);
	ip_text(&leg_node(g, g->peer)->overlay, ip);
	if (missing)
		find_cause(f,
		    "its overlay's map has no entry for %s (%s) of %s", mac, ip,
		    leg_name(g, g->peer));
	else
		find_cause(f,
		    "it does not answer ARP for %s from its overlay's map: the "
		    "entry of %s lacks the address",
		    ip, leg_name(g, g->peer));
	find_in(f, g, g->here, "facts/fdb", "%s: %s", mac,
	    missing ? "no such target" : "a target");
	find_do(f, g, g->here, DO_FDB_LOOK, "see the map", NULL);
	find_do(f, g, g->here, DO_FDB_SET,
	    "when its file has the entry, read it again",
	    &(struct vocab_args){
		.mac = mac, .link = n->overlay_link, .ip = ip });
	return ANSWER_YES;
}

/* The state of the next hop, asked when the probes were over. */
static const struct neigh *
next_hop(const struct leg *g, const struct route *r)
{
	const struct facts *a = leg_after(g, g->here);
	const struct ip *hop = ip_is_set(&r->via) ? &r->via : &r->dst;

	for (size_t i = 0; i < a->n_neighs; i++)
		if (ip_equal(&a->neighs[i].ip, hop) &&
		    strcmp(a->neighs[i].link, r->link) == 0)
			return &a->neighs[i];
	return NULL;
}

/* Did anything of the overlay's leave in this direction at all? */
static bool
any_left(const struct leg *g)
{
	const struct tunnel *t = &g->in->ledger->tunnel[g->travel];

	return t->sent > 0 || t->clear_sent > 0;
}

static enum answer
neighbour(const struct leg *g, struct finding *f)
{
	const struct route *r = facts_route(leg_before(g, g->here),
	    &leg_node(g, g->peer)->underlay);
	const struct neigh *n;
	char ip[IP_TEXT_MAX];

	if (r == NULL || !r->reachable)
		return ANSWER_UNKNOWN;
	n = next_hop(g, r);
	if (n == NULL || any_left(g) || g->lost < g->of ||
	    (strcmp(n->state, "FAILED") != 0 &&
		strcmp(n->state, "INCOMPLETE") != 0))
		return ANSWER_NO;
	ip_text(&n->ip, ip);
	find_cause(f, "its next hop %s on %s does not answer ARP", ip, r->link);
	find_in(f, g, g->here, "after/neighs", "%s is %s", ip, n->state);
	find_do(f, g, g->here, DO_LINK_SHOW, "see its link first",
	    &(struct vocab_args){ .link = r->link });
	find_do(f, g, g->here, DO_NEIGH,
	    "then cable, VLAN and the next hop itself",
	    &(struct vocab_args){ .ip = ip });
	return ANSWER_YES;
}

/* More was encrypted than came out of the device. */
static enum answer
firewall_after(const struct leg *g, struct finding *f)
{
	const struct tunnel *t = &g->in->ledger->tunnel[g->travel];
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);

	if (!leg_wants_esp(g, g->here))
		return ANSWER_NO;
	if (!r.known)
		return ANSWER_UNKNOWN;
	if (r.packets <= t->sent || !leg_most(g, r.packets - t->sent))
		return ANSWER_NO;
	/* What was sent before the capture began was counted, too. */
	if (t->sent > 0)
		f->confidence = CONFIDENCE_HIGH;
	find_in(f, g, g->here, "after/sas",
	    "its outbound SAs counted %" PRIu64 " packets, %" PRIu64
	    " left the device",
	    r.packets, t->sent);
	if (leg_show_drops(g, HOOKS_LEAVING, "esp", f) > 0)
		find_cause(f,
		    "it drops them after encryption: a firewall rule on ESP");
	else
		find_cause(f,
		    "it drops them after encryption, and no firewall rule "
		    "shows: perhaps a queue");
	return ANSWER_YES;
}

static enum answer
firewall_before(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);
	unsigned port = leg_node(g, g->here)->vxlan_port;

	if (!leg_wants_esp(g, g->here))
		return ANSWER_NO;
	if (!r.known)
		return ANSWER_UNKNOWN;
	if (r.n == 0 || !leg_missed(g, r.packets))
		return ANSWER_NO;
	find_in(f, g, g->here, "after/sas",
	    "its outbound SAs counted %" PRIu64 " packets, and %zu were sent",
	    r.packets, g->of);
	leg_rose(g, g->here, "XfrmOutNoStates", "after/xfrm_stat", f);
	if (leg_show_drops(g, HOOKS_LEAVING, "udp", f) > 0)
		find_cause(f,
		    "it drops them before encryption: a firewall rule on UDP "
		    "port %u",
		    port);
	else
		find_cause(f,
		    "it drops them before encryption, and no firewall rule "
		    "shows: perhaps a forwarding entry is missing");
	return ANSWER_YES;
}

/*
 * Danube's ipfilter keeps the overlay from leaving in clear, so that a missing
 * policy shows as a firewall's drop.
 */
static enum answer
policy_absent(const struct leg *g, struct finding *f)
{
	const struct facts *here = &g->in->facts[g->here];
	const struct policy *in = leg_policy(g, g->peer, POLICY_IN);

	if (((here->have & g->in->facts[g->peer].have) & HAVE_POLICIES) == 0 ||
	    (leg_after(g, g->here)->have & HAVE_FIREWALL) == 0)
		return ANSWER_UNKNOWN;
	if (leg_policy(g, g->here, POLICY_OUT) != NULL || in == NULL ||
	    !in->has_tmpl || in->tmpl_optional)
		return ANSWER_NO;
	find_do(f, g, g->here, DO_POLICY_LOAD, "install the policy again",
	    NULL);
	if (leg_show_drops(g, HOOKS_LEAVING, "udp", f) == 0)
		return ANSWER_NO;
	f->confidence = CONFIDENCE_HIGH;
	find_cause(f,
	    "its IPsec policy for %s is missing, and its firewall lets nothing "
	    "of the overlay leave in clear",
	    leg_name(g, g->peer));
	find_in(f, g, g->here, "facts/policies",
	    "no policy of %s protects what it sends to %s",
	    leg_name(g, g->here), leg_name(g, g->peer));
	return ANSWER_YES;
}

static enum answer
firewall_clear(const struct leg *g, struct finding *f)
{
	const struct facts *a = leg_after(g, g->here);

	if (leg_wants_esp(g, g->here))
		return ANSWER_NO;
	if ((a->have & HAVE_FIREWALL) == 0)
		return ANSWER_UNKNOWN;
	if (leg_show_drops(g, HOOKS_LEAVING, "udp", f) == 0)
		return ANSWER_NO;
	f->confidence = CONFIDENCE_HIGH;
	find_cause(f, "it drops them: a firewall rule on UDP port %u",
	    leg_node(g, g->here)->vxlan_port);
	return ANSWER_YES;
}

const struct rule rules_egress[] = {
	{ "underlay-no-route", SEGMENT_EGRESS, 0, true, no_route,
	    "there is no route to the peer's underlay address" },
	{ "ipsec-policy-block-out", SEGMENT_EGRESS, HAVE_XFRM_STAT, true,
	    policy_block, "an IPsec policy blocks what is sent" },
	{ "sa-expired", SEGMENT_EGRESS, HAVE_XFRM_STAT | HAVE_SAS, true,
	    sa_expired, "the outbound SA reached its hard lifetime" },
	{ "sequence-exhausted", SEGMENT_EGRESS, HAVE_XFRM_STAT, true,
	    sequence_exhausted, "the ESP sequence number is used up" },
	{ "ike-auth-failed", SEGMENT_EGRESS, HAVE_XFRM_STAT, true, ike_auth,
	    "no SA: IKE does not authenticate" },
	{ "ike-refused", SEGMENT_EGRESS, HAVE_XFRM_STAT, true, ike_refused,
	    "no SA: the peer refuses the IKE proposal" },
	{ "ike-unanswered", SEGMENT_EGRESS, HAVE_XFRM_STAT, true,
	    ike_unanswered, "no SA: IKE gets no answer" },
	{ "ike-peer-stopped", SEGMENT_EGRESS, HAVE_XFRM_STAT, true,
	    ike_peer_stopped, "no SA: no key daemon runs on the peer" },
	{ "ike-silent", SEGMENT_EGRESS, HAVE_XFRM_STAT, true, ike_silent,
	    "no SA: the key daemon does not negotiate" },
	{ "sa-missing", SEGMENT_EGRESS, HAVE_XFRM_STAT, true, sa_missing,
	    "no SA, for a reason not seen" },
	{ "overlay-map", SEGMENT_EGRESS, 0, false, map_lacks,
	    "SmartOS's map of the overlay has no entry for the peer" },
	{ "fdb-wrong", SEGMENT_EGRESS, 0, false, fdb_wrong,
	    "the forwarding entry of the peer's MAC names another node" },
	{ "neighbour-unresolved", SEGMENT_EGRESS, 0, true, neighbour,
	    "the next hop does not answer ARP" },
	{ "firewall-after-encryption", SEGMENT_EGRESS, HAVE_SAS, false,
	    firewall_after, "ESP is dropped on its way out" },
	{ "firewall-before-encryption", SEGMENT_EGRESS, HAVE_SAS, false,
	    firewall_before, "VXLAN is dropped before it is encrypted" },
	{ "ipsec-policy-missing", SEGMENT_EGRESS, 0, false, policy_absent,
	    "the policy is missing, and a firewall stops what is in clear" },
	{ "firewall-output", SEGMENT_EGRESS, 0, false, firewall_clear,
	    "VXLAN in clear is dropped on its way out" },
};
const size_t n_rules_egress = sizeof(rules_egress) / sizeof(rules_egress[0]);
