/*
 * reason: what a node's kernel itself says of packets that it dropped, counted
 * by why, which and where.
 */
#ifndef ESPY_MODEL_REASON_H
#define ESPY_MODEL_REASON_H
#include <stddef.h>
#include <stdint.h>

enum { REASON_TEXT_MAX = 64 };

struct reason {
	char why[REASON_TEXT_MAX];   /* "NO_SOCKET", "esp_no_sa" */
	char which[REASON_TEXT_MAX]; /* "IPv4", "ARP"; "in", "out"; "-" */
	char where[REASON_TEXT_MAX]; /* a function, a module; "-" */
	uint64_t count;
};

/* All zero is an empty one. */
struct reasons {
	struct reason *v;
	size_t n, room;
	uint64_t unseen; /* too many at a time: they are not among v */
};

/* Adds to the one that is alike in all but its count, or begins it. */
void reasons_add(struct reasons *r, const struct reason *more);
/* Frees what r owns; r itself is the caller's, and empty then. */
void reasons_fini(struct reasons *r);

#endif
