/* pair_impl: what pair's own files share; nobody else's business. */
#ifndef ESPY_CORRELATE_PAIR_IMPL_H
#define ESPY_CORRELATE_PAIR_IMPL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "correlate/pair.h"
#include "model/ledger.h"

/* The two ways a packet travels; index of spi[], esp_seq[] and tunnel[]. */
enum travel { TRAVEL_AB, TRAVEL_BA, TRAVELS };

/* An ESP packet at one underlay point. */
struct esp_seen {
	int64_t at;
	uint32_t spi, seq;
	uint32_t length; /* the outer IP packet's */
	uint8_t ip_header;
	bool natt;
	bool claimed;	/* a probe is tied to it */
	bool duplicate; /* an earlier one here has the same SPI and seq */
	size_t other;	/* 1 + its index at the other end; 0: not there */
};

struct esp_list {
	struct esp_seen *v;
	size_t n, room;
};

/* An ARP message at one point, on the overlay or inside clear VXLAN. */
struct arp_seen {
	int64_t at;
	uint16_t length;
	bool reply;
	enum side sender;
	bool claimed;
};

struct arp_list {
	struct arp_seen *v;
	size_t n, room;
};

/* An underlay sentinel, or its reply, at one point. */
struct echo_seen {
	int64_t at;
	uint16_t id, seq;
	bool reply;
	enum side sender;
};

struct esp_suite;

struct echo_list {
	struct echo_seen *v;
	size_t n, room;
};

struct pair {
	struct pair_spec spec;
	struct ledger l;
	size_t room;	 /* of l.probes */
	uint32_t *index; /* ICMP id and seq to 1 + probe; open addressing */
	size_t n_index;	 /* a power of two */
	struct esp_list esp[SIDES][TRAVELS];
	struct arp_list arp[SIDES][POINTS];
	struct echo_list echo[SIDES];
	int64_t patience;	       /* ns; see judge.c */
	const struct esp_suite *suite; /* under which the lengths fit */
	bool suite_known; /* enough fit that a misfit is none of ours */
};

/* Which sighting a packet makes that travels so past that point. */
enum sight pair_sight(enum side side, enum point point, enum travel t);
enum side sight_side(enum sight s);
enum point sight_point(enum sight s);
/* The i-th sighting on the path of a probe of origin's; i below SIGHTS. */
enum sight path_sight(enum side origin, unsigned i);

/* Sets the sighting unless an earlier one stands. */
void probe_see(struct probe *pr, enum sight s, int64_t at);
bool probe_seen(const struct probe *pr, enum sight s);
/* A new probe at the end of l.probes; later ones may move it. */
struct probe *pair_new_probe(struct pair *p);

/* B's clock minus A's: the best guess, or false when nothing tells. */
bool pair_offset(const struct pair *p, int64_t *ret);

/* The steps of pair_finish(). */
void pair_match_esp(struct pair *p);	/* match.c */
void pair_match_clocks(struct pair *p); /* match.c */
void pair_tie_esp(struct pair *p);	/* tie.c; again for what is new */
void pair_make_arp(struct pair *p);	/* arp.c: each request a probe */
void pair_chain_arp(struct pair *p);	/* arp.c: ... and where it went */
void pair_judge(struct pair *p);	/* judge.c */

/*
 * May an ESP packet at this leaving point hold the probe although none is tied
 * to it?  (tie.c)
 */
bool pair_may_hide(const struct pair *p, const struct probe *pr, enum sight s);

/* Gives the probe this ESP packet, and the sighting at both ends. */
void pair_give_esp(struct pair *p, struct probe *pr, enum side at,
    enum travel t, size_t i, bool weak);

#endif
