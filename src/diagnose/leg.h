/*
 * leg: one segment in which probes died, and what a rule may ask about it.
 */
#ifndef ESPY_DIAGNOSE_LEG_H
#define ESPY_DIAGNOSE_LEG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diagnose/diagnose.h"
#include "diagnose/vocab.h"

/* Kinds of segment, as bits: a rule names those it is for. */
enum segment {
	SEGMENT_HOST = 1 << 0,	  /* inside a node's IP stack, on the overlay */
	SEGMENT_EGRESS = 1 << 1,  /* overlay device to underlay device */
	SEGMENT_NETWORK = 1 << 2, /* underlay device to underlay device */
	SEGMENT_INGRESS = 1 << 3, /* underlay device to overlay device */
	SEGMENT_RETURN = 1 << 4 /* an answer, from A's overlay device to ping */
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
const struct vocab *leg_vocab(const struct leg *g, enum side s);

/*
 * By how much the counter rose, which vocab_counters() translates; false when
 * it is not known, or when the node restarted in between.
 */
bool leg_rise(const struct leg *g, enum side s, const char *name,
    uint64_t *ret);
/*
 * Did it rise by at least what was lost?  Unknown counters did not.  Then the
 * rise is evidence, from `section` of that node's second snapshot.
 */
bool leg_rose(const struct leg *g, enum side s, const char *name,
    const char *section, struct finding *f);

/* What rose of it, however little, becomes evidence. */
void leg_show_rise(const struct leg *g, enum side s, const char *name,
    const char *section, struct finding *f);

/*
 * Counters of the whole node rise for the packets of others, too.  What more
 * than half of the lost probes must have taken part in is enough, and what less
 * than half of them can have is not.
 */
bool leg_most(const struct leg *g, uint64_t n);
/* Of `of` packets, did a counter that others raise, too, miss the lost ones? */
bool leg_missed(const struct leg *g, uint64_t counted);

/* Did the node start anew between the two snapshots? */
bool leg_restarted(const struct diag_input *in, enum side s);
/* Was its underlay capture open and whole?  Then what it lacks was not there.
 */
bool leg_saw_all(const struct leg *g, enum side s);

/* What IPsec on `s` has dropped of what arrived, for any reason. */
uint64_t leg_ipsec_drops(const struct leg *g, enum side s);

/* Sums over the ESP SAs of one direction on one node, by their rise. */
struct sa_rise {
	bool known;
	size_t n;    /* SAs there after the probes */
	size_t kept; /* of those, which were there before them */
	uint64_t packets, failed, replay, replay_window;
};
/*
 * Where SAs do not count what failed, the node's counters do: of all its SAs.
 */
struct sa_rise leg_sa_rise(const struct leg *g, enum side s, int travel);
/* The SA of that direction with this SPI, or NULL. */
const struct sa *leg_sa(const struct facts *f, const struct leg *g, int travel,
    uint32_t spi);
/* The SA of leg_spi(), after the probes, where the packets of a leg come in to
 * g->here and where they leave g->peer; NULL: it is not there. */
const struct sa *leg_sa_in(const struct leg *g);
const struct sa *leg_sa_out(const struct leg *g);
/* The SPI that most of the probes travelled on that died here; 0: unknown. */
uint32_t leg_spi(const struct leg *g);
/* Can the SA carry the overlay's packets of this leg, by its selector? */
bool leg_covers(const struct leg *g, const struct sa *sa);

/* The policy of `s` for the overlay between the two, or NULL: the foremost. */
const struct policy *leg_policy(const struct leg *g, enum side s,
    enum policy_dir dir);
/* Must the overlay between the two be protected, by `s`'s policies? */
bool leg_wants_esp(const struct leg *g, enum side s);
/* Do the probes of this direction travel in ESP? */
bool leg_in_esp(const struct leg *g);
/* Is it the overlay device of `s`, the bridge above it, or a VLAN of it? */
bool leg_is_overlay(const struct leg *g, enum side s, const char *link);
/* Is the overlay device of the leg's node down?  Then f says so. */
enum answer leg_overlay_down(const struct leg *g, struct finding *f);
/* frame.c: are the two in different VLANs of the overlay? */
enum answer leg_vlan_differs(const struct leg *g, struct finding *f);
/* Does the peer send to a MAC address that is not the node's? */
enum answer leg_neighbour_wrong(const struct leg *g, struct finding *f);

/* Where firewall rules stand, on the way of a packet. */
enum leg_hooks { HOOKS_ARRIVING, HOOKS_LEAVING };
/*
 * Adds the dropping rules that may be it, the likeliest first and two at most,
 * as evidence and with the way to remove them; returns how many.  A rule that
 * counts and did not count the lost probes is none.  `word`: what such a rule
 * would name besides the port, "esp" or "icmp".
 */
size_t leg_show_drops(const struct leg *g, enum leg_hooks hooks,
    const char *word, struct finding *f);

/* Adds to a finding; what does not fit is dropped. */
void find_evidence(struct finding *f, const char *source, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void find_remedy(struct finding *f, const char *node, const char *what,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The command for it in the words of the node's platform, if it has one; args
 * may be NULL. */
void find_do(struct finding *f, const struct leg *g, enum side s,
    enum vocab_do command, const char *what, const struct vocab_args *args);
void find_cause(struct finding *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* From "nodes/NAME/after/sas.txt", or "nodes/NAME/underlay.pcap". */
void find_in(struct finding *f, const struct leg *g, enum side s,
    const char *section, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* The tables, one a file. */
extern const struct rule rules_host[], rules_egress[], rules_network[],
    rules_ingress[], rules_delivery[];
extern const size_t n_rules_host, n_rules_egress, n_rules_network,
    n_rules_ingress, n_rules_delivery;

#endif
