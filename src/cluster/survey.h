/*
 * survey: what every node of a cluster is made of, side by side, and what is
 * wrong or odd about it: addresses that two claim, overlays whose ends differ,
 * maps that lead astray.  All values are the nodes' own; what a node did not
 * say is not judged.
 */
#ifndef ESPY_CLUSTER_SURVEY_H
#define ESPY_CLUSTER_SURVEY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "model/addr.h"
#include "model/facts.h"

/* One node's answer; all borrowed as long as the survey lives. */
struct survey_node {
	const char *name, *site;   /* site: NULL when not said */
	const struct facts *facts; /* NULL when it did not answer */
	struct ip address;	   /* where the inventory has it; may be none */
	/* This host's clock when they were asked and when all had answered. */
	struct wall asked, answered;
};

enum survey_role {
	SURVEY_OVERLAY, /* a VXLAN device, or the VNIC over one */
	SURVEY_UNDERLAY,
	SURVEY_ADMIN,	 /* SmartOS: within a data centre */
	SURVEY_EXTERNAL, /* SmartOS: between data centres */
	SURVEY_OTHER
};

/* Values that a finding is about. */
enum survey_mark {
	SURVEY_ADDRESS = 1 << 0,
	SURVEY_MAC = 1 << 1,
	SURVEY_MTU = 1 << 2,
	SURVEY_VNI = 1 << 3,
	SURVEY_PORT = 1 << 4,
	SURVEY_STATE = 1 << 5,
	/* of nodes */
	SURVEY_CLOCK = 1 << 6,
	SURVEY_IKE = 1 << 7
};

struct survey_link {
	size_t node;
	const struct link *link;
	enum survey_role role;
	struct ip ip; /* its first; may be none */
	uint8_t prefix;
	size_t overlay; /* of overlays: the first link that is of the same */
	unsigned marks;
};

enum survey_kind {
	SURVEY_SAME_ADDRESS, /* wrong, down to SURVEY_NOTES */
	SURVEY_SAME_MAC,
	SURVEY_NO_OVERLAY,
	SURVEY_NO_ADDRESS,
	SURVEY_DOWN,
	SURVEY_DIFFERS,
	SURVEY_MAP,
	SURVEY_CLOCK_OFF,
	SURVEY_NO_IKE,
	SURVEY_NOTES,
	SURVEY_UNMAPPED = SURVEY_NOTES,
	SURVEY_TOO_BIG,
	SURVEY_SITE,
	SURVEY_BLIND,
	SURVEY_SILENT,
	SURVEY_KINDS
};

struct survey_finding {
	enum survey_kind kind;
	size_t node; /* whose it is; SIZE_MAX: of several */
	char *text;  /* a sentence */
};

struct survey {
	const struct survey_node *nodes;
	size_t n_nodes;
	unsigned *node_marks; /* of each node */
	struct survey_link *links;
	size_t n_links, links_room;
	struct survey_finding *findings;
	size_t n_findings, findings_room;
};

/* *ret is then the caller's, for survey_free(). */
void survey_make(const struct survey_node *nodes, size_t n, struct survey *ret);
/* Accepts what is all zero. */
void survey_free(struct survey *s);

/* "same-address", ... */
const char *survey_word(enum survey_kind k);
bool survey_wrong(enum survey_kind k);
/* "overlay", ... */
const char *survey_role_name(enum survey_role r);

/* How many seconds the node's clock is ahead of ours; 0: within the doubt. */
int64_t survey_clock_off_s(const struct survey_node *n);
/* Appends a finding; survey_judge.c, survey_map.c. */
void survey_find(struct survey *s, enum survey_kind kind, size_t node,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void survey_judge(struct survey *s);
void survey_judge_maps(struct survey *s);

/*
 * survey_mtu.c: the greatest MTU of an overlay whose frames, VLAN tag included,
 * fit the underlay's MTU once they are in ESP under the SA; NULL: in clear.
 * 0 when the SA's algorithms are not known.
 */
uint32_t survey_mtu_fits(const struct sa *sa, uint32_t underlay_mtu,
    bool tagged);

#endif
