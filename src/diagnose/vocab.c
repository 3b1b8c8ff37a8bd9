#include "diagnose/vocab.h"

#include <string.h>

/* ---- Linux: names stand for themselves --------------------------------- */

static const struct vocab_counter linux_counters[] = {
	{ COUNT_IPSEC_DROPS,
	    { "XfrmInError", "XfrmInBufferError", "XfrmInHdrError",
		"XfrmInNoStates", "XfrmInStateProtoError",
		"XfrmInStateModeError", "XfrmInStateSeqError",
		"XfrmInStateExpired", "XfrmInStateMismatch",
		"XfrmInStateInvalid", "XfrmAcquireError", NULL } },
	{ COUNT_POLICY_MISMATCH, { "XfrmInTmplMismatch", NULL } },
	{ .name = NULL },
};

static const char *const linux_commands[DO_ALL] = {
	[DO_ADDR_ADD] = "ip addr add @ip/24 dev @link",
	[DO_ADDR_FIND] = "ip addr show to @ip",
	[DO_FDB_LOOK] = "bridge fdb show dev @link",
	[DO_FDB_SET] = "bridge fdb replace @mac dev @link dst @ip",
	[DO_FIREWALL] = "nft -a list ruleset",
	[DO_FIREWALL_OLD] = "iptables-save -c",
	[DO_IKE_LOG] = "journalctl -u strongswan -n 50",
	[DO_IKE_RULES] = "swanctl --list-conns",
	[DO_IKE_SAS] = "swanctl --list-sas",
	[DO_IKE_START] = "systemctl start strongswan",
	[DO_IKE_STATUS] = "systemctl status strongswan",
	[DO_IKE_LOAD] = "swanctl --load-all",
	[DO_IKE_SECRETS] = "swanctl --load-creds",
	[DO_LINK_COUNTS] = "ip -s -s link show @link",
	[DO_LINK_SHOW] = "ip -s link show @link",
	[DO_LINK_UP] = "ip link set @link up",
	[DO_NEIGH] = "ip neigh show @ip",
	[DO_NEIGH_DROP] = "ip neigh del @ip dev @link",
	[DO_OVERLAY] = "ip -d link show @link",
	[DO_PATH] = "traceroute -n @ip",
	[DO_PATH_ESP] = "traceroute -n -P 50 @ip",
	[DO_PATH_LOSS] = "mtr -n -r -c 100 @ip",
	[DO_PATH_UDP] = "traceroute -n -U -p @port @ip",
	[DO_PING] = "ping -c 3 @ip",
	[DO_POLICY_IN] = "ip xfrm policy list dir in",
	[DO_POLICY_LOAD] = "swanctl --load-all",
	[DO_POLICY_OUT] = "ip xfrm policy list dir out",
	[DO_ROUTE] = "ip route get @ip",
	[DO_ROUTE_MATCH] = "ip route show match @ip",
	[DO_SA_DELETE] =
	    "ip xfrm state delete src @src dst @ip proto esp spi @spi",
};

/* ---- SmartOS ----------------------------------------------------------- */

/*
 * The same event, from the kernels' sources (ipdrop.c, ipsecesp.c, spd.c).
 * Not here, though they look alike: XfrmOutStateExpired (esp_bytes_expire is of
 * both directions), Udp.InDatagrams (not known whether before or behind the
 * policy check), XfrmInStateMismatch.  spd_explicit is of both directions, too,
 * but rules ask for it only where they have found such a policy.
 */
static const struct vocab_counter illumos_counters[] = {
	{ "XfrmInNoStates", { "ipdrop.esp_no_sa", NULL } },
	/* Before and after the integrity check. */
	{ "XfrmInStateSeqError",
	    { "ipdrop.esp_early_replay", "ipdrop.esp_replay", NULL } },
	{ "XfrmInStateProtoError",
	    { "ipdrop.esp_bad_auth", "ipdrop.esp_bad_padlen",
		"ipdrop.esp_bad_padding", "ipdrop.esp_crypto_failed", NULL } },
	{ "XfrmAcquireError",
	    { "ipdrop.sadb_inlarval_timeout", "ipdrop.sadb_inlarval_replace",
		NULL } },
	/* What came in clear, and a policy expects it secure. */
	{ "XfrmInTmplMismatch", { "ipdrop.spd_got_clear", NULL } },
	{ "XfrmInNoPols", { "ipdrop.spd_got_secure", NULL } },
	{ "XfrmInPolBlock", { "ipdrop.spd_explicit", NULL } },
	{ "XfrmOutPolBlock", { "ipdrop.spd_explicit", NULL } },
	{ "XfrmOutNoStates",
	    { "ipdrop.sadb_acquire_toofull", "ipdrop.sadb_acquire_timeout",
		"ipdrop.sadb_acquire_nomem", NULL } },
	{ COUNT_POLICY_MISMATCH,
	    { "ipdrop.spd_bad_espealg", "ipdrop.spd_bad_espaalg",
		"ipdrop.spd_bad_ahalg", "ipdrop.spd_got_ah",
		"ipdrop.spd_got_esp", "ipdrop.spd_ahesp_diffid",
		"ipdrop.spd_ah_badid", "ipdrop.spd_esp_badid",
		"ipdrop.spd_esp_innermismatch", NULL } },
	{ COUNT_IPSEC_DROPS,
	    { "ipdrop.esp_no_sa", "ipdrop.esp_early_replay",
		"ipdrop.esp_replay", "ipdrop.esp_bytes_expire",
		"ipdrop.esp_bad_padlen", "ipdrop.esp_bad_padding",
		"ipdrop.esp_bad_auth", "ipdrop.esp_crypto_failed",
		"ipdrop.esp_nomem", "ipdrop.esp_nat_t_ipsec",
		"ipdrop.sadb_inlarval_timeout", "ipdrop.sadb_inlarval_replace",
		"ipdrop.sadb_inidle_overflow", "ipdrop.sadb_inidle_timeout",
		"ipdrop.ip_ipsec_not_loaded", NULL } },
	{ "Udp.NoPorts", { "ip.noPorts", NULL } },
	{ "Icmp.InEchos", { "icmp.inEchos", NULL } },
	{ "Icmp.InEchoReps", { "icmp.inEchoReps", NULL } },
	{ "Icmp.OutEchoReps", { "icmp.outEchoReps", NULL } },
	{ .name = NULL },
};

/* What is configured comes from the management node; none of it is made here.
 */
static const char *const illumos_commands[DO_ALL] = {
	[DO_ADDR_ADD] = "ifconfig @link @ip/24 up",
	[DO_ADDR_FIND] = "ipadm show-addr | grep -w @ip",
	[DO_FDB_LOOK] = "dladm show-overlay -t",
	[DO_FDB_SET] = "svcadm refresh svc:/network/virtual",
	[DO_FIREWALL] = "ipfstat -hio",
	[DO_IKE_LOG] = "tail -50 /var/log/in.iked.log",
	[DO_IKE_RULES] = "ikeadm -np dump rule",
	[DO_IKE_SAS] = "ikeadm -np dump p1",
	[DO_IKE_START] = "svcadm enable svc:/network/ipsec/ike:default",
	[DO_IKE_STATUS] = "svcs -x svc:/network/ipsec/ike:default",
	[DO_IKE_LOAD] = "svcadm refresh svc:/network/ipsec/ike:default",
	[DO_IKE_SECRETS] = "ikeadm read preshared",
	[DO_LINK_COUNTS] = "kstat -p link:0:@link",
	[DO_LINK_SHOW] = "dladm show-link -s @link",
	[DO_LINK_UP] = "ifconfig @link up",
	[DO_NEIGH] = "arp -an | grep -w @ip",
	[DO_NEIGH_DROP] = "arp -d @ip",
	[DO_OVERLAY] = "dladm show-overlay",
	[DO_PATH] = "traceroute -n @ip",
	/* It sends UDP and ICMP only. */
	[DO_PATH_ESP] = "traceroute -n @ip",
	[DO_PATH_LOSS] = "ping -s -n @ip 56 100",
	[DO_PATH_UDP] = "traceroute -n -p @port @ip",
	[DO_PING] = "ping -s -n @ip 56 3",
	[DO_POLICY_IN] = "ipsecconf -ln",
	[DO_POLICY_LOAD] = "svcadm refresh svc:/network/ipsec/policy:default",
	[DO_POLICY_OUT] = "ipsecconf -ln",
	[DO_ROUTE] = "route -n get @ip",
	[DO_ROUTE_MATCH] = "route -n get @ip",
	[DO_SA_DELETE] = "ipseckey delete-pair esp spi @spi dest @ip",
};

/* ---- both -------------------------------------------------------------- */

static const struct vocab vocabs[] = {
	{ .platform = "linux",
	    .counters = linux_counters,
	    .names_are_own = true,
	    .commands = linux_commands },
	{ .platform = "illumos",
	    .acquire_queue = 4,
	    .arp_is_local = true,
	    .secure_needs_policy = true,
	    .sas_uncounted = true,
	    .firewall = "after/ipf",
	    .counters = illumos_counters,
	    .commands = illumos_commands },
};

const struct vocab *
vocab_of(const char *platform)
{
	for (size_t i = 0; i < sizeof(vocabs) / sizeof(vocabs[0]); i++)
		if (platform != NULL &&
		    strcmp(vocabs[i].platform, platform) == 0)
			return &vocabs[i];
	return &vocabs[0];
}

size_t
vocab_counters(const struct vocab *v, const char *name,
    const char *ret[VOCAB_COUNTERS_MAX])
{
	const struct vocab_counter *c = v->counters;
	size_t n = 0;

	while (c->name != NULL && strcmp(c->name, name) != 0)
		c++;
	if (c->name == NULL) {
		ret[0] = name;
		return v->names_are_own;
	}
	while (c->own[n] != NULL) {
		ret[n] = c->own[n];
		n++;
	}
	return n;
}

/* The argument that the text begins with, and how long its name is. */
static const char *
argument(const char *at, const struct vocab_args *a, size_t *len)
{
	const struct {
		const char *name, *value;
	} all[] = { { "@link", a->link }, { "@ip", a->ip }, { "@src", a->src },
		{ "@mac", a->mac }, { "@spi", a->spi }, { "@port", a->port } };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		*len = strlen(all[i].name);
		if (strncmp(at, all[i].name, *len) == 0)
			return all[i].value;
	}
	return NULL;
}

bool
vocab_command(const struct vocab *v, enum vocab_do what,
    const struct vocab_args *args, char *out, size_t size)
{
	static const struct vocab_args none;
	const char *t = v->commands[what];
	size_t n = 0;

	while (t != NULL && *t != '\0') {
		size_t len = 1, add = 1;
		const char *word = t;

		if (*t == '@') {
			word = argument(t, args != NULL ? args : &none, &len);
			if (word == NULL)
				return false;
			add = strlen(word);
		}
		if (n + add >= size)
			return false;
		memcpy(out + n, word, add);
		n += add;
		t += len;
	}
	out[n] = '\0';
	return n > 0;
}
