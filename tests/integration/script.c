/*
 * Prints a script as it would be sent to a node.
 *	script [-p PLATFORM] facts
 *	script capture LINK FILTER LIMIT
 *	script probe SOURCE DESTINATION COUNT LIMIT
 *	script reasons SECONDS
 *	script logs LIMIT DEBUG
 *
 * links: platform/ base/buf base/date base/err base/map base/mem base/quote
 * links: base/str model/addr model/facts model/pingstat model/reason
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "platform/logs.h"
#include "platform/platform.h"
#include "platform/reasons.h"

static const char nonce[] = "0123456789abcdef";

static unsigned
number(const char *text)
{
	uint64_t v = 0;

	str_u64(text, 1000000, &v);
	return (unsigned)v;
}

static int
facts(const struct platform *p, char **argv, struct buf *b, struct err *e)
{
	struct route_ask route = { 0 };
	struct facts_ask ask = { .nonce = nonce,
		.sections = SECTIONS_ALL,
		.routes = &route,
		.n_routes = 1 };

	(void)argv;
	ip_parse(span_of("127.0.0.1"), &route.dst);
	return p->facts_script(&ask, b, e);
}

static int
capture(const struct platform *p, char **argv, struct buf *b, struct err *e)
{
	struct capture_ask ask = { .nonce = nonce,
		.link = argv[0],
		.filter = argv[1],
		.limit_s = number(argv[2]) };

	return p->capture_script(&ask, b, e);
}

/* A sentinel before and after three sizes at once. */
static int
probe(const struct platform *p, char **argv, struct buf *b, struct err *e)
{
	struct ping_ask pings[] = {
		{ .wave = 0, .size = 1000, .count = 1 },
		{ .wave = 1, .size = 56, .count = number(argv[2]) },
		{ .wave = 1, .size = 72, .count = number(argv[2]) },
		{ .wave = 1, .size = 88, .count = number(argv[2]) },
		{ .wave = 2, .size = 1001, .count = 1 },
	};
	struct probe_ask ask = { .nonce = nonce,
		.pattern = { 0xe5, 0x91, 0xe5, 0x92, 0xe5, 0x93, 0xe5, 0x94,
		    0xe5, 0x95, 0xe5, 0x96, 0xe5, 0x97, 0xe5, 0x98 },
		.pings = pings,
		.n_pings = sizeof(pings) / sizeof(pings[0]),
		.limit_s = number(argv[3]) };

	for (size_t i = 0; i < ask.n_pings; i++) {
		ip_parse(span_of(argv[0]), &pings[i].src);
		ip_parse(span_of(argv[1]), &pings[i].dst);
		pings[i].interval_ms = 20;
		pings[i].wait_ms = 1000;
	}
	return p->probe_script(&ask, b, e);
}

static int
reasons(const struct platform *p, char **argv, struct buf *b, struct err *e)
{
	struct reasons_ask ask = { .nonce = nonce, .seconds = number(argv[0]) };

	return p->reasons_script(&ask, b, e);
}

static int
logs(const struct platform *p, char **argv, struct buf *b, struct err *e)
{
	struct logs_ask ask = { .nonce = nonce,
		.lines = 20,
		.limit_s = number(argv[0]),
		.debug = number(argv[1]) > 0 };

	return logs_script(p, &ask, b, e);
}

static const struct {
	const char *name;
	int args;
	int (*run)(const struct platform *p, char **argv, struct buf *b,
	    struct err *e);
} kinds[] = {
	{ "facts", 0, facts },
	{ "capture", 3, capture },
	{ "probe", 4, probe },
	{ "reasons", 1, reasons },
	{ "logs", 2, logs },
};

int
main(int argc, char **argv)
{
	const struct platform *p = platform_find(span_of("Linux"));
	struct buf b;
	struct err e = { .text =
			     "usage: script [-p PLATFORM] KIND ARGUMENT..." };
	int r = -1;

	if (argc > 3 && strcmp(argv[1], "-p") == 0) {
		p = platform_named(argv[2]);
		argc -= 2;
		argv += 2;
	}
	buf_init(&b, PLATFORM_SCRIPT_MAX);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (p != NULL && argc == kinds[i].args + 2 &&
		    strcmp(argv[1], kinds[i].name) == 0)
			r = kinds[i].run(p, argv + 2, &b, &e);
	if (r == 0)
		fwrite(b.data, 1, b.len, stdout);
	else
		fprintf(stderr, "script: %s\n", e.text);
	buf_free(&b);
	return r == 0 ? 0 : 1;
}
