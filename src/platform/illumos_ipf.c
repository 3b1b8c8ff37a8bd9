/*
 * `ipfstat -hio`: the rules that go out, then those that come in, each behind
 * the number of packets that it matched:
 *
 *	12 block out log quick on external0 proto udp from any to any port =
 *4793
 *
 * "empty list for ipfilter(out)" is what it says of none.  Danube keeps the
 * overlays' ports so: what is not in ESP on external0 is blocked.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/facts.h"
#include "platform/illumos.h"
#include "platform/section.h"
#include "platform/words.h"

enum { RULES_MAX = 65536 };

struct rules {
	struct fw_rule *v;
	size_t n, cap;
};

/* 1 and a rule that drops, 0 for one that does not, -1 for what is none. */
static int
read_rule(struct span line, struct fw_rule *r)
{
	struct span hits, rest, action, way;
	uint64_t n;

	*r = (struct fw_rule){ .chain = "ipf", .counted = true };
	if (span_starts(line, "empty list"))
		return 0;
	if (!span_word(&line, &hits) || span_u64(hits, UINT64_MAX, &n) < 0)
		return -1;
	rest = span_trim(line);
	if (!span_word(&line, &action) || !span_word(&line, &way) ||
	    (!span_is(way, "in") && !span_is(way, "out")))
		return span_starts(action, "@") ? -1 : 0;
	if (!span_is(action, "block"))
		return 0;
	r->packets = n;
	span_copy(span_of(span_is(way, "in") ? "input" : "output"), r->hook,
	    sizeof(r->hook));
	words_copy_line(rest, r->text, sizeof(r->text));
	return 1;
}

int
illumos_parse_ipf(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line;
	struct rules t = { 0 };
	size_t at = 0;

	while (span_line(&text, &line)) {
		int r;

		at++;
		line = span_trim(line);
		if (line.n == 0)
			continue;
		t.v = mem_grow(t.v, t.n, &t.cap, sizeof(*t.v));
		r = t.n < RULES_MAX ? read_rule(line, &t.v[t.n]) : -1;
		if (r < 0) {
			free(t.v);
			return err_set(e, ERR_INPUT,
			    "line %zu: not a rule as ipfstat lists it", at);
		}
		t.n += (size_t)r;
	}
	free(f->fw_rules);
	f->fw_rules = t.v;
	f->n_fw_rules = t.n;
	return 0;
}
