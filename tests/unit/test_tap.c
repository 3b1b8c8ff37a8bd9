/*
 * A tap beside a fan-out that plays a script.
 * links: cmd/tap platform/ capture/convert capture/snoop capture/stream
 * links: base/buf base/date base/err base/map base/mem base/quote base/str
 * links: model/addr model/facts model/pingstat model/reason
 */
#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "cmd/tap.h"
#include "model/capstat.h"
#include "platform/platform.h"

/* ---- in place of io/fanout: one task --------------------------------------
 */

static struct {
	struct task_spec spec;
	bool runs;
	char sent[32];
	int cancels;
	int64_t ran_ms[8];
	size_t runs_n;
	bool deaf; /* it does not end when told to */
} fan;

/* It is only ever passed through. */
static struct task *const the_task = (struct task *)&fan;

struct task *
fanout_start(struct fanout *f, const struct task_spec *spec)
{
	(void)f;
	fan.spec = *spec;
	fan.runs = true;
	return the_task;
}

static void
end_task(enum task_end end, int status)
{
	struct task_result r = { .end = end, .status = status, .why = "so" };

	fan.runs = false;
	fan.spec.done(fan.spec.arg, &r);
}

void
fanout_send(struct task *t, const void *p, size_t n)
{
	assert_ptr_equal(t, the_task);
	assert_true(strlen(fan.sent) + n < sizeof(fan.sent));
	strncat(fan.sent, p, n);
}

void
fanout_cancel(struct task *t)
{
	assert_ptr_equal(t, the_task);
	fan.cancels++;
}

enum fanout_why
fanout_run(struct fanout *f, bool (*until)(void *), void *arg, int64_t limit_ms)
{
	(void)f;
	fan.ran_ms[fan.runs_n++] = limit_ms;
	if (fan.runs && fan.cancels > 0)
		end_task(TASK_CANCELLED, 0);
	else if (fan.runs && fan.sent[0] != '\0' && !fan.deaf)
		end_task(TASK_EXITED, 0);
	return until(arg) ? FANOUT_DONE : FANOUT_DEADLINE;
}

const char *
task_end_name(enum task_end end)
{
	return end == TASK_CANCELLED ? "cancelled" : "other";
}

/* ---- a tap
 * ------------------------------------------------------------------- */

static struct buf got;
static int ends;
static bool refuse;

static int
sink(void *arg, const void *pcap, size_t n)
{
	(void)arg;
	return refuse ? -1 : buf_add(&got, pcap, n);
}

static void
count_end(void *arg)
{
	(void)arg;
	ends++;
}

static struct tap_capture *
start(const char *platform)
{
	const struct capture_ask ask = { .nonce = "0123456789abcdef",
		.link = "external0",
		.filter = "icmp",
		.limit_s = 10 };
	const struct tap_spec spec = { .platform = platform_named(platform),
		.ask = &ask,
		.sink = sink,
		.done = count_end };
	struct tap_capture *t = NULL;
	struct err e;

	memset(&fan, 0, sizeof(fan));
	ends = 0;
	refuse = false;
	buf_free(&got);
	buf_init(&got, 4096);
	assert_int_equal(tap_start(NULL, &spec, &t, &e), 0);
	assert_true(fan.spec.hold_input && fan.spec.limit_ms > 10000);
	assert_non_null(strstr(fan.spec.input, "external0"));
	return t;
}

static int
print(enum task_stream s, const void *p, size_t n)
{
	return fan.spec.sink(fan.spec.arg, s, p, n);
}

static int
say(const char *text)
{
	return print(TASK_ERR, text, strlen(text));
}

/* snoop's file header, one record (two packets lost so far), its newline. */
static const uint8_t snoop[] = { 's', 'n', 'o', 'o', 'p', 0, 0, 0, 0, 0, 0, 2,
	0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 32, 0, 0, 0, 2, 0x5d, 0x9d,
	0xed, 0x00, 0, 0, 0, 7, 'a', 'b', 'c', 0, 0, 0, 0, 0, '\n' };
static const uint8_t pcap[] = { 0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 1, 0x5d, 0x9d, 0xed, 0x00, 0, 0, 0, 7,
	0, 0, 0, 3, 0, 0, 0, 3, 'a', 'b', 'c' };

/* Whatever pieces it comes in, the sink gets the same pcap. */
static void
test_snoop(void **state)
{
	(void)state;
	for (size_t piece = 1; piece <= sizeof(snoop); piece++) {
		struct tap_capture *t = start("illumos");
		struct capstat st;

		for (size_t at = 0; at < sizeof(snoop); at += piece) {
			size_t n = sizeof(snoop) - at;

			assert_int_equal(print(TASK_OUT, snoop + at,
					     n < piece ? n : piece),
			    0);
		}
		assert_int_equal(tap_lost(t), 2);
		assert_int_equal(say("Using device external0 (promiscuous "
				     "mode)\n"),
		    0);
		assert_int_equal(tap_end(NULL, &t, 1), FANOUT_DONE);
		assert_int_equal(got.len, sizeof(pcap));
		assert_memory_equal(got.data, pcap, sizeof(pcap));
		assert_int_equal(tap_status(t), 0);
		tap_stat(t, &st);
		assert_true(st.counted && st.captured == 1 && st.dropped == 2);
		assert_int_equal(st.fail, CAPSTAT_FINE);
		tap_free(t);
	}
}

/* tcpdump's is handed on as it is. */
static void
test_pcap(void **state)
{
	struct tap_capture *t = start("linux");

	(void)state;
	assert_int_equal(print(TASK_OUT, pcap, sizeof(pcap)), 0);
	assert_int_equal(got.len, sizeof(pcap));
	assert_memory_equal(got.data, pcap, sizeof(pcap));
	assert_int_equal(tap_lost(t), 0);
	say("1 packet captured\n4 packets received by filter\n"
	    "3 packets dropped by kernel\n");
	assert_int_equal(tap_lost(t), 3);
	refuse = true;
	assert_true(print(TASK_OUT, pcap, sizeof(pcap)) < 0);
	tap_end(NULL, &t, 1);
	tap_free(t);
}

/* Each platform's own time passes behind its word, none without it. */
static void
test_await(void **state)
{
	struct tap_capture *t = start("illumos");

	(void)state;
	assert_int_equal(tap_await(NULL, &t, 1, 5000), FANOUT_DEADLINE);
	assert_int_equal(fan.ran_ms[0], 5000);
	assert_false(tap_listens(t));
	say("Using device external0 (promiscuous mode)\n");
	assert_true(tap_listens(t));
	fan.runs_n = 0;
	assert_int_equal(tap_await(NULL, &t, 1, 5000), FANOUT_DONE);
	assert_int_equal(fan.runs_n, 2);
	assert_true(fan.ran_ms[1] >= 300);
	tap_end(NULL, &t, 1);
	assert_true(tap_has_ended(t));
	fan.runs_n = 0;
	tap_await(NULL, &t, 1, 5000);
	assert_int_equal(fan.runs_n, 1);
	tap_free(t);
}

static bool
log_holds(const struct tap_capture *t, const char *text)
{
	struct span log = tap_log(t);

	/* A log is terminated. */
	return strstr(log.p, text) != NULL;
}

/* One that ends by itself is told from one that was asked to. */
static void
test_too_soon(void **state)
{
	struct tap_capture *t = start("linux");

	(void)state;
	say("tcpdump: listening on external0\n");
	end_task(TASK_EXITED, 0);
	assert_int_equal(ends, 1);
	assert_int_equal(tap_status(t), -1);
	assert_true(log_holds(t, "before it was told to"));
	assert_int_equal(tap_end(NULL, &t, 1), FANOUT_DONE);
	assert_string_equal(fan.sent, "");
	tap_free(t);
}

/* A snoop that was cut has no counts, and says why. */
static void
test_cut(void **state)
{
	struct tap_capture *t = start("illumos");
	struct capstat st;

	(void)state;
	say("Using device external0 (promiscuous mode)\n");
	print(TASK_OUT, snoop, 30);
	tap_end(NULL, &t, 1);
	tap_stat(t, &st);
	assert_false(st.counted);
	assert_true(log_holds(t, "within a packet"));
	tap_free(t);

	t = start("illumos");
	assert_true(print(TASK_OUT, "no capture at all", 17) < 0);
	assert_true(log_holds(t, "snoop"));
	end_task(TASK_CANCELLED, 0);
	tap_free(t);
}

/* One that does not listen to the order is ended by force. */
static void
test_deaf(void **state)
{
	struct tap_capture *t = start("illumos");

	(void)state;
	fan.deaf = true;
	assert_int_equal(tap_end(NULL, &t, 1), FANOUT_DEADLINE);
	assert_string_equal(fan.sent, "stop\n");
	assert_int_equal(fan.cancels, 1);
	assert_true(tap_has_ended(t));
	assert_int_equal(tap_status(t), -1);
	assert_true(log_holds(t, "cancelled"));
	tap_free(t);
}

/* Freed while it runs: no callback comes any more, and nothing leaks. */
static void
test_freed(void **state)
{
	struct tap_capture *t = start("linux");

	(void)state;
	tap_free(t);
	assert_int_equal(fan.cancels, 1);
	assert_true(print(TASK_OUT, pcap, sizeof(pcap)) < 0);
	assert_int_equal(got.len, 0);
	end_task(TASK_CANCELLED, 0);
	assert_int_equal(ends, 0);
	tap_free(NULL);
}

static void
test_no_ask(void **state)
{
	const struct capture_ask ask = { .nonce = "short" };
	const struct tap_spec spec = {
		.platform = platform_named("illumos"), .ask = &ask, .sink = sink
	};
	struct tap_capture *t = NULL;
	struct err e;

	(void)state;
	assert_int_equal(tap_start(NULL, &spec, &t, &e), -1);
	assert_null(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_snoop),
		cmocka_unit_test(test_pcap), cmocka_unit_test(test_await),
		cmocka_unit_test(test_too_soon), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_deaf), cmocka_unit_test(test_freed),
		cmocka_unit_test(test_no_ask) };
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&got);
	return r;
}
