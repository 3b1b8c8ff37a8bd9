/*
 * IPsec's configuration: as nodes print it, and node against node.
 * links: cluster/config platform/config model/config base/err base/mem
 * links: base/str model/addr model/facts model/reason
 */
#include "unit.h"

#include "base/err.h"
#include "cluster/config.h"
#include "model/facts.h"
#include "platform/config.h"

enum { NODES = 3, TEXT_MAX = 4096 };

#define HAVE \
	"have effective rule\nhave effective policy\n" \
	"have persistent rule\nhave persistent psk\n"

/* Nodes a, b, c at 192.0.2.1, .2, .3; c is of another site. */
struct world {
	char text[NODES][TEXT_MAX];
	struct config config[NODES];
	struct configs_node nodes[NODES];
	struct configs c;
};

/* To peer k, as node i has it. */
static void
add_peer(char *text, int i, int k)
{
	size_t n = strlen(text);

	snprintf(text + n, TEXT_MAX - n,
	    "rule effective 192.0.2.%d 192.0.2.%d\n"
	    "rule persistent 192.0.2.%d 192.0.2.%d\n"
	    "psk persistent t 192.0.2.%d 192.0.2.%d %d%d\n"
	    "policy effective 192.0.2.%d 192.0.2.%d\n",
	    i, k, i, k, i < k ? i : k, i < k ? k : i, i < k ? i : k,
	    i < k ? k : i, i, k);
}

static void
forget(struct world *w)
{
	configs_free(&w->c);
	for (int i = 0; i < NODES; i++)
		config_free(&w->config[i]);
}

static void
healthy(struct world *w)
{
	static const char *const names[] = { "a", "b", "c" };

	forget(w);
	memset(w, 0, sizeof(*w));
	for (int i = 0; i < NODES; i++) {
		snprintf(w->text[i], TEXT_MAX, HAVE);
		for (int k = 0; k < NODES; k++)
			if (i != k && (i == 2 || k == 2))
				add_peer(w->text[i], i + 1, k + 1);
		w->nodes[i] = (struct configs_node){ .name = names[i],
			.site = i == 2 ? "two" : "one",
			.config = &w->config[i],
			.address =
			    ip_v4((uint8_t[]){ 192, 0, 2, (uint8_t)(i + 1) }) };
	}
}

static void
compare(struct world *w)
{
	struct err e;

	forget(w);
	for (int i = 0; i < NODES; i++)
		if (config_parse(span_of(w->text[i]), &w->config[i], &e) < 0)
			fail_msg("%s", e.text);
	configs_compare(w->nodes, NODES, &w->c);
}

static void
expect(struct world *w, enum configs_fault fault, size_t node)
{
	compare(w);
	for (size_t i = 1; i < w->c.n_findings; i++)
		print_message("%s\n", w->c.findings[i].text);
	assert_int_equal(w->c.n_findings, 1);
	assert_string_equal(configs_word(w->c.findings[0].fault),
	    configs_word(fault));
	assert_int_equal(w->c.findings[0].node, node);
}

static void
expect_nothing(struct world *w)
{
	compare(w);
	if (w->c.n_findings > 0)
		fail_msg("%s", w->c.findings[0].text);
}

/* Takes the first line that begins so away. */
static void
cut(struct world *w, int node, const char *head)
{
	char *at = strstr(w->text[node], head), *end;

	assert_non_null(at);
	end = strchr(at, '\n') + 1;
	memmove(at, end, strlen(end) + 1);
}

static void
append(struct world *w, int node, const char *line)
{
	size_t n = strlen(w->text[node]);

	snprintf(w->text[node] + n, TEXT_MAX - n, "%s\n", line);
}

static void
test_healthy(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	expect_nothing(&w);
	assert_int_equal(w.c.n_pairs, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(w.c.pairs[i].b, 2);
		for (int k = 0; k < CONFIG_KINDS; k++)
			assert_int_equal(w.c.pairs[i].state[k], CONFIGS_BOTH);
		assert_true(w.c.pairs[i].keys_equal);
	}
	forget(&w);
}

static void
test_keys(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	cut(&w, 2, "psk persistent t 192.0.2.1 ");
	/* Written in another order, and another key. */
	append(&w, 2, "psk persistent t 192.0.2.3 192.0.2.1 77");
	expect(&w, CONFIGS_KEYS, 0);
	assert_int_equal(w.c.findings[0].peer, 2);
	cut(&w, 2, "psk persistent t 192.0.2.3 192.0.2.1 77");
	append(&w, 2, "psk persistent x 192.0.2.3 192.0.2.1 77");
	expect_nothing(&w);
	assert_false(w.c.pairs[0].keys_known);
	cut(&w, 2, "psk persistent x");
	append(&w, 2, "psk persistent t 192.0.2.3 192.0.2.1 -");
	expect_nothing(&w);
	assert_false(w.c.pairs[0].keys_known);
	forget(&w);
}

static void
test_half(void **state)
{
	static const char *const heads[] = { "psk persistent t 192.0.2.1 ",
		"policy effective 192.0.2.3 192.0.2.1" };
	struct world w = { 0 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		healthy(&w);
		cut(&w, 2, heads[i]);
		expect(&w, CONFIGS_HALF, 2);
		assert_int_equal(w.c.findings[0].peer, 0);
	}
	healthy(&w);
	cut(&w, 2, "rule effective 192.0.2.3 192.0.2.1");
	cut(&w, 2, "rule persistent 192.0.2.3 192.0.2.1");
	expect(&w, CONFIGS_HALF, 2);
	/* Something that may be for anybody: then nobody is missing. */
	append(&w, 2, "rule effective 192.0.2.3 *");
	append(&w, 2, "rule persistent 192.0.2.3 *");
	expect_nothing(&w);
	/* The other one's silence is no proof either. */
	healthy(&w);
	w.nodes[2].config = NULL;
	expect_nothing(&w);
	forget(&w);
}

static void
test_no_peer(void **state)
{
	static const char *const heads[] = { "rule effective", "rule persist",
		"psk persist", "policy effective" };
	struct world w = { 0 };
	char head[64];

	(void)state;
	healthy(&w);
	for (size_t i = 0; i < 4; i++) {
		bool psk = i == 2;

		snprintf(head, sizeof(head), "%s", heads[i]);
		cut(&w, 0, head);
		snprintf(head, sizeof(head), "%s%s", heads[i],
		    psk		 ? "ent t 192.0.2.1"
			: i == 1 ? "ent 192.0.2.3 192.0.2.1"
				 : " 192.0.2.3 192.0.2.1");
		cut(&w, 2, head);
	}
	expect(&w, CONFIGS_NO_PEER, 0);
	assert_int_equal(w.c.findings[0].peer, 2);
	assert_int_equal(w.c.n_pairs, 1);
	/* Where no two sites have IPsec, none is missing. */
	w.nodes[1].site = "two";
	expect_nothing(&w);
	forget(&w);
}

static void
test_drift(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	cut(&w, 0, "rule persistent");
	expect(&w, CONFIGS_NOT_KEPT, 0);
	healthy(&w);
	append(&w, 0, "rule persistent 192.0.2.1 198.51.100.9");
	expect(&w, CONFIGS_NOT_LOADED, 0);
	/* A daemon that does not say what it has loaded. */
	cut(&w, 0, "have effective rule");
	cut(&w, 0, "rule effective");
	expect_nothing(&w);
	forget(&w);
}

static void
test_mode(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	append(&w, 1, "file persistent psk /etc/x -rw-------");
	append(&w, 1, "file persistent rule /etc/y -rw-r--r--");
	append(&w, 1, "none persistent psk /etc/z");
	expect_nothing(&w);
	append(&w, 1, "file persistent psk /etc/x -rw-r-----.");
	expect(&w, CONFIGS_MODE, 1);
	forget(&w);
}

static void
test_refused(void **state)
{
	static const char *const texts[] = { "key hunter2\n", "have\n",
		"have never rule\n", "have effective key\n",
		"rule effective a\n", "psk effective t a b\n",
		"psk effective tt a b 12\n", "psk effective t a b hunter\n",
		"file persistent psk /x\n",
		"psk effective t a b 0123456789abcdef0123456789abcdef0\n" };
	struct config c = { .n_files = 7 };
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(config_parse(span_of(texts[i]), &c, &e), -1);
		assert_int_equal(e.kind, ERR_INPUT);
		/* Whatever it was, it is not repeated. */
		assert_null(strstr(e.text, "hunter"));
		assert_int_equal(c.n_files, 7);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_healthy),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_half),
		cmocka_unit_test(test_no_peer),
		cmocka_unit_test(test_drift),
		cmocka_unit_test(test_mode),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
