/*
 * What kernels mean by the reasons that they give for a drop.  Linux: the
 * kernel's include/net/dropreason-core.h; illumos: ip_drop_input() and
 * ip_drop_output() and their callers in uts/common/inet, overlay_mux.c and
 * overlay_target.c.
 */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cluster/drops.h"

static const struct {
	const char *why, *means;
} reasons[] = {
	{ "NOT_SPECIFIED", "the kernel does not say; see where" },
	{ "NO_SOCKET", "nobody listens there" },
	{ "SOCKET_CLOSE", "its socket is being closed" },
	{ "SOCKET_RCVBUFF", "the reader is too slow" },
	{ "SOCKET_BACKLOG", "the reader is too slow" },
	{ "PROTO_MEM", "no memory for the protocol's sockets" },
	{ "QUEUE_PURGE", "a queue was emptied, its socket closed" },
	{ "PKT_TOO_SMALL", "too short, damaged" },
	{ "HDR_TRUNC", "too short, damaged" },
	{ "SKB_CSUM", "checksum wrong" },
	{ "IP_CSUM", "checksum of IP wrong" },
	{ "UDP_CSUM", "checksum of UDP wrong" },
	{ "TCP_CSUM", "checksum of TCP wrong" },
	{ "ICMP_CSUM", "checksum of ICMP wrong" },
	{ "NETFILTER_DROP", "a firewall's rule says drop" },
	{ "SECURITY_HOOK", "SELinux or the like forbids it" },
	{ "BPF_CGROUP_EGRESS", "a BPF program of its cgroup forbids it" },
	{ "XDP", "an XDP program drops it" },
	{ "TC_INGRESS", "a filter of tc drops it" },
	{ "TC_EGRESS", "a filter of tc drops it" },
	{ "XFRM_POLICY", "IPsec's policy demands another protection" },
	{ "IP_INHDR", "header of IP damaged" },
	{ "IP_RPFILTER", "rp_filter; the way back is by another link" },
	{ "IP_NOPROTO", "nobody speaks this protocol" },
	{ "IP_INADDRERRORS", "not an address of this node" },
	{ "IP_INNOROUTES", "no route on, and not for this node" },
	{ "IP_OUTNOROUTES", "no route" },
	{ "IP_LOCAL_SOURCE", "comes with an address of this very node" },
	{ "IP_INVALID_SOURCE", "no valid source address" },
	{ "IP_INVALID_DEST", "no valid destination address" },
	{ "IPV6DISABLED", "IPv6 is switched off there" },
	{ "UNICAST_IN_L2_MULTICAST", "sent to all, addressed to one" },
	{ "UNHANDLED_PROTO", "a frame of a protocol that it does not speak" },
	{ "NEIGH_CREATEFAIL", "no room for a neighbour" },
	{ "NEIGH_FAILED", "its next hop answers no ARP" },
	{ "NEIGH_QUEUEFULL", "too many wait for an answer to ARP" },
	{ "NEIGH_DEAD", "its neighbour entry is gone" },
	{ "QDISC_DROP", "a queue is full or the link has no carrier" },
	{ "QDISC_OVERLIMIT", "a queue is full" },
	{ "QDISC_CONGESTED", "a queue is too slow for it" },
	{ "CPU_BACKLOG", "the backlog was full; the CPU is too slow" },
	{ "FULL_RING", "the device's queue was full" },
	{ "DEV_READY", "the device is not up" },
	{ "DEV_HDR", "no header of that device could be made" },
	{ "NOMEM", "no memory" },
	{ "PFMEMALLOC", "kept for swapping; memory is short" },
	{ "PKT_TOO_BIG", "larger than the MTU, and may not be fragmented" },
	{ "DUP_FRAG", "a fragment came twice" },
	{ "FRAG_REASM_TIMEOUT", "fragments missing; look at the MTU" },
	{ "FRAG_TOO_FAR", "fragments missing; look at the MTU" },
	{ "IP_TUNNEL_ECN", "congestion marks of a tunnel contradict" },
	{ "VXLAN_INVALID_HDR", "no valid VXLAN header" },
	{ "VXLAN_VNI_NOT_FOUND", "no device for this VNI" },
	{ "VXLAN_ENTRY_EXISTS", "its MAC address is bound elsewhere" },
	{ "NO_TX_TARGET", "no peer known for its MAC address" },
	{ "MAC_INVALID_SOURCE", "no valid source MAC address" },
	{ "LOCAL_MAC", "its source MAC address is this device's own" },
	{ "TUNNEL_TXINFO", "no destination for the tunnel" },
	{ "RECURSION_LIMIT", "devices within each other in a ring" },
	{ "BRIDGE_INGRESS_STP_STATE", "the bridge's port does not forward" },
	{ "TCP_LISTEN_OVERFLOW", "a listener took no more" },
	{ "ipIfStatsInDiscards", "no memory, or a filter in the way" },
	{ "ipIfStatsOutDiscards", "no memory, or a filter in the way" },
	{ "ipIfStatsInCksumErrs", "checksum wrong" },
	{ "ipIfStatsInHdrErrors", "header damaged, or TTL used up" },
	{ "ipIfStatsInAddrErrors", "not an address of this node" },
	{ "ipIfStatsInUnknownProtos", "nobody speaks this protocol" },
	{ "ipIfStatsForwProhibits", "to be forwarded, and may not be" },
	{ "ipIfStatsNoPorts", "nobody listens on this port" },
	{ "udpIfStatsInOverflows", "the reader is too slow" },
	{ "no matching vid", "no overlay for this VNI" },
	{ "decap failed", "no valid VXLAN header" },
	{ "dev dropped", "the overlay is going, or not up" },
	{ "no target", "the overlay's map has no peer for its MAC address" },
};

const char *
drops_reason_means(const char *why)
{
	char counter[DROP_NAME_MAX];
	const char *means;

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reasons[i].why, why) == 0)
			return reasons[i].means;
	/* What is in capitals is Linux's: the others may be counters. */
	snprintf(counter, sizeof(counter), "ipdrop.%s", why);
	means = drops_means(counter);
	if (means != NULL && why[0] >= 'a' && why[0] <= 'z' &&
	    strchr(why, '_') != NULL)
		return means;
	return "espy has no words for this one";
}
