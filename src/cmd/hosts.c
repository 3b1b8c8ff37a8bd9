/* espy hosts: what the inventory says of its hosts. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/danube.h"
#include "cmd/load.h"
#include "cmd/opt.h"
#include "cmd/table.h"
#include "inventory/inventory.h"
#include "io/child.h"
#include "io/log.h"
#include "io/sig.h"

enum {
	REFRESH_LIMIT_MS = 300000,
	CELL_MAX = 4096, /* bytes of one cell of the table */
	TABLE_MAX = 1 << 26
};

#define REFRESH_WRITES "/opt/erigones/ans/hosts.cfg"

/* ---- the table ---------------------------------------------------------- */

static void
put_name(const struct inv *inv, const struct host *h, struct buf *b)
{
	(void)inv;
	buf_puts(b, h->name);
}

static void
put_address(const struct inv *inv, const struct host *h, struct buf *b)
{
	(void)inv;
	buf_puts(b, h->address != NULL ? h->address : "MISSING");
}

static void
put_port(const struct inv *inv, const struct host *h, struct buf *b)
{
	(void)inv;
	if (h->port != 0)
		buf_printf(b, "%u", h->port);
}

static void
put_user(const struct inv *inv, const struct host *h, struct buf *b)
{
	(void)inv;
	if (h->user != NULL)
		buf_puts(b, h->user);
}

static void
put_site(const struct inv *inv, const struct host *h, struct buf *b)
{
	(void)inv;
	if (h->site != NULL)
		buf_puts(b, h->site);
}

static void
put_groups(const struct inv *inv, const struct host *h, struct buf *b)
{
	const char *const *groups;
	size_t n;

	inv_host_groups(inv, h, &groups, &n);
	for (size_t i = 0; i < n; i++) {
		buf_puts(b, i > 0 ? "," : "");
		buf_puts(b, groups[i]);
	}
}

static const struct column {
	const char *title;
	void (*put)(const struct inv *, const struct host *, struct buf *);
} columns[] = {
	{ "NAME", put_name },
	{ "ADDRESS", put_address },
	{ "PORT", put_port },
	{ "USER", put_user },
	{ "SITE", put_site },
	{ "GROUPS", put_groups },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static void
print_table(const struct inv *inv, const struct inv_pick *pick)
{
	const char *titles[COLUMNS];
	struct buf out, cell;
	struct table *t;

	for (size_t k = 0; k < COLUMNS; k++)
		titles[k] = columns[k].title;
	t = table_new(titles, COLUMNS);
	buf_init(&cell, CELL_MAX);
	for (size_t i = 0; i < pick->n; i++) {
		for (size_t k = 0; k < COLUMNS; k++) {
			buf_clear(&cell);
			columns[k].put(inv, pick->hosts[i], &cell);
			table_cell(t, cell.data);
		}
	}
	buf_init(&out, TABLE_MAX);
	table_print(t, &out);
	fwrite(out.data, 1, out.len, stdout);
	buf_free(&out);
	buf_free(&cell);
	table_free(t);
}

/* ---- JSON --------------------------------------------------------------- */

/* What the inventory does not say is null. */
static json_t *
text_or_null(const char *s)
{
	json_t *v = s != NULL ? json_string(s) : NULL;

	return v != NULL ? v : json_null();
}

static json_t *
host_json(const struct inv *inv, const struct host *h)
{
	const char *const *groups;
	json_t *o = json_object(), *list = json_array();
	size_t n;

	inv_host_groups(inv, h, &groups, &n);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, text_or_null(groups[i]));
	json_object_set_new(o, "name", text_or_null(h->name));
	json_object_set_new(o, "address", text_or_null(h->address));
	json_object_set_new(o, "port",
	    h->port != 0 ? json_integer(h->port) : json_null());
	json_object_set_new(o, "user", text_or_null(h->user));
	json_object_set_new(o, "key_file", text_or_null(h->key_file));
	json_object_set_new(o, "become", json_boolean(h->become));
	json_object_set_new(o, "become_user", text_or_null(h->become_user));
	json_object_set_new(o, "site", text_or_null(h->site));
	json_object_set_new(o, "groups", list);
	json_object_set_new(o, "where", text_or_null(h->where));
	return o;
}

/* Only what espy itself uses: other variables may be passwords. */
static void
print_json(const struct inv *inv, const struct inv_pick *pick, size_t missing)
{
	json_t *o = json_object(), *list = json_array();

	for (size_t i = 0; i < pick->n; i++)
		json_array_append_new(list, host_json(inv, pick->hosts[i]));
	json_object_set_new(o, "hosts", list);
	json_object_set_new(o, "missing_addresses",
	    json_integer((json_int_t)missing));
	json_dumpf(o, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(o);
}

/* ---- --refresh ---------------------------------------------------------- */

static int
refresh(const struct common *c, struct err *e)
{
	char *program = danube_overlay();
	const char *argv[] = { program, "update-ans-hosts", NULL };
	struct child_spec spec = { .argv = argv, .limit_ms = REFRESH_LIMIT_MS };
	const char *reads = load_find(c->inventory);
	int status = 0, r = 0;

	if (program == NULL)
		return err_set(e, ERR_SYS,
		    "--refresh: no " DANUBE_OVERLAY
		    " in $PATH nor in " DANUBE_BIN
		    ": only Danube Cloud's head node has it; elsewhere the "
		    "inventory is yours to edit");
	if (c->dry_run)
		printf("would run here: %s update-ans-hosts\n", program);
	else
		r = child_run(&spec, &status, e);
	if (r == 0 && status != 0)
		r = err_set(e, ERR_SYS, "%s update-ans-hosts: exit status %d",
		    program, status);
	if (r == 0 && (reads == NULL || strcmp(reads, REFRESH_WRITES) != 0))
		log_line(LOG_LEVEL_WARN, NULL,
		    "--refresh writes " REFRESH_WRITES
		    ", but the inventory here is %s",
		    reads != NULL ? reads : "not there");
	free(program);
	return r;
}

/* ---- the command -------------------------------------------------------- */

static size_t
count_missing(const struct inv_pick *pick)
{
	size_t n = 0;

	for (size_t i = 0; i < pick->n; i++)
		n += pick->hosts[i]->address == NULL;
	return n;
}

static int
compare_addresses(const void *left, const void *right)
{
	const struct host *a = *(const struct host *const *)left;
	const struct host *b = *(const struct host *const *)right;
	int c;

	if (a->address == NULL || b->address == NULL)
		return (a->address != NULL) - (b->address != NULL);
	c = strcmp(a->address, b->address);
	return c != 0 ? c : (int)a->port - (int)b->port;
}

/* Two names for one machine: a verdict about one would be about both. */
static void
warn_shared(const struct inv_pick *pick)
{
	const struct host **sorted = xcalloc(pick->n, sizeof(*sorted));

	memcpy(sorted, pick->hosts, pick->n * sizeof(*sorted));
	qsort(sorted, pick->n, sizeof(*sorted), compare_addresses);
	for (size_t i = 1; i < pick->n; i++)
		if (sorted[i]->address != NULL &&
		    compare_addresses(&sorted[i - 1], &sorted[i]) == 0)
			log_line(LOG_LEVEL_WARN, NULL,
			    "%s and %s have the same address %s",
			    sorted[i - 1]->name, sorted[i]->name,
			    sorted[i]->address);
	free(sorted);
}

static int
list_hosts(const struct args *a, const char *pattern, struct err *e)
{
	struct inv_pick pick = { 0 };
	struct inv *inv;
	size_t missing;

	if (load_hosts(&a->common, pattern, &inv, &pick, e) < 0)
		return cmd_fail(e);
	missing = count_missing(&pick);
	if (a->common.json)
		print_json(inv, &pick, missing);
	else
		print_table(inv, &pick);
	if (!a->common.json)
		printf("%zu host%s, %zu without an address\n", pick.n,
		    pick.n == 1 ? "" : "s", missing);
	fflush(stdout);
	warn_shared(&pick);
	inv_pick_free(&pick);
	inv_free(inv);
	return missing > 0 ? EXIT_INCOMPLETE : EXIT_CLEAN;
}

int
cmd_hosts(int argc, char **argv)
{
	bool want_refresh = false;
	const struct opt own[] = {
		{ "refresh", '\0', OPT_FLAG, &want_refresh, NULL,
		    "run " DANUBE_OVERLAY " update-ans-hosts first", 0, 0 },
	};
	const struct opt_table table = { own, 1 };
	struct args a;
	struct err e;
	int status = EXIT_CLEAN;

	if (cmd_args(argc, argv, &table, &a, &e) < 0)
		status = cmd_fail(&e);
	else if (a.common.help)
		status = EXIT_CLEAN;
	else if (cmd_one_pattern(&a, "hosts", &e) < 0) {
		status = cmd_fail(&e);
	} else {
		log_set_level(a.common.verbose);
		if (want_refresh && refresh(&a.common, &e) < 0)
			status = cmd_fail(&e);
		else
			status = list_hosts(&a,
			    a.n_words > 0 ? a.words[0] : NULL, &e);
	}
	cmd_args_free(&a);
	return sig_interrupted() ? EXIT_INTERRUPTED : status;
}
