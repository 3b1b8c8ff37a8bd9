/* What snoop(1M) says of itself, and what ping(1M) prints. */
#include <string.h>

#include "model/capstat.h"
#include "model/pingstat.h"
#include "platform/illumos.h"
#include "platform/pings.h"
#include "platform/words.h"

static const struct {
	const char *text;
	enum capstat_fail fail;
} capture_fails[] = {
	{ "No such device", CAPSTAT_NO_DEVICE },
	{ "no such device", CAPSTAT_NO_DEVICE },
	{ "link name", CAPSTAT_NO_DEVICE },
	{ "DLPI link does not exist", CAPSTAT_NO_DEVICE },
	{ "No such file or directory", CAPSTAT_NO_DEVICE },
	{ "ermission denied", CAPSTAT_PERMISSION },
	{ "Not owner", CAPSTAT_PERMISSION },
	{ "nsufficient privileges", CAPSTAT_PERMISSION },
	{ "invalid expression", CAPSTAT_FILTER },
};

static enum capstat_fail
capture_fail(struct span line)
{
	size_t n = sizeof(capture_fails) / sizeof(capture_fails[0]);

	/* The shell's own words for a program that is not there. */
	if (words_hold(line, "/snoop:") && words_hold(line, "not found"))
		return CAPSTAT_NO_TOOL;
	for (size_t i = 0; i < n; i++)
		if (words_hold(line, capture_fails[i].text))
			return capture_fails[i].fail;
	return CAPSTAT_OTHER;
}

/* The number that stands before what; other words may be before it. */
static bool
count_before(struct span line, const char *what, uint64_t *ret)
{
	struct span w, last = { NULL, 0 };

	while (span_word(&line, &w)) {
		if (span_is(w, what) && last.n > 0)
			return span_u64(last, UINT64_MAX, ret) == 0;
		last = w;
	}
	return false;
}

/*
 * "espy: snoop: 12 packets captured, 0 dropped": snoop has no counts of its
 * own; capture/convert writes this when a capture came to a whole end.
 */
static bool
read_counts(struct span line, struct capstat *c)
{
	if (!span_starts(line, "espy: snoop: ") ||
	    !count_before(line, "packets", &c->captured) ||
	    !count_before(line, "dropped", &c->dropped))
		return false;
	c->received = c->captured + c->dropped;
	c->counted = true;
	return true;
}

/* "12 <CR>13", which -q should have silenced. */
static bool
is_running_count(struct span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (strchr("0123456789 \r", line.p[i]) == NULL)
			return false;
	return true;
}

static bool
is_harmless(struct span line)
{
	uint64_t n;

	return words_hold(line, "WARNING") ||
	    (words_hold(line, "packets captured") &&
		count_before(line, "packets", &n)) ||
	    is_running_count(line);
}

static void
capture_line(struct span line, struct capstat *c)
{
	if (line.n == 0 || read_counts(line, c) || is_harmless(line))
		return;
	if (span_starts(line, "Using device ")) {
		c->listening = true;
	} else if (c->fail == CAPSTAT_FINE) {
		c->fail = capture_fail(line);
		words_copy_line(line, c->why, sizeof(c->why));
	}
}

void
illumos_parse_capstat(struct span err, struct capstat *ret)
{
	struct capstat c = { 0 };
	struct span line;

	while (span_line(&err, &line))
		capture_line(span_trim(line), &c);
	*ret = c;
}

/* No option sets what a packet holds. */
bool
illumos_probe_has_pattern(struct span tool)
{
	(void)tool;
	return false;
}

static const struct ping_cause ping_causes[] = {
	{ "Network is unreachable", PING_NO_ROUTE },
	{ "No route to host", PING_NO_ROUTE },
	{ "annot assign requested address", PING_NO_ADDRESS },
	{ "Host Unreachable", PING_NO_ANSWER },
	{ "Net Unreachable", PING_NO_ROUTE },
	{ "Message too long", PING_TOO_BIG },
	{ "ermission denied", PING_REFUSED },
	{ "Not owner", PING_REFUSED },
	{ "ping: not found", PING_NO_TOOL },
	{ "ping: command not found", PING_NO_TOOL },
};

/* The value of "KEYvalue" when that is the next word. */
static bool
take_value(struct span *line, const char *key, struct span *ret)
{
	struct span w;

	if (!span_word(line, &w) || !span_starts(w, key))
		return false;
	ret->p = w.p + strlen(key);
	ret->n = w.n - strlen(key);
	return true;
}

/*
 * "64 bytes from 203.0.113.110: icmp_seq=0. time=0.412 ms"; without -n a
 * name and the address in brackets.  Nothing else may stand there: lines of
 * pings that run at once may be mixed.  Data too short for a time has none.
 */
static bool
ping_reply(struct span line, struct ping_reply *ret)
{
	struct span w, seq, rtt;
	uint64_t size, n;

	if (!span_word(&line, &w) || span_u64(w, 65535, &size) < 0 ||
	    size < 8 || !span_word(&line, &w) || !span_is(w, "bytes") ||
	    !span_word(&line, &w) || !span_is(w, "from") ||
	    !span_word(&line, &w))
		return false;
	if (w.p[w.n - 1] != ':' &&
	    (!span_word(&line, &w) || w.p[w.n - 1] != ':'))
		return false;
	if (!take_value(&line, "icmp_seq=", &seq) || seq.n == 0 ||
	    seq.p[seq.n - 1] != '.')
		return false;
	seq.n--;
	if (span_u64(seq, UINT16_MAX, &n) < 0)
		return false;
	if (take_value(&line, "time=", &rtt))
		ret->rtt_us = pings_rtt(rtt);
	ret->size = (uint32_t)size - 8;
	ret->seq = (uint16_t)n;
	return true;
}

/*
 * "3 packets transmitted, 3 packets received, 0% packet loss"; the percentage
 * is rounded down, or says "1.33 times amplification".
 */
static bool
ping_totals(struct span line, uint64_t *sent, uint64_t *received)
{
	struct span n, sent_text, received_text;

	if (!span_until(&line, ',', &sent_text) ||
	    !span_until(&line, ',', &received_text) ||
	    !span_word(&sent_text, &n) || span_u64(n, UINT32_MAX, sent) < 0 ||
	    !span_is(span_trim(sent_text), "packets transmitted") ||
	    !span_word(&received_text, &n) ||
	    span_u64(n, UINT32_MAX, received) < 0 ||
	    !span_is(span_trim(received_text), "packets received"))
		return false;
	return true;
}

/* The line behind "ICMP Host Unreachable from gateway G" goes with it. */
static bool
is_ping_error(struct span line)
{
	return span_starts(line, "ping: ") || span_starts(line, "sendto ") ||
	    span_starts(line, "ICMP ") || words_hold(line, "ping: ");
}

void
illumos_parse_pings(struct span out, struct pingstat *ret)
{
	static const struct ping_lines lines = { .reply = ping_reply,
		.totals = ping_totals,
		.is_error = is_ping_error,
		.causes = ping_causes,
		.n_causes = sizeof(ping_causes) / sizeof(ping_causes[0]) };

	pings_parse(out, &lines, ret);
}
