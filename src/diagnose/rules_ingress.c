/*
 * rules_ingress: packets that were seen arriving at a node's underlay device
 * and never came out of its overlay device.  The ladder is that of the receive
 * path, and each step has a counter of its own: here SA lookup, integrity,
 * replay and policy; UDP, VXLAN and firewalls are in rules_delivery.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diagnose/leg.h"

/* Do both nodes say which SAs they have? */
static bool
have_sas(const struct leg *g)
{
	return (leg_after(g, g->here)->have & leg_after(g, g->peer)->have &
		   HAVE_SAS) != 0;
}

/* The highest sequence number that was seen on the SPI. */
static uint64_t
highest_seq(const struct leg *g, uint32_t spi)
{
	const struct tunnel *t = &g->in->ledger->tunnel[g->travel];

	for (size_t i = 0; i < t->n_spis; i++)
		if (t->spis[i] == spi)
			return t->max_seq[i];
	return 0;
}

/* Has the node any SA at all with the peer, in either direction? */
static size_t
sas_with_peer(const struct leg *g, const struct facts *f)
{
	const struct ip *mine = &leg_node(g, g->here)->underlay;
	const struct ip *other = &leg_node(g, g->peer)->underlay;
	size_t n = 0;

	for (size_t i = 0; i < f->n_sas; i++) {
		const struct sa *s = &f->sas[i];

		n += !s->larval &&
		    ((ip_equal(&s->src, mine) && ip_equal(&s->dst, other)) ||
			(ip_equal(&s->src, other) && ip_equal(&s->dst, mine)));
	}
	return n;
}

static void
delete_sa(const struct leg *g, struct finding *f, enum side on, uint32_t spi)
{
	char src[IP_TEXT_MAX], dst[IP_TEXT_MAX], number[16];

	snprintf(number, sizeof(number), "0x%08" PRIx32, spi);
	find_do(f, g, on, DO_SA_DELETE,
	    "delete this one SA; the next packet negotiates anew",
	    &(struct vocab_args){
		.src = ip_text(&leg_node(g, g->peer)->underlay, src),
		.ip = ip_text(&leg_node(g, g->here)->underlay, dst),
		.spi = number });
}

static bool
charon_runs(const struct leg *g, enum side s)
{
	return strncmp(g->in->facts[s].ike_daemon, "charon",
		   strlen("charon")) == 0;
}

/*
 * What to type about an SA whose two ends do not fit.  strongSwan takes no note
 * of an SA that was deleted behind its back, and then refuses to negotiate
 * another ("existing duplicate"): it has to be told to rekey, which replaces
 * both directions at both ends.  It names SAs by numbers of its own.
 */
static void
renew_sa(const struct leg *g, struct finding *f, uint32_t spi)
{
	const struct facts *here = leg_after(g, g->here);

	if (!charon_runs(g, g->peer)) {
		delete_sa(g, f, g->peer, spi);
		if (leg_sa(here, g, g->travel, spi) != NULL)
			delete_sa(g, f, g->here, spi);
		return;
	}
	find_remedy(f, leg_name(g, g->peer),
	    "rekey it: this replaces the SA at both ends",
	    "swanctl --rekey --child-id $(swanctl --list-sas | awk -F'#' "
	    "'/reqid/ {id = $2 + 0} /out +%08" PRIx32 "/ {print id}')",
	    spi);
}

static enum answer
lost_all_sas(const struct leg *g, struct finding *f)
{
	const struct facts *b = leg_before(g, g->here);
	uint32_t spi = leg_spi(g);
	char ip[IP_TEXT_MAX];

	if ((b->have & HAVE_SAS) == 0)
		return ANSWER_UNKNOWN;
	if (sas_with_peer(g, b) > 0 || spi == 0 || leg_sa_in(g) != NULL ||
	    !leg_rose(g, g->here, "XfrmInNoStates", "after/xfrm_stat", f))
		return ANSWER_NO;
	find_cause(f,
	    "it lost all SAs with %s (restart or flush), which still sends on "
	    "the old ones",
	    leg_name(g, g->peer));
	find_in(f, g, g->here, "before/sas", "it has no SA with %s",
	    leg_name(g, g->peer));
	find_in(f, g, g->peer, "underlay", "%s sends on SPI 0x%08" PRIx32,
	    leg_name(g, g->peer), spi);
	find_do(f, g, g->here, DO_PING, "a packet from here negotiates new SAs",
	    &(struct vocab_args){
		.ip = ip_text(&leg_node(g, g->peer)->overlay, ip) });
	/* charon deletes the old ones when it hears from the peer anew. */
	if (!charon_runs(g, g->peer))
		delete_sa(g, f, g->peer, spi);
	return ANSWER_YES;
}

static enum answer
unknown_spi(const struct leg *g, struct finding *f)
{
	const struct facts *a = leg_after(g, g->here);
	uint32_t spi = leg_spi(g);

	if ((a->have & HAVE_SAS) == 0 || spi == 0)
		return ANSWER_UNKNOWN;
	if (leg_sa_in(g) != NULL ||
	    !leg_rose(g, g->here, "XfrmInNoStates", "after/xfrm_stat", f))
		return ANSWER_NO;
	find_cause(f, "it has no SA for SPI 0x%08" PRIx32 ", on which %s sends",
	    spi, leg_name(g, g->peer));
	find_in(f, g, g->here, "after/sas",
	    "SPI 0x%08" PRIx32 " is not in its SADB", spi);
	if (leg_sa_out(g) != NULL)
		find_in(f, g, g->peer, "after/sas",
		    "%s still holds SPI 0x%08" PRIx32, leg_name(g, g->peer),
		    spi);
	renew_sa(g, f, spi);
	return ANSWER_YES;
}

static enum answer
larval(const struct leg *g, struct finding *f)
{
	const struct facts *all[] = { leg_before(g, g->here),
		leg_after(g, g->here) };
	bool found = false;

	for (size_t i = 0; i < 2; i++) {
		const struct sa *sa = leg_sa(all[i], g, g->travel, leg_spi(g));

		found = found || (sa != NULL && sa->larval);
	}
	if (!found)
		return ANSWER_NO;
	/* Where packets wait for the SA, they are not counted yet. */
	if (leg_vocab(g, g->here)->acquire_queue > 0)
		f->confidence = CONFIDENCE_HIGH;
	else if (!leg_rose(g, g->here, "XfrmAcquireError", "after/xfrm_stat",
		     f))
		return ANSWER_NO;
	find_cause(f, "its SA is still being negotiated: IKE is half done");
	find_do(f, g, g->here, DO_IKE_SAS, "see how far IKE came", NULL);
	return ANSWER_YES;
}

/* The receiver's window against the sender's counter, for one SPI. */
static enum answer
replay(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);
	const struct sa *in = leg_sa_in(g), *out = leg_sa_out(g);
	uint32_t spi = leg_spi(g);
	uint64_t sent = highest_seq(g, spi);

	if (!r.known || !have_sas(g))
		return ANSWER_UNKNOWN;
	if (out != NULL && out->oseq > sent)
		sent = out->oseq;
	/* Under ESN a restart fails the integrity check instead. */
	if (in == NULL || sent == 0 || in->seq <= sent ||
	    !leg_most(g, in->esn ? r.failed : r.replay_window + r.replay))
		return ANSWER_NO;
	leg_rose(g, g->here,
	    in->esn ? "XfrmInStateProtoError" : "XfrmInStateSeqError",
	    "after/xfrm_stat", f);
	find_in(f, g, g->here, "after/sas",
	    "it has seen sequence number %" PRIu64 " on SPI 0x%08" PRIx32,
	    in->seq, spi);
	find_in(f, g, g->peer, "after/sas", "%s is only at %" PRIu64,
	    leg_name(g, g->peer), sent);
	find_cause(f,
	    "it takes them for replays: the ESP sequence number of %s began "
	    "anew on SPI 0x%08" PRIx32,
	    leg_name(g, g->peer), spi);
	renew_sa(g, f, spi);
	return ANSWER_YES;
}

/* A duplicate is no loss, for its first copy got in; one too late is. */
static enum answer
reorder(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);
	const struct tunnel *t = &g->in->ledger->tunnel[g->travel];

	if (!r.known)
		return ANSWER_UNKNOWN;
	if (!leg_most(g, r.replay_window))
		return ANSWER_NO;
	find_cause(f, "they arrive too late for its replay window");
	find_in(f, g, g->here, "after/sas",
	    "%" PRIu64 " packets came behind the window of its SA",
	    r.replay_window);
	if (t->reordered > 0)
		find_in(f, g, g->here, "underlay",
		    "%" PRIu64 " ESP packets were overtaken on the way",
		    t->reordered);
	find_do(f, g, g->here, DO_IKE_RULES,
	    "see the window; then set replay_window there to 1024", NULL);
	return ANSWER_YES;
}

static enum answer
esn_differs(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);
	const struct sa *in = leg_sa_in(g), *out = leg_sa_out(g);

	if (!r.known || !have_sas(g))
		return ANSWER_UNKNOWN;
	if (in == NULL || out == NULL || in->esn == out->esn ||
	    !leg_most(g, r.failed))
		return ANSWER_NO;
	find_cause(f,
	    "only one end of SPI 0x%08" PRIx32 " uses extended sequence "
	    "numbers",
	    leg_spi(g));
	find_in(f, g, g->here, "after/sas",
	    "%" PRIu64 " packets failed the integrity check", r.failed);
	renew_sa(g, f, leg_spi(g));
	return ANSWER_YES;
}

/* Did any probe get through on this SPI?  Then both ends have its key. */
static bool
works(const struct leg *g, uint32_t spi)
{
	const struct ledger *l = g->in->ledger;
	enum sight s = (enum sight)g->stage;

	for (size_t i = 0; i < l->n_probes; i++)
		if (l->probes[i].spi[g->travel] == spi &&
		    (l->probes[i].seen & 1U << s) != 0)
			return true;
	return false;
}

/* The segment between the sender and the node of an ingress leg. */
static void
blame_network(const struct leg *g, struct finding *f)
{
	f->culprit = CULPRIT_NETWORK;
	f->stage =
	    g->stage == STAGE_INGRESS_B ? STAGE_NETWORK_AB : STAGE_NETWORK_BA;
	f->confidence = CONFIDENCE_HIGH;
}

static enum answer
corrupted(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);

	if (!r.known)
		return ANSWER_UNKNOWN;
	if (!leg_most(g, r.failed) || !works(g, leg_spi(g)))
		return ANSWER_NO;
	blame_network(g, f);
	find_cause(f,
	    "it changes some packets: they fail the integrity check of %s, "
	    "others on the same SA pass",
	    leg_name(g, g->here));
	find_in(f, g, g->here, "after/sas",
	    "%" PRIu64 " packets failed the integrity check", r.failed);
	find_do(f, g, g->here, DO_LINK_COUNTS,
	    "look for errors here and at the other end",
	    &(struct vocab_args){
		.link = leg_node(g, g->here)->underlay_link });
	return ANSWER_YES;
}

static enum answer
key_differs(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);
	uint64_t bad = 0, odd = 0;

	if (!r.known)
		return ANSWER_UNKNOWN;
	leg_rise(g, g->here, "XfrmInStateProtoError", &bad);
	leg_rise(g, g->here, "Ip.InUnknownProtos", &odd);
	if (leg_sa_in(g) == NULL || works(g, leg_spi(g)))
		return ANSWER_NO;
	if (leg_most(g, r.failed)) {
		leg_rose(g, g->here, "XfrmInStateProtoError", "after/xfrm_stat",
		    f);
		find_in(f, g, g->here, "after/sas",
		    "%" PRIu64 " packets failed the integrity check", r.failed);
	} else if (odd > 0 && bad > 0 && leg_most(g, bad + odd)) {
		/* A good check value, and rubbish inside. */
		f->confidence = CONFIDENCE_HIGH;
		find_in(f, g, g->here, "after/counters",
		    "%" PRIu64 " packets held an unknown protocol, %" PRIu64
		    " bad padding",
		    odd, bad);
	} else
		return ANSWER_NO;
	find_cause(f,
	    "they fail its %s: the two ends of SPI 0x%08" PRIx32
	    " have different keys",
	    leg_most(g, r.failed) ? "integrity check" : "decryption",
	    leg_spi(g));
	renew_sa(g, f, leg_spi(g));
	return ANSWER_YES;
}

static enum answer
state_mismatch(const struct leg *g, struct finding *f)
{
	const struct sa *in = leg_sa_in(g), *out = leg_sa_out(g);

	if (!have_sas(g))
		return ANSWER_UNKNOWN;
	if (in == NULL || out == NULL ||
	    (in->encap == out->encap && leg_covers(g, in)) ||
	    !leg_rose(g, g->here, "XfrmInStateMismatch", "after/xfrm_stat", f))
		return ANSWER_NO;
	if (in->encap != out->encap)
		find_cause(f,
		    "the two ends disagree on UDP encapsulation (NAT "
		    "traversal)");
	else
		find_cause(f,
		    "the traffic selector of its SA does not cover them");
	find_in(f, g, g->here, "after/sas", "SPI 0x%08" PRIx32, in->spi);
	renew_sa(g, f, in->spi);
	return ANSWER_YES;
}

/*
 * Clear packets where ESP is asked for.  Hardware that encrypts behind the
 * capture makes ESP look clear.
 */
static enum answer
policy_wants_esp(const struct leg *g, struct finding *f)
{
	const struct tunnel *t = &g->in->ledger->tunnel[g->travel];
	const struct facts *peer = &g->in->facts[g->peer];
	const struct policy *in = leg_policy(g, g->here, POLICY_IN);

	if ((peer->have & g->in->facts[g->here].have & HAVE_POLICIES) == 0)
		return ANSWER_UNKNOWN;
	if (t->sent > 0 || t->clear_sent < g->lost || in == NULL ||
	    !in->has_tmpl || in->tmpl_optional || leg_wants_esp(g, g->peer) ||
	    !leg_rose(g, g->here, "XfrmInTmplMismatch", "after/xfrm_stat", f))
		return ANSWER_NO;
	f->node = g->peer;
	find_cause(f,
	    "it sends the overlay in clear, and %s requires ESP: its IPsec "
	    "policy is missing",
	    leg_name(g, g->here));
	find_in(f, g, g->peer, "underlay",
	    "%" PRIu64 " VXLAN packets left %s unencrypted", t->clear_sent,
	    leg_name(g, g->peer));
	find_in(f, g, g->peer, "facts/policies",
	    "no policy of %s protects what it sends to %s",
	    leg_name(g, g->peer), leg_name(g, g->here));
	find_do(f, g, g->peer, DO_POLICY_LOAD, "install the policy again",
	    NULL);
	return ANSWER_YES;
}

/* Decrypted, and turned away by a policy: the SAs counted them. */
static bool
decrypted(const struct leg *g)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);

	return r.known && leg_in_esp(g) && leg_most(g, r.packets) &&
	    r.packets + g->lost > g->of;
}

/* Is it plain from the policy itself that the SA does not satisfy it? */
static bool
differs(const struct policy *p, const struct sa *sa)
{
	return p != NULL && sa != NULL && p->has_tmpl &&
	    (p->tmpl_proto != sa->proto || p->tmpl_mode != sa->mode ||
		(p->reqid != 0 && p->reqid != sa->reqid));
}

static enum answer
policy_mismatch(const struct leg *g, struct finding *f)
{
	const struct policy *in = leg_policy(g, g->here, POLICY_IN);

	uint64_t n;

	/* Linux counts them in UDP, too. */
	if (!decrypted(g) ||
	    (leg_rise(g, g->here, "Udp.InErrors", &n) &&
		!leg_rose(g, g->here, "Udp.InErrors", "after/counters", f)) ||
	    !leg_rose(g, g->here, COUNT_POLICY_MISMATCH, "after/xfrm_stat", f))
		return ANSWER_NO;
	if (!differs(in, leg_sa_in(g)))
		f->confidence = CONFIDENCE_HIGH;
	find_cause(f,
	    "they are decrypted, but its IPsec policy asks for another "
	    "protection");
	find_do(f, g, g->here, DO_POLICY_IN, "compare with its SAs", NULL);
	return ANSWER_YES;
}

static enum answer
policy_block(const struct leg *g, struct finding *f)
{
	const struct policy *in = leg_policy(g, g->here, POLICY_IN);

	if ((g->in->facts[g->here].have & HAVE_POLICIES) == 0)
		return ANSWER_UNKNOWN;
	if (in == NULL || !in->block ||
	    !leg_rose(g, g->here, "XfrmInPolBlock", "after/xfrm_stat", f))
		return ANSWER_NO;
	find_cause(f, "an IPsec policy of its own blocks them");
	find_do(f, g, g->here, DO_POLICY_IN, "find the policy", NULL);
	return ANSWER_YES;
}

static enum answer
policy_none(const struct leg *g, struct finding *f)
{
	const struct sa *in = leg_sa_in(g);

	if ((g->in->facts[g->here].have & HAVE_POLICIES) == 0)
		return ANSWER_UNKNOWN;
	/* Into Linux transport mode gets without a policy. */
	if (in == NULL ||
	    (in->mode != SA_TUNNEL &&
		!leg_vocab(g, g->here)->secure_needs_policy) ||
	    leg_policy(g, g->here, POLICY_IN) != NULL || !decrypted(g) ||
	    !leg_rose(g, g->here, "XfrmInNoPols", "after/xfrm_stat", f))
		return ANSWER_NO;
	find_cause(f,
	    "they are decrypted, but it has no IPsec policy that allows them "
	    "in");
	find_do(f, g, g->here, DO_POLICY_LOAD, "install the policy again",
	    NULL);
	return ANSWER_YES;
}

const struct rule rules_ingress[] = {
	{ "overlay-down", SEGMENT_INGRESS, HAVE_LINKS, true, leg_overlay_down,
	    "the overlay device is down" },
	{ "sadb-lost", SEGMENT_INGRESS, HAVE_XFRM_STAT, true, lost_all_sas,
	    "the node lost all SAs with the peer" },
	{ "sa-unknown-inbound", SEGMENT_INGRESS, HAVE_XFRM_STAT, true,
	    unknown_spi, "the peer sends on an SPI that the node lacks" },
	{ "sa-larval", SEGMENT_INGRESS, HAVE_XFRM_STAT, true, larval,
	    "IKE has not finished the SA" },
	{ "sequence-restart", SEGMENT_INGRESS, HAVE_XFRM_STAT | HAVE_SAS, true,
	    replay, "the peer's ESP sequence number began anew" },
	{ "replay-window", SEGMENT_INGRESS, HAVE_XFRM_STAT, true, reorder,
	    "packets arrive behind the replay window" },
	{ "esn-mismatch", SEGMENT_INGRESS, HAVE_XFRM_STAT | HAVE_SAS, true,
	    esn_differs, "one end alone uses extended sequence numbers" },
	{ "corrupted-on-the-way", SEGMENT_INGRESS, HAVE_SAS, true, corrupted,
	    "some packets fail the integrity check, others on the SA pass" },
	{ "sa-key-mismatch", SEGMENT_INGRESS, HAVE_XFRM_STAT, true, key_differs,
	    "the two ends of an SA have different keys" },
	{ "sa-mismatch", SEGMENT_INGRESS, HAVE_XFRM_STAT, true, state_mismatch,
	    "encapsulation or selector of the SA do not fit" },
	{ "ipsec-policy-missing", SEGMENT_INGRESS, HAVE_XFRM_STAT, true,
	    policy_wants_esp, "the peer sends in clear what must be ESP" },
	{ "ipsec-policy-mismatch", SEGMENT_INGRESS, HAVE_XFRM_STAT, true,
	    policy_mismatch, "the policy asks for another protection" },
	{ "ipsec-policy-block-in", SEGMENT_INGRESS, HAVE_XFRM_STAT, true,
	    policy_block, "an IPsec policy blocks what arrives" },
	{ "ipsec-policy-none", SEGMENT_INGRESS, HAVE_XFRM_STAT, true,
	    policy_none, "no IPsec policy allows what was decrypted" },
};
const size_t n_rules_ingress = sizeof(rules_ingress) / sizeof(rules_ingress[0]);
