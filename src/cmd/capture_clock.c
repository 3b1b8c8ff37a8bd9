/* capture_clock: what the packets said of the two nodes' clocks, in words. */
#include "base/buf.h"
#include "cmd/capture_impl.h"
#include "cmd/nodes.h"
#include "correlate/clocks.h"
#include "model/host.h"
#include "report/line.h"

/* "node3's clock is 12.3 ms ahead of node1's" */
static void
put_theta(struct buf *b, const char *names[2], const char *verb, int64_t theta)
{
	buf_printf(b, "%s's clock %s ", names[1], verb);
	line_interval(b, theta < 0 ? -theta : theta);
	buf_printf(b, " %s %s's", theta < 0 ? "behind" : "ahead of", names[0]);
}

static void
put_bounds(struct buf *b, const struct clocks_fit *f)
{
	/* Behind counts up, too. */
	bool behind = f->theta < 0;

	buf_puts(b, " (between ");
	line_interval(b, behind ? -f->high : f->low);
	buf_puts(b, " and ");
	line_interval(b, behind ? -f->low : f->high);
	buf_puts(b, ")");
}

void
capture_put_clocks(const struct capture *c, struct buf *ret)
{
	const char *names[2] = { c->ns->v[0].host->name,
		c->ns->v[1].host->name };
	struct clocks_fit f;

	clocks_fit(c->clocks, &f);
	if (f.matched == 0) {
		buf_printf(ret,
		    "no packet was seen on both %s and %s: their clocks are "
		    "not aligned, each packet has its own node's time",
		    names[0], names[1]);
	} else if (f.moving) {
		put_theta(ret, names, "was", f.first);
		buf_puts(ret, " at first and ");
		line_interval(ret, f.last < 0 ? -f.last : f.last);
		buf_printf(ret, " %s at last, and is followed",
		    f.last < 0 ? "behind" : "ahead");
	} else if (f.above && f.below) {
		put_theta(ret, names, "is", f.theta);
		put_bounds(ret, &f);
	} else {
		put_theta(ret, names, "is about", f.theta);
		buf_printf(ret,
		    ", off by the delay of the path: packets were seen "
		    "from %s to %s only",
		    names[f.above ? 0 : 1], names[f.above ? 1 : 0]);
	}
	if (f.matched > 0)
		buf_printf(ret, "; times are %s's", names[0]);
}
