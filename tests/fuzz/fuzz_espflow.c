/*
 * links: correlate/espflow correlate/espjudge correlate/esporder model/addr
 * links: base/err base/mem base/str
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "correlate/espflow.h"
#include "model/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FLOWS = 8, NUMBERS = 256, OP = 5 };

/* What a table of all packets says, however slowly. */
struct model {
	uint8_t seen[CAPTURES][FLOWS][NUMBERS];
	uint64_t added[CAPTURES];
};

static void
check(int holds)
{
	if (!holds)
		abort();
}

/* Numbers of odd flows are far apart, so that each has its own block. */
static uint32_t
spread(unsigned flow, unsigned number)
{
	return flow % 2 == 0 ? number : number * 0x01010101U;
}

static struct packet
packet_of(unsigned flow, unsigned number)
{
	struct packet p = { .outer.kind = PACKET_ESP };

	p.outer.ip.src.family = p.outer.ip.dst.family = 4;
	p.outer.ip.src.b[0] = flow % 4 < 2 ? 1 : 2;
	p.outer.ip.dst.b[0] = flow % 4 < 2 ? 2 : 1;
	p.outer.esp.spi = flow + 1;
	p.outer.esp.natt = flow == 7;
	p.outer.esp.seq = spread(flow, number);
	p.outer.ip.ttl = 64;
	return p;
}

static void
check_flow(const struct model *m, const struct espflow_flow *f)
{
	unsigned flow = f->spi - 1;
	uint64_t seen[CAPTURES] = { 0, 0 }, both = 0;

	for (unsigned i = 0; i < NUMBERS; i++) {
		bool in[CAPTURES] = { m->seen[0][flow][i] != 0,
			m->seen[1][flow][i] != 0 };

		seen[0] += in[0];
		seen[1] += in[1];
		both += in[0] && in[1];
	}
	check(f->side[0].seen == seen[0] && f->side[1].seen == seen[1]);
	check(f->matched == both);
	check(f->lost + f->missed + f->unproven ==
	    seen[0] + seen[1] - 2 * both);
	check(f->runs <= f->lost && f->longest <= f->lost);
	check((f->runs == 0) == (f->lost == 0));
	check(f->first_lost <= f->last_lost);
	check(f->delta_min <= f->delta_max);
}

static void
check_result(const struct model *m, const struct espflow *x)
{
	struct espflow_result r;

	espflow_judge(x, &r);
	for (size_t i = 0; i < r.n; i++)
		check_flow(m, &r.flows[i]);
	check(r.known[0] == m->added[0] && r.known[1] == m->added[1]);
	check(r.clock.low <= r.clock.high);
	free(r.flows);
}

/* An operation: what, flow, number, and a step of the clock. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct model m;
	struct espflow_opts o = { .max_bytes = 1 << 20, .max_flows = 6 };
	struct espflow *x = espflow_new(&o);
	int64_t now[CAPTURES] = { 0, 0 };
	struct err e;

	memset(&m, 0, sizeof(m));
	for (; size >= OP; data += OP, size -= OP) {
		unsigned capture = data[0] & 1, flow = data[1] % FLOWS;
		int shift = data[0] >> 1 & 63;
		struct packet p = packet_of(flow, data[2]);

		now[capture] = (int64_t)((uint64_t)now[capture] +
		    ((uint64_t)(data[3] << 8 | data[4]) << shift));
		p.time.ns = now[capture];
		if (espflow_add(x, capture, &p, &e) < 0) {
			check(e.kind == ERR_LIMIT);
			continue;
		}
		m.seen[capture][flow][data[2]] = 1;
		m.added[capture]++;
	}
	check_result(&m, x);
	espflow_free(x);
	return 0;
}
