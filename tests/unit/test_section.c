/* links: platform/section base/str */
#include "unit.h"

#include "platform/section.h"

static const char out[] = "noise\n"
			  "@@espy n0nce begin uname\n"
			  "Linux 6.1\n"
			  "\n@@espy n0nce end uname 0\n"
			  "@@espy n0nce begin empty\n"
			  "\n@@espy n0nce end empty 3\n"
			  "@@espy n0nce begin cut\n"
			  "@@espy 0ther end cut 0\n"
			  "@@espy n0nce end other 0\n"
			  "@@espy n0nce begin killed\n"
			  "\n@@espy n0nce end killed 265\n"
			  "@@espy n0nce begin last\n"
			  "no newline"
			  "\n@@espy n0nce end last 0\n";

static void
check(struct span *rest, const char *name, const char *text, bool whole,
    int status)
{
	struct section s;

	assert_true(section_next(rest, "n0nce", &s));
	assert_true(span_is(s.name, name));
	assert_true(span_is(s.text, text));
	assert_int_equal(s.whole, whole);
	assert_int_equal(s.status, status);
}

static void
test_sections(void **state)
{
	struct span rest = span_of(out);
	struct section s;

	(void)state;
	check(&rest, "uname", "Linux 6.1\n", true, 0);
	check(&rest, "empty", "", true, 3);
	/* Neither another nonce nor another name ends it. */
	check(&rest, "cut", "@@espy 0ther end cut 0\n@@espy n0nce end other 0",
	    false, 0);
	/* By signal 9, as ksh93 has it. */
	check(&rest, "killed", "", true, 256 + 9);
	check(&rest, "last", "no newline", true, 0);
	assert_false(section_next(&rest, "n0nce", &s));
}

/* A section counts as whole only when its last byte has come. */
static void
test_every_cut(void **state)
{
	static const char one[] = "@@espy n0nce begin a\nxyz\n"
				  "\n@@espy n0nce end a 0\n";
	size_t end = sizeof(one) - 1;

	(void)state;
	for (size_t n = 0; n < end; n++) {
		struct span rest = { one, n };
		struct section s;

		if (!section_next(&rest, "n0nce", &s))
			continue;
		/* The newline behind the status may be missing. */
		assert_int_equal(s.whole, n == end - 1);
	}
}

static void
test_status_is_a_number(void **state)
{
	static const char *const bad[] = { "", "321", "-1", "x", "0x" };
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct span rest;
		struct section s;

		snprintf(text, sizeof(text),
		    "@@espy n0nce begin a\n\n@@espy n0nce end a %s\n", bad[i]);
		rest = span_of(text);
		assert_true(section_next(&rest, "n0nce", &s));
		assert_false(s.whole);
	}
}

static void
test_find(void **state)
{
	struct section s;

	(void)state;
	assert_true(section_find(span_of(out), "n0nce", "last", &s));
	assert_true(span_is(s.text, "no newline"));
	assert_false(section_find(span_of(out), "n0nce", "sas", &s));
	assert_false(section_find(span_of(out), "n0nc", "last", &s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_status_is_a_number),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
