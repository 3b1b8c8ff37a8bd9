/* links: base/date base/str */
#include "unit.h"

#include <stdlib.h>
#include <time.h>

#include "base/date.h"

static void
test_known_instants(void **state)
{
	static const struct {
		int64_t ns;
		const char *text, *stamp;
	} t[] = {
		{ 0, "1970-01-01T00:00:00.000000000Z", "19700101T000000Z" },
		{ -1, "1969-12-31T23:59:59.999999999Z", "19691231T235959Z" },
		{ INT64_C(951782400000000001), "2000-02-29T00:00:00.000000001Z",
		    "20000229T000000Z" },
		{ INT64_C(4107542399999999999),
		    "2100-02-28T23:59:59.999999999Z", "21000228T235959Z" },
		{ INT64_MAX, "2262-04-11T23:47:16.854775807Z",
		    "22620411T234716Z" },
		{ INT64_MIN, "1677-09-21T00:12:43.145224192Z",
		    "16770921T001243Z" },
	};
	char text[DATE_TEXT_MAX], stamp[DATE_STAMP_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct wall w = { t[i].ns };

		assert_string_equal(date_text(w, text), t[i].text);
		assert_string_equal(date_stamp(w, stamp), t[i].stamp);
	}
}

/* Against the C library, every 100,000 seconds from 1700 to 2250. */
static void
test_agrees_with_gmtime(void **state)
{
	(void)state;
	for (int64_t s = INT64_C(-8520336000); s < INT64_C(8835955200);
	     s += 100003) {
		struct wall w = { s * NS_PER_S + 7 }, back = { 0 };
		char text[DATE_TEXT_MAX], want[DATE_TEXT_MAX];
		time_t at = (time_t)s;
		struct tm tm;

		assert_non_null(gmtime_r(&at, &tm));
		assert_true(strftime(want, sizeof(want),
				"%Y-%m-%dT%H:%M:%S.000000007Z", &tm) > 0);
		assert_string_equal(date_text(w, text), want);
		assert_int_equal(date_parse(span_of(text), &back), 0);
		assert_true(back.ns == w.ns);
	}
}

static void
test_fractions(void **state)
{
	struct wall w = { 0 };

	(void)state;
	assert_int_equal(date_parse(span_of("1970-01-01T00:00:01Z"), &w), 0);
	assert_true(w.ns == NS_PER_S);
	assert_int_equal(date_parse(span_of("1970-01-01T00:00:01.5Z"), &w), 0);
	assert_true(w.ns == 1500 * NS_PER_MS);
	assert_int_equal(date_parse(span_of("1970-01-01T00:00:00.000000001Z"),
			     &w),
	    0);
	assert_true(w.ns == 1);
}

static void
test_what_is_no_date(void **state)
{
	static const char *const bad[] = { "", "1970", "1970-01-01",
		"1970-01-01T00:00:00", "1970-01-01T00:00:00z",
		"1970-01-01 00:00:00Z", "1970-13-01T00:00:00Z",
		"1970-00-01T00:00:00Z", "1970-01-00T00:00:00Z",
		"1970-01-32T00:00:00Z", "1970-02-30T00:00:00Z",
		"1971-02-29T00:00:00Z", "1970-01-01T24:00:00Z",
		"1970-01-01T00:60:00Z", "1970-01-01T00:00:60Z",
		"1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.0x1Z",
		"1970-01-01T00:00:00.0000000001Z", "1970-01-01T00:00:00ZZ",
		"1677-12-31T00:00:00Z", "2262-01-01T00:00:00Z",
		"-970-01-01T00:00:00Z", "0x7f-01-01T00:00:00Z",
		"1970-01-01T00:00:00+00:00" };
	struct wall w = { 7 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(date_parse(span_of(bad[i]), &w), -1);
	assert_true(w.ns == 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_instants),
		cmocka_unit_test(test_agrees_with_gmtime),
		cmocka_unit_test(test_fractions),
		cmocka_unit_test(test_what_is_no_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
