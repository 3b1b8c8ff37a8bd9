/*
 * Logs of many nodes: what scripts print, when lines were written, their order.
 * links: platform/ cluster/logs base/buf base/date base/err base/map base/mem
 * links: base/quote base/str model/addr model/facts model/pingstat model/reason
 */
#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/err.h"
#include "cluster/logs.h"
#include "platform/logs.h"
#include "platform/logtime.h"
#include "platform/platform.h"

static const char nonce[] = "0123456789";

/* ---- the script --------------------------------------------------------- */

static int
write_script(const char *platform, unsigned lines, unsigned limit_s, bool debug,
    struct buf *b)
{
	const struct logs_ask ask = { .nonce = nonce,
		.lines = lines,
		.limit_s = limit_s,
		.debug = debug };
	struct err e = { 0 };
	int r;

	buf_init(b, PLATFORM_SCRIPT_MAX);
	r = logs_script(platform_named(platform), &ask, b, &e);
	assert_int_equal(e.kind, r < 0 ? ERR_USAGE : ERR_NONE);
	return r;
}

static void
test_script(void **state)
{
	static const char *const rows[] = { "linux", "illumos" };
	struct buf b;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		bool debug = i / 2 == 1;

		assert_int_equal(write_script(rows[i % 2], 7, 60, debug, &b),
		    0);
		assert_non_null(strstr(b.data, "\nlines=7\n"));
		assert_int_equal(strstr(b.data, "debug_raise") != NULL, debug);
		buf_free(&b);
	}
	assert_int_equal(write_script("linux", LOGS_LINES_MAX + 1, 60, false,
			     &b),
	    -1);
	buf_free(&b);
	assert_int_equal(write_script("linux", 1, 0, false, &b), -1);
	buf_free(&b);
}

/* ---- records ------------------------------------------------------------ */

static bool
is_record(const char *line, enum log_kind kind, const char *name,
    const char *text)
{
	struct log_record r;

	return log_record_read(span_of(line), nonce, &r) && r.kind == kind &&
	    span_is(r.name, name) && span_is(r.text, text);
}

static void
test_records(void **state)
{
	static const struct {
		const char *line;
		enum log_kind kind;
		const char *name, *text;
	} good[] = {
		{ "charon Nov 24  it", LOG_LINE, "charon", "Nov 24  it" },
		{ "iked ", LOG_LINE, "iked", "" },
		{ "iked @@espy 0123456789 ready", LOG_LINE, "iked",
		    "@@espy 0123456789 ready" },
		{ "@@espy 0123456789 source charon /var/log/charon.log",
		    LOG_SOURCE, "charon", "/var/log/charon.log" },
		{ "@@espy 0123456789 missing iked /x", LOG_MISSING, "iked",
		    "/x" },
		{ "@@espy 0123456789 ready", LOG_READY, "", "" },
		{ "@@espy 0123456789 ended iked", LOG_ENDED, "iked", "" },
		{ "@@espy 0123456789 was charon off", LOG_WAS, "charon",
		    "off" },
		{ "@@espy 0123456789 failed debug: no daemon", LOG_FAILED, "",
		    "debug: no daemon" },
	};
	static const char *const bad[] = { "", " x", "@@espy",
		"@@espy 0123456780 ready", "@@espy 0123456789",
		"@@espy 0123456789 huh", "@@espy 0123456789 ready now",
		"@@espy 0123456789 source", "@@espy 0123456789 source iked",
		"@@espy 0123456789 ended iked x", "@@espy 0123456789 failed",
		"@@espy 0123456789 clock", "@@espy 0123456789 clock x +0000",
		"@@espy 0123456789 clock 99999999999.5 +0000" };
	struct log_record r;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(is_record(good[i].line, good[i].kind, good[i].name,
		    good[i].text));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(log_record_read(span_of(bad[i]), nonce, &r));
}

static void
test_clock_records(void **state)
{
	static const struct {
		const char *line;
		int64_t ns;
		bool coarse;
		int32_t zone_s;
	} rows[] = {
		{ "@@espy 0123456789 clock 1795551866.958994795 +0130",
		    1795551866958994795, false, 5400 },
		{ "@@espy 0123456789 clock 1795551866 -0500",
		    1795551866000000000, true, -18000 },
		/* date(1) without %N, and without %z. */
		{ "@@espy 0123456789 clock 1795551866.%N %z",
		    1795551866000000000, true, 0 },
		{ "@@espy 0123456789 clock 1795551866.5", 1795551866000000000,
		    true, 0 },
	};
	struct log_record r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(log_record_read(span_of(rows[i].line), nonce, &r));
		assert_int_equal(r.kind, LOG_CLOCK);
		assert_int_equal(r.clock.ns, rows[i].ns);
		assert_int_equal(r.coarse, rows[i].coarse);
		assert_int_equal(r.zone_s, rows[i].zone_s);
	}
}

/* ---- times -------------------------------------------------------------- */

static struct wall
wall(const char *text)
{
	struct wall t;

	assert_int_equal(date_parse(span_of(text), &t), 0);
	return t;
}

static const struct form {
	const char *line, *time, *rest; /* time NULL: it has none */
	bool coarse;
} forms[] = {
	{ "Nov 24 20:01:02 node1 ip: x", "2026-11-24T19:01:02Z", "node1 ip: x",
	    true },
	{ "Nov  4 20:01:02 05[IKE] x", "2026-11-04T19:01:02Z", "05[IKE] x",
	    true },
	{ "Nov 4 20:01:02: x", "2026-11-04T19:01:02Z", "x", true },
	{ "Nov 24 20:01:02.123456 x", "2026-11-24T19:01:02.123456Z", "x",
	    false },
	{ "Nov 24 20:01:02", "2026-11-24T19:01:02Z", "", true },
	{ "Dec 31 23:59:60 x", "2025-12-31T22:59:59Z", "x", true },
	{ "Jan  1 00:00:01 x", "2025-12-31T23:00:01Z", "x", true },
	{ "Tue Nov 24 20:01:02 2020: x", "2020-11-24T19:01:02Z", "x", true },
	{ "[Tue Nov 24 20:01:02 2020] x", "2020-11-24T19:01:02Z", "x", true },
	{ "Nov 24 20:01:02 2020.example x", "2026-11-24T19:01:02Z",
	    "2020.example x", true },
	{ "2026-11-24T20:01:02.123456+0000 n x", "2026-11-24T20:01:02.123456Z",
	    "n x", false },
	{ "2026-11-24T20:01:02-05:30 x", "2026-11-25T01:31:02Z", "x", true },
	{ "2026-11-24T20:01:02Z x", "2026-11-24T20:01:02Z", "x", true },
	{ "2026-11-24 20:01:02,123 x", "2026-11-24T19:01:02.123Z", "x", false },
	{ "2026-11-24T20:01:02.1234567890123Z x",
	    "2026-11-24T20:01:02.123456789Z", "x", false },
	{ "", NULL, NULL, false },
	{ "[", NULL, NULL, false },
	{ "	Key management", NULL, NULL, false },
	{ "Nov 24", NULL, NULL, false },
	{ "Nov 24 20:01", NULL, NULL, false },
	{ "Nov 24 20:01:02x", NULL, NULL, false },
	{ "Nov 31 20:01:02 x", NULL, NULL, false },
	{ "Nov 24 24:01:02 x", NULL, NULL, false },
	{ "Now 24 20:01:02 x", NULL, NULL, false },
	{ "2026-13-24 20:01:02 x", NULL, NULL, false },
	{ "0000-11-24 20:01:02 x", NULL, NULL, false },
	{ "9999-11-24 20:01:02 x", NULL, NULL, false },
	{ "[2026-11-24 20:01:02 x", NULL, NULL, false },
	{ "198.51.100.14 x", NULL, NULL, false },
};

/* Local time there is an hour ahead of UTC. */
static void
test_times(void **state)
{
	const struct wall now = wall("2026-06-20T12:00:00Z");

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct form *f = &forms[i];
		/* The year is that which comes closest. */
		struct wall at = f->time != NULL ? wall(f->time) : now;
		struct log_time t = { .time = { -1 } };

		if (!log_time_read(span_of(f->line), at, 3600, &t)) {
			assert_null(f->time);
			assert_int_equal(t.time.ns, -1);
			continue;
		}
		assert_non_null(f->time);
		assert_int_equal(t.time.ns, wall(f->time).ns);
		assert_true(span_is(t.rest, f->rest));
		assert_int_equal(t.coarse, f->coarse);
	}
}

/* Cut anywhere, no line is read past its end. */
static void
test_times_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		for (size_t n = 0; n <= strlen(forms[i].line); n++) {
			char *copy = malloc(n + 1);
			struct log_time t;

			assert_non_null(copy);
			memcpy(copy, forms[i].line, n);
			if (log_time_read((struct span){ copy, n },
				wall("2026-06-20T12:00:00Z"), 0, &t))
				assert_true(t.rest.p + t.rest.n == copy + n);
			free(copy);
		}
	}
}

/* ---- clocks ------------------------------------------------------------- */

#define S(n) ((int64_t)((n)*1e9))

static int64_t
ahead(struct logs *l, double said, bool coarse, double asked, double came)
{
	logs_clock(l, 0, (struct wall){ S(said) }, coarse,
	    (struct wall){ S(asked) }, (struct wall){ S(came) });
	return logs_ahead(l, 0);
}

static void
test_clocks(void **state)
{
	struct logs *l = logs_new(1, 1000);

	(void)state;
	assert_int_equal(logs_ahead(l, 0), 0);
	/* Between the question and the answer: they may agree. */
	assert_int_equal(ahead(l, 1000.2, false, 1000, 1000.4), 0);
	assert_int_equal(ahead(l, 1001.0, false, 0, 1001.01), 0);
	logs_free(l);

	l = logs_new(1, 1000);
	assert_int_equal(ahead(l, 1005, false, 1000, 1000.5), S(4.5));
	/* The word that comes faster is the closer one. */
	assert_int_equal(ahead(l, 1006, false, 0, 1001.25), S(4.75));
	assert_int_equal(ahead(l, 1007, false, 0, 1003), S(4.75));
	logs_free(l);

	l = logs_new(1, 1000);
	assert_int_equal(ahead(l, 990, false, 1000, 1000.5), -S(10.5));
	logs_free(l);
}

/* A clock that is set meanwhile is followed, once its last words are old. */
static void
test_clock_set(void **state)
{
	struct logs *l = logs_new(1, 1000);

	(void)state;
	assert_int_equal(ahead(l, 1000.2, false, 1000, 1000.25), 0);
	for (int i = 1; i < 9; i++)
		ahead(l, 900 + i, false, 0, 1000 + i);
	assert_int_equal(logs_ahead(l, 0), -S(100));
	logs_free(l);
}

/* Whole seconds tell no more than that. */
static void
test_clock_coarse(void **state)
{
	struct logs *l = logs_new(1, 1000);

	(void)state;
	assert_int_equal(ahead(l, 1000, true, 1000.5, 1000.75), 0);
	assert_int_equal(ahead(l, 1001, true, 0, 1001.75), 0);
	logs_free(l);
	l = logs_new(1, 1000);
	assert_int_equal(ahead(l, 1010, true, 1000.25, 1000.5), S(10));
	logs_free(l);
}

/* No node can make us reckon beyond what a number holds. */
static void
test_clock_nonsense(void **state)
{
	struct logs *l = logs_new(1, 1000);

	(void)state;
	logs_clock(l, 0, (struct wall){ INT64_MAX }, false, (struct wall){ 0 },
	    (struct wall){ S(1000) });
	logs_clock(l, 0, (struct wall){ INT64_MIN }, false, (struct wall){ 0 },
	    (struct wall){ S(1000) });
	assert_int_equal(logs_ahead(l, 0), 0);
	logs_free(l);
}

/* ---- order -------------------------------------------------------------- */

/* said: below 0: the line tells no time. */
static void
add(struct logs *l, size_t node, const char *text, double said, bool coarse,
    double came)
{
	const struct logs_add a = { .node = node,
		.text = span_of(text),
		.timed = said >= 0,
		.coarse = coarse,
		.said = { said >= 0 ? S(said) : 0 },
		.came = { S(came) },
		.at = { S(came) } };

	logs_add(l, &a);
}

static void
assert_order(const struct logs *l, size_t n, const char *want)
{
	char got[64] = "";

	for (size_t i = 0; i < n; i++)
		strncat(got, logs_line(l, i)->text, 8);
	assert_string_equal(got, want);
}

static void
test_order(void **state)
{
	struct logs *l = logs_new(2, 1000);

	(void)state;
	add(l, 0, "b", 1000.2, false, 1000.3);
	add(l, 1, "a", 1000.1, false, 1000.4);
	add(l, 1, "c", 1000.3, false, 1000.5);
	assert_int_equal(logs_due(l, (struct mono){ S(1001.2) }, false), 0);
	/* What was written before one that is due goes with it. */
	assert_int_equal(logs_due(l, (struct mono){ S(1001.35) }, false), 2);
	assert_order(l, 2, "ab");
	logs_drop(l, 2);
	assert_int_equal(logs_due(l, (struct mono){ S(1001.35) }, true), 1);
	assert_order(l, 1, "c");
	logs_free(l);
}

/* Clocks five seconds apart. */
static void
test_order_clocks(void **state)
{
	struct logs *l = logs_new(2, 1000);

	(void)state;
	logs_clock(l, 1, (struct wall){ S(1005) }, false,
	    (struct wall){ S(999.75) }, (struct wall){ S(1000) });
	add(l, 1, "b", 1006.5, false, 1001.5);
	add(l, 0, "a", 1001.25, false, 1001.75);
	assert_int_equal(logs_due(l, (struct mono){ 0 }, true), 2);
	assert_order(l, 2, "ab");
	assert_int_equal(logs_line(l, 1)->time.ns, S(1001.5));
	assert_int_equal(logs_line(l, 1)->when, LOGS_WRITTEN);
	logs_free(l);
}

/*
 * Whole seconds: a line that has just come was written then; an old one at any
 * time within its second.
 */
static void
test_order_coarse(void **state)
{
	struct logs *l = logs_new(2, 1000);

	(void)state;
	add(l, 0, "b", 1000, true, 1000.5);
	add(l, 1, "a", 1000.25, false, 1000.5);
	add(l, 0, "d", 1000, true, 1001.5); /* late */
	add(l, 1, "c", 1000.75, false, 1001.5);
	assert_int_equal(logs_due(l, (struct mono){ 0 }, true), 4);
	assert_order(l, 4, "abcd");
	assert_int_equal(logs_line(l, 1)->when, LOGS_WRITTEN_S);
	assert_int_equal(logs_line(l, 1)->time.ns, S(1000));
	logs_drop(l, 4);
	add(l, 1, "f", 900.5, false, 1002);
	add(l, 1, "g", 901.5, false, 1002);
	logs_free(l);
}

/* Lines of one source stay as they are, whatever their times say. */
static void
test_order_source(void **state)
{
	struct logs *l = logs_new(2, 1000);

	(void)state;
	add(l, 0, "a", 1000.5, false, 1000.6);
	add(l, 0, "b", 1000.2, false, 1000.6);
	add(l, 0, "c", -1, false, 1000.65); /* b's next line */
	add(l, 0, "e", -1, false, 1000.9);
	add(l, 1, "d", 1000.8, false, 1000.9);
	assert_int_equal(logs_due(l, (struct mono){ 0 }, true), 5);
	assert_order(l, 5, "abcde");
	assert_int_equal(logs_line(l, 2)->when, LOGS_WITH);
	assert_int_equal(logs_line(l, 4)->when, LOGS_CAME);
	assert_int_equal(logs_line(l, 4)->time.ns, S(1000.9));
	logs_free(l);
}

/* A time that is still to come, or none that can be, is no time. */
static void
test_order_future(void **state)
{
	struct logs *l = logs_new(2, 1000);

	(void)state;
	add(l, 0, "a", 5000, false, 1000.1);
	add(l, 1, "b", 1000.2, false, 1000.3);
	assert_int_equal(logs_due(l, (struct mono){ 0 }, true), 2);
	assert_order(l, 2, "ab");
	assert_int_equal(logs_line(l, 0)->when, LOGS_CAME);
	logs_drop(l, 2);
	{
		const struct logs_add a = { .text = span_of("c"),
			.timed = true,
			.said = { INT64_MIN },
			.rest = 99,
			.came = { S(1001) } };

		logs_add(l, &a);
	}
	assert_int_equal(logs_due(l, (struct mono){ 0 }, true), 1);
	assert_int_equal(logs_line(l, 0)->when, LOGS_CAME);
	assert_int_equal(logs_line(l, 0)->rest, 1);
	logs_free(l);
}

/* A flood: what is older goes, in order, and no more is held than may be. */
static void
test_full(void **state)
{
	struct logs *l = logs_new(1, 1000);
	size_t n = 0, dropped = 0;

	(void)state;
	while (n < 3 * (size_t)LOGS_HELD_MAX) {
		if (logs_full(l)) {
			size_t half = logs_due_half(l);

			assert_true(half > 0);
			for (size_t i = 0; i < half; i++)
				assert_int_equal(logs_line(l, i)->nth,
				    dropped + i);
			logs_drop(l, half);
			dropped += half;
		}
		add(l, 0, "x", 1000, true, 1000.5);
		n++;
	}
	assert_int_equal(logs_due(l, (struct mono){ 0 }, true), n - dropped);
	assert_true(n - dropped <= LOGS_HELD_MAX);
	logs_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_script),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_clock_records),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_times_cut),
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_clock_set),
		cmocka_unit_test(test_clock_coarse),
		cmocka_unit_test(test_clock_nonsense),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_order_clocks),
		cmocka_unit_test(test_order_coarse),
		cmocka_unit_test(test_order_source),
		cmocka_unit_test(test_order_future),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
