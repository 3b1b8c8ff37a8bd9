/* links: base/utf8 base/buf base/mem base/str */
#include "unit.h"

#include "base/buf.h"
#include "base/utf8.h"

static void
check(struct span in, enum utf8_keep keep, const char *want)
{
	struct buf b;

	buf_init(&b, 4096);
	assert_int_equal(utf8_clean(&b, in, keep), 0);
	assert_string_equal(b.data, want);
	buf_free(&b);
}

static void
test_what_is_good_stays(void **state)
{
	static const char *const good[] = { "", "plain", "a\\b", "\xc3\xa4",
		"\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf",
		"\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		check(span_of(good[i]), UTF8_LINE, good[i]);
		check(span_of(good[i]), UTF8_VALID, good[i]);
	}
}

static void
test_what_is_not_utf8_is_replaced(void **state)
{
	static const struct {
		const char *in, *want;
	} t[] = {
		{ "\x80", "\xef\xbf\xbd" },
		{ "a\xffz", "a\xef\xbf\xbdz" },
		{ "\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd" }, /* overlong */
		{ "\xe0\x9f\xbf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd" }, /* cut */
		{ "\xc3(", "\xef\xbf\xbd(" },
		{ "\xf4\x90\x80\x80",
		    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		check(span_of(t[i].in), UTF8_VALID, t[i].want);
		check(span_of(t[i].in), UTF8_LINE, t[i].want);
	}
}

static void
test_what_a_terminal_obeys_is_spelled_out(void **state)
{
	(void)state;
	check(span_of("\x1b[2J\r\n\t\x7f"), UTF8_LINE,
	    "\\x1b[2J\\r\\n\\t\\x7f");
	check(span_of("\x1b\n\t"), UTF8_TEXT, "\\x1b\n\t");
	check(span_of("\x1b\n\t"), UTF8_VALID, "\x1b\n\t");
	check(span_of("\xc2\x9b"
		      "31m"),
	    UTF8_LINE, "\\x9b31m"); /* C1 CSI */
	check(span_of("\xe2\x80\xae"), UTF8_LINE, "\\u202e");
	check(span_of("\xe2\x81\xa6"), UTF8_TEXT, "\\u2066");
	check((struct span){ "a\0b", 3 }, UTF8_LINE, "a\\x00b");
}

/* At any cap the result is whole characters of the full result. */
static void
test_every_cap(void **state)
{
	static const char in[] = "a\xc3\xa4\x1b\xff\xf0\x9f\x98\x80z";
	static const char full[] = "a\xc3\xa4\\x1b\xef\xbf\xbd\xf0\x9f\x98\x80"
				   "z";

	(void)state;
	for (size_t max = 0; max < sizeof(full) + 2; max++) {
		struct buf b;
		struct span s;

		buf_init(&b, max);
		assert_int_equal(utf8_clean(&b, span_of(in), UTF8_LINE),
		    max >= strlen(full) ? 0 : -1);
		assert_memory_equal(b.data, full, b.len);
		s = (struct span){ b.data, b.len };
		while (s.n > 0)
			assert_true(utf8_take(&s) != 0xfffd ||
			    (s.p - b.data >= 3 &&
				memcmp(s.p - 3, "\xef\xbf\xbd", 3) == 0));
		buf_free(&b);
	}
}

static void
test_length_counts_characters(void **state)
{
	(void)state;
	assert_int_equal(utf8_length(span_of("")), 0);
	assert_int_equal(utf8_length(span_of("a\xc3\xa4\xe2\x82\xac")), 3);
	assert_int_equal(utf8_length(span_of("\xff\xfe")), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_good_stays),
		cmocka_unit_test(test_what_is_not_utf8_is_replaced),
		cmocka_unit_test(test_what_a_terminal_obeys_is_spelled_out),
		cmocka_unit_test(test_every_cap),
		cmocka_unit_test(test_length_counts_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
