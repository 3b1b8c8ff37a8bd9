/* espy sadb: the SADBs of all nodes laid together. */
#include "cmd/sadb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/nodes.h"
#include "cmd/opt.h"
#include "cmd/pipeline.h"
#include "model/host.h"
#include "platform/op.h"
#include "platform/platform.h"
#include "platform/sa_keys.h"

enum {
	SECTIONS_ASKED = SECTION_BIT(SECTION_UNAME) |
	    SECTION_BIT(SECTION_CLOCK) | SECTION_BIT(SECTION_IKE) |
	    SECTION_BIT(SECTION_SAS) | SECTION_BIT(SECTION_LINKS)
};

/* What the nodes said, the first time and, of suspects, again. */
struct asked {
	struct nodes *ns;
	struct sadb_node *first, *again;
	struct facts *later; /* of suspects */
	bool *suspect;
	bool keys; /* also digests of the keys */
};

/* Addresses that the inventory knows a node by. */
static void
learn_addresses(const struct host *h, struct sadb_node *n)
{
	const char *const all[] = { h->address, host_var(h, "espy_underlay_ip"),
		host_var(h, "ansible_host"), host_var(h, "ansible_ssh_host") };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] != NULL &&
		    ip_parse(span_of(all[i]), &n->known[n->n_known]) == 0)
			n->n_known++;
}

static void
learn(struct asked *a)
{
	for (size_t i = 0; i < a->ns->n; i++) {
		struct node *n = &a->ns->v[i];

		a->first[i] = (struct sadb_node){ .name = n->host->name };
		learn_addresses(n->host, &a->first[i]);
		if (n->failure != NULL)
			continue;
		nodes_need(n, HAVE_SAS, "which SAs it has");
		if (n->failure == NULL)
			a->first[i].facts = &n->facts;
	}
}

/*
 * The digests of a node's keys into its SAs.  Those of an SPI do not change, so
 * one answer is good for SAs that are listed again.
 */
static void
learn_keys(struct node *n, struct facts *f)
{
	const struct run_text *t = nodes_text(n, "sa-keys", "keys");
	struct err e = { 0 };

	if (n->failure != NULL)
		return;
	if (t == NULL)
		err_set(&e, ERR_HOST, "keys: it did not say");
	else if (t->status != 0)
		err_set(&e, ERR_HOST, "keys: exit status %d: %.*s", t->status,
		    (int)strcspn(t->text, "\n"), t->text);
	else if (sa_keys_read((struct span){ t->text, t->len }, f, &e) == 0)
		return;
	nodes_fail(n, TASK_EXITED, e.text);
}

static int
ask_keys(struct asked *a, struct err *e)
{
	const struct op_ask op = { .op = OP_SA_KEYS };

	if (!a->keys || a->ns->interrupted)
		return 0;
	if (nodes_op(a->ns, &op, NULL, 0, e) < 0)
		return -1;
	for (size_t i = 0; i < a->ns->n && !a->ns->interrupted; i++)
		learn_keys(&a->ns->v[i], &a->ns->v[i].facts);
	return 0;
}

/*
 * Only those that two answers of different moments could have made look bad;
 * notes accuse nobody.
 */
static size_t
find_suspects(struct asked *a, const struct sadb *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_complaints; i++) {
		const struct sadb_complaint *c = &s->complaints[i];

		if (!sadb_wrong(c->kind) && c->kind != SADB_OLD &&
		    c->kind != SADB_NEWEST)
			continue;
		a->suspect[c->from] = a->suspect[c->to] = true;
		n++;
	}
	return n;
}

/* What was under way when they were first asked gets a second to finish. */
static int
again_script(void *arg, struct node *n, struct buf *ret, struct err *e)
{
	const struct asked *a = arg;
	const struct facts_ask ask = { .nonce = a->ns->nonce,
		.sections = SECTIONS_ASKED };

	if (!a->suspect[n - a->ns->v])
		return 1;
	buf_puts(ret, "sleep 1\n");
	return n->platform->facts_script(&ask, ret, e);
}

static int
ask_again(struct asked *a, struct err *e)
{
	const struct nodes_ask ask = {
		.phase = "again", .script = again_script, .arg = a
	};

	if (nodes_ask(a->ns, &ask, e) < 0)
		return -1;
	for (size_t i = 0; i < a->ns->n; i++) {
		struct node *n = &a->ns->v[i];

		a->again[i] = a->first[i];
		if (!a->suspect[i])
			continue;
		pipeline_facts(&n->said, "again", &a->later[i]);
		if (a->keys)
			learn_keys(n, &a->later[i]);
		a->again[i].facts = n->failure == NULL ? &a->later[i] : NULL;
	}
	return 0;
}

/* Returns how much is wrong; -1 when this host failed. */
static int
compare(struct asked *a, struct sadb *ret, struct err *e)
{
	struct sadb first = { 0 };
	int wrong = 0;

	if (ask_keys(a, e) < 0)
		return -1;
	learn(a);
	sadb_compare(a->first, a->ns->n, ret);
	if (find_suspects(a, ret) > 0 && !a->ns->interrupted) {
		if (ask_again(a, e) < 0)
			return -1;
		first = *ret;
		sadb_compare(a->again, a->ns->n, ret);
		sadb_confirm(&first, ret);
		sadb_free(&first);
	}
	for (size_t i = 0; i < ret->n_complaints; i++)
		wrong += sadb_wrong(ret->complaints[i].kind);
	return wrong;
}

static void
show(const struct nodes *ns, const struct sadb *s)
{
	struct buf b;

	if (ns->common->json) {
		sadb_print_json(ns, s);
		return;
	}
	buf_init(&b, SADB_TEXT_MAX);
	sadb_print(ns, s, ns->common->verbose > 0, &b);
	nodes_put_failures(ns, &b);
	fwrite(b.data, 1, b.len, stdout);
	buf_free(&b);
}

static int
ask_and_show(struct nodes *ns, void *keys, struct err *e)
{
	struct asked a = { .ns = ns,
		.keys = *(const bool *)keys,
		.first = xcalloc(ns->n, sizeof(*a.first)),
		.again = xcalloc(ns->n, sizeof(*a.again)),
		.later = xcalloc(ns->n, sizeof(*a.later)),
		.suspect = xcalloc(ns->n, sizeof(*a.suspect)) };
	struct sadb s = { 0 };
	int wrong = -1, status;

	if (nodes_connect(ns, e) == 0 &&
	    nodes_facts(ns, "facts", SECTIONS_ASKED, e) == 0)
		wrong = compare(&a, &s, e);
	if (wrong >= 0)
		show(ns, &s);
	status = wrong < 0 ? cmd_fail(e) : nodes_status(ns, wrong > 0);
	sadb_free(&s);
	for (size_t i = 0; i < ns->n; i++)
		facts_free(&a.later[i]);
	free(a.first);
	free(a.again);
	free(a.later);
	free(a.suspect);
	return status;
}

int
cmd_sadb(int argc, char **argv)
{
	bool keys = false;
	const struct opt own[] = { { "keys", '\0', OPT_FLAG, &keys, NULL,
	    "also whether the keys are the same, by digest", 0, 0 } };
	const struct opt_table table = { own, 1 };
	const struct nodes_command command = { .name = "sadb",
		.would = "for its SADB",
		.own = &table,
		.run = ask_and_show,
		.arg = &keys };

	return nodes_command(&command, argc, argv);
}
