/*
 * What nodes print of their kernels' reasons for drops, and what is sent for
 * them to do so.
 * links: platform/ cluster/drops cluster/drops_means cluster/drops_reasons
 * links: base/buf base/date base/err base/map base/mem base/quote base/str
 * links: model/addr model/facts model/pingstat model/reason
 */
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

#include "base/buf.h"
#include "base/err.h"
#include "cluster/drops.h"
#include "model/reason.h"
#include "platform/platform.h"
#include "platform/reasons.h"

/* Of Linux 6.18, and what dtrace prints on illumos, with an empty line. */
static const char linux_text[] = "12\tQDISC_DROP\t2054\t__dev_queue_xmit\n"
				 "6\tNO_TX_TARGET\t34525\tvxlan_xmit\n"
				 "23\tNO_SOCKET\t2048\t__udp4_lib_rcv\n"
				 "1\tNOT_SPECIFIED\t0\t-\n"
				 "2\t0x30001\t35138\tovs_dp_process_packet\n"
				 "0\tunseen\t-\t-\n"
				 "70\tunseen\t-\t-\n";
static const char illumos_text[] = "0\tbegun\t-\t-\n"
				   "3\tesp_no_sa\tin\tIPsec ESP\n"
				   "\n"
				   "1\tno matching vid\tin\toverlay\n";

static void
read_all(const char *text, struct reasons *ret)
{
	struct err e;

	if (reasons_read(span_of(text), ret, &e) < 0)
		fail_msg("%s", e.text);
}

static void
is(const struct reason *r, uint64_t count, const char *why, const char *which,
    const char *where)
{
	assert_int_equal(r->count, count);
	assert_string_equal(r->why, why);
	assert_string_equal(r->which, which);
	assert_string_equal(r->where, where);
}

static void
test_read(void **state)
{
	struct reasons r = { 0 };

	(void)state;
	read_all(linux_text, &r);
	assert_int_equal(r.n, 5);
	is(&r.v[0], 12, "QDISC_DROP", "ARP", "__dev_queue_xmit");
	is(&r.v[1], 6, "NO_TX_TARGET", "IPv6", "vxlan_xmit");
	is(&r.v[2], 23, "NO_SOCKET", "IPv4", "__udp4_lib_rcv");
	is(&r.v[3], 1, "NOT_SPECIFIED", "-", "-");
	is(&r.v[4], 2, "0x30001", "0x8942", "ovs_dp_process_packet");
	assert_int_equal(r.unseen, 70);
	reasons_fini(&r);
	read_all(illumos_text, &r);
	assert_int_equal(r.n, 2);
	is(&r.v[0], 3, "esp_no_sa", "in", "IPsec ESP");
	is(&r.v[1], 1, "no matching vid", "in", "overlay");
	reasons_fini(&r);
}

/* One round after the other: equal ones add up. */
static void
test_add(void **state)
{
	struct reasons r = { 0 };

	(void)state;
	read_all(linux_text, &r);
	read_all("4\tNO_SOCKET\t2048\t__udp4_lib_rcv\n"
		 "4\tNO_SOCKET\t2048\tping_rcv\n"
		 "1\tunseen\t-\t-\n",
	    &r);
	assert_int_equal(r.n, 6);
	is(&r.v[2], 27, "NO_SOCKET", "IPv4", "__udp4_lib_rcv");
	is(&r.v[5], 4, "NO_SOCKET", "IPv4", "ping_rcv");
	assert_int_equal(r.unseen, 71);
	reasons_fini(&r);
}

static void
refuse(const char *text)
{
	struct reasons r = { .unseen = 5 };
	struct err e = { 0 };

	if (reasons_read(span_of(text), &r, &e) == 0)
		fail_msg("taken: %s", text);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_int_equal(r.n, 0);
	assert_int_equal(r.unseen, 5);
}

static void
test_refuse(void **state)
{
	static const char *const bad[] = {
		"1\tA\t2048\n",
		"1\tA\t2048\tf\tmore\n",
		"\tA\t2048\tf\n",
		"-1\tA\t2048\tf\n",
		"99999999999999999999\tA\t2048\tf\n",
		"18446744073709551615\tA\t2048\tf\n",
		"1\t\t2048\tf\n",
		"1\tA\t\tf\n",
		"1\tA\t2048\t\n",
		"dtrace: 17 drops on CPU 0\n",
		/* Nothing of it counts, not even what was read before. */
		"5\tunseen\t-\t-\n1\tA\t0\tf\nno\n",
	};
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuse(bad[i]);
	buf_init(&b, 1 << 20);
	buf_puts(&b, "1\tA\t2048\t");
	for (size_t i = 0; i < REASON_TEXT_MAX; i++)
		buf_puts(&b, "f");
	refuse(b.data);
	buf_clear(&b);
	for (size_t i = 0; i <= REASONS_ROWS_MAX; i++)
		buf_printf(&b, "1\tR%zu\t0\tf\n", i);
	refuse(b.data);
	buf_free(&b);
}

/* Cut anywhere, lines are whole or refused. */
static void
test_every_cut(void **state)
{
	char text[sizeof(linux_text)];

	(void)state;
	for (size_t n = 0; n < sizeof(linux_text); n++) {
		struct reasons r = { 0 };
		struct err e;

		memcpy(text, linux_text, n);
		if (reasons_read((struct span){ text, n }, &r, &e) < 0)
			assert_int_equal(r.n, 0);
		else
			assert_true(r.n <= 5);
		reasons_fini(&r);
	}
}

static void
test_means(void **state)
{
	(void)state;
	assert_string_equal(drops_reason_means("VXLAN_VNI_NOT_FOUND"),
	    "no device for this VNI");
	assert_ptr_equal(drops_reason_means("esp_no_sa"),
	    drops_means("ipdrop.esp_no_sa"));
	assert_string_equal(drops_reason_means("0x30001"),
	    "espy has no words for this one");
	assert_string_equal(drops_reason_means(""),
	    "espy has no words for this one");
}

static void
send(const char *name, unsigned seconds, struct buf *ret)
{
	const struct reasons_ask ask = { .nonce = "0123456789abcdef",
		.seconds = seconds };
	struct err e;

	buf_clear(ret);
	if (platform_named(name)->reasons_script(&ask, ret, &e) < 0)
		fail_msg("%s", e.text);
}

static void
must_hold(const struct buf *b, const char *text)
{
	if (strstr(b->data, text) == NULL)
		fail_msg("not in the script: %s", text);
}

/*
 * That it counts, and leaves nothing, is shown by tests/integration/reasons.sh;
 * here: that it ends, and touches nothing outside an instance of its own.
 */
static void
test_linux_script(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, PLATFORM_SCRIPT_MAX);
	send("linux", 5, &b);
	must_hold(&b, "limit=15\n");
	must_hold(&b, "span=5\n");
	must_hold(&b, "instance=$t/instances/espy-$nonce-$$\n");
	must_hold(&b, "rmdir \"$instance\"");
	assert_null(strstr(b.data, ">\"$t"));
	assert_null(strstr(b.data, ">\"$event"));
	buf_free(&b);
}

/* No DTrace is here to run it: what it prints is the text above. */
static void
test_illumos_script(void **state)
{
	static const char *const parts[] = {
		"limit=15\n",
		"span=5\n",
		"/usr/sbin/dtrace -qZ ",
		"-n \"$program\" $span 2>&1 3<&- &\n",
		"BEGIN { printf(\"0\\tbegun\\t-\\t-\\n\"); }",
		"tick-1s /++seconds >= $1/ { exit(0); }",
		"printa(\"%@d\\t%s\\t%s\\t%s\\n\", @ipsec);",
		"reap ${kids# }\n",
	};
	struct buf b;

	(void)state;
	buf_init(&b, PLATFORM_SCRIPT_MAX);
	send("illumos", 5, &b);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		must_hold(&b, parts[i]);
	/* Destructive actions are not allowed for. */
	assert_null(strstr(b.data, "dtrace -w"));
	buf_free(&b);
}

static void
test_bad_ask(void **state)
{
	static const unsigned bad[] = { 0, REASONS_S_MAX + 1 };
	static const char *const names[] = { "linux", "illumos" };
	struct buf b;

	(void)state;
	buf_init(&b, PLATFORM_SCRIPT_MAX);
	for (size_t i = 0; i < 4; i++) {
		const struct reasons_ask ask = { .nonce = "0123456789abcdef",
			.seconds = bad[i % 2] };
		struct err e;

		assert_int_equal(platform_named(names[i / 2])
				     ->reasons_script(&ask, &b, &e),
		    -1);
		assert_int_equal(e.kind, ERR_USAGE);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_means),
		cmocka_unit_test(test_linux_script),
		cmocka_unit_test(test_illumos_script),
		cmocka_unit_test(test_bad_ask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
