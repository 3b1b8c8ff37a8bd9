/* What tcpdump says of itself, and what ping prints (iputils, busybox). */
#include <string.h>

#include "model/capstat.h"
#include "model/pingstat.h"
#include "platform/linux.h"
#include "platform/pings.h"
#include "platform/words.h"

static const struct {
	const char *text;
	enum capstat_fail fail;
} capture_fails[] = {
	{ "No such device", CAPSTAT_NO_DEVICE },
	{ "doesn't exist", CAPSTAT_NO_DEVICE },
	{ "interface went down", CAPSTAT_WENT_DOWN },
	{ "interface disappeared", CAPSTAT_WENT_DOWN },
	{ "Network is down", CAPSTAT_WENT_DOWN },
	{ "device is not up", CAPSTAT_DOWN },
	{ "have permission", CAPSTAT_PERMISSION },
	{ "Operation not permitted", CAPSTAT_PERMISSION },
	{ "Permission denied", CAPSTAT_PERMISSION },
	{ "tcpdump: not found", CAPSTAT_NO_TOOL },
	{ "tcpdump: command not found", CAPSTAT_NO_TOOL },
	{ "syntax error", CAPSTAT_FILTER },
	{ "parse error", CAPSTAT_FILTER },
	{ "expression rejects all packets", CAPSTAT_FILTER },
};

static enum capstat_fail
capture_fail(struct span line)
{
	size_t n = sizeof(capture_fails) / sizeof(capture_fails[0]);

	for (size_t i = 0; i < n; i++)
		if (words_hold(line, capture_fails[i].text))
			return capture_fails[i].fail;
	return CAPSTAT_OTHER;
}

/* "12 packets received by filter": the words behind the number. */
static bool
is_count(struct span line, const char *what, uint64_t *ret)
{
	struct span n, noun;
	uint64_t v;

	if (!span_word(&line, &n) || span_u64(n, UINT64_MAX, &v) < 0 ||
	    !span_word(&line, &noun) ||
	    (!span_is(noun, "packet") && !span_is(noun, "packets")) ||
	    !span_is(span_trim(line), what))
		return false;
	*ret = v;
	return true;
}

/* Warnings that a capture survives. */
static bool
is_harmless(struct span line)
{
	return words_hold(line, "listening on ") ||
	    words_hold(line, "verbose output") ||
	    words_hold(line, "data link type ") ||
	    words_hold(line, "WARNING") || words_hold(line, "Warning") ||
	    words_hold(line, "promiscuous mode");
}

static void
capture_line(struct span line, struct capstat *c, unsigned *counts)
{
	if (is_count(line, "captured", &c->captured))
		*counts |= 1U;
	else if (is_count(line, "received by filter", &c->received))
		*counts |= 2U;
	else if (is_count(line, "dropped by kernel", &c->dropped))
		*counts |= 4U;
	else if (is_count(line, "dropped by interface", &c->if_dropped))
		*counts |= 8U;
	else if (words_hold(line, "tcpdump: listening on "))
		c->listening = true;
	else if (line.n > 0 && c->fail == CAPSTAT_FINE && !is_harmless(line)) {
		c->fail = capture_fail(line);
		words_copy_line(line, c->why, sizeof(c->why));
	}
}

void
linux_parse_capstat(struct span err, struct capstat *ret)
{
	struct capstat c = { 0 };
	struct span line;
	unsigned counts = 0;

	while (span_line(&err, &line))
		capture_line(span_trim(line), &c, &counts);
	/* All three of those that every release prints. */
	c.counted = (counts & 7U) == 7U;
	*ret = c;
}

/* busybox fills packets with one byte, over and over. */
bool
linux_probe_has_pattern(struct span tool)
{
	return span_is(span_trim(tool), "iputils");
}

static const struct ping_cause ping_causes[] = {
	{ "Operation not permitted", PING_REFUSED },
	{ "Network is unreachable", PING_NO_ROUTE },
	{ "No route to host", PING_NO_ROUTE },
	{ "Cannot assign requested address", PING_NO_ADDRESS },
	{ "can't bind", PING_NO_ADDRESS },
	{ "Destination Host Unreachable", PING_NO_ANSWER },
	{ "Message too long", PING_TOO_BIG },
	{ "message too long", PING_TOO_BIG },
	{ "Frag needed", PING_TOO_BIG },
	{ "ping: not found", PING_NO_TOOL },
	{ "ping: command not found", PING_NO_TOOL },
};

/* Finds "KEYvalue" among the words; busybox says seq=, iputils icmp_seq=. */
static bool
find_value(struct span line, const char *key, struct span *ret)
{
	struct span w;

	while (span_word(&line, &w)) {
		if (!span_starts(w, key))
			continue;
		ret->p = w.p + strlen(key);
		ret->n = w.n - strlen(key);
		return true;
	}
	return false;
}

/*
 * "64 bytes from 203.0.113.13: icmp_seq=1 ttl=64 time=0.412 ms"; the bytes
 * count the ICMP header's eight.
 */
static bool
ping_reply(struct span line, struct ping_reply *ret)
{
	struct span rest = line, w, bytes, from, seq, rtt;
	uint64_t size, n;

	if (!span_word(&rest, &w) || span_u64(w, 65535, &size) < 0 ||
	    size < 8 || !span_word(&rest, &bytes) || !span_is(bytes, "bytes") ||
	    !span_word(&rest, &from) || !span_is(from, "from"))
		return false;
	if ((!find_value(rest, "icmp_seq=", &seq) &&
		!find_value(rest, "seq=", &seq)) ||
	    span_u64(seq, UINT16_MAX, &n) < 0)
		return false;
	if (find_value(rest, "time=", &rtt))
		ret->rtt_us = pings_rtt(rtt);
	ret->size = (uint32_t)size - 8;
	ret->seq = (uint16_t)n;
	ret->duplicate = words_hold(line, "(DUP!)") || words_hold(line, "DUP!");
	return true;
}

/*
 * "5 packets transmitted, 5 received, 0% packet loss, time 802ms"; busybox
 * says "5 packets received", and both count duplicates and errors apart.
 */
static bool
ping_totals(struct span line, uint64_t *sent, uint64_t *received)
{
	struct span w, head, rest = line;

	if (!span_until(&rest, ',', &head) || !span_word(&head, &w) ||
	    span_u64(w, UINT32_MAX, sent) < 0 ||
	    !span_is(span_trim(head), "packets transmitted"))
		return false;
	if (!span_word(&rest, &w) || span_u64(w, UINT32_MAX, received) < 0)
		return false;
	return true;
}

static bool
is_ping_error(struct span line)
{
	return span_starts(line, "ping:") || span_starts(line, "From ") ||
	    words_hold(line, "ping: ") || words_hold(line, "command not found");
}

void
linux_parse_pings(struct span out, struct pingstat *ret)
{
	static const struct ping_lines lines = { .reply = ping_reply,
		.totals = ping_totals,
		.is_error = is_ping_error,
		.causes = ping_causes,
		.n_causes = sizeof(ping_causes) / sizeof(ping_causes[0]) };

	pings_parse(out, &lines, ret);
}
