/* links: cmd/run_steps base/err base/mem base/str */
#include "unit.h"

#include "base/err.h"
#include "cmd/run_steps.h"

static int
parse(struct run_steps *s, const char *text, struct err *e)
{
	*s = (struct run_steps){ 0 };
	return run_steps_parse(s, span_of(text), "FILE", e);
}

static void
test_lines(void **state)
{
	struct run_steps s;
	struct err e;

	(void)state;
	assert_int_equal(parse(&s,
			     "# what it is\n\n  uname -r  \r\n\t\n"
			     "echo '# no comment'\n  # one\nlast",
			     &e),
	    0);
	assert_int_equal(s.n, 3);
	assert_string_equal(s.v[0], "uname -r");
	assert_string_equal(s.v[1], "echo '# no comment'");
	assert_string_equal(s.v[2], "last");
	run_steps_free(&s);
}

static void
test_nothing(void **state)
{
	struct run_steps s;
	struct err e;

	(void)state;
	assert_int_equal(parse(&s, "# nothing\n\n", &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_string_equal(e.text,
	    "FILE: no command in it, only blank lines and comments");
	run_steps_free(&s);
}

static void
test_nul(void **state)
{
	const struct span text = { "true\nfa\0lse\n", 12 };
	struct run_steps s = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(run_steps_parse(&s, text, "FILE", &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_non_null(strstr(e.text, "FILE:2: a NUL"));
	run_steps_free(&s);
}

static void
test_cap(void **state)
{
	char text[2 * RUN_STEPS_MAX + 3];
	struct run_steps s;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = i % 2 == 0 ? 'x' : '\n';
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(parse(&s, text, &e), -1);
	assert_non_null(strstr(e.text, "FILE:1001: more than 1000"));
	run_steps_free(&s);
	text[2 * RUN_STEPS_MAX] = '\0';
	assert_int_equal(parse(&s, text, &e), 0);
	assert_int_equal(s.n, RUN_STEPS_MAX);
	run_steps_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
