/*
 * Capture filters in the language of snoop(1M).  Only words that its kernel
 * filter knows: with one that it does not ("port", "not", a comparison), every
 * frame of the link would be copied to the program, and some lost on the way.
 * So they let more through than a filter with ports would; decoding sorts it.
 */
#include "base/buf.h"
#include "base/err.h"
#include "platform/illumos.h"

static void
put_host(struct buf *b, const char *before, const struct ip *ip)
{
	char text[IP_TEXT_MAX];

	buf_printf(b, "%shost %s", before, ip_text(ip, text));
}

/*
 * ESP, IKE and VXLAN of the peer.  ICMP errors may come from any router on the
 * way, ARP (or neighbour discovery, ICMP too) tells of the next hop.  Later
 * fragments have their protocol in the IP header, and pass.
 */
int
illumos_filter_underlay(const struct underlay_filter *f, struct buf *ret,
    struct err *e)
{
	if (!ip_is_set(&f->peer))
		return err_set(e, ERR_USAGE, "underlay filter: no peer");
	put_host(ret, "( ", &f->peer);
	buf_puts(ret, " and ( udp or esp ) ) or ");
	buf_puts(ret, f->peer.family == 4 ? "icmp or arp" : "icmp6");
	if (ret->cut)
		return err_set(e, ERR_LIMIT, "underlay filter: too long");
	return 0;
}

int
illumos_filter_overlay(const struct ip *a, const struct ip *b, struct buf *ret,
    struct err *e)
{
	if (!ip_is_set(a) || !ip_is_set(b) || a->family != b->family)
		return err_set(e, ERR_USAGE,
		    "overlay filter: two addresses of one family wanted");
	if (a->family == 4) {
		put_host(ret, "( icmp and ( ", a);
		put_host(ret, " or ", b);
		buf_puts(ret, " ) ) or arp");
	} else {
		/* Neighbour discovery goes to group addresses. */
		buf_puts(ret, "icmp6");
	}
	if (ret->cut)
		return err_set(e, ERR_LIMIT, "overlay filter: too long");
	return 0;
}
