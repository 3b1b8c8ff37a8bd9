#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/captures.h"

/* Where fewer than one packet of so many can be compared, nothing is said. */
enum { SHARED_LEAST = 10 };

/* All flows from one address to another, rekeyed or not. */
struct route {
	const struct espflow_flow *flow; /* one of them: kind and addresses */
	uint64_t matched, lost;
};

static bool
same_route(const struct espflow_flow *a, const struct espflow_flow *b)
{
	return a->kind == b->kind && ip_equal(&a->src, &b->src) &&
	    ip_equal(&a->dst, &b->dst);
}

static int
by_loss(const void *a, const void *b)
{
	const struct route *x = a, *y = b;

	if (x->lost != y->lost)
		return x->lost > y->lost ? -1 : 1;
	return x->flow < y->flow ? -1 : x->flow > y->flow;
}

/* Flows are sorted, so those of one route stand together. */
static size_t
collect_routes(const struct espflow_result *r, struct route *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct espflow_flow *f = &r->flows[i];

		if (n == 0 || !same_route(ret[n - 1].flow, f))
			ret[n++] = (struct route){ .flow = f };
		ret[n - 1].matched += f->matched;
		ret[n - 1].lost += f->lost;
	}
	qsort(ret, n, sizeof(*ret), by_loss);
	return n;
}

static const char *const what[] = {
	[ESPFLOW_ESP] = "ESP packets",
	[ESPFLOW_NATT] = "ESP packets in UDP",
	[ESPFLOW_PING] = "pings in VXLAN",
	[ESPFLOW_PONG] = "ping replies in VXLAN",
};

static void
say_route(struct buf *b, const struct route *r)
{
	char src[IP_TEXT_MAX], dst[IP_TEXT_MAX];
	uint64_t sent = r->matched + r->lost;

	buf_printf(b, "%" PRIu64 " of %" PRIu64 " %s %s -> %s (%.2g %%)",
	    r->lost, sent, what[r->flow->kind], ip_text(&r->flow->src, src),
	    ip_text(&r->flow->dst, dst),
	    100.0 * (double)r->lost / (double)sent);
}

/*
 * Of a route without a single match nobody can say whether the network loses
 * all or the capture sees none: it may be filtered, and Linux with ESP offload
 * and GRO takes ESP in before the tap.
 */
static bool
is_absent(const struct route *r)
{
	return r->lost > 0 && r->matched == 0;
}

static void
say_absent(struct buf *b, const struct captures *c, const struct route *r)
{
	char src[IP_TEXT_MAX], dst[IP_TEXT_MAX];

	buf_printf(b,
	    "none of the %" PRIu64 " %s %s -> %s is in %s: all are lost, or "
	    "that capture cannot see them",
	    r->lost, what[r->flow->kind], ip_text(&r->flow->src, src),
	    ip_text(&r->flow->dst, dst), c->name[1 - r->flow->from]);
}

/* False when no route lost a part only: the network is not accused. */
static bool
say_lossy(const struct route *routes, size_t n, struct buf *b)
{
	size_t lossy = 0;

	for (size_t i = 0; i < n; i++) {
		if (routes[i].lost == 0 || is_absent(&routes[i]))
			continue;
		if (++lossy > VERDICT_DIRECTIONS)
			continue;
		buf_puts(b, lossy == 1 ? "network lost " : ", ");
		say_route(b, &routes[i]);
	}
	if (lossy > VERDICT_DIRECTIONS)
		buf_printf(b, ", and more in %zu further directions",
		    lossy - VERDICT_DIRECTIONS);
	return lossy > 0;
}

static enum exit_status
judge_loss(const struct captures *c, struct buf *b)
{
	const struct espflow_result *r = &c->result;
	struct route *routes = xcalloc(r->n, sizeof(*routes));
	size_t n = collect_routes(r, routes);
	bool proven = say_lossy(routes, n, b);

	for (size_t i = 0; i < n; i++)
		if (is_absent(&routes[i])) {
			buf_puts(b, proven ? "; " : "unknown: ");
			say_absent(b, c, &routes[i]);
			break;
		}
	free(routes);
	return proven ? EXIT_FAULT : EXIT_INCOMPLETE;
}

static double
ratio(uint64_t part, uint64_t rest)
{
	return part == 0 ? 0 : (double)part / (double)(part + rest);
}

/*
 * A capture that says it lost as many packets as seem lost on the way accuses
 * nobody.  Nor does one that missed what it must have seen as the first of the
 * two: it may have missed as much as the second, and half of what seems lost
 * is too much to accuse the network.
 */
static bool
capture_lies(const struct captures *c)
{
	const struct espflow_result *r = &c->result;

	for (unsigned k = 0; k < CAPTURES; k++) {
		uint64_t lost = 0, came = 0;

		for (size_t i = 0; i < r->n; i++)
			if (r->flows[i].from != k) {
				lost += r->flows[i].lost;
				came += r->flows[i].matched;
			}
		if (lost > c->drops[k] &&
		    ratio(r->missed[k], r->passed[k]) * 2 < ratio(lost, came))
			return false;
	}
	return true;
}

static uint64_t
restarted(const struct espflow_result *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += r->flows[i].side[0].restarts > 0 ||
		    r->flows[i].side[1].restarts > 0;
	return n;
}

static enum exit_status
judge_nothing_shared(const struct captures *c, struct buf *b)
{
	const struct espflow_result *r = &c->result;

	for (unsigned i = 0; i < CAPTURES; i++)
		if (r->known[i] == 0) {
			buf_printf(b,
			    "unknown: %s holds no ESP packet and no ping in "
			    "clear VXLAN",
			    c->name[i]);
			return EXIT_INCOMPLETE;
		}
	buf_printf(b,
	    "unknown: none of %s's %" PRIu64 " packets is in %s; they hold "
	    "different traffic, or all of it is lost",
	    c->name[0], r->known[0], c->name[1]);
	return EXIT_INCOMPLETE;
}

static enum exit_status
judge(const struct captures *c, struct buf *b)
{
	const struct espflow_result *r = &c->result;

	if (r->matched == 0)
		return judge_nothing_shared(c, b);
	if (r->lost > 0 && capture_lies(c)) {
		buf_printf(b,
		    "unknown: %" PRIu64 " packets are missing in one capture, "
		    "but the captures themselves missed %" PRIu64
		    " and say that they dropped %" PRIu64,
		    r->lost, r->missed[0] + r->missed[1],
		    c->drops[0] + c->drops[1]);
		return EXIT_INCOMPLETE;
	}
	if (r->lost > 0)
		return judge_loss(c, b);
	if (restarted(r) > 0) {
		buf_printf(b,
		    "unknown: in %" PRIu64 " flows the sequence numbers began "
		    "anew; nothing is lost in the others",
		    restarted(r));
		return EXIT_INCOMPLETE;
	}
	if (r->unproven / SHARED_LEAST > r->matched) {
		buf_printf(b,
		    "unknown: only %" PRIu64 " packets are of a time that "
		    "both captures cover, %" PRIu64 " are not",
		    r->matched, r->unproven);
		return EXIT_INCOMPLETE;
	}
	buf_printf(b,
	    "nothing lost: all %" PRIu64 " packets of the time that both "
	    "captures cover are in both",
	    r->matched);
	return EXIT_CLEAN;
}

void
captures_judge(const struct captures *c, struct captures_verdict *ret)
{
	struct buf b;

	buf_init(&b, sizeof(ret->text) - 1);
	ret->status = judge(c, &b);
	memcpy(ret->text, b.data, b.len + 1);
	buf_free(&b);
}
