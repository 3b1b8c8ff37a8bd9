/* espjudge: a flow while espflow_judge() makes up its mind. */
#ifndef ESPY_CORRELATE_ESPJUDGE_H
#define ESPY_CORRELATE_ESPJUDGE_H
#include "correlate/espflow.h"
#include "correlate/espflow_store.h"

/* What matched packets say: of one flow, or of several. */
struct espties {
	uint64_t n;
	int64_t min, max; /* of time at capture 1 minus time at capture 0 */
	int64_t first[CAPTURES], last[CAPTURES]; /* their own times */
};

/* Packets in one capture only, while the other one was live. */
struct esploss {
	uint64_t n, runs, longest;
	uint32_t first, last;
};

struct esptrial {
	const struct espflow_track *track;
	struct espflow_block *const *blocks; /* in order of numbers */
	size_t n_blocks;
	struct espties ties;
	struct esploss loss[CAPTURES]; /* indexed by the capture that has it */
	uint64_t unproven, unseen;
	unsigned from;
	enum espflow_order how;
};

/* Sets from and how of every trial; loss and ties must be known. */
void esporder_decide(struct esptrial *trials, size_t n);

/* The addresses by which a trial is told; capture 0's view where it has one. */
const struct ip *esptrial_src(const struct esptrial *t);
const struct ip *esptrial_dst(const struct esptrial *t);

#endif
