/* espy logs: the logs of all nodes while they grow, in one stream. */
#include <inttypes.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/confirm.h"
#include "cmd/logs.h"
#include "cmd/nodes.h"
#include "cmd/opt.h"

enum {
	LINES = 10,
	/* A node ends by itself when we are cut off: then, too, in the end. */
	DAY_S = 86000,
	DEBUG_S = 3600,
	SHOWN_MAX = 1 << 20,
	OUT_MAX = 1 << 24 /* a turn of lines, each of which has a cap */
};

static void
put_plan(const struct logs_run *r, struct buf *b)
{
	if (r->debug)
		buf_puts(b, "turn on IPsec's debug logging on ");
	else
		buf_puts(b, "follow the logs of ");
	nodes_names(r->nodes, NULL, b);
	if (r->debug)
		buf_puts(b, ", follow the logs");
	if (r->period_s < DAY_S)
		buf_printf(b, " for %" PRId64 " s", r->period_s);
	if (r->debug)
		buf_puts(b, ", and set again what was set before");
}

static enum confirm
ask(const struct logs_run *r, struct err *e)
{
	const struct common *common = r->nodes->common;
	enum confirm answer = CONFIRM_YES;
	struct buf b;

	buf_init(&b, SHOWN_MAX);
	put_plan(r, &b);
	if (common->dry_run) {
		printf("would %s%s\n", b.data,
		    r->debug ? "" : "; nothing is changed");
		answer = CONFIRM_NO;
	} else if (r->debug) {
		answer = confirm(common, b.data, e);
	}
	buf_free(&b);
	return answer;
}

static int
run(struct logs_run *r, struct err *e)
{
	switch (ask(r, e)) {
	case CONFIRM_FAILED:
		return cmd_fail(e);
	case CONFIRM_NO:
		return EXIT_CLEAN;
	case CONFIRM_YES:
		break;
	}
	if (nodes_connect(r->nodes, e) < 0 || logs_follow(r, e) < 0)
		return cmd_fail(e);
	return nodes_status(r->nodes, false);
}

/* -t is how long to follow, not how long a node may take for an answer. */
static int
prepare(struct logs_run *r, struct args *a, struct err *e)
{
	if (cmd_one_pattern(a, "logs", e) < 0)
		return -1;
	if (a->common.outdir != NULL)
		return err_set(e, ERR_USAGE,
		    "logs keeps nothing; redirect its output instead of -o");
	r->period_s = (int64_t)a->common.timeout_s;
	if (r->period_s == 0)
		r->period_s = r->debug ? DEBUG_S : DAY_S;
	if (r->period_s > DAY_S)
		r->period_s = DAY_S;
	a->common.timeout_s = 0;
	return nodes_open(&a->common, a->n_words > 0 ? a->words[0] : NULL,
	    r->nodes, e);
}

int
cmd_logs(int argc, char **argv)
{
	struct nodes ns = { 0 };
	struct logs_run r = { .nodes = &ns, .lines = LINES };
	const struct opt own[] = {
		{ "lines", '\0', OPT_NUMBER, &r.lines, "N",
		    "begin with the last N lines of each log (10)", 0,
		    LOGS_LINES_MAX },
		{ "debug", '\0', OPT_FLAG, &r.debug, NULL,
		    "IPsec's debug logging on, until the end", 0, 0 },
	};
	const struct opt_table table = { own, 2 };
	struct args a;
	struct err e;
	int status;

	buf_init(&r.out, OUT_MAX);
	if (cmd_args(argc, argv, &table, &a, &e) < 0 ||
	    (!a.common.help && prepare(&r, &a, &e) < 0))
		status = cmd_fail(&e);
	else
		status = a.common.help ? EXIT_CLEAN : run(&r, &e);
	nodes_close(&ns);
	buf_free(&r.out);
	cmd_args_free(&a);
	return status;
}
