/*
 * rules_ingress: packets that were seen arriving at a node's underlay device
 * and never came out of its overlay device.  The ladder is that of the receive
 * path: firewall, SA lookup, integrity, replay, policy, firewall again, UDP,
 * VXLAN; each step has a counter of its own.
 */
#include <inttypes.h>
#include <string.h>

#include "diagnose/leg.h"

/* The newest SPI that the sender was seen using; 0 when none was. */
static uint32_t
used_spi(const struct leg *g)
{
	const struct tunnel *t = &g->in->ledger->tunnel[g->travel];

	return t->n_spis > 0 ? t->spis[t->n_spis - 1] : 0;
}

static uint32_t
highest_seq(const struct leg *g)
{
	const struct tunnel *t = &g->in->ledger->tunnel[g->travel];

	return t->n_spis > 0 ? t->max_seq[t->n_spis - 1] : 0;
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
	char src[IP_TEXT_MAX], dst[IP_TEXT_MAX];

	find_remedy(f, leg_name(g, on),
	    "delete the one stale SA; the next "
	    "packet negotiates anew",
	    "ip xfrm state delete src %s dst %s proto esp spi 0x%08" PRIx32,
	    ip_text(&leg_node(g, g->peer)->underlay, src),
	    ip_text(&leg_node(g, g->here)->underlay, dst), spi);
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
overlay_down(const struct leg *g, struct finding *f)
{
	const struct run_node *n = leg_node(g, g->here);
	const struct link *l =
	    facts_link(leg_after(g, g->here), n->overlay_link);

	if (l == NULL || l->up)
		return ANSWER_NO;
	find_cause(f, "its overlay device %s is down", l->name);
	find_in(f, g, g->here, "after/links", "%s is not up", l->name);
	find_remedy(f, n->name, "bring the device up", "ip link set %s up",
	    l->name);
	return ANSWER_YES;
}

static enum answer
lost_all_sas(const struct leg *g, struct finding *f)
{
	const struct facts *b = leg_before(g, g->here);

	if ((b->have & HAVE_SAS) == 0)
		return ANSWER_UNKNOWN;
	if (sas_with_peer(g, b) > 0 ||
	    !leg_rose(g, g->here, "XfrmInNoStates", "after/xfrm_stat", f))
		return ANSWER_NO;
	find_cause(f,
	    "it lost all SAs with %s (restart or flush), which still sends on "
	    "the old ones",
	    leg_name(g, g->peer));
	find_in(f, g, g->here, "before/sas", "no SA with %s",
	    leg_name(g, g->peer));
	find_in(f, g, g->peer, "before/sas", "%s sends on SPI 0x%08" PRIx32,
	    leg_name(g, g->peer), used_spi(g));
	find_remedy(f, leg_name(g, g->here),
	    "one packet from here negotiates new SAs", "ping -c 3 %s",
	    ip_text(&leg_node(g, g->peer)->overlay, (char[IP_TEXT_MAX]){ 0 }));
	/* charon deletes the old ones when it hears from the peer anew. */
	if (!charon_runs(g, g->peer))
		delete_sa(g, f, g->peer, used_spi(g));
	return ANSWER_YES;
}

static enum answer
unknown_spi(const struct leg *g, struct finding *f)
{
	const struct facts *a = leg_after(g, g->here);
	uint32_t spi = used_spi(g);

	if (!leg_rose(g, g->here, "XfrmInNoStates", "after/xfrm_stat", f))
		return ANSWER_NO;
	if ((a->have & HAVE_SAS) == 0 || spi == 0)
		return ANSWER_UNKNOWN;
	find_cause(f, "it has no SA for SPI 0x%08" PRIx32 ", on which %s sends",
	    spi, leg_name(g, g->peer));
	if (leg_sa(a, g, g->travel, spi) == NULL)
		find_in(f, g, g->here, "after/sas",
		    "SPI 0x%08" PRIx32 " is not in its SADB", spi);
	if (leg_sa(leg_after(g, g->peer), g, g->travel, spi) != NULL)
		find_in(f, g, g->peer, "after/sas",
		    "%s still holds SPI 0x%08" PRIx32, leg_name(g, g->peer),
		    spi);
	renew_sa(g, f, spi);
	return ANSWER_YES;
}

static enum answer
larval(const struct leg *g, struct finding *f)
{
	if (!leg_rose(g, g->here, "XfrmAcquireError", "after/xfrm_stat", f))
		return ANSWER_NO;
	find_cause(f, "its SA is still being negotiated: IKE is half done");
	find_remedy(f, leg_name(g, g->here), "see how far IKE came", "%s",
	    "swanctl --list-sas");
	return ANSWER_YES;
}

/* The receiver's window against the sender's counter, for one SPI. */
static bool
sequence_restarted(const struct leg *g, struct finding *f)
{
	uint32_t spi = used_spi(g);
	const struct sa *in = leg_sa(leg_after(g, g->here), g, g->travel, spi);
	const struct sa *out = leg_sa(leg_after(g, g->peer), g, g->travel, spi);
	uint64_t sent = out != NULL ? out->oseq : highest_seq(g);

	if (in == NULL || sent == 0 || in->seq <= sent)
		return false;
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
	return true;
}

static enum answer
replay(const struct leg *g, struct finding *f)
{
	bool esn =
	    leg_rose(g, g->here, "XfrmInStateProtoError", "after/xfrm_stat", f);
	bool seq =
	    leg_rose(g, g->here, "XfrmInStateSeqError", "after/xfrm_stat", f);

	/* Under ESN a restart fails the integrity check instead. */
	if (!esn && !seq)
		return ANSWER_NO;
	return sequence_restarted(g, f) ? ANSWER_YES : ANSWER_NO;
}

static enum answer
reorder(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);

	if (!leg_rose(g, g->here, "XfrmInStateSeqError", "after/xfrm_stat", f))
		return ANSWER_NO;
	find_cause(f,
	    "they arrive too late or twice for its replay window "
	    "(%" PRIu64 " behind it, %" PRIu64 " duplicates)",
	    r.replay_window, r.replay);
	find_remedy(f, leg_name(g, g->here), "a larger replay window", "%s",
	    "swanctl.conf: replay_window = 1024");
	return ANSWER_YES;
}

static enum answer
esn_differs(const struct leg *g, struct finding *f)
{
	uint32_t spi = used_spi(g);
	const struct sa *in = leg_sa(leg_after(g, g->here), g, g->travel, spi);
	const struct sa *out = leg_sa(leg_after(g, g->peer), g, g->travel, spi);

	if (in == NULL || out == NULL || in->esn == out->esn ||
	    !leg_rose(g, g->here, "XfrmInStateProtoError", "after/xfrm_stat",
		f))
		return ANSWER_NO;
	find_cause(f,
	    "only one end of SPI 0x%08" PRIx32 " uses extended "
	    "sequence numbers",
	    spi);
	renew_sa(g, f, spi);
	return ANSWER_YES;
}

static enum answer
key_differs(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);

	if (!leg_rose(g, g->here, "XfrmInStateProtoError", "after/xfrm_stat",
		f))
		return ANSWER_NO;
	if (r.failed >= g->lost)
		find_in(f, g, g->here, "after/sas",
		    "%" PRIu64 " packets failed the integrity check", r.failed);
	find_cause(f,
	    "they fail its %s: the two ends of SPI 0x%08" PRIx32
	    " have different keys",
	    r.failed >= g->lost ? "integrity check" : "decryption",
	    used_spi(g));
	if (g->lost < g->of)
		find_cause(f,
		    "some fail its integrity check: packets are "
		    "changed on the way");
	renew_sa(g, f, used_spi(g));
	return ANSWER_YES;
}

static enum answer
state_mismatch(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);

	if (!leg_rose(g, g->here, "XfrmInStateMismatch", "after/xfrm_stat", f))
		return ANSWER_NO;
	if (r.packets >= g->lost)
		find_cause(f,
		    "the traffic selector of its SA does not cover "
		    "them");
	else
		find_cause(f,
		    "the two ends disagree on UDP encapsulation "
		    "(NAT traversal)");
	renew_sa(g, f, used_spi(g));
	return ANSWER_YES;
}

static enum answer
policy_wants_esp(const struct leg *g, struct finding *f)
{
	const struct tunnel *t = &g->in->ledger->tunnel[g->travel];

	if (t->sent > 0 || t->clear_sent == 0 ||
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
	find_remedy(f, leg_name(g, g->peer), "install the policy again", "%s",
	    "swanctl --load-all");
	return ANSWER_YES;
}

static enum answer
policy_mismatch(const struct leg *g, struct finding *f)
{
	if (!leg_rose(g, g->here, "XfrmInTmplMismatch", "after/xfrm_stat", f))
		return ANSWER_NO;
	find_cause(f,
	    "they are decrypted, but its IPsec policy asks for "
	    "another protection");
	find_remedy(f, leg_name(g, g->here), "compare with its SAs", "%s",
	    "ip xfrm policy list dir in");
	return ANSWER_YES;
}

static enum answer
policy_block(const struct leg *g, struct finding *f)
{
	if (!leg_rose(g, g->here, "XfrmInPolBlock", "after/xfrm_stat", f))
		return ANSWER_NO;
	find_cause(f, "an IPsec policy of its own blocks them");
	find_remedy(f, leg_name(g, g->here), "find the policy", "%s",
	    "ip xfrm policy list dir in");
	return ANSWER_YES;
}

static enum answer
policy_none(const struct leg *g, struct finding *f)
{
	if (!leg_rose(g, g->here, "XfrmInNoPols", "after/xfrm_stat", f))
		return ANSWER_NO;
	find_cause(f,
	    "they are decrypted, but it has no IPsec policy that "
	    "allows them in");
	find_remedy(f, leg_name(g, g->here), "install the policy again", "%s",
	    "swanctl --load-all");
	return ANSWER_YES;
}

static enum answer
vxlan_port(const struct leg *g, struct finding *f)
{
	const struct run_node *to = leg_node(g, g->here);
	uint16_t sent_to = leg_node(g, g->peer)->vxlan_port;

	if (!leg_rose(g, g->here, "Udp.NoPorts", "after/counters", f))
		return ANSWER_NO;
	if (sent_to != to->vxlan_port) {
		find_cause(f,
		    "its VXLAN device listens on UDP port %u, and %s sends to "
		    "%u",
		    to->vxlan_port, leg_name(g, g->peer), sent_to);
		find_in(f, g, g->here, "facts/links", "%s: port %u",
		    to->overlay_link, to->vxlan_port);
		find_in(f, g, g->peer, "facts/links", "%s: port %u",
		    leg_node(g, g->peer)->overlay_link, sent_to);
	} else
		find_cause(f, "nothing on it listens on UDP port %u", sent_to);
	find_remedy(f, to->name, "look at the device", "ip -d link show %s",
	    to->overlay_link);
	return ANSWER_YES;
}

static enum answer
vni(const struct leg *g, struct finding *f)
{
	const struct run_node *to = leg_node(g, g->here);
	const struct run_node *from = leg_node(g, g->peer);

	if (to->vni == from->vni)
		return ANSWER_NO;
	if (!leg_rose(g, g->here, "Udp.InDatagrams", "after/counters", f))
		return ANSWER_UNKNOWN;
	find_cause(f,
	    "its VXLAN device has VNI %" PRIu32 ", and %s sends VNI "
	    "%" PRIu32,
	    to->vni, from->name, from->vni);
	find_in(f, g, g->here, "facts/links", "%s: VNI %" PRIu32,
	    to->overlay_link, to->vni);
	find_in(f, g, g->peer, "facts/links", "%s: VNI %" PRIu32,
	    from->overlay_link, from->vni);
	find_remedy(f, to->name, "look at the device", "ip -d link show %s",
	    to->overlay_link);
	return ANSWER_YES;
}

static void
show_drop_rules(const struct leg *g, struct finding *f)
{
	const struct facts *a = leg_after(g, g->here);

	for (size_t i = 0; i < a->n_fw_rules; i++) {
		const struct fw_rule *r = &a->fw_rules[i];

		if (strcmp(r->hook, "input") != 0 &&
		    strcmp(r->hook, "prerouting") != 0 &&
		    strcmp(r->hook, "ingress") != 0)
			continue;
		find_in(f, g, g->here, "after/nft", "%s: %s", r->chain,
		    r->text);
		if (r->handle[0] != '\0')
			find_remedy(f, leg_name(g, g->here),
			    "remove the rule, if it is this one",
			    "nft delete rule %s handle %s", r->chain,
			    r->handle);
	}
	if (f->n_remedies == 0)
		find_remedy(f, leg_name(g, g->here), "look for the rule", "%s",
		    "nft -a list ruleset");
}

static enum answer
firewall_after(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);
	uint64_t udp;

	if (!leg_in_esp(g))
		return ANSWER_NO;
	if (!r.known || !leg_rise(g, g->here, "Udp.InDatagrams", &udp))
		return ANSWER_UNKNOWN;
	if (r.packets < g->lost || udp >= g->lost)
		return ANSWER_NO;
	find_cause(f,
	    "it drops them after decryption: a firewall rule on UDP port %u",
	    leg_node(g, g->here)->vxlan_port);
	find_in(f, g, g->here, "after/sas",
	    "its inbound SA decrypted %" PRIu64 " packets", r.packets);
	find_in(f, g, g->here, "after/counters",
	    "only %" PRIu64 " datagrams reached UDP", udp);
	show_drop_rules(g, f);
	return ANSWER_YES;
}

/* Any counter of IPsec's that would have claimed these packets. */
static bool
ipsec_counted(const struct leg *g)
{
	static const char *const names[] = { "XfrmInError", "XfrmInBufferError",
		"XfrmInHdrError", "XfrmInNoStates", "XfrmInStateProtoError",
		"XfrmInStateModeError", "XfrmInStateSeqError",
		"XfrmInStateExpired", "XfrmInStateMismatch",
		"XfrmInStateInvalid", "XfrmAcquireError" };
	uint64_t n, sum = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (leg_rise(g, g->here, names[i], &n))
			sum += n;
	return sum >= g->lost;
}

static enum answer
firewall_before(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);

	if (!leg_in_esp(g))
		return ANSWER_NO;
	if (!r.known)
		return ANSWER_UNKNOWN;
	if (r.packets >= g->lost || ipsec_counted(g))
		return ANSWER_NO;
	find_cause(f,
	    "it drops ESP before IPsec sees it: a firewall rule on IP "
	    "protocol 50");
	find_in(f, g, g->here, "after/sas",
	    "its inbound SA counted %" PRIu64 " packets only", r.packets);
	find_in(f, g, g->here, "after/xfrm_stat",
	    "no IPsec drop counter rose by that much");
	show_drop_rules(g, f);
	return ANSWER_YES;
}

static enum answer
firewall_clear(const struct leg *g, struct finding *f)
{
	uint64_t udp;
	size_t had = f->n_evidence;

	if (leg_in_esp(g))
		return ANSWER_NO;
	if (!leg_rise(g, g->here, "Udp.InDatagrams", &udp))
		return ANSWER_UNKNOWN;
	if (udp >= g->lost)
		return ANSWER_NO;
	find_in(f, g, g->here, "after/counters",
	    "only %" PRIu64 " datagrams reached UDP", udp);
	show_drop_rules(g, f);
	if (f->n_evidence == had + 1)
		f->confidence = CONFIDENCE_HIGH;
	find_cause(f, "it drops them: a firewall rule on UDP port %u",
	    leg_node(g, g->here)->vxlan_port);
	return ANSWER_YES;
}

const struct rule rules_ingress[] = {
	{ "overlay-down", SEGMENT_INGRESS, HAVE_LINKS, false, overlay_down,
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
	    "packets arrive behind the replay window, or twice" },
	{ "esn-mismatch", SEGMENT_INGRESS, HAVE_XFRM_STAT | HAVE_SAS, true,
	    esn_differs, "one end alone uses extended sequence numbers" },
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
	{ "vxlan-port", SEGMENT_INGRESS, HAVE_COUNTERS, true, vxlan_port,
	    "nothing listens on the UDP port that the peer sends to" },
	{ "vni-mismatch", SEGMENT_INGRESS, HAVE_COUNTERS, true, vni,
	    "the VNIs of the two nodes differ" },
	{ "firewall-after-decryption", SEGMENT_INGRESS,
	    HAVE_COUNTERS | HAVE_SAS, true, firewall_after,
	    "VXLAN is dropped after decryption" },
	{ "firewall-before-ipsec", SEGMENT_INGRESS, HAVE_XFRM_STAT | HAVE_SAS,
	    false, firewall_before, "ESP is dropped before IPsec" },
	{ "firewall-input", SEGMENT_INGRESS, HAVE_COUNTERS, false,
	    firewall_clear, "VXLAN in clear is dropped on its way in" },
};
const size_t n_rules_ingress = sizeof(rules_ingress) / sizeof(rules_ingress[0]);
