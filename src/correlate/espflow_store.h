/* espflow_store: what espflow_add() keeps and espflow_judge() reads. */
#ifndef ESPY_CORRELATE_ESPFLOW_STORE_H
#define ESPY_CORRELATE_ESPFLOW_STORE_H
#include "correlate/espflow.h"

enum { BLOCK_SEQS = 64, SLAB_BLOCKS = 256 };

/* Compared as bytes: no padding, unused bytes are zero. */
struct espflow_key {
	uint8_t src[16], dst[16]; /* zero in ESPFLOW_NATT */
	uint32_t spi;
	uint8_t kind, family, zero[2];
};

/* BLOCK_SEQS sequence numbers of a flow, from number * BLOCK_SEQS on. */
struct espflow_block {
	uint32_t flow, number;
	uint64_t seen[CAPTURES]; /* bits */
	int64_t time[CAPTURES][BLOCK_SEQS];
};

struct espflow_track {
	struct espflow_key key;
	uint64_t hash;
	struct ip src[CAPTURES], dst[CAPTURES]; /* as first seen */
	struct espflow_side side[CAPTURES];
	uint32_t top[CAPTURES]; /* the highest sequence number so far */
	struct espflow_block *recent[CAPTURES];
};

/* Open addressing, a power of two of slots; an id is stored plus one. */
struct espflow_index {
	uint32_t *slots;
	size_t mask, n;
};

struct espflow {
	struct espflow_opts o;
	struct espflow_track *tracks;
	size_t n_tracks, tracks_cap;
	struct espflow_block **slabs; /* of SLAB_BLOCKS each */
	size_t n_blocks, slabs_cap;
	struct espflow_index by_key, by_number;
	uint64_t frames[CAPTURES], known[CAPTURES];
	int64_t first[CAPTURES], last[CAPTURES];
};

static inline struct espflow_block *
espflow_block(const struct espflow *x, size_t i)
{
	return &x->slabs[i / SLAB_BLOCKS][i % SLAB_BLOCKS];
}

#endif
