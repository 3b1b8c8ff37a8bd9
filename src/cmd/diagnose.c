/* diagnose: measure a pair, and say who drops its packets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd/gather.h"
#include "cmd/load.h"
#include "cmd/measure.h"
#include "cmd/opt.h"
#include "cmd/pipeline.h"
#include "cmd/remote.h"
#include "cmd/show.h"
#include "inventory/inventory.h"
#include "io/fanout.h"

enum {
	COUNT_DEFAULT = 100, /* 0 of 100 lost: below 3.0 % with 95 % */
	COUNT_MAX = 6400
};

/* *dir is the caller's to free(3). */
static int
measure(const struct args *a, const struct host *const hosts[2], uint64_t count,
    bool dtrace, char **dir, bool *interrupted, struct err *e)
{
	const struct gather_opts o = { .count = (unsigned)count,
		.dtrace = dtrace,
		.progress = a->common.verbose > 0 || isatty(STDERR_FILENO) };
	struct fanout *f;
	int r;

	if (remote_open(&a->common, &f, e) < 0)
		return -1;
	r = measure_pair(f, hosts, &o, a->common.outdir, dir, interrupted, e);
	fanout_free(f);
	return r;
}

static int
diagnose(const struct args *a, const struct inv *inv, uint64_t count,
    bool dtrace, struct err *e)
{
	const struct host *hosts[2];
	struct analysis result = { 0 };
	bool interrupted = false;
	char *dir = NULL;
	int status;

	if (load_pair(inv, "diagnose", a, hosts, e) < 0)
		return cmd_fail(e);
	if (a->common.dry_run) {
		printf("%s and %s: ask both what they are, capture on the "
		       "overlay and underlay device of each, send %u pings "
		       "from the first; nothing is changed\n",
		    hosts[0]->name, hosts[1]->name, (unsigned)count);
		return EXIT_CLEAN;
	}
	if (measure(a, hosts, count, dtrace, &dir, &interrupted, e) < 0 ||
	    pipeline_analyze(dir, &result, e) < 0)
		status = cmd_fail(e);
	else
		status = show_analysis(&result, &a->common, dir);
	analysis_free(&result);
	free(dir);
	return interrupted ? EXIT_INTERRUPTED : status;
}

int
cmd_diagnose(int argc, char **argv)
{
	uint64_t count = COUNT_DEFAULT;
	bool dtrace = false;
	const struct opt opts[] = {
		{ "count", 'c', OPT_NUMBER, &count, "N", "pings to send (100)",
		    1, COUNT_MAX },
		{ "dtrace", '\0', OPT_FLAG, &dtrace, NULL,
		    "count drops with DTrace on SmartOS", 0, 0 },
	};
	const struct opt_table own = { opts, 2 };
	struct inv *inv = NULL;
	struct args a;
	struct err e;
	int status;

	if (cmd_args(argc, argv, &own, &a, &e) < 0)
		status = cmd_fail(&e);
	else if (a.common.help)
		status = EXIT_CLEAN;
	else if (load_inventory(a.common.inventory, &inv, &e) < 0)
		status = cmd_fail(&e);
	else
		status = diagnose(&a, inv, count, dtrace, &e);
	inv_free(inv);
	cmd_args_free(&a);
	return status;
}
