/* espy update: Danube Cloud's own update of overlays and IPsec, and what came
 * of it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/confirm.h"
#include "cmd/danube.h"
#include "cmd/nodes.h"
#include "cmd/opt.h"
#include "cmd/recap.h"
#include "inventory/hostrange.h"
#include "io/child.h"
#include "io/log.h"
#include "io/sig.h"

enum {
	LIMIT_S = 3600,
	OUTPUT_MAX = 16 << 20, /* read for recaps; all of it is shown */
	LINE_MAX_BYTES = 1 << 20
};

/* Programs print what nodes said: harmless it goes on, to stderr with --json.
 */
static void
show_piece(void *arg, const void *p, size_t n)
{
	FILE *to = arg;
	struct buf b;

	buf_init(&b, LINE_MAX_BYTES);
	utf8_clean(&b, (struct span){ p, n }, UTF8_TEXT);
	fwrite(b.data, 1, b.len, to);
	fflush(to);
	buf_free(&b);
}

/* ---- what came of it ------------------------------------------------------
 */

enum { CHANGED, UNCHANGED, FAILED, UNREACHABLE, ENDS };

static const char *const end_names[ENDS] = {
	[CHANGED] = "changed",
	[UNCHANGED] = "as before",
	[FAILED] = "failed",
	[UNREACHABLE] = "unreachable",
};

static int
end_of(const struct recap_host *h)
{
	if (h->unreachable > 0)
		return UNREACHABLE;
	if (h->failed > 0)
		return FAILED;
	return h->changed > 0 ? CHANGED : UNCHANGED;
}

static void
put_end(const struct recap *r, int end, struct buf *b)
{
	const char **names = xcalloc(r->n, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		if (end_of(&r->hosts[i]) == end)
			names[n++] = r->hosts[i].name;
	if (n > 0) {
		buf_printf(b, "espy: %s: ", end_names[end]);
		hostrange_fold(names, n, b);
		buf_puts(b, "\n");
	}
	free(names);
}

static void
print_text(const struct recap *r)
{
	struct buf b;

	buf_init(&b, LINE_MAX_BYTES);
	for (int end = 0; end < ENDS; end++)
		put_end(r, end, &b);
	if (r->n == 0)
		buf_puts(&b, "espy: it did not say what it changed\n");
	show_piece(stdout, b.data, b.len);
	buf_free(&b);
}

static void
print_json(const struct recap *r, int status)
{
	json_t *o = json_object(), *list = json_array();

	for (size_t i = 0; i < r->n; i++) {
		const struct recap_host *h = &r->hosts[i];
		json_t *v = json_object();

		json_object_set_new(v, "host", nodes_json_text(h->name));
		json_object_set_new(v, "end",
		    json_string(end_names[end_of(h)]));
		json_object_set_new(v, "changed",
		    json_integer((json_int_t)h->changed));
		json_array_append_new(list, v);
	}
	json_object_set_new(o, "status", json_integer(status));
	json_object_set_new(o, "hosts", list);
	json_dumpf(o, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(o);
}

static int
status_of(const struct recap *r, int status)
{
	bool unreachable = false;

	if (sig_interrupted())
		return EXIT_INTERRUPTED;
	for (size_t i = 0; i < r->n; i++) {
		if (end_of(&r->hosts[i]) == FAILED)
			return EXIT_FAULT;
		unreachable |= end_of(&r->hosts[i]) == UNREACHABLE;
	}
	if (unreachable)
		return EXIT_INCOMPLETE;
	return status == 0 ? EXIT_CLEAN : EXIT_FAULT;
}

/* ---- the command ----------------------------------------------------------
 */

static int
update(const struct common *c, const char *program, struct err *e)
{
	const char *argv[] = { program, "update", NULL };
	struct recap r = { 0 };
	struct buf out, err;
	struct child_spec spec = { .argv = argv,
		.limit_ms =
		    (int64_t)(c->timeout_s > 0 ? c->timeout_s : LIMIT_S) * 1000,
		.out = &out,
		.err = &err,
		.sink = show_piece,
		.arg = c->json ? stderr : stdout };
	int status = 0, exit;

	buf_init(&out, OUTPUT_MAX);
	buf_init(&err, OUTPUT_MAX);
	if (child_run(&spec, &status, e) < 0) {
		exit = sig_interrupted() ? EXIT_INTERRUPTED : cmd_fail(e);
	} else {
		recap_read(&r, (struct span){ out.data, out.len });
		if (c->json)
			print_json(&r, status);
		else
			print_text(&r);
		if (status != 0)
			log_line(LOG_LEVEL_WARN, NULL, "%s: exit status %d",
			    program, status);
		exit = status_of(&r, status);
	}
	recap_free(&r);
	buf_free(&out);
	buf_free(&err);
	return exit;
}

static int
run_wish(const struct common *c, struct err *e)
{
	char *program = danube_overlay(), *what;
	enum confirm answer = CONFIRM_YES;
	int status = EXIT_CLEAN;

	if (program == NULL) {
		err_set(e, ERR_SYS,
		    "update: no " DANUBE_OVERLAY " in $PATH nor in " DANUBE_BIN
		    ": only Danube Cloud's head node has it");
		return cmd_fail(e);
	}
	what = xasprintf("run here: %s update", program);
	if (c->dry_run)
		printf("would %s\n", what);
	else
		answer = confirm(c, what, e);
	if (answer == CONFIRM_FAILED)
		status = cmd_fail(e);
	else if (answer == CONFIRM_YES && !c->dry_run)
		status = update(c, program, e);
	free(what);
	free(program);
	return status;
}

int
cmd_update(int argc, char **argv)
{
	const struct opt_table none = { NULL, 0 };
	struct args a;
	struct err e;
	int status;

	if (cmd_args(argc, argv, &none, &a, &e) < 0) {
		status = cmd_fail(&e);
	} else if (a.n_words > 0) {
		err_set(&e, ERR_USAGE,
		    "update takes no pattern: " DANUBE_OVERLAY
		    " updates all compute nodes");
		status = cmd_fail(&e);
	} else {
		log_set_level(a.common.verbose);
		status = a.common.help ? EXIT_CLEAN : run_wish(&a.common, &e);
	}
	cmd_args_free(&a);
	return status;
}
