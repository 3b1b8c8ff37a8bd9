/*
 * leg: one segment in which probes died, and what a rule may ask about it.
 */
#ifndef ESPY_DIAGNOSE_LEG_H
#define ESPY_DIAGNOSE_LEG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diagnose/diagnose.h"

/* Kinds of segment, as bits: a rule names those it is for. */
enum segment {
	SEGMENT_HOST = 1 << 0,	  /* inside a node's IP stack, on the overlay */
	SEGMENT_EGRESS = 1 << 1,  /* overlay device to underlay device */
	SEGMENT_NETWORK = 1 << 2, /* underlay device to underlay device */
	SEGMENT_INGRESS = 1 << 3  /* underlay device to overlay device */
};

struct leg {
	const struct diag_input *in;
	enum stage stage;
	enum segment segment;
	/* The node of the segment; of the network, the node that sends. */
	enum side here, peer;
	int travel; /* 0: what dies travels from A to B; 1: from B to A */
	size_t lost, of;
	bool arp; /* ARP requests died, not pings */
};

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

struct rule {
	const char *id;
	unsigned segments; /* enum segment */
	unsigned needs;	   /* enum facts_have, before and after, of `here` */
	/*
	 * A yes rests on something that counted these packets at that place,
	 * and so proves the place, too.
	 */
	bool places;
	enum answer (*check)(const struct leg *g, struct finding *f);
	const char *what; /* one line for the manual */
};

/* Fills a leg for a stage; lost and of are the caller's to set. */
struct leg leg_of(const struct diag_input *in, enum stage stage);

const char *leg_name(const struct leg *g, enum side s); /* the node's name */
const struct run_node *leg_node(const struct leg *g, enum side s);
const struct facts *leg_before(const struct leg *g, enum side s);
const struct facts *leg_after(const struct leg *g, enum side s);

/* By how much the counter rose; false when it is not known. */
bool leg_rise(const struct leg *g, enum side s, const char *name,
    uint64_t *ret);
/*
 * Did it rise by at least what was lost?  Unknown counters did not.  Then the
 * rise is evidence, from `section` of that node's second snapshot.
 */
bool leg_rose(const struct leg *g, enum side s, const char *name,
    const char *section, struct finding *f);

/* Sums over the ESP SAs of one direction on one node, by their rise. */
struct sa_rise {
	bool known;
	size_t n; /* SAs there after the probes */
	uint64_t packets, failed, replay, replay_window;
};
struct sa_rise leg_sa_rise(const struct leg *g, enum side s, int travel);
/* The SA of that direction with this SPI, or NULL. */
const struct sa *leg_sa(const struct facts *f, const struct leg *g, int travel,
    uint32_t spi);
/* Must the overlay between the two be protected, by `s`'s policies? */
bool leg_wants_esp(const struct leg *g, enum side s);
/* Do the probes of this direction travel in ESP? */
bool leg_in_esp(const struct leg *g);

/* Adds to a finding; what does not fit is dropped. */
void find_evidence(struct finding *f, const char *source, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void find_remedy(struct finding *f, const char *node, const char *what,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void find_cause(struct finding *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* "nodes/NAME/after/SECTION.txt" */
void find_in(struct finding *f, const struct leg *g, enum side s,
    const char *section, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* The tables, one a file. */
extern const struct rule rules_host[], rules_egress[], rules_network[],
    rules_ingress[];
extern const size_t n_rules_host, n_rules_egress, n_rules_network,
    n_rules_ingress;

#endif
