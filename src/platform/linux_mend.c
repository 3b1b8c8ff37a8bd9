/* What an operator types on a Linux node. */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "model/facts.h"
#include "platform/linux.h"

static const char *
ping(const struct ip *dst, struct buf *ret)
{
	char text[IP_TEXT_MAX];

	buf_printf(ret, "ping -c 3 %s", ip_text(dst, text));
	return "packets from here negotiate new SAs";
}

static bool
is_charon(const char *ike_daemon)
{
	return strncmp(ike_daemon, "charon", strlen("charon")) == 0;
}

static const char *
delete_sa(const struct sa *sa, struct buf *ret)
{
	char src[IP_TEXT_MAX], dst[IP_TEXT_MAX];

	buf_printf(ret,
	    "ip xfrm state delete src %s dst %s proto %s spi 0x%08" PRIx32,
	    ip_text(&sa->src, src), ip_text(&sa->dst, dst),
	    sa->proto == 51 ? "ah" : "esp", sa->spi);
	return "delete this one SA; the next packet negotiates anew";
}

/*
 * strongSwan takes no note of an SA that was deleted behind its back, and then
 * refuses to negotiate another: it has to be told to rekey.  It names SAs by
 * numbers of its own.
 */
static const char *
renew_sa(const struct sa *sa, const char *ike_daemon, struct buf *ret)
{
	if (!is_charon(ike_daemon))
		return delete_sa(sa, ret);
	buf_printf(ret,
	    "swanctl --rekey --child-id $(swanctl --list-sas | awk -F'#' "
	    "'/reqid/ {id = $2 + 0} /(in|out) +%08" PRIx32 "/ {print id}')",
	    sa->spi);
	return "rekey it: this replaces the SA at both ends";
}

/* charon deletes the old ones when it hears from the peer anew. */
static const char *
drop_sa(const struct sa *sa, const char *ike_daemon, struct buf *ret)
{
	return is_charon(ike_daemon) ? NULL : delete_sa(sa, ret);
}

const struct mend linux_mend = {
	.ping = ping, .renew_sa = renew_sa, .drop_sa = drop_sa
};
