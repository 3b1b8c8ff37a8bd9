/* What an operator types on a SmartOS node. */
#include <inttypes.h>

#include "base/buf.h"
#include "model/facts.h"
#include "platform/illumos.h"

static const char *
ping(const struct ip *dst, struct buf *ret)
{
	char text[IP_TEXT_MAX];

	buf_printf(ret, "/usr/sbin/ping -ns %s 56 3", ip_text(dst, text));
	return "packets from here negotiate new SAs";
}

/* ipseckey(1M): both directions of the pair go, and in.iked makes another. */
static const char *
renew_sa(const struct sa *sa, const char *ike_daemon, struct buf *ret)
{
	char dst[IP_TEXT_MAX];

	(void)ike_daemon;
	buf_printf(ret,
	    "/usr/sbin/ipseckey delete-pair %s spi 0x%" PRIx32 " dst %s",
	    sa->proto == 51 ? "ah" : "esp", sa->spi, ip_text(&sa->dst, dst));
	return "delete this pair of SAs; the next packet negotiates anew";
}

const struct mend illumos_mend = {
	.ping = ping, .renew_sa = renew_sa, .drop_sa = renew_sa
};
