/*
 * What a node prints while its logs are followed; the first byte chooses whose
 * clock it goes by.
 * links: platform/ cluster/logs base/buf base/date base/err base/map base/mem
 * links: base/quote base/str model/addr model/facts model/pingstat model/reason
 */
#include <stdint.h>
#include <stdlib.h>

#include "cluster/logs.h"
#include "platform/logs.h"
#include "platform/logtime.h"

enum { NODES = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
take_line(struct logs *l, size_t node, const struct log_record *r,
    struct wall came)
{
	struct logs_add a = { .node = node,
		.source = r->name.n % LOGS_SOURCES_MAX,
		.text = r->text,
		.came = came,
		.at = { came.ns } };
	struct log_time t;

	if (log_time_read(r->text, came, 3600, &t)) {
		if (t.rest.p < r->text.p ||
		    t.rest.p + t.rest.n != r->text.p + r->text.n)
			abort();
		a.timed = true;
		a.coarse = t.coarse;
		a.said = t.time;
		a.rest = (size_t)(t.rest.p - r->text.p);
	}
	logs_add(l, &a);
}

/* Within a source lines stay in the order in which they came. */
static void
check_order(struct logs *l, size_t n)
{
	uint64_t next[NODES][LOGS_SOURCES_MAX] = { { 0 } };

	for (size_t i = 0; i < n; i++) {
		const struct logs_line *line = logs_line(l, i);

		if (line->nth < next[line->node][line->source])
			abort();
		next[line->node][line->source] = line->nth + 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size }, line;
	struct wall came = { INT64_C(1795551866) * NS_PER_S };
	struct logs *l = logs_new(NODES, 1000);
	size_t node = size > 0 ? data[0] % NODES : 0;
	size_t n = 0;

	while (span_line(&text, &line)) {
		struct log_record r;

		came.ns += 50 * NS_PER_MS;
		node = (node + line.n) % NODES;
		if (!log_record_read(line, "0123456789", &r))
			continue;
		if (r.kind == LOG_CLOCK)
			logs_clock(l, node, r.clock, r.coarse,
			    (struct wall){ n == 0 ? came.ns - 1000 : 0 }, came);
		else if (r.kind == LOG_LINE)
			take_line(l, node, &r, came);
		n++;
	}
	n = logs_due(l, (struct mono){ 0 }, true);
	check_order(l, n);
	logs_free(l);
	return 0;
}
