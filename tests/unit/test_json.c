/*
 * What an executable inventory answers.
 * links: inventory/inventory inventory/build inventory/vars inventory/merge
 * links: inventory/known inventory/ini inventory/word inventory/yaml
 * links: inventory/json inventory/value inventory/hostrange
 * links: base/arena base/buf base/err base/map base/mem base/str base/utf8
 * links: base/ytree model/addr model/host
 */
#include "unit.h"

#include "base/err.h"
#include "inventory/inventory.h"

static int
parse(const char *text, struct inv **ret, struct err *e)
{
	struct inv *inv = inv_new();

	*e = (struct err){ .text = "" };
	if (inv_parse(inv, INV_JSON, "./prog", span_of(text), e) < 0 ||
	    inv_finish(inv, e) < 0) {
		inv_free(inv);
		return -1;
	}
	*ret = inv;
	return 0;
}

static void
test_answer(void **state)
{
	static const char text[] =
	    "{\"g1\": [\"a\", \"b\"], \"g2\": {\"hosts\": [\"b\"], \"vars\":"
	    " {\"x\": 1, \"n\": null, \"z\": [1, {\"k\": \"v\"}], \"s\": \"t\""
	    "}}, \"g3\": {\"children\": [\"g1\", \"g4\"], \"vars\": {\"x\": 2}}"
	    ", \"solo\": {\"m\": true}, \"void\": {}, \"_meta\": {\"hostvars\":"
	    " {\"a\": {\"ansible_host\": \"192.0.2.9\", \"ansible_port\": 22},"
	    " \"stranger\": {\"q\": 1}}}}";
	const struct host *h;
	struct inv *inv;
	struct err e;

	(void)state;
	assert_int_equal(parse(text, &inv, &e), 0);
	assert_int_equal(inv_n_hosts(inv), 3);
	h = inv_find_host(inv, span_of("a"));
	assert_string_equal(h->address, "192.0.2.9");
	assert_int_equal(h->port, 22);
	assert_string_equal(h->where, "./prog");
	assert_string_equal(host_var(h, "x"), "2");
	h = inv_find_host(inv, span_of("b"));
	assert_string_equal(host_var(h, "x"), "2");
	assert_string_equal(host_var(h, "n"), "");
	assert_string_equal(host_var(h, "z"), "[1,{\"k\":\"v\"}]");
	assert_string_equal(host_var(h, "s"), "t");
	h = inv_find_host(inv, span_of("solo"));
	assert_string_equal(host_var(h, "m"), "true");
	inv_free(inv);
}

static void
test_refuses(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "./prog:1:1: no JSON: " },
		{ "{\"a\": 1,}", "./prog:1:9: no JSON: " },
		{ "{\"a\": 1, \"a\": 2}", "./prog:1:12: no JSON: " },
		{ "[]", "./prog: expected a JSON object of groups" },
		{ "{\"g\": [\"a\"]}",
		    "./prog: no \"_meta\" with \"hostvars\"; espy does not ask "
		    "with --host for each host, so --list must answer them" },
#define META ", \"_meta\": {\"hostvars\": {}}}"
		{ "{\"g\": 1" META,
		    "./prog: group \"g\": expected an object or a list" },
		{ "{\"g\": [1]" META,
		    "./prog: hosts of group \"g\": expected names" },
		{ "{\"g\": {\"hosts\": {}}" META,
		    "./prog: hosts of group \"g\": expected a list" },
		{ "{\"g\": {\"children\": 1}" META,
		    "./prog: children of group \"g\": expected a list" },
		{ "{\"g\": {\"vars\": []}" META,
		    "./prog: vars of group \"g\": expected an object" },
		{ "{\"g\": [\"a b\"]" META, "./prog: \"a b\" is no host name" },
		{ "{\"g\": {\"children\": [\"g\"]}" META,
		    "./prog: group \"g\" is its own child" },
		{ "{\"_meta\": {\"hostvars\": {\"a\": 1}}}",
		    "./prog: hostvars of \"a\": expected an object" },
	};
	struct inv *inv;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(parse(cases[i].text, &inv, &e), -1);
		/* The library's own words may change. */
		if (strstr(cases[i].why, "no JSON: ") != NULL)
			e.text[strlen(cases[i].why)] = '\0';
		assert_string_equal(e.text, cases[i].why);
		assert_int_equal(e.kind, ERR_INPUT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
