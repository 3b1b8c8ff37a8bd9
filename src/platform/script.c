#include "platform/script.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/quote.h"
#include "model/addr.h"
#include "platform/platform.h"

/* $nonce comes before this. */
static const char head[] =
    "LC_ALL=C TZ=UTC0\n"
    "PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin\n"
    "export LC_ALL TZ PATH\n"
    "begin() { echo \"@@espy $nonce begin $1\"; }\n"
    "end() { printf '\\n@@espy %s end %s %s\\n' \"$nonce\" \"$1\" \"$2\"; }\n";

int
script_head(struct buf *b, const char *nonce, struct err *e)
{
	if (!platform_nonce_good(nonce))
		return err_set(e, ERR_USAGE,
		    "script: nonce: 8 to 64 letters and digits wanted");
	buf_puts(b, "nonce=");
	quote_word(b, nonce);
	buf_puts(b, "\n");
	buf_puts(b, head);
	return 0;
}

void
script_word(struct buf *b, const char *word)
{
	buf_puts(b, " ");
	quote_word(b, word);
}

void
script_ip(struct buf *b, const struct ip *ip)
{
	char text[IP_TEXT_MAX];

	script_word(b, ip_text(ip, text));
}

int
script_waves(const struct probe_ask *ask,
    int (*put_ping)(const struct ping_ask *p, struct buf *b, struct err *e),
    struct buf *b, struct err *e)
{
	for (size_t i = 0; i < ask->n_pings; i++) {
		const struct ping_ask *p = &ask->pings[i];

		if (i > 0 && p->wave < p[-1].wave)
			return err_set(e, ERR_USAGE,
			    "probe script: waves not in order");
		if (i == 0 || p->wave != p[-1].wave)
			buf_printf(b, "%s	wave %u\n",
			    i > 0 ? "	join\n" : "", p->wave);
		if (put_ping(p, b, e) < 0)
			return -1;
	}
	buf_puts(b, ask->n_pings > 0 ? "	join\n" : "");
	return 0;
}

int
script_done(const struct buf *b, const char *what, struct err *e)
{
	if (b->cut)
		return err_set(e, ERR_LIMIT, "%s script: longer than %zu bytes",
		    what, b->max);
	return 0;
}
