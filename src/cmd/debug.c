/* espy debug: IPsec's debug logging on all nodes, on, off, or as it is. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd/nodes.h"
#include "cmd/opt.h"
#include "cmd/table.h"
#include "model/host.h"
#include "model/service.h"
#include "platform/op.h"
#include "platform/services.h"

static int
read_logs(const struct node *n, const char *section, struct services *ret,
    struct err *e)
{
	static const struct service_word words[] = {
		{ "on", SERVICE_RUNS },
		{ "off", SERVICE_STOPPED },
	};
	const struct run_text *t = nodes_text(n, "debug", section);

	if (t == NULL || t->status != 0)
		return err_set(e, ERR_HOST,
		    "it did not say whether debug logging is on");
	return services_parse((struct span){ t->text, t->len }, words, 2, ret,
	    e);
}

/* Both sections list the same logs, unless a daemon came or went. */
static const char *
state_before(const struct services *before, const char *name)
{
	for (size_t i = 0; i < before->n; i++)
		if (strcmp(before->v[i].name, name) == 0)
			return before->v[i].state;
	return NULL;
}

static void
add_node(const struct node *n, const struct services *before,
    const struct services *now, struct table *t, json_t *list)
{
	json_t *o = json_object(), *logs = json_array();

	for (size_t i = 0; i < now->n; i++) {
		const char *was = state_before(before, now->v[i].name);
		json_t *v = json_object();

		table_cell(t, n->host->name);
		table_cell(t, now->v[i].name);
		table_cell(t, was);
		table_cell(t, now->v[i].state);
		json_object_set_new(v, "log", nodes_json_text(now->v[i].name));
		json_object_set_new(v, "before",
		    was != NULL ? nodes_json_text(was) : json_null());
		json_object_set_new(v, "now", nodes_json_text(now->v[i].state));
		json_array_append_new(logs, v);
	}
	json_object_set_new(o, "host", nodes_json_text(n->host->name));
	json_object_set_new(o, "logs", logs);
	json_array_append_new(list, o);
}

static void
show(struct nodes *ns, bool json)
{
	static const char *const titles[] = { "NODE", "LOG", "BEFORE", "NOW" };
	struct table *t = table_new(titles, 4);
	json_t *answer = json_object(), *list = json_array();

	nodes_check_do(ns, "debug");
	for (size_t i = 0; i < ns->n; i++) {
		struct services before, now;
		struct err e;

		if (ns->v[i].failure != NULL)
			continue;
		if (read_logs(&ns->v[i], "before", &before, &e) < 0 ||
		    read_logs(&ns->v[i], "debug", &now, &e) < 0)
			nodes_fail(&ns->v[i], TASK_EXITED, e.text);
		else
			add_node(&ns->v[i], &before, &now, t, list);
	}
	json_object_set_new(answer, "nodes", list);
	nodes_print(ns, t, answer, json);
}

static int
run_wish(const struct args *a, struct nodes *ns, struct err *e)
{
	const char *const words[] = { a->words[0] };
	const bool look = strcmp(words[0], "status") == 0;
	const struct op_ask op = {
		.op = OP_DEBUG, .words = words, .n_words = !look
	};
	const struct nodes_plan plan = { .changes = !look,
		.what = look ? "ask for IPsec's debug logging on "
		    : strcmp(words[0], "on") == 0
		    ? "turn on IPsec's debug logging on "
		    : "turn off IPsec's debug logging on " };
	int status;

	if (!nodes_may(ns, &plan, &status, e))
		return status;
	if (nodes_connect(ns, e) < 0 || nodes_op(ns, &op, NULL, 0, e) < 0)
		return cmd_fail(e);
	show(ns, a->common.json);
	return nodes_status(ns, false);
}

static int
check_words(const struct args *a, struct err *e)
{
	static const char *const words[] = { "on", "off", "status" };

	for (size_t i = 0; a->n_words > 0 && i < 3; i++)
		if (strcmp(a->words[0], words[i]) == 0 && a->n_words <= 2)
			return 0;
	return err_set(e, ERR_USAGE,
	    "debug: on, off or status, and then one pattern at most");
}

int
cmd_debug(int argc, char **argv)
{
	const struct opt_table none = { NULL, 0 };
	struct nodes ns = { 0 };
	struct args a;
	struct err e;
	int status;

	if (cmd_args(argc, argv, &none, &a, &e) < 0 ||
	    (!a.common.help &&
		(check_words(&a, &e) < 0 ||
		    nodes_open(&a.common, a.n_words > 1 ? a.words[1] : NULL,
			&ns, &e) < 0)))
		status = cmd_fail(&e);
	else
		status = a.common.help ? EXIT_CLEAN : run_wish(&a, &ns, &e);
	nodes_close(&ns);
	cmd_args_free(&a);
	return status;
}
