/* nodes_show: who was asked, and who did not answer. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/confirm.h"
#include "cmd/fold.h"
#include "cmd/nodes.h"
#include "cmd/opt.h"
#include "cmd/table.h"
#include "inventory/hostrange.h"
#include "model/host.h"

enum { TEXT_MAX = 65536, NAMES_MAX = 1 << 20, SHOWN_MAX = 1 << 26 };

size_t
nodes_alive(const struct nodes *ns)
{
	size_t n = 0;

	for (size_t i = 0; i < ns->n; i++)
		n += ns->v[i].failure == NULL;
	return n;
}

void
nodes_names(const struct nodes *ns, bool (*want)(const struct node *n),
    struct buf *ret)
{
	const char **names = xcalloc(ns->n, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < ns->n; i++)
		if (want == NULL || want(&ns->v[i]))
			names[n++] = ns->v[i].host->name;
	hostrange_fold(names, n, ret);
	free(names);
}

void
nodes_put_failures(const struct nodes *ns, struct buf *ret)
{
	struct fold *f = fold_new();

	for (size_t i = 0; i < ns->n; i++) {
		const struct node *n = &ns->v[i];
		const struct fold_answer a = { .class =
						   fold_class_of(n->end, -1),
			.why = n->failure,
			.out = { "", 0 },
			.err = { "", 0 } };

		if (n->failure != NULL)
			fold_add(f, n->host->name, &a);
	}
	fold_print(f, ret, true);
	fold_free(f);
}

json_t *
nodes_json_text(const char *text)
{
	struct buf b;
	json_t *v;

	buf_init(&b, TEXT_MAX);
	utf8_clean(&b, span_of(text), UTF8_VALID);
	v = json_stringn(b.data, b.len);
	buf_free(&b);
	return v;
}

json_t *
nodes_failures_json(const struct nodes *ns)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ns->n; i++) {
		const struct node *n = &ns->v[i];
		json_t *o;

		if (n->failure == NULL)
			continue;
		o = json_object();
		json_object_set_new(o, "host", nodes_json_text(n->host->name));
		json_object_set_new(o, "class",
		    json_string(fold_class_name(fold_class_of(n->end, -1))));
		json_object_set_new(o, "why", nodes_json_text(n->failure));
		json_array_append_new(list, o);
	}
	return list;
}

void
nodes_print_json(const struct nodes *ns, json_t *answer)
{
	json_object_set_new(answer, "failed", nodes_failures_json(ns));
	json_dumpf(answer, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(answer);
}

static void
print_table(const struct nodes *ns, const struct table *t)
{
	struct buf b;

	buf_init(&b, SHOWN_MAX);
	table_print(t, &b);
	nodes_put_failures(ns, &b);
	fwrite(b.data, 1, b.len, stdout);
	buf_free(&b);
}

void
nodes_print(const struct nodes *ns, struct table *t, json_t *answer, bool json)
{
	if (json) {
		nodes_print_json(ns, answer);
	} else {
		print_table(ns, t);
		json_decref(answer);
	}
	table_free(t);
}

int
nodes_status(const struct nodes *ns, bool found)
{
	if (ns->interrupted)
		return EXIT_INTERRUPTED;
	if (found)
		return EXIT_FAULT;
	return nodes_alive(ns) < ns->n ? EXIT_INCOMPLETE : EXIT_CLEAN;
}

bool
nodes_may(const struct nodes *ns, const struct nodes_plan *plan, int *status,
    struct err *e)
{
	enum confirm answer = CONFIRM_YES;
	struct buf b;

	buf_init(&b, NAMES_MAX);
	buf_puts(&b, plan->what);
	nodes_names(ns, NULL, &b);
	if (plan->then != NULL)
		buf_puts(&b, plan->then);
	if (ns->common->dry_run) {
		printf("would %s%s\n", b.data,
		    plan->changes ? "" : "; nothing is changed");
		answer = CONFIRM_NO;
	} else if (plan->changes) {
		answer = confirm(ns->common, b.data, e);
	}
	buf_free(&b);
	if (answer != CONFIRM_YES)
		*status = answer == CONFIRM_NO ? EXIT_CLEAN : cmd_fail(e);
	return answer == CONFIRM_YES;
}

/* Asks, unless it is only to say so. */
static int
ask_or_tell(const struct nodes_command *c, struct nodes *ns, struct err *e)
{
	char *then = xasprintf(" %s", c->would);
	const struct nodes_plan plan = { .what = "ask ", .then = then };
	int status = EXIT_CLEAN;

	if (nodes_may(ns, &plan, &status, e))
		status = c->run(ns, c->arg, e);
	free(then);
	return status;
}

int
nodes_command(const struct nodes_command *c, int argc, char **argv)
{
	const struct opt_table none = { NULL, 0 };
	struct nodes ns = { 0 };
	struct args a;
	struct err e;
	int status;

	if (cmd_args(argc, argv, c->own != NULL ? c->own : &none, &a, &e) < 0 ||
	    (!a.common.help && nodes_open_pattern(c->name, &a, &ns, &e) < 0))
		status = cmd_fail(&e);
	else if (a.common.help)
		status = EXIT_CLEAN;
	else
		status = ask_or_tell(c, &ns, &e);
	nodes_close(&ns);
	cmd_args_free(&a);
	return status;
}
