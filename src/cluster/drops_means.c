/*
 * What the counters of lost packets count.  Linux: the kernel's
 * Documentation/networking/xfrm_proc.rst, snmp_counter.rst, and net/xfrm.
 * illumos: ip_drop.c, sadb.c, spd.c, ipsecesp.c of its uts/common/inet.
 *
 * Where two of them count the same loss (esp_stat.bad_auth beside
 * ipdrop.esp_bad_auth) the one that says more stands here.
 */
#include <string.h>

#include "base/str.h"
#include "cluster/drops.h"

struct meaning {
	const char *counter, *means;
};

static const struct meaning linux_ipsec[] = {
	{ "XfrmInError", "in: no memory or no way to go on" },
	{ "XfrmInBufferError", "in: too many transforms within each other" },
	{ "XfrmInHdrError", "in: too short to hold an SPI" },
	{ "XfrmInNoStates",
	    "in: no SA for this SPI; the peer uses one that is lost here" },
	{ "XfrmInStateProtoError",
	    "in: ICV or padding wrong; keys, algorithms or ESN differ" },
	{ "XfrmInStateModeError", "in: tunnel and transport mode differ" },
	{ "XfrmInStateSeqError",
	    "in: replay check; duplicate, too late, or the count began anew" },
	{ "XfrmInStateExpired", "in: the SA's lifetime is over" },
	{ "XfrmInStateMismatch",
	    "in: the packet is not what the SA is for; NAT-T or selectors" },
	{ "XfrmInStateInvalid", "in: the SA is being deleted" },
	{ "XfrmInTmplMismatch",
	    "in: in clear, or by other SAs than the policy demands" },
	{ "XfrmInNoPols", "in: no policy for what came through a tunnel" },
	{ "XfrmInPolBlock", "in: a policy says block" },
	{ "XfrmInPolError", "in: the policy could not be looked up" },
	{ "XfrmInStateDirError", "in: the SA is for the other direction" },
	{ "XfrmAcquireError", "in: the SA is still being negotiated" },
	{ "XfrmFwdHdrError", "forward: no route for it" },
	{ "XfrmOutError", "out: the transform failed" },
	{ "XfrmOutBundleGenError", "out: no way to combine route and SA" },
	{ "XfrmOutBundleCheckError", "out: the route or the SA is gone" },
	{ "XfrmOutNoStates",
	    "out: no SA; IKE is not done (the first packets: normal)" },
	{ "XfrmOutStateProtoError", "out: encryption failed" },
	{ "XfrmOutStateModeError", "out: too big for the SA's mode" },
	{ "XfrmOutStateSeqError", "out: sequence numbers are used up" },
	{ "XfrmOutStateExpired", "out: the SA's lifetime is over" },
	{ "XfrmOutStateInvalid", "out: the SA is being deleted" },
	{ "XfrmOutStateDirError", "out: the SA is for the other direction" },
	{ "XfrmOutPolBlock", "out: a policy says block" },
	{ "XfrmOutPolDead", "out: the policy was just deleted" },
	{ "XfrmOutPolError", "out: the policy could not be looked up" },
};

static const struct meaning linux_ip[] = {
	{ "Ip.InHdrErrors", "IP in: header damaged, or TTL used up" },
	{ "Ip.InAddrErrors", "IP in: not an address of this node" },
	{ "Ip.InUnknownProtos", "IP in: nobody speaks this protocol" },
	{ "Ip.InDiscards", "IP in: no memory, or a filter in the way" },
	{ "Ip.OutDiscards", "IP out: no memory, or a filter in the way" },
	{ "Ip.OutNoRoutes", "IP out: no route" },
	{ "Ip.ReasmFails", "IP in: fragments missing; look at the MTU" },
	{ "Ip.FragFails", "IP out: too big, and must not be fragmented" },
	{ "IpExt.InNoRoutes", "IP in: no route on, and not for this node" },
	{ "IpExt.InCsumErrors", "IP in: checksum wrong" },
	{ "TcpExt.IPReversePathFilter",
	    "IP in: rp_filter; the way back is by another link" },
	{ "Udp.NoPorts", "UDP in: nobody listens on this port" },
	{ "Udp.InErrors", "UDP in: rejected by policy, checksum or buffer" },
	{ "Udp.RcvbufErrors", "UDP in: the reader is too slow" },
	{ "Udp.SndbufErrors", "UDP out: no buffer space" },
	{ "Udp.InCsumErrors", "UDP in: checksum wrong" },
	{ "Udp.MemErrors", "UDP in: no memory" },
	{ "Ip6InHdrErrors", "IPv6 in: header damaged, or hop limit used up" },
	{ "Ip6InTooBigErrors", "IPv6 in: too big to forward" },
	{ "Ip6InNoRoutes", "IPv6 in: no route on" },
	{ "Ip6InAddrErrors", "IPv6 in: not an address of this node" },
	{ "Ip6InUnknownProtos", "IPv6 in: nobody speaks this protocol" },
	{ "Ip6InTruncatedPkts", "IPv6 in: shorter than it says" },
	{ "Ip6InDiscards", "IPv6 in: no memory, or a filter in the way" },
	{ "Ip6OutDiscards", "IPv6 out: no memory, or a filter in the way" },
	{ "Ip6OutNoRoutes", "IPv6 out: no route" },
	{ "Ip6ReasmFails", "IPv6 in: fragments missing; look at the MTU" },
	{ "Ip6FragFails", "IPv6 out: too big" },
	{ "Udp6NoPorts", "UDP over IPv6 in: nobody listens on this port" },
	{ "Udp6InErrors", "UDP over IPv6 in: rejected" },
	{ "Udp6RcvbufErrors", "UDP over IPv6 in: the reader is too slow" },
	{ "Udp6SndbufErrors", "UDP over IPv6 out: no buffer space" },
	{ "TcpExt.ListenDrops", "TCP in: a listener took no more" },
	{ "TcpExt.TCPBacklogDrop", "TCP in: the reader is too slow" },
	{ "TcpExt.TCPRcvQDrop", "TCP in: no room in the receive queue" },
	{ "TcpExt.TCPReqQFullDrop", "TCP in: too many half-open connections" },
	{ "TcpExt.TCPMinTTLDrop", "TCP in: TTL below what is demanded" },
	{ "TcpExt.PFMemallocDrop", "in: kept for swapping; memory is short" },
	{ "Softnet.Dropped", "in: the backlog was full; the CPU is too slow" },
};

static const struct meaning illumos[] = {
	{ "ipdrop.esp_no_sa",
	    "in: no SA for this SPI; the peer uses one that is lost here" },
	{ "ipdrop.esp_bad_auth",
	    "in: ICV wrong; keys or algorithms differ, or damaged" },
	{ "ipdrop.esp_bad_padding",
	    "in: padding wrong; the cipher's keys differ" },
	{ "ipdrop.esp_bad_padlen",
	    "in: padding wrong; the cipher's keys differ" },
	{ "ipdrop.esp_crypto_failed", "in or out: the cipher failed" },
	{ "ipdrop.esp_early_replay",
	    "in: too late for the replay window, or the count began anew" },
	{ "ipdrop.esp_replay", "in: came before; a duplicate" },
	{ "ipdrop.esp_bytes_expire", "the SA's lifetime in bytes is over" },
	{ "ipdrop.esp_nomem", "no memory" },
	{ "ipdrop.esp_iv_wrap", "out: the SA's IVs are used up" },
	{ "ipdrop.esp_icmp",
	    "in: an ICMP error about ESP; some router rejects ours" },
	{ "ipdrop.esp_nat_t_ipsec", "in: NAT-T where none is expected" },
	{ "ipdrop.esp_nat_t_ka", "in: a keep-alive of NAT-T; harmless" },
	{ "ipdrop.spd_got_clear", "in: in clear, the policy demands ESP" },
	{ "ipdrop.spd_got_secure",
	    "in: came by ESP, no policy demands or allows it" },
	{ "ipdrop.spd_got_ah", "in: came by AH, the policy has none" },
	{ "ipdrop.spd_got_esp", "in: came by ESP, the policy has none" },
	{ "ipdrop.spd_got_selfencap", "in: came by a tunnel, none expected" },
	{ "ipdrop.spd_bad_selfencap", "in: the tunnel does not fit" },
	{ "ipdrop.spd_bad_espealg", "in: the SA's cipher is not the policy's" },
	{ "ipdrop.spd_bad_espaalg",
	    "in: the SA's authentication is not the policy's" },
	{ "ipdrop.spd_bad_ahalg", "in: the SA's AH is not the policy's" },
	{ "ipdrop.spd_esp_badid", "in: the SA is of another identity" },
	{ "ipdrop.spd_esp_innermismatch",
	    "in: the packet is not what the SA is for" },
	{ "ipdrop.spd_explicit", "a policy says drop" },
	{ "ipdrop.spd_no_policy", "no policy for it" },
	{ "ipdrop.spd_loopback_mismatch", "loopback against the policy" },
	{ "ipdrop.spd_malformed_packet", "malformed" },
	{ "ipdrop.spd_malformed_frag", "a malformed fragment" },
	{ "ipdrop.spd_overlap_frag", "fragments overlap" },
	{ "ipdrop.spd_evil_frag", "a fragment that no honest node sends" },
	{ "ipdrop.spd_max_frags", "too many fragments wait; look at the MTU" },
	{ "ipdrop.spd_expired_frags", "fragments missing; look at the MTU" },
	{ "ipdrop.sadb_acquire_toofull",
	    "out: more than 4 wait for IKE (at the beginning: normal)" },
	{ "ipdrop.sadb_acquire_timeout", "out: IKE made no SA in time" },
	{ "ipdrop.sadb_acquire_nomem", "out: no memory" },
	{ "ipdrop.sadb_inlarval_timeout",
	    "in: the SA that it waited for was not made" },
	{ "ipdrop.sadb_inlarval_replace",
	    "in: another took its place to wait for the SA" },
	{ "ipdrop.ip_ipsec_not_loaded", "IPsec is not loaded" },
	{ "esp_stat.bad_decrypt", "in: could not be decrypted" },
	{ "esp_stat.out_discards", "out: ESP could not send it" },
	{ "ip.inHdrErrors", "IP in: header damaged, or TTL used up" },
	{ "ip.inAddrErrors", "IP in: not an address of this node" },
	{ "ip.inUnknownProtos", "IP in: nobody speaks this protocol" },
	{ "ip.inDiscards", "IP in: no memory, or a filter in the way" },
	{ "ip.outDiscards", "IP out: no memory, or a filter in the way" },
	{ "ip.outNoRoutes", "IP out: no route" },
	{ "ip.reasmFails", "IP in: fragments missing; look at the MTU" },
	{ "ip.fragFails", "IP out: too big, and must not be fragmented" },
	{ "ip.noPorts", "UDP in: nobody listens on this port" },
	{ "ip.inCksumErrs", "IP in: checksum wrong" },
	{ "ip.udpInCksumErrs", "UDP in: checksum wrong" },
	{ "ip.udpInOverflows", "UDP in: the reader is too slow" },
	{ "udp.inErrors", "UDP in: damaged" },
	{ "udp.outErrors", "UDP out: could not be sent" },
};

static const struct {
	const struct meaning *v;
	size_t n;
} tables[] = {
	{ linux_ipsec, sizeof(linux_ipsec) / sizeof(linux_ipsec[0]) },
	{ linux_ip, sizeof(linux_ip) / sizeof(linux_ip[0]) },
	{ illumos, sizeof(illumos) / sizeof(illumos[0]) },
};

const char *
drops_means(const char *counter)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (size_t i = 0; i < tables[t].n; i++)
			if (strcmp(tables[t].v[i].counter, counter) == 0)
				return tables[t].v[i].means;
	/* Kernels gain some; all of these two sets count drops. */
	if (str_starts(counter, "Xfrm") || str_starts(counter, "ipdrop."))
		return "IPsec; espy has no words for this one";
	return NULL;
}
