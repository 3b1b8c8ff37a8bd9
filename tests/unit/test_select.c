/*
 * Patterns; every selection here is what ansible 2.14 lists, too, unless said.
 * links: inventory/inventory inventory/build inventory/vars inventory/merge
 * links: inventory/known inventory/ini inventory/word inventory/yaml
 * links: inventory/json inventory/value inventory/hostrange
 * links: base/arena base/buf base/err base/map base/mem base/str base/utf8
 * links: base/ytree model/addr model/host
 * links: inventory/select inventory/words inventory/regex base/glob
 */
#include "unit.h"

#include "base/buf.h"
#include "base/err.h"
#include "inventory/inventory.h"

static const char text[] = "lone\n"
			   "[web]\nw[01:04].ex.net\n"
			   "[db:children]\npg\nmy\n"
			   "[pg]\np1\np2\n[my]\np2\nm1\n[idle]\n"
			   "[v6]\n2001:db8::1\n";
static struct inv *inv;

static int
setup(void **state)
{
	struct err e;

	(void)state;
	inv = inv_new();
	if (inv_parse(inv, INV_INI, "h", span_of(text), &e) < 0)
		return -1;
	return inv_finish(inv, &e);
}

static int
teardown(void **state)
{
	(void)state;
	inv_free(inv);
	return 0;
}

static void
check_limited(const char *pattern, const char *limit, const char *want)
{
	struct inv_pick p;
	struct err e;
	struct buf b;

	buf_init(&b, 4096);
	if (inv_select(inv, pattern, limit, &p, &e) < 0)
		fail_msg("%s: %s", pattern, e.text);
	for (size_t i = 0; i < p.n; i++)
		buf_printf(&b, "%s%.*s", i > 0 ? " " : "",
		    (int)strcspn(p.hosts[i]->name, "."), p.hosts[i]->name);
	inv_pick_free(&p);
	assert_string_equal(b.data, want);
	buf_free(&b);
}

static void
check(const char *pattern, const char *want)
{
	check_limited(pattern, NULL, want);
}

static void
test_names(void **state)
{
	(void)state;
	check("all", "lone w01 w02 w03 w04 2001:db8::1 p1 p2 m1");
	check("*", "lone w01 w02 w03 w04 2001:db8::1 p1 p2 m1");
	check("web", "w01 w02 w03 w04");
	check("db", "p1 p2 m1");
	check("my", "p2 m1");
	check("p2", "p2");
	check("ungrouped", "lone");
	check("2001:db8::1", "2001:db8::1");
	check("p1,2001:db8::1", "p1 2001:db8::1");
}

static void
test_sets(void **state)
{
	(void)state;
	check("my:pg", "p2 m1 p1");
	check("my,pg", "p2 m1 p1");
	check(" my , pg ,", "p2 m1 p1");
	check("db:&pg", "p1 p2");
	check("&pg", "p1 p2");
	check("db:!pg", "m1");
	check("!db:!web:!v6", "lone");
	check("!pg:db", "m1");
	check("web:db:!p1:!w0*", "p2 m1");
}

static void
test_globs_and_regexes(void **state)
{
	(void)state;
	check("w*", "w01 w02 w03 w04");
	check("w*.net", "w01 w02 w03 w04");
	check("w0[13].ex.net", "w01 w03");
	check("p?", "p1 p2");
	check("~w0[12]", "w01 w02");
	check("~(m|p)[[:digit:]]$", "p1 p2 m1");
	check("~.*net", "w01 w02 w03 w04");
	check("~(w0){1,1}1:p1", "w01 p1");
	/* Not so in ansible, where "a*" is every host. */
	check("l*,m1", "lone m1");
}

static void
test_subscripts_and_ranges(void **state)
{
	(void)state;
	check("web[0]", "w01");
	check("web[-1]", "w04");
	check("web[-4]", "w01");
	check("web[0:2]", "w01 w02 w03");
	check("web[1-2]", "w02 w03");
	check("web[2:]", "w03 w04");
	check("web[2:99]", "w03 w04");
	check("w*[0]", "w01");
	check("pg[0],my[1]", "p1 m1");
	/* Ranges of names, and folded ones, are espy's own. */
	check("w[02:04].ex.net", "w02 w03 w04");
	check("w[01-02,04].ex.net", "w01 w02 w04");
	check("p[1:2]:m1", "p1 p2 m1");
	check("all:!w[01:03].ex.net:!db:!v6", "lone w04");
}

static void
test_limit(void **state)
{
	(void)state;
	check_limited("all", "pg", "p1 p2");
	check_limited("pg", "all:!p1", "p2");
	check_limited("my:pg", "p1,p2", "p2 p1");
}

static void
test_refuses(void **state)
{
	static const struct {
		const char *pattern, *limit, *why;
	} cases[] = {
		{ "nod1", NULL, "pattern: no host or group matches \"nod1\"" },
		{ "web:nod1", NULL,
		    "pattern \"web:nod1\": no host or group matches \"nod1\"" },
		{ "web:!nod1", NULL,
		    "pattern \"web:!nod1\": no host or group matches "
		    "\"nod1\"" },
		{ "x*", NULL, "pattern: no host or group matches \"x*\"" },
		{ "a*", NULL, "pattern: no host or group matches \"a*\"" },
		{ "~x", NULL, "pattern: no host or group matches \"~x\"" },
		{ "web[4]", NULL,
		    "pattern: no host or group matches \"web[4]\"" },
		{ "web[-5]", NULL,
		    "pattern: no host or group matches \"web[-5]\"" },
		{ "web[-0]", NULL,
		    "pattern: no host or group matches \"web[-0]\"" },
		{ "w[03:05].ex.net", NULL,
		    "pattern: no host or group matches \"w05.ex.net\"" },
		{ "p[]", NULL, "pattern: no host or group matches \"p[]\"" },
		{ "p[3:1]", NULL,
		    "pattern: host range \"3:1\": it begins after its end" },
		{ "", NULL, "pattern \"\": it is empty" },
		{ ":,", NULL, "pattern \":,\": it is empty" },
		{ "web:!", NULL,
		    "pattern \"web:!\": \"!\" without a word behind it" },
		{ "w[1:2", NULL,
		    "pattern \"w[1:2\": \"w[1:2\": a bracket is not closed" },
		{ "~\\d+", NULL,
		    "pattern: \"~\\d+\": there is no \\d in a POSIX regular "
		    "expression; write [0-9], [[:alnum:]], ..." },
		{ "~(((a{255}){255}){255})", NULL,
		    "pattern: \"~(((a{255}){255}){255})\": its repetitions "
		    "multiply to more than 1024" },
		{ "idle", NULL, "pattern \"idle\": no host is left" },
		{ "pg:!db", NULL, "pattern \"pg:!db\": no host is left" },
		{ "pg", "web",
		    "pattern \"pg\", limited to \"web\": no host is left" },
		{ "pg", "wbe", "limit: no host or group matches \"wbe\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct inv_pick p = { NULL, 77 };
		struct err e;

		assert_int_equal(inv_select(inv, cases[i].pattern,
				     cases[i].limit, &p, &e),
		    -1);
		assert_string_equal(e.text, cases[i].why);
		assert_int_equal(e.kind, ERR_USAGE);
		assert_int_equal(p.n, 77);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_globs_and_regexes),
		cmocka_unit_test(test_subscripts_and_ranges),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
