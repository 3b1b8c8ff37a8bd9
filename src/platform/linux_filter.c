/* Capture filters in the language of tcpdump (pcap-filter(7)). */
#include "base/buf.h"
#include "base/err.h"
#include "platform/linux.h"

static int
put_host(struct buf *b, const char *what, const struct ip *ip)
{
	char text[IP_TEXT_MAX];

	return buf_printf(b, "%s %s", what, ip_text(ip, text));
}

/*
 * ESP, IKE (RFC 7296 moves it to port 4500 even where there is no NAT), clear
 * VXLAN and ICMP of the peer, and later fragments, which have no ports.  ICMP
 * errors may come from any router on the way.  ARP tells of the next hop.
 */
int
linux_filter_underlay(const struct underlay_filter *f, struct buf *ret,
    struct err *e)
{
	if (!ip_is_set(&f->peer))
		return err_set(e, ERR_USAGE, "underlay filter: no peer");
	buf_puts(ret, "(");
	put_host(ret, "host", &f->peer);
	buf_puts(ret,
	    f->peer.family == 4 ? " and (ip proto 50" : " and (ip6 proto 50");
	buf_puts(ret, " or udp port 500 or udp port 4500");
	for (size_t i = 0; i < f->n_ports; i++)
		buf_printf(ret, " or udp port %u", f->vxlan_ports[i]);
	if (f->peer.family == 4)
		buf_puts(ret,
		    " or icmp or (ip proto 17 and ip[6:2] & 0x1fff != 0)))"
		    " or (icmp and (icmp[0] = 3 or icmp[0] = 11)) or arp");
	else
		buf_puts(ret,
		    " or icmp6 or ip6 proto 44)) or (icmp6 and ip6[40] < 4)"
		    " or (icmp6 and (ip6[40] = 135 or ip6[40] = 136))");
	if (ret->cut)
		return err_set(e, ERR_LIMIT, "underlay filter: too long");
	return 0;
}

/* Also with a VLAN tag: behind `vlan` every offset moves on. */
int
linux_filter_overlay(const struct ip *a, const struct ip *b, struct buf *ret,
    struct err *e)
{
	if (!ip_is_set(a) || !ip_is_set(b) || a->family != b->family)
		return err_set(e, ERR_USAGE,
		    "overlay filter: two addresses of one family wanted");
	for (int tagged = 0; tagged < 2; tagged++) {
		buf_puts(ret, tagged ? " or (vlan and ((" : "((");
		buf_puts(ret, a->family == 4 ? "icmp and " : "icmp6 and ");
		put_host(ret, "host", a);
		put_host(ret, " and host", b);
		buf_puts(ret, ") or ");
		if (a->family == 4)
			buf_puts(ret,
			    "(icmp and (icmp[0] = 3 or icmp[0] = 11)) or ");
		else
			buf_puts(ret, "(icmp6 and ip6[40] < 4) or ");
		if (a->family == 4) {
			put_host(ret, "(arp and (arp host", a);
			put_host(ret, " or arp host", b);
			buf_puts(ret, "))");
		} else {
			buf_puts(ret,
			    "(icmp6 and (ip6[40] = 135 or ip6[40] = 136))");
		}
		buf_puts(ret, tagged ? "))" : ")");
	}
	if (ret->cut)
		return err_set(e, ERR_LIMIT, "overlay filter: too long");
	return 0;
}
