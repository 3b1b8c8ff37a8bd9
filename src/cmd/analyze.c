/* analyze: what was measured before, judged again or for the first time. */
#include "base/err.h"
#include "cmd/captures.h"
#include "cmd/cmd.h"
#include "cmd/opt.h"
#include "cmd/pipeline.h"
#include "cmd/show.h"

static int
analyze_run(const struct args *a, struct err *e)
{
	struct analysis result;
	int status;

	if (pipeline_analyze(a->words[0], &result, e) < 0)
		return cmd_fail(e);
	status = show_analysis(&result, &a->common, a->words[0]);
	analysis_free(&result);
	return status;
}

/* How many words there are says what they are. */
static int
dispatch(const struct args *a, struct err *e)
{
	if (a->n_words == CAPTURES)
		return analyze_captures(a);
	if (a->n_words == 1)
		return analyze_run(a, e);
	err_set(e, ERR_USAGE,
	    "analyze: one run directory or two captures are needed, not %d "
	    "words",
	    a->n_words);
	return cmd_fail(e);
}

int
cmd_analyze(int argc, char **argv)
{
	static const struct opt_table own = { NULL, 0 };
	struct args a;
	struct err e;
	int status;

	if (cmd_args(argc, argv, &own, &a, &e) < 0)
		status = cmd_fail(&e);
	else if (a.common.help)
		status = EXIT_CLEAN;
	else
		status = dispatch(&a, &e);
	cmd_args_free(&a);
	return status;
}
