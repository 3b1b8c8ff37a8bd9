#include "base/err.h"
#include "cmd/captures.h"
#include "cmd/cmd.h"
#include "cmd/opt.h"

/* How many words there are says what they are. */
static int
dispatch(const struct args *a, struct err *e)
{
	if (a->n_words == CAPTURES)
		return analyze_captures(a);
	err_set(e, ERR_USAGE, "analyze: two captures are needed, not %d",
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
