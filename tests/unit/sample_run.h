/* sample_run: a whole run, made by hand; what several tests begin with. */
#ifndef ESPY_TESTS_SAMPLE_RUN_H
#define ESPY_TESTS_SAMPLE_RUN_H
#include <stdlib.h>

#include "base/mem.h"
#include "model/run.h"

static inline void
sample_node(struct run_node *n, const char *name, uint8_t last)
{
	static const char *const links[POINTS] = { "vx0", "eth0" };

	n->name = xstrdup(name);
	n->site = xstrdup("south");
	n->platform = xstrdup("linux");
	snprintf(n->overlay_link, sizeof(n->overlay_link), "vx0");
	snprintf(n->underlay_link, sizeof(n->underlay_link), "eth0");
	n->overlay = ip_v4((const uint8_t[]){ 10, 0, 0, last });
	n->underlay = ip_v4((const uint8_t[]){ 192, 0, 2, last });
	n->vni = 4793;
	n->vxlan_port = 4790;
	for (size_t p = 0; p < POINTS; p++) {
		struct run_capture *c = &n->captures[p];

		c->wanted = true;
		snprintf(c->link, sizeof(c->link), "%s", links[p]);
		c->filter = xstrdup("esp or udp");
		c->log = xstrdup("listening\n2 packets captured\n");
		c->status = 0;
		c->bytes = 24;
	}
}

static inline void
sample_run(struct run *r)
{
	run_init(r);
	r->tool = xstrdup("espy 0.1");
	r->kind = xstrdup("diagnose");
	r->started = (struct wall){ INT64_C(1700000000123456789) };
	r->complete = true;
	for (size_t i = 0; i < RUN_NONCE_BYTES; i++)
		r->probes.nonce[i] = (uint8_t)(0xf0 + i);
	r->probes.sizes[0] = 56;
	r->probes.sizes[1] = 72;
	r->probes.n_sizes = 2;
	r->probes.count = 10;
	r->probes.interval_ms = 20;
	r->probes.sentinel = 33;
	sample_node(&r->nodes[SIDE_A], "a", 1);
	sample_node(&r->nodes[SIDE_B], "b", 2);
}

#endif
