/* The complaints of espy sadb in words, and what to type about each. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/nodes.h"
#include "cmd/sadb.h"
#include "inventory/hostrange.h"
#include "platform/platform.h"

static void
say_stale(const char *from, const char *to, const struct sadb_complaint *c,
    struct buf *b)
{
	buf_printf(b,
	    "%s sends to %s on SPI 0x%08" PRIx32
	    ", which %s does not have: what is sent there is lost",
	    from, to, c->spi, to);
}

/* Does complaint i say the same as an earlier one, of the same two nodes? */
static bool
is_again(const struct sadb *s, size_t i)
{
	const struct sadb_complaint *c = &s->complaints[i];

	for (size_t k = 0; k < i; k++)
		if (s->complaints[k].kind == c->kind &&
		    s->complaints[k].from == c->from &&
		    s->complaints[k].to == c->to)
			return true;
	return false;
}

bool
sadb_joins(const struct sadb *s, const struct sadb_complaint *c, size_t i)
{
	const struct sadb_complaint *other = &s->complaints[i];

	if (c->kind != SADB_LOST)
		return other == c;
	return other->kind == SADB_LOST && other->to == c->to &&
	    !is_again(s, i);
}

bool
sadb_repeats(const struct sadb *s, size_t i)
{
	const struct sadb_complaint *c = &s->complaints[i];

	for (size_t k = 0; k < i && c->kind == SADB_LOST; k++)
		if (s->complaints[k].kind == SADB_LOST &&
		    s->complaints[k].to == c->to)
			return true;
	return false;
}

static void
put_losers(const struct sadb *s, const struct sadb_complaint *c, struct buf *b)
{
	const char **names = xcalloc(s->n_complaints, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < s->n_complaints; i++)
		if (sadb_joins(s, c, i))
			names[n++] = s->nodes[s->complaints[i].from].name;
	hostrange_fold(names, n, b);
	buf_puts(b, n == 1 ? ", which still sends" : ", which still send");
	free(names);
}

/* Of all that the node lost it with: one event, one sentence. */
static void
say_lost(const struct sadb *s, const struct sadb_complaint *c, struct buf *b)
{
	const char *to = s->nodes[c->to].name;

	buf_printf(b, "%s has no SA with ", to);
	put_losers(s, c, b);
	buf_puts(b, " to it on theirs: ");
	if (c->rebooted)
		buf_printf(b,
		    "%s came up %" PRIu64 " s ago, after they were "
		    "made",
		    to, c->uptime_s);
	else
		buf_printf(b, "the SADB of %s was flushed, or IKE restarted",
		    to);
}

static void
say_one_way(const char *from, const char *to, const struct sadb_complaint *c,
    struct buf *b)
{
	buf_printf(b,
	    "%s has no SA to send to %s on, though %s holds the other half of "
	    "one, SPI 0x%08" PRIx32,
	    from, to, to, c->spi);
}

/* "aes-cbc 128, hmac-sha512" */
static void
put_algorithms(const struct sa *sa, struct buf *b)
{
	buf_puts(b, sa->crypt[0] != '\0' ? sa->crypt : "no cipher");
	if (sa->key_bits != 0)
		buf_printf(b, " %" PRIu32, sa->key_bits);
	if (sa->auth[0] != '\0')
		buf_printf(b, ", %s", sa->auth);
	if (sa->icv_bits != 0)
		buf_printf(b, " cut to %" PRIu32, sa->icv_bits);
}

static void
say_algorithms(const char *from, const char *to, const struct sadb_complaint *c,
    struct buf *b)
{
	buf_printf(b, "the ends of SPI 0x%08" PRIx32 " differ: %s has ", c->spi,
	    from);
	put_algorithms(c->out, b);
	buf_printf(b, "; %s has ", to);
	put_algorithms(c->in, b);
}

static void
say_keys(const char *from, const char *to, const struct sadb_complaint *c,
    struct buf *b)
{
	buf_printf(b,
	    "the keys of SPI 0x%08" PRIx32 " are not the same at %s and %s: "
	    "what is sent on it is lost",
	    c->spi, from, to);
}

static void
put_shape(const struct sa *sa, struct buf *b)
{
	static const char *const modes[] = { [SA_TRANSPORT] = "transport mode",
		[SA_TUNNEL] = "tunnel mode",
		[SA_OTHER_MODE] = "another mode" };

	buf_printf(b, "%s%s%s", modes[sa->mode], sa->encap ? " within UDP" : "",
	    sa->esn ? ", extended sequence numbers" : "");
}

static void
say_shape(const char *from, const char *to, const struct sadb_complaint *c,
    struct buf *b)
{
	buf_printf(b, "the ends of SPI 0x%08" PRIx32 " differ: %s has ", c->spi,
	    from);
	put_shape(c->out, b);
	buf_printf(b, "; %s has ", to);
	put_shape(c->in, b);
}

static void
say_sequence(const char *from, const char *to, const struct sadb_complaint *c,
    struct buf *b)
{
	buf_printf(b,
	    "%s counts anew on SPI 0x%08" PRIx32 ": it is at %" PRIu64
	    ", and %s, which has seen %" PRIu64
	    ", takes all up to that for replays",
	    from, c->spi, c->out->oseq, to, c->in->seq);
}

static void
say_larval(const char *from, const char *to, const struct sadb_complaint *c,
    struct buf *b)
{
	buf_printf(b,
	    "%s has been negotiating with %s for %" PRIu64
	    " s: IKE does not come to an end",
	    from, to, c->count);
}

static void
say_old(const char *from, const char *to, const struct sadb_complaint *c,
    struct buf *b)
{
	buf_printf(b,
	    "%s still holds SPI 0x%08" PRIx32
	    " to %s, which %s no longer has; it has a newer one that works",
	    from, c->spi, to, to);
}

static void
say_newest(const char *from, const char *to, const struct sadb_complaint *c,
    struct buf *b)
{
	buf_printf(b,
	    "%s waits for %s on the new SPI 0x%08" PRIx32
	    ", and %s sends on an older one: a rekey was not finished",
	    to, from, c->spi, from);
}

static void
say_lifetime(const char *from, const char *to, const struct sadb_complaint *c,
    struct buf *b)
{
	buf_printf(b,
	    "SPI 0x%08" PRIx32 " ends at %s before it ends at %s, which would "
	    "go on sending on it if it is not rekeyed",
	    c->spi, to, from);
}

static void
say_many(const char *from, const char *to, const struct sadb_complaint *c,
    struct buf *b)
{
	buf_printf(b,
	    "%s has %" PRIu64 " SAs to %s that no rekey has replaced: "
	    "negotiations crossed",
	    from, c->count, to);
}

static void
say_rejects(const char *from, const char *to, const struct sadb_complaint *c,
    struct buf *b)
{
	buf_printf(b,
	    "%s rejected %" PRIu64 " packets of %s on SPI 0x%08" PRIx32
	    ": %" PRIu64 " failed the integrity check, %" PRIu64
	    " came twice, %" PRIu64 " too late",
	    to, c->count, from, c->spi, c->in->stat_failed, c->in->stat_replay,
	    c->in->stat_replay_window);
}

static void (*const says[SADB_KINDS])(const char *from, const char *to,
    const struct sadb_complaint *c, struct buf *b) = {
	[SADB_STALE] = say_stale,
	[SADB_ONE_WAY] = say_one_way,
	[SADB_ALGORITHMS] = say_algorithms,
	[SADB_KEYS] = say_keys,
	[SADB_SHAPE] = say_shape,
	[SADB_SEQUENCE] = say_sequence,
	[SADB_LARVAL] = say_larval,
	[SADB_OLD] = say_old,
	[SADB_NEWEST] = say_newest,
	[SADB_LIFETIME] = say_lifetime,
	[SADB_MANY] = say_many,
	[SADB_REJECTS] = say_rejects,
};

void
sadb_say(const struct sadb *s, const struct sadb_complaint *c, struct buf *ret)
{
	if (c->kind == SADB_LOST)
		say_lost(s, c, ret);
	else
		says[c->kind](s->nodes[c->from].name, s->nodes[c->to].name, c,
		    ret);
}

/* ---- what to type ------------------------------------------------------- */

static const struct link *
overlay_of(const struct facts *f, uint32_t vni)
{
	for (size_t i = 0; i < f->n_links; i++)
		if (f->links[i].vxlan_port != 0 &&
		    (vni == 0 || f->links[i].vni == vni))
			return &f->links[i];
	return NULL;
}

/* The peer's address on an overlay that both have. */
static bool
overlay_address(const struct sadb_node *n, const struct sadb_node *peer,
    struct ip *ret)
{
	const struct link *mine = overlay_of(n->facts, 0), *its;

	if (mine == NULL)
		return false;
	its = overlay_of(peer->facts, mine->vni);
	for (size_t i = 0; its != NULL && i < peer->facts->n_addrs; i++) {
		const struct ifaddr *a = &peer->facts->addrs[i];

		if (strcmp(a->link, its->name) == 0 && a->ip.family == 4) {
			*ret = a->ip;
			return true;
		}
	}
	return false;
}

/* One line to type, in the words of the node's platform. */
struct wish {
	const struct mend *mend;
	const struct ip *ping; /* or */
	const struct sa *renew, *drop;
	const char *daemon;
};

static size_t
put_remedy(const char *node, const struct wish *w, struct sadb_remedy *ret)
{
	struct buf b;

	buf_init(&b, sizeof(ret->command) - 1);
	if (w->ping != NULL)
		ret->why = w->mend->ping(w->ping, &b);
	else if (w->renew != NULL)
		ret->why = w->mend->renew_sa(w->renew, w->daemon, &b);
	else
		ret->why = w->mend->drop_sa(w->drop, w->daemon, &b);
	ret->node = node;
	snprintf(ret->command, sizeof(ret->command), "%s", b.data);
	buf_free(&b);
	return ret->why != NULL;
}

static struct wish
wish_on(const struct nodes *ns, const struct sadb *s, size_t node)
{
	return (struct wish){ .mend = ns->v[node].platform->mend,
		.daemon = s->nodes[node].facts->ike_daemon };
}

size_t
sadb_remedies(const struct nodes *ns, const struct sadb *s,
    const struct sadb_complaint *c, struct sadb_remedy ret[SADB_REMEDIES_MAX])
{
	size_t on = c->out != NULL ? c->from : c->to, n = 0;
	struct wish w = wish_on(ns, s, on);
	struct ip ip;

	if (!sadb_wrong(c->kind) || c->kind == SADB_LARVAL)
		return 0;
	if (c->kind != SADB_LOST) {
		w.renew = c->out != NULL ? c->out : c->in;
		return put_remedy(s->nodes[on].name, &w, ret);
	}
	if (overlay_address(&s->nodes[c->to], &s->nodes[c->from], &ip)) {
		struct wish p = wish_on(ns, s, c->to);

		p.ping = &ip;
		n += put_remedy(s->nodes[c->to].name, &p, ret);
	}
	w.drop = c->out;
	return n + put_remedy(s->nodes[on].name, &w, ret + n);
}
