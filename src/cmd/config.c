/* espy config: IPsec's configuration, effective against persistent, and node
 * against node. */
#include "cmd/config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "cluster/config.h"
#include "cmd/cmd.h"
#include "cmd/nodes.h"
#include "cmd/opt.h"
#include "model/host.h"
#include "platform/op.h"
#include "platform/platform.h"

enum { REFRESH_LIMIT_MS = 90000 };

/* What the command line asked for. */
struct wish {
	const struct args *args;
	bool diff, refresh;
};

/* What the service manager said to the refresh, when it refused. */
static void
check_refresh(struct nodes *ns)
{
	for (size_t i = 0; i < ns->n; i++) {
		struct node *n = &ns->v[i];
		const struct run_text *t = nodes_text(n, "services", "do");
		struct span rest, line;
		char *why;

		if (n->failure != NULL || t == NULL || t->status == 0)
			continue;
		rest = (struct span){ t->text, t->len };
		if (!span_line(&rest, &line))
			line = span_of("it says nothing");
		why = xasprintf("refresh: exit status %d: %.*s", t->status,
		    (int)line.n, line.p);
		nodes_fail(n, TASK_EXITED, why);
		free(why);
	}
}

static int
refresh(struct nodes *ns, struct err *e)
{
	static const char *const words[] = { "refresh" };
	const struct op_ask op = {
		.op = OP_SERVICES_DO, .words = words, .n_words = 1
	};

	if (nodes_op(ns, &op, NULL, REFRESH_LIMIT_MS, e) < 0)
		return -1;
	check_refresh(ns);
	return 0;
}

static int
ask(const struct wish *w, struct nodes *ns, struct err *e)
{
	static const char *const words[] = { "diff" };
	const struct op_ask op = {
		.op = OP_CONFIG, .words = words, .n_words = w->diff
	};
	const unsigned sections =
	    SECTION_BIT(SECTION_UNAME) | SECTION_BIT(SECTION_LINKS);

	if (nodes_connect(ns, e) < 0 || (w->refresh && refresh(ns, e) < 0) ||
	    nodes_facts(ns, "facts", sections, e) < 0)
		return -1;
	return nodes_op(ns, &op, NULL, 0, e);
}

static void
read_node(struct node *n, struct config *config, struct configs_node *ret)
{
	const struct run_text *t = nodes_text(n, "config", "config");
	struct err e;

	*ret = (struct configs_node){ .name = n->host->name,
		.site = n->host->site };
	if (n->host->address != NULL)
		ip_parse(span_of(n->host->address), &ret->address);
	if (n->failure != NULL)
		return;
	ret->facts = &n->facts;
	if (t == NULL || t->status != 0)
		nodes_fail(n, TASK_EXITED,
		    "it did not say how IPsec is configured");
	else if (n->platform->read_config((struct span){ t->text, t->len },
		     config, &e) < 0)
		nodes_fail(n, TASK_EXITED, e.text);
	else
		ret->config = config;
}

static int
show(const struct wish *w, struct nodes *ns)
{
	struct configs_node *v = xcalloc(ns->n, sizeof(*v));
	struct config *configs = xcalloc(ns->n, sizeof(*configs));
	struct configs c;
	int status;

	for (size_t i = 0; i < ns->n; i++)
		read_node(&ns->v[i], &configs[i], &v[i]);
	configs_compare(v, ns->n, &c);
	if (ns->common->json)
		configs_print_json(ns, &c);
	else
		configs_print(ns, &c, w->diff);
	status = nodes_status(ns, c.n_findings > 0);
	configs_free(&c);
	for (size_t i = 0; i < ns->n; i++)
		config_free(&configs[i]);
	free(configs);
	free(v);
	return status;
}

static int
run_wish(const struct wish *w, struct nodes *ns, struct err *e)
{
	const struct nodes_plan plan = { .changes = w->refresh,
		.what = w->refresh
		    ? "bring the persistent configuration into effect on "
		    : "ask for IPsec's configuration on " };
	int status;

	if (!nodes_may(ns, &plan, &status, e))
		return status;
	return ask(w, ns, e) < 0 ? cmd_fail(e) : show(w, ns);
}

int
cmd_config(int argc, char **argv)
{
	struct args a;
	struct wish w = { .args = &a };
	const struct opt own[] = {
		{ "diff", '\0', OPT_FLAG, &w.diff, NULL,
		    "show what is in effect as a difference from the files", 0,
		    0 },
		{ "refresh", '\0', OPT_FLAG, &w.refresh, NULL,
		    "bring the persistent configuration into effect first", 0,
		    0 },
	};
	const struct opt_table table = { own, 2 };
	struct nodes ns = { 0 };
	struct err e;
	int status;

	if (cmd_args(argc, argv, &table, &a, &e) < 0 ||
	    (!a.common.help && nodes_open_pattern("config", &a, &ns, &e) < 0))
		status = cmd_fail(&e);
	else
		status = a.common.help ? EXIT_CLEAN : run_wish(&w, &ns, &e);
	nodes_close(&ns);
	cmd_args_free(&a);
	return status;
}
