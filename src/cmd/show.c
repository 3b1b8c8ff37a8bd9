#include "cmd/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd/pipeline.h"
#include "report/report.h"

enum {
	REPORT_MAX = 256 << 20 /* bytes */
};

int
show_analysis(const struct analysis *a, const struct common *c, const char *dir)
{
	static const enum exit_status status[] = {
		[VERDICT_HEALTHY] = EXIT_CLEAN,
		[VERDICT_FAULT] = EXIT_FAULT,
		[VERDICT_UNKNOWN] = EXIT_INCOMPLETE,
	};
	/* https://no-color.org: an environment that asks for none gets none. */
	struct report_opts o = { .colour = isatty(STDOUT_FILENO) &&
		    getenv("NO_COLOR") == NULL,
		.run_path = dir };
	struct buf out;
	int r;

	buf_init(&out, REPORT_MAX);
	r = c->json ? report_json(&a->run, &a->ledger, &a->verdict, &o, &out)
		    : report_text(&a->run, &a->ledger, &a->verdict, &o, &out);
	if (r < 0) {
		struct err e;

		err_set(&e, ERR_LIMIT, "the report is larger than %d bytes",
		    REPORT_MAX);
		buf_free(&out);
		return cmd_fail(&e);
	}
	fwrite(out.data, 1, out.len, stdout);
	buf_free(&out);
	return (int)status[a->verdict.kind];
}
