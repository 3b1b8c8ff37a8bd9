/*
 * What a YAML inventory, and the files of variables beside it, say.
 * links: inventory/inventory inventory/build inventory/vars inventory/merge
 * links: inventory/known inventory/ini inventory/word inventory/yaml
 * links: inventory/json inventory/value inventory/hostrange
 * links: base/arena base/buf base/err base/map base/mem base/str base/utf8
 * links: base/ytree model/addr model/host
 */
#include "unit.h"

#include "base/err.h"
#include "inventory/inventory.h"

static struct inv *
parse(const char *text)
{
	struct inv *inv = inv_new();
	struct err e = { .text = "" };

	if (inv_parse(inv, INV_YAML, "h.yml", span_of(text), &e) < 0 ||
	    inv_finish(inv, &e) < 0)
		fail_msg("%s", e.text);
	return inv;
}

static void
check_var(const struct inv *inv, const char *name, const char *var,
    const char *want)
{
	const struct host *h = inv_find_host(inv, span_of(name));

	if (h == NULL || host_var(h, var) == NULL)
		fail_msg("no %s of %s", var, name);
	else
		assert_string_equal(host_var(h, var), want);
}

static void
check_bad(const char *text, const char *why)
{
	struct inv *inv = inv_new();
	struct err e = { .text = "" };
	int r = inv_parse(inv, INV_YAML, "h.yml", span_of(text), &e);

	if (r == 0)
		r = inv_finish(inv, &e);
	inv_free(inv);
	assert_int_equal(r, -1);
	assert_string_equal(e.text, why);
	assert_int_equal(e.kind, ERR_INPUT);
}

static void
test_whole(void **state)
{
	struct inv *inv = parse("all:\n"
				"  vars: {v: all, k: all}\n"
				"  hosts:\n"
				"    top:\n"
				"    n[1:3]:2222: {ansible_user: ops}\n"
				"  children:\n"
				"    east:\n"
				"      hosts:\n"
				"        e1: {ansible_host: 192.0.2.1}\n"
				"        e2: {ansible_host: ~}\n"
				"      vars: {v: east, dc_name: East Side}\n"
				"    west:\n"
				"      children: {deep: {hosts: e1}}\n"
				"    empty:\n");
	const struct host *h = inv_find_host(inv, span_of("e1"));
	const char *const *groups;
	size_t n;

	(void)state;
	assert_int_equal(inv_n_hosts(inv), 6);
	assert_int_equal(inv_n_groups(inv), 6);
	assert_string_equal(h->address, "192.0.2.1");
	assert_string_equal(h->site, "East Side");
	assert_string_equal(h->where, "h.yml:9");
	inv_host_groups(inv, h, &groups, &n);
	assert_int_equal(n, 3);
	assert_string_equal(groups[0], "east");
	assert_string_equal(groups[1], "west");
	assert_string_equal(groups[2], "deep");
	h = inv_find_host(inv, span_of("e2"));
	assert_null(h->address);
	h = inv_find_host(inv, span_of("n2"));
	assert_int_equal(h->port, 2222);
	assert_string_equal(h->user, "ops");
	check_var(inv, "e1", "v", "east");
	check_var(inv, "top", "v", "all");
	check_var(inv, "e1", "k", "all");
	inv_free(inv);
}

static void
test_values(void **state)
{
	struct inv *inv =
	    parse("g:\n  hosts:\n    h:\n"
		  "      a: [1, 'x\"y', {k: ~, t: true}, 007]\n"
		  "      b: |\n        two\n        lines\n"
		  "      c: ''\n      d: yes\n      two words: 2\n");

	(void)state;
	check_var(inv, "h", "a",
	    "[1,\"x\\\"y\",{\"k\":null,\"t\":true},\"007\"]");
	check_var(inv, "h", "b", "two\nlines\n");
	check_var(inv, "h", "c", "");
	check_var(inv, "h", "d", "yes");
	check_var(inv, "h", "two words", "2");
	inv_free(inv);
}

static void
test_refuses(void **state)
{
	(void)state;
	check_bad("- a\n",
	    "h.yml:1:1: an inventory is a mapping of groups, not a list");
	check_bad("node01\n",
	    "h.yml:1:1: an inventory is a mapping of groups, not a word");
	check_bad("g: [h]\n", "h.yml:1:4: \"g\" must be a mapping, not a list");
	check_bad("g:\n  hosts: [h]\n",
	    "h.yml:2:10: \"hosts\" must be a mapping, not a list");
	check_bad("g:\n  hosts: {h: 1}\n",
	    "h.yml:2:14: \"h\" must be a mapping, not a word");
	check_bad("g:\n  vars: x\n",
	    "h.yml:2:9: \"vars\" must be a mapping, not a word");
	check_bad("g:\n  host: {h: }\n",
	    "h.yml:2:3: \"host\" in a group; only hosts, children and vars "
	    "belong there");
	check_bad("plugin: aws_ec2\n",
	    "h.yml:1:1: an inventory plugin's settings; espy runs no plugins: "
	    "save the output of ansible-inventory --list instead");
	check_bad("g:\n  hosts:\n    h: {}\n    h: {}\n",
	    "h.yml:4:5: duplicate key \"h\"; the first is in line 3");
	check_bad("g: {hosts: {'n[3:1]': }}\n",
	    "h.yml:1:14: host range \"3:1\": it begins after its end");
	check_bad("a: {children: {b: {children: {a: }}}}\n",
	    "h.yml:1:31: group \"a\" is among its own children, through "
	    "\"b\"");
	check_bad("g: {hosts: {h: {ansible_port: x}}}\n",
	    "h.yml:1:17: ansible_port: \"x\" is no port from 1 to 65535");
	check_bad("a: {hosts: {h: {ansible_host: x}}}\n"
		  "b: {hosts: {h: {ansible_host: y}}}\n",
	    "h.yml:2:17: duplicate host \"h\": ansible_host is y here but x at "
	    "h.yml:1; keep one");
}

/* Compared with ansible-inventory 2.14: files override what is inline. */
static void
test_files_of_variables(void **state)
{
	struct inv *inv = inv_new();
	struct err e = { .text = "" };

	(void)state;
	assert_int_equal(inv_parse(inv, INV_YAML, "h.yml",
			     span_of("b: {children: {a: }, vars: {w: inb}}\n"
				     "a: {hosts: {h: {in: 1}}, vars: {v: a, "
				     "w: a}}\n"),
			     &e),
	    0);
	assert_true(inv_has(inv, INV_GROUP, span_of("a")));
	assert_false(inv_has(inv, INV_HOST, span_of("a")));
	assert_int_equal(inv_parse_vars(inv, INV_GROUP, span_of("all"),
			     "group_vars/all.yml", span_of("v: all\nz: all\n"),
			     &e),
	    0);
	assert_int_equal(inv_parse_vars(inv, INV_GROUP, span_of("b"),
			     "group_vars/b.yml", span_of("w: fileb\n"), &e),
	    0);
	assert_int_equal(inv_parse_vars(inv, INV_HOST, span_of("h"),
			     "host_vars/h.yml", span_of("in: file\n"), &e),
	    0);
	assert_int_equal(inv_parse_vars(inv, INV_HOST, span_of("h"),
			     "host_vars/h2.yml", span_of(""), &e),
	    0);
	assert_int_equal(inv_finish(inv, &e), 0);
	check_var(inv, "h", "v", "a");
	check_var(inv, "h", "z", "all");
	check_var(inv, "h", "w", "fileb");
	check_var(inv, "h", "in", "file");
	assert_int_equal(inv_parse_vars(inv, INV_HOST, span_of("h"),
			     "host_vars/h.yml", span_of("- 1\n"), &e),
	    -1);
	assert_string_equal(e.text,
	    "host_vars/h.yml:1:1: a file of variables is a mapping, not a "
	    "list");
	inv_free(inv);
}

static void
test_guess(void **state)
{
	static const struct {
		const char *name, *text;
		enum inv_format want;
	} cases[] = {
		{ "x.yml", "[a]\n", INV_YAML },
		{ "x.cfg", "a:\n", INV_INI },
		{ "hosts", "# c\n\n[a]\nh\n", INV_INI },
		{ "hosts", "h x=1\n", INV_INI },
		{ "hosts", "h:22 x=1\n", INV_INI },
		{ "hosts", "", INV_INI },
		{ "hosts", "---\nall:\n", INV_YAML },
		{ "hosts", "# c\nall:\n  hosts:\n", INV_YAML },
		{ "hosts", "all: {hosts: {a: }}\n", INV_YAML },
		{ "x.json", "{\"all\": {}}\n", INV_YAML },
		{ "x.json", "{\"_meta\": {}}\n", INV_JSON },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (inv_guess(cases[i].name, span_of(cases[i].text)) !=
		    cases[i].want)
			fail_msg("case %zu", i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_files_of_variables),
		cmocka_unit_test(test_guess),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
