/* capture: both ends of a pair at once, their clocks aligned. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "capture/filter.h"
#include "cmd/capture_impl.h"
#include "cmd/cmd.h"
#include "cmd/nodes.h"
#include "cmd/opt.h"
#include "cmd/tap.h"
#include "correlate/clocks.h"
#include "io/log.h"
#include "model/capstat.h"
#include "model/host.h"
#include "platform/platform.h"

enum {
	LIMIT_S = 3600,
	SNAPLEN = 160, /* outer headers, inner headers, some data */
	SNAPLEN_MIN = 64,
	SNAPLEN_MAX = 65535
};

static unsigned
limit_of(const struct capture *c)
{
	uint64_t said = c->args->common.timeout_s;

	return said > 0 ? (unsigned)said : LIMIT_S;
}

/* ---- what it says besides packets --------------------------------------- */

static void
say_plan(const struct capture *c)
{
	printf("would capture on the overlay and underlay device of %s and of "
	       "%s at once, %" PRIu64 " bytes of a packet, %u s at most",
	    c->ns->v[0].host->name, c->ns->v[1].host->name, c->snaplen,
	    limit_of(c));
	if (c->count > 0)
		printf(", %" PRIu64 " packets at most", c->count);
	if (c->expression != NULL)
		printf(", keep what matches \"%s\"", c->expression);
	if (c->path != NULL)
		printf(", and write %s", c->path);
	printf("; nothing is changed\n");
}

static void
say_failures(const struct capture *c)
{
	for (size_t i = 0; i < c->ns->n; i++)
		if (c->ns->v[i].failure != NULL)
			log_line(LOG_LEVEL_WARN, c->ns->v[i].host->name, "%s",
			    c->ns->v[i].failure);
}

static void
say_count(const struct spot *s)
{
	char *name = capture_spot_name(s);
	struct capstat st;
	struct buf b;

	tap_stat(s->tap, &st);
	buf_init(&b, PCAPNG_TEXT_MAX);
	buf_printf(&b, "%s: %" PRIu64 " packets", name, s->packets);
	if (!st.counted)
		buf_puts(&b, "; how many it lost is not known");
	else
		buf_printf(&b, ", %" PRIu64 " lost by the capture",
		    st.dropped + st.if_dropped);
	/* A tool that is told to end leaves what it has not read. */
	if (st.counted && st.received > st.captured + st.dropped)
		buf_printf(&b, ", %" PRIu64 " not read before its end",
		    st.received - st.captured - st.dropped);
	log_line(LOG_LEVEL_WARN, NULL, "%s", b.data);
	buf_free(&b);
	free(name);
}

static void
say_counts(const struct capture *c)
{
	for (size_t i = 0; i < (size_t)SIDES * POINTS; i++) {
		const struct spot *s = &c->spots[i / POINTS][i % POINTS];

		if (s->tap != NULL && tap_listens(s->tap))
			say_count(s);
	}
}

static void
say_clocks(const struct capture *c)
{
	struct buf b;

	buf_init(&b, PCAPNG_TEXT_MAX);
	capture_put_clocks(c, &b);
	log_line(LOG_LEVEL_WARN, NULL, "%s", b.data);
	buf_free(&b);
}

/* ---- from start to end -------------------------------------------------- */

static bool
all_captured(const struct capture *c)
{
	bool all = nodes_alive(c->ns) == c->ns->n;

	for (size_t s = 0; s < SIDES; s++)
		for (size_t p = 0; p < POINTS; p++)
			all = all && !c->spots[s][p].failed;
	return all;
}

static int
ask_nodes(struct capture *c, struct err *e)
{
	const unsigned sections =
	    SECTION_BIT(SECTION_LINKS) | SECTION_BIT(SECTION_NEIGHS);

	if (nodes_connect(c->ns, e) < 0 ||
	    nodes_facts(c->ns, "facts", sections, e) < 0)
		return -1;
	say_failures(c);
	return c->ns->interrupted ? 0 : capture_plan(c, e);
}

/* An interrupt before anything was captured leaves no file. */
static int
record(struct capture *c, struct err *e)
{
	if (c->path == NULL || c->print)
		c->live = live_new(c);
	if (capture_run(c, limit_of(c), e) < 0)
		return -1;
	if (c->live != NULL)
		live_print(c->live, true);
	if (c->ns->interrupted)
		return 0;
	clocks_settle(c->clocks);
	if (c->spool != NULL && spool_finish(c->spool, e) < 0)
		return -1;
	say_counts(c);
	say_clocks(c);
	return 0;
}

static int
run(struct capture *c, struct err *e)
{
	if (c->args->common.dry_run) {
		say_plan(c);
		return EXIT_CLEAN;
	}
	if (c->path != NULL && spool_open(c, &c->spool, e) < 0)
		return cmd_fail(e);
	if (ask_nodes(c, e) < 0 || (!c->ns->interrupted && record(c, e) < 0))
		return cmd_fail(e);
	if (c->ns->interrupted)
		return EXIT_INTERRUPTED;
	return all_captured(c) ? EXIT_CLEAN : EXIT_INCOMPLETE;
}

static void
capture_free(struct capture *c)
{
	capture_spots_free(c);
	live_free(c->live);
	spool_free(c->spool);
	clocks_free(c->clocks);
	filter_free(c->filter);
	run_free(&c->plan);
}

static int
prepare(struct capture *c, struct err *e)
{
	if (c->expression != NULL &&
	    filter_new(c->expression, &c->filter, e) < 0)
		return err_wrap(e, "capture");
	return nodes_open_pair("capture", c->args, c->ns, e);
}

int
cmd_capture(int argc, char **argv)
{
	struct nodes ns = { 0 };
	struct args a;
	struct capture c = { .args = &a, .ns = &ns, .snaplen = SNAPLEN };
	const struct opt own[] = {
		{ "write", 'w', OPT_TEXT, &c.path, "FILE",
		    "write the packets to FILE, pcapng", 0, 0 },
		{ "print", 'P', OPT_FLAG, &c.print, NULL,
		    "print them also with -w", 0, 0 },
		{ "filter", '\0', OPT_TEXT, &c.expression, "EXPR",
		    "keep what matches this pcap-filter(7)", 0, 0 },
		{ "count", 'c', OPT_NUMBER, &c.count, "N",
		    "end after N packets", 1, UINT64_MAX },
		{ "snaplen", 's', OPT_NUMBER, &c.snaplen, "BYTES",
		    "bytes of each packet (160)", SNAPLEN_MIN, SNAPLEN_MAX },
	};
	const struct opt_table table = { own, 5 };
	struct err e;
	int status;

	run_init(&c.plan);
	if (cmd_args(argc, argv, &table, &a, &e) < 0 ||
	    (!a.common.help && prepare(&c, &e) < 0))
		status = cmd_fail(&e);
	else
		status = a.common.help ? EXIT_CLEAN : run(&c, &e);
	capture_free(&c);
	nodes_close(&ns);
	cmd_args_free(&a);
	return status;
}
