/* links: inventory/hostrange inventory/hostfold base/buf base/err base/mem
 * base/str */
#include "unit.h"

#include "base/buf.h"
#include "base/err.h"
#include "inventory/hostrange.h"

static void
check_expand(const char *text, const char *want)
{
	struct names names;
	struct err e;
	struct buf b;
	size_t at;

	buf_init(&b, 4096);
	assert_int_equal(hostrange_expand(span_of(text), 100, &names, &at, &e),
	    0);
	for (size_t i = 0; i < names.n; i++)
		buf_printf(&b, "%s%s", i > 0 ? " " : "", names.v[i]);
	assert_string_equal(b.data, want);
	names_free(&names);
	buf_free(&b);
}

static void
test_expands(void **state)
{
	(void)state;
	check_expand("node", "node");
	check_expand("", "");
	check_expand("n[1:3]", "n1 n2 n3");
	check_expand("n[08:11].x", "n08.x n09.x n10.x n11.x");
	check_expand("n[9:11]", "n9 n10 n11");
	check_expand("n[1:10:4]", "n1 n5 n9");
	check_expand("n[:2]", "n0 n1 n2");
	check_expand("db-[a:c]x", "db-ax db-bx db-cx");
	check_expand("[y:B]", "y z A B");
	check_expand("r[1:2]n[01:02]", "r1n01 r1n02 r2n01 r2n02");
	check_expand("n[01-03,07]", "n01 n02 n03 n07");
	check_expand("n[5]", "n5");
	check_expand("n[00:00]", "n00");
}

static void
check_bad(const char *text, size_t offset, const char *why)
{
	struct names names = { NULL, 99 };
	struct err e;
	size_t at = 77;

	assert_int_equal(hostrange_expand(span_of(text), 100, &names, &at, &e),
	    -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_string_equal(e.text, why);
	assert_int_equal(at, offset);
	assert_int_equal(names.n, 99);
}

static void
test_refuses(void **state)
{
	char many[64] = "";

	(void)state;
	check_bad("n[16:01]", 1,
	    "host range \"16:01\": it begins after its end");
	check_bad("n[z:a]", 1, "host range \"z:a\": it begins after its end");
	check_bad("nn[01:3]", 2,
	    "host range \"01:3\": with leading zeros both ends need as many "
	    "digits");
	check_bad("n[1:]", 1, "host range \"1:\": its end is missing");
	check_bad("n[1:3:]", 1, "host range \"1:3:\": its end is missing");
	check_bad("n[1:3:0]", 1,
	    "host range \"1:3:0\": it must be begin:end or begin:end:step");
	check_bad("n[1-3-1]", 1,
	    "host range \"1-3-1\": it must be begin:end or begin:end:step");
	check_bad("n[a:3]", 1,
	    "host range \"a:3\": both ends must be numbers, or one letter");
	check_bad("n[aa:bb]", 1,
	    "host range \"aa:bb\": both ends must be numbers, or one letter");
	check_bad("n[]", 1, "host range \"\": nothing between the brackets");
	check_bad("n[1,,2]", 1,
	    "host range \"\": nothing between the brackets");
	check_bad("n[1:3", 1, "\"[\" without \"]\"");
	check_bad("n1]", 2, "\"]\" without \"[\" before it");
	check_bad("n[1:101]", 1, "host range \"1:101\": more than 100 names");
	check_bad("n[1:11]m[1:10]", 8,
	    "host range: 110 names; 100 is the most");
	check_bad("n[0:999999999999999999]", 1,
	    "host range \"0:999999999999999999\": more than 100 names");
	check_bad("n[0:9999999999999999999]", 1,
	    "host range \"0:9999999999999999999\": both ends must be numbers, "
	    "or one letter");
	for (int i = 0; i < 20; i++)
		strncat(many, "[1]", sizeof(many) - strlen(many) - 1);
	check_bad(many, 48, "host range: more than 8 brackets");
}

static void
check_fold(const char *const *names, const char *want)
{
	struct buf b;
	size_t n = 0;

	while (names[n] != NULL)
		n++;
	buf_init(&b, 4096);
	hostrange_fold(names, n, &b);
	assert_string_equal(b.data, want);
	buf_free(&b);
}

static void
test_folds(void **state)
{
	static const char *const nodes[] = { "node07", "node01", "node03",
		"node02", "node02", NULL };
	static const char *const mixed[] = { "gw1", "node10", "node9", "node8",
		"alpha", "node08", NULL };
	static const char *const fqdn[] = { "n1.a.net", "n2.a.net", "n1.b.net",
		NULL };
	static const char *const ip[] = { "192.0.2.10", "192.0.2.9",
		"2001:db8::1", "2001:db8::2", NULL };
	static const char *const wide[] = { "n098", "n099", "n100", "n1000",
		NULL };
	static const char *const none[] = { NULL };

	(void)state;
	check_fold(nodes, "node[01-03,07]");
	check_fold(mixed, "alpha,gw1,node[8,08,9-10]");
	check_fold(fqdn, "n[1-2].a.net,n1.b.net");
	check_fold(ip, "192.0.2.[9-10],2001:db8::1,2001:db8::2");
	check_fold(wide, "n[098-100,1000]");
	check_fold(none, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expands),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_folds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
