/*
 * links: cmd/captures_judge model/addr base/buf base/mem base/str
 */
#include "unit.h"

#include "cmd/captures.h"

/* A flow between two hosts: from which, and what became of it. */
struct row {
	unsigned from;
	uint64_t matched, lost, missed, unproven;
	uint32_t restarts;
};

enum { ROWS = 6 };

static const struct {
	const char *name;
	struct row rows[ROWS]; /* up to the first without any packet */
	uint64_t drops[CAPTURES];
	enum exit_status status;
	const char *text;
} cases[] = {
	{ "healthy", { { .matched = 100, .unproven = 7 } }, { 0 }, EXIT_CLEAN,
	    "nothing lost: all 100 packets" },
	{ "lossy", { { .matched = 99, .lost = 1 }, { .matched = 100 } }, { 0 },
	    EXIT_FAULT,
	    "network lost 1 of 200 ESP packets 192.0.2.11 -> 198.51.100.13 "
	    "(0.5 %)" },
	{ "rare", { { .matched = 999999, .lost = 1 } }, { 0 }, EXIT_FAULT,
	    "network lost 1 of 1000000 ESP packets 192.0.2.11 -> "
	    "198.51.100.13 (0.0001 %)" },
	{ "both ways, the worse first",
	    { { .matched = 99, .lost = 1 },
		{ .from = 1, .matched = 80, .lost = 20 } },
	    { 0 }, EXIT_FAULT,
	    "network lost 20 of 100 ESP packets 198.51.100.13 -> 192.0.2.11 "
	    "(20 %), 1 of 100 ESP packets 192.0.2.11 -> 198.51.100.13 (1 %)" },
	{ "one way absent", { { .lost = 50 }, { .from = 1, .matched = 100 } },
	    { 0 }, EXIT_INCOMPLETE,
	    "unknown: none of the 50 ESP packets 192.0.2.11 -> 198.51.100.13 "
	    "is in b.pcap: all are lost, or that capture cannot see them" },
	{ "one way absent, the other lossy",
	    { { .lost = 50 }, { .from = 1, .matched = 98, .lost = 2 } }, { 0 },
	    EXIT_FAULT,
	    "network lost 2 of 100 ESP packets 198.51.100.13 -> 192.0.2.11 "
	    "(2 %); none of the 50 ESP packets" },
	{ "nothing shared", { { .unproven = 50 } }, { 0 }, EXIT_INCOMPLETE,
	    "unknown: none of a.pcap's 9 packets is in b.pcap" },
	{ "restarted", { { .matched = 50, .unproven = 1, .restarts = 1 } },
	    { 0 }, EXIT_INCOMPLETE,
	    "unknown: in 1 flows the sequence numbers began anew" },
	{ "hardly shared", { { .matched = 5, .unproven = 100 } }, { 0 },
	    EXIT_INCOMPLETE, "unknown: only 5 packets are of a time" },
	/* Capture 1 misses what it must have seen: it accuses nobody... */
	{ "capture lies",
	    { { .matched = 90, .lost = 10 },
		{ .from = 1, .matched = 95, .missed = 5 } },
	    { 0 }, EXIT_INCOMPLETE,
	    "unknown: 10 packets are missing in one capture, but" },
	/* ...unless much more is missing. */
	{ "capture lies a little",
	    { { .matched = 60, .lost = 40 },
		{ .from = 1, .matched = 95, .missed = 5 } },
	    { 0 }, EXIT_FAULT, "network lost 40 of 100" },
	{ "capture admits drops", { { .matched = 90, .lost = 10 } }, { 0, 10 },
	    EXIT_INCOMPLETE, "unknown: 10 packets are missing" },
	{ "the other one admits drops", { { .matched = 90, .lost = 10 } },
	    { 10, 0 }, EXIT_FAULT, "network lost 10 of 100" },
};

static struct espflow_flow
flow_of(const struct row *r, uint32_t spi)
{
	static const uint8_t hosts[2][4] = { { 192, 0, 2, 11 },
		{ 198, 51, 100, 13 } };

	return (struct espflow_flow){ .src = ip_v4(hosts[r->from]),
		.dst = ip_v4(hosts[1 - r->from]),
		.spi = spi,
		.from = r->from,
		.matched = r->matched,
		.lost = r->lost,
		.missed = r->missed,
		.unproven = r->unproven,
		.side[0].restarts = r->restarts };
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct espflow_flow flows[ROWS];
		struct captures c = { .name = { "a.pcap", "b.pcap" },
			.drops = { cases[i].drops[0], cases[i].drops[1] },
			.result = { .flows = flows, .known = { 9, 9 } } };
		struct captures_verdict v;

		for (const struct row *r = cases[i].rows;
		     r->matched + r->lost + r->unproven > 0; r++) {
			flows[c.result.n] = flow_of(r, (uint32_t)c.result.n);
			c.result.n++;
			c.result.matched += r->matched;
			c.result.lost += r->lost;
			c.result.unproven += r->unproven;
			c.result.missed[r->from] += r->missed;
			c.result.passed[r->from] += r->matched;
		}
		captures_judge(&c, &v);
		if (v.status != cases[i].status ||
		    strncmp(v.text, cases[i].text, strlen(cases[i].text)) != 0)
			fail_msg("%s: %d: %s", cases[i].name, (int)v.status,
			    v.text);
	}
}

static void
test_nothing_known(void **state)
{
	struct captures c = { .name = { "a.pcap", "b.pcap" },
		.result = { .known = { 5, 0 } } };
	struct captures_verdict v;

	(void)state;
	captures_judge(&c, &v);
	assert_int_equal(v.status, EXIT_INCOMPLETE);
	assert_string_equal(v.text,
	    "unknown: b.pcap holds no ESP packet and no ping in clear VXLAN");
}

/* Rekeyed flows of many pairs: three are named, the others counted. */
static void
test_many(void **state)
{
	struct espflow_flow flows[5];
	struct captures c = { .name = { "a", "b" },
		.result = { .flows = flows, .n = 5, .known = { 9, 9 } } };
	struct captures_verdict v;

	(void)state;
	for (uint8_t i = 0; i < 5; i++) {
		struct row r = { .matched = 90, .lost = 10U + i };

		flows[i] = flow_of(&r, i);
		flows[i].src.b[3] = i;
		c.result.lost += r.lost;
		c.result.matched += r.matched;
		c.result.passed[0] += r.matched;
	}
	captures_judge(&c, &v);
	assert_int_equal(v.status, EXIT_FAULT);
	assert_memory_equal(v.text, "network lost 14 of 104 ", 23);
	assert_non_null(strstr(v.text, ", and more in 2 further directions"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_nothing_known),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
