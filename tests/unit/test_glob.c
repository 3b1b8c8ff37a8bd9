/* links: base/glob base/str */
#include "unit.h"

#include "base/glob.h"

static void
test_glob(void **state)
{
	static const struct {
		const char *pattern, *s;
		bool match;
	} cases[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "*", "", true },
		{ "a*", "a", true },
		{ "a*c", "abbc", true },
		{ "a*c", "abcb", false },
		{ "*a*b*", "xxaxxbxx", true },
		{ "?", "", false },
		{ "n?", "n1", true },
		{ "n[1-3]", "n2", true },
		{ "n[1-3]", "n4", false },
		{ "n[!1-3]", "n4", true },
		{ "n[!1-3]", "n1", false },
		{ "n[]x]", "n]", true },
		{ "n[x-]", "n-", true },
		{ "n[", "n[", true },
		{ "n[1", "n1", false },
		{ "n[13]*", "n31", true },
		{ "node", "Node", false },
	};
	char many[200];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (glob_match(span_of(cases[i].pattern),
			span_of(cases[i].s)) != cases[i].match)
			fail_msg("%s on %s", cases[i].pattern, cases[i].s);
	memset(many, 'a', sizeof(many));
	many[199] = '\0';
	assert_false(glob_match(
	    span_of("a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"), span_of(many)));
	assert_true(glob_is(span_of("a?")));
	assert_false(glob_is(span_of("a.b-c")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_glob),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
