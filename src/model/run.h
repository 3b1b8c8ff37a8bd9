/*
 * run: everything that was learned from the nodes, as the run directory holds
 * it (espy-run(5)).  Gathering fills it, analysis reads it and nothing else.
 */
#ifndef ESPY_MODEL_RUN_H
#define ESPY_MODEL_RUN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "model/addr.h"
#include "model/facts.h"
#include "model/point.h"

enum { RUN_VERSION = 1, RUN_SIZES_MAX = 64, RUN_NONCE_BYTES = 16 };

/* What one command printed on one node. */
struct run_text {
	char *name; /* "before/sas": nodes/NODE/before/sas.txt */
	char *text; /* terminated; secrets removed on the node */
	size_t len;
	int status; /* exit status; -1: it did not come to an end */
};

/* One capture: nodes/NODE/overlay.pcap or underlay.pcap. */
struct run_capture {
	bool wanted; /* it was asked for; the file may still be absent */
	char link[FACT_NAME_MAX];
	char *filter;	/* the capture filter */
	char *log;	/* what the capture tool said on stderr */
	int status;	/* its exit status; -1: none came */
	uint64_t bytes; /* of the file */
};

struct run_node {
	char *name;
	char *site;	/* "" when the inventory does not say */
	char *platform; /* "linux"; "" when it was not reached */
	char *failure;	/* why nothing came from it; NULL when it answered */
	struct run_text *texts;
	size_t n_texts, room_texts;
	struct run_capture captures[POINTS];
	/* What was measured on it; planned from the facts of both nodes. */
	char overlay_link[FACT_NAME_MAX];
	char underlay_link[FACT_NAME_MAX];
	struct ip overlay, underlay;
	uint32_t vni;
	uint16_t vxlan_port;
};

/* The probes that A was told to send to B. */
struct run_probes {
	uint8_t nonce[RUN_NONCE_BYTES]; /* repeated in every probe's data */
	uint16_t sizes[RUN_SIZES_MAX];	/* ICMP data bytes, one ping each */
	size_t n_sizes;
	unsigned count;	      /* probes of each size */
	unsigned interval_ms; /* between two of one size */
	uint16_t sentinel;    /* ICMP data bytes of the underlay sentinels */
};

struct run {
	char *tool;	     /* "espy 0.1" */
	char *kind;	     /* "diagnose" */
	struct wall started; /* the head node's clock */
	bool complete;
	char *why; /* why it is not complete; NULL when it is */
	struct run_node nodes[SIDES];
	struct run_probes probes;
};

/* All strings NULL or empty; ready for run_free(). */
void run_init(struct run *r);
void run_free(struct run *r);

/* Takes a copy of text under a name that is new for the node. */
void run_add_text(struct run_node *n, const char *name, const char *text,
    size_t len, int status);
/* Borrowed, or NULL. */
const struct run_text *run_text(const struct run_node *n, const char *name);

#endif
