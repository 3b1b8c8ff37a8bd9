/* espy logs: the logs of all nodes while they grow, in one stream. */
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/logs.h"
#include "cmd/nodes.h"
#include "cmd/opt.h"

enum {
	LINES = 10,
	/* A node ends by itself when we are cut off: then, too, in the end. */
	DAY_S = 86000,
	DEBUG_S = 3600,
	TEXT_MAX = 256,
	OUT_MAX = 1 << 24 /* a turn of lines, each of which has a cap */
};

static bool
may_run(const struct logs_run *r, int *status, struct err *e)
{
	struct nodes_plan plan = { .changes = r->debug,
		.what = r->debug ? "turn on IPsec's debug logging on "
				 : "follow the logs of " };
	struct buf then;
	bool may;

	buf_init(&then, TEXT_MAX);
	if (r->debug)
		buf_puts(&then, ", follow the logs");
	if (r->period_s < DAY_S)
		buf_printf(&then, " for %" PRId64 " s", r->period_s);
	if (r->debug)
		buf_puts(&then, ", and set again what was set before");
	plan.then = then.data;
	may = nodes_may(r->nodes, &plan, status, e);
	buf_free(&then);
	return may;
}

static int
run(struct logs_run *r, struct err *e)
{
	int status;

	if (!may_run(r, &status, e))
		return status;
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
