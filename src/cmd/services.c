/* espy services: IPsec's services on all nodes; restart, refresh, clear. */
#include <stdio.h>

#include <jansson.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd/nodes.h"
#include "cmd/opt.h"
#include "cmd/table.h"
#include "model/host.h"
#include "model/service.h"
#include "platform/op.h"
#include "platform/platform.h"

enum { DO_LIMIT_MS = 90000 };

/* What the command line asked for; word is NULL when nothing is changed. */
struct wish {
	const struct args *args;
	const char *word, *what;
};

static const char *const health_names[] = {
	[SERVICE_RUNS] = "runs",
	[SERVICE_STOPPED] = "stopped",
	[SERVICE_CHANGING] = "changing",
	[SERVICE_BROKEN] = "broken",
};

static bool
read_node(struct node *n, struct services *ret)
{
	const struct run_text *t = nodes_text(n, "services", "services");
	struct err e;

	*ret = (struct services){ .n = 0 };
	if (t == NULL) {
		nodes_fail(n, TASK_EXITED, "it did not say which services run");
		return false;
	}
	if (n->platform->read_services((struct span){ t->text, t->len }, ret,
		&e) == 0)
		return true;
	nodes_fail(n, TASK_EXITED, e.text);
	return false;
}

static json_t *
services_json(const struct node *n, const struct services *s)
{
	json_t *o = json_object(), *list = json_array();

	json_object_set_new(o, "host", nodes_json_text(n->host->name));
	json_object_set_new(o, "platform", json_string(n->platform->name));
	for (size_t i = 0; i < s->n; i++) {
		json_t *v = json_object();

		json_object_set_new(v, "service",
		    nodes_json_text(s->v[i].name));
		json_object_set_new(v, "state", nodes_json_text(s->v[i].state));
		json_object_set_new(v, "health",
		    json_string(health_names[s->v[i].health]));
		json_array_append_new(list, v);
	}
	json_object_set_new(o, "services", list);
	return o;
}

static void
add_rows(struct table *t, const struct node *n, const struct services *s,
    size_t *broken)
{
	for (size_t i = 0; i < s->n; i++) {
		table_cell(t, n->host->name);
		table_cell(t, s->v[i].name);
		table_cell(t, s->v[i].state);
		table_cell(t,
		    s->v[i].health == SERVICE_BROKEN
			? "WRONG"
			: health_names[s->v[i].health]);
		*broken += s->v[i].health == SERVICE_BROKEN;
	}
}

/* Returns how many services are broken. */
static size_t
show(struct nodes *ns, bool json)
{
	static const char *const titles[] = { "NODE", "SERVICE", "STATE", "" };
	struct table *t = table_new(titles, 4);
	json_t *answer = json_object(), *list = json_array();
	size_t broken = 0;

	nodes_check_do(ns, "services");
	for (size_t i = 0; i < ns->n; i++) {
		struct services s;

		if (ns->v[i].failure != NULL || !read_node(&ns->v[i], &s))
			continue;
		add_rows(t, &ns->v[i], &s, &broken);
		json_array_append_new(list, services_json(&ns->v[i], &s));
	}
	json_object_set_new(answer, "nodes", list);
	nodes_print(ns, t, answer, json);
	return broken;
}

static int
change_or_look(const struct wish *w, struct nodes *ns, struct err *e)
{
	const char *words[] = { w->word };
	const struct op_ask op = { .op = w->word != NULL ? OP_SERVICES_DO
							 : OP_SERVICES,
		.words = words,
		.n_words = w->word != NULL };

	if (nodes_connect(ns, e) < 0 ||
	    nodes_op(ns, &op, NULL, w->word != NULL ? DO_LIMIT_MS : 0, e) < 0)
		return cmd_fail(e);
	return nodes_status(ns, show(ns, w->args->common.json) > 0);
}

static int
run_wish(const struct wish *w, struct nodes *ns, struct err *e)
{
	const struct nodes_plan plan = { .what = w->what,
		.changes = w->word != NULL };
	int status;

	return nodes_may(ns, &plan, &status, e) ? change_or_look(w, ns, e)
						: status;
}

static int
choose(struct wish *w, bool restart, bool refresh, bool clear, struct err *e)
{
	if (restart + refresh + clear > 1)
		return err_set(e, ERR_USAGE,
		    "services: one of --restart, --refresh and --clear");
	w->word = restart ? "restart"
	    : refresh	  ? "refresh"
	    : clear	  ? "clear"
			  : NULL;
	w->what = restart ? "restart IPsec, all SAs lost, on "
	    : refresh	  ? "read IPsec's configuration again on "
	    : clear	  ? "clear IPsec's services that are in maintenance on "
			  : "ask for the state of IPsec's services on ";
	return 0;
}

int
cmd_services(int argc, char **argv)
{
	bool restart = false, refresh = false, clear = false;
	const struct opt own[] = {
		{ "restart", '\0', OPT_FLAG, &restart, NULL,
		    "stop them, drop all SAs, start them again", 0, 0 },
		{ "refresh", '\0', OPT_FLAG, &refresh, NULL,
		    "let them read their configuration again", 0, 0 },
		{ "clear", '\0', OPT_FLAG, &clear, NULL,
		    "clear those that are in maintenance", 0, 0 },
	};
	const struct opt_table table = { own, 3 };
	struct nodes ns = { 0 };
	struct args a;
	struct wish w = { .args = &a };
	struct err e;
	int status;

	if (cmd_args(argc, argv, &table, &a, &e) < 0 ||
	    (!a.common.help &&
		(choose(&w, restart, refresh, clear, &e) < 0 ||
		    nodes_open_pattern("services", &a, &ns, &e) < 0)))
		status = cmd_fail(&e);
	else
		status = a.common.help ? EXIT_CLEAN : run_wish(&w, &ns, &e);
	nodes_close(&ns);
	cmd_args_free(&a);
	return status;
}
