/* sample_ledger: ledgers and findings made by hand. */
#ifndef ESPY_TESTS_SAMPLE_LEDGER_H
#define ESPY_TESTS_SAMPLE_LEDGER_H
#include <stdlib.h>

#include "base/mem.h"
#include "model/finding.h"
#include "model/ledger.h"

static inline void
sample_taps(struct ledger *l)
{
	for (size_t i = 0; i < SIDES; i++)
		for (size_t p = 0; p < POINTS; p++)
			l->taps[i][p] = (struct tap){ .wanted = true,
				.present = true,
				.clean_end = true,
				.frames = 200,
				.said_captured = 200,
				.first_ns = INT64_C(1700000000000000000),
				.last_ns = INT64_C(1700000003000000000) };
}

static inline void
sample_begin(struct ledger *l, unsigned asked)
{
	*l = (struct ledger){ .asked = asked };
	l->probes = xcalloc(asked + 1, sizeof(*l->probes));
	sample_taps(l);
}

/* One probe that died at stage s, in ESP unless clear; B's clock is 5 s on. */
static inline struct probe *
sample_probe(struct ledger *l, enum stage s, bool clear)
{
	struct probe *p = &l->probes[l->n_probes++];
	unsigned end = s <= STAGE_DELIVERED ? (unsigned)s : SIGHTS;
	uint32_t n = (uint32_t)l->n_probes;

	*p = (struct probe){ .id = 77,
		.seq = (uint16_t)n,
		.size = (uint16_t)(56 + 16 * (n % 4)),
		.stage = s,
		.first = s,
		.last = s };
	for (unsigned i = 0; i < end; i++) {
		p->seen |= (uint8_t)(1U << i);
		p->at[i] = INT64_C(1700000001000000000) + n * 1000000 +
		    (int64_t)i * 40000;
		if (i >= SIGHT_BU_IN && i <= SIGHT_BU_OUT)
			p->at[i] += INT64_C(5000000000);
	}
	for (unsigned t = 0; t < 2; t++) {
		if (end <= (t == 0 ? SIGHT_AU_OUT : SIGHT_BU_OUT))
			continue;
		p->clear[t] = clear;
		p->spi[t] = clear ? 0 : 0xc0ffee00 + t;
		p->esp_seq[t] = clear ? 0 : n;
	}
	l->pings++;
	l->judged_total++;
	l->by_stage[s]++;
	return p;
}

static inline void
sample_probes(struct ledger *l, unsigned n, enum stage s, bool clear)
{
	for (unsigned i = 0; i < n; i++)
		sample_probe(l, s, clear);
}

/* A fault of node B or, in a stage of the network, of the network. */
static inline struct finding *
sample_fault(struct verdict *v, const struct ledger *l, enum stage s)
{
	struct finding *f = &v->findings[v->n_findings++];

	v->kind = VERDICT_FAULT;
	f->rule = "sa-unknown-inbound";
	f->stage = s;
	f->culprit = s == STAGE_NETWORK_AB || s == STAGE_NETWORK_BA
	    ? CULPRIT_NETWORK
	    : CULPRIT_NODE;
	f->node = s >= STAGE_INGRESS_B && s <= STAGE_EGRESS_B ? SIDE_B : SIDE_A;
	f->confidence = CONFIDENCE_CERTAIN;
	f->lost = l->by_stage[s];
	f->of = l->judged_total;
	snprintf(f->cause, sizeof(f->cause),
	    "no inbound SA for SPI 0xc0ffee00, which a still uses");
	snprintf(f->evidence[0].text, FACT_TEXT_MAX,
	    "XfrmInNoStates rose by %zu", f->lost);
	snprintf(f->evidence[0].source, FACT_TEXT_MAX,
	    "nodes/b/after/xfrm_stat.txt");
	snprintf(f->evidence[1].text, FACT_TEXT_MAX,
	    "SPI 0xc0ffee00 is on the wire and not in the SADB");
	snprintf(f->evidence[1].source, FACT_TEXT_MAX, "nodes/b/after/sas.txt");
	f->n_evidence = 2;
	f->remedies[0] = (struct remedy){ "b", "ping -c 3 10.0.0.1",
		"makes b negotiate anew" };
	f->remedies[1] = (struct remedy){ "a",
		"ip xfrm state delete src 192.0.2.1 dst 192.0.2.2 proto esp "
		"spi 0xc0ffee00",
		"deletes the one SA that b does not have" };
	f->n_remedies = 2;
	snprintf(v->sentence, sizeof(v->sentence),
	    "b drops what a sends it, before it is decrypted: %s.", f->cause);
	return f;
}

#endif
