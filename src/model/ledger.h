/*
 * ledger: what became of every probe.  Correlate fills it from the four
 * captures of a run; diagnose and report read it.
 */
#ifndef ESPY_MODEL_LEDGER_H
#define ESPY_MODEL_LEDGER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/addr.h"
#include "model/facts.h"
#include "model/packet.h"
#include "model/point.h"

enum {
	LEDGER_SPIS_MAX = 16, /* SPIs of one direction in one run */
	LEDGER_ICMP_MAX = 16, /* distinct ICMP errors kept */
	LEDGER_IKE_MAX = 64   /* IKE messages kept */
};

enum probe_kind {
	PROBE_PING,
	PROBE_ARP /* who-has on the overlay: what a ping needs first */
};

/* Why a probe's end is not proven. */
enum doubt {
	DOUBT_NONE,
	DOUBT_NO_CAPTURE,   /* nothing was captured at the point */
	DOUBT_NOT_LIVE,	    /* the capture had not begun or was over */
	DOUBT_CAPTURE_LOSS, /* the capture tool lost packets itself */
	DOUBT_AMBIGUOUS,    /* other traffic there has the same lengths */
	DOUBT_BLIND /* the point cannot see these packets (ESP in GRO) */
};

/*
 * A probe of B's (only ARP can be one) makes the same eight sightings, but
 * begins at SIGHT_BO_OUT and ends at SIGHT_BO_IN.
 */
struct probe {
	enum probe_kind kind;
	enum side origin;
	uint16_t id, seq; /* ICMP echo; of ARP the running number in seq */
	uint16_t size;	  /* ICMP data bytes; 0 of ARP */
	uint16_t length;  /* of the frame on the overlay, bytes */
	uint8_t seen;	  /* bit s: sighting s was captured */
	uint8_t weak;	  /* bit s: seen, if by chance it was not another */
	uint8_t inferred; /* bit s: it must have been there, a later one was */
	int64_t at[SIGHTS]; /* ns since 1970 by the point's own host's clock */
	uint32_t spi[2], esp_seq[2]; /* A to B, B to A; SPI 0: not in ESP */
	bool clear[2];		     /* travelled the underlay unencrypted */
	enum stage stage;
	/*
	 * STAGE_UNPROVEN: it died in one of the segments first to last, in the
	 * order of its path; last is STAGE_DELIVERED when it may even have
	 * arrived.  Otherwise both equal stage.
	 */
	enum stage first, last;
	enum doubt doubt;
};

/* One capture's own state of health. */
struct tap {
	bool wanted, present, truncated; /* truncated: cut in mid-record */
	bool refused;			 /* the tool would not start; see why */
	bool link_down;			 /* ... because the device is down */
	bool clean_end; /* it ended when told to, and said its counts */
	bool blind;	/* cannot see ESP arriving; see doubt */
	char why[FACT_TEXT_MAX];
	uint64_t frames;
	uint64_t kernel_drops;
	uint64_t said_captured;	   /* the tool's own count, when clean_end */
	int64_t first_ns, last_ns; /* times of first and last frame; 0: none */
	unsigned sentinels_sent; /* underlay: pings of its own that must show */
	unsigned sentinels;	 /* how many of them did */
	unsigned peer_sentinels; /* how many of the peer's arrived */
	unsigned answers;	 /* how many answers to its own arrived */
};

/* Tunnel packets of one direction of the underlay, A to B or B to A. */
struct tunnel {
	uint64_t sent;	   /* ESP seen leaving */
	uint64_t received; /* ESP seen arriving */
	uint64_t matched;  /* of sent, those that arrived */
	uint64_t lost;	   /* of sent, those that did not, edges excluded */
	uint64_t duplicates;
	uint64_t reordered;
	uint64_t clear_sent; /* VXLAN in clear */
	uint64_t clear_received;
	uint64_t fragments_sent, fragments_received;
	uint32_t spis[LEDGER_SPIS_MAX];	   /* in order of appearance */
	uint32_t max_seq[LEDGER_SPIS_MAX]; /* highest ESP sequence number */
	size_t n_spis;
};

struct icmp_seen {
	enum side side; /* whose underlay capture */
	struct ip src;
	uint8_t type, code;
	enum packet_kind quoted; /* what it complains about */
	uint32_t spi, esp_seq;	 /* quoted ESP */
	uint16_t dport;		 /* quoted UDP */
	uint64_t count;
};

struct ike_seen {
	enum side side; /* whose underlay capture */
	bool outgoing;
	int64_t at;
	struct ike_hdr ike;
};

struct ledger {
	struct probe *probes; /* A's by first sighting, then B's ARP */
	size_t n_probes;
	unsigned asked; /* pings that were asked for */
	size_t pings;	/* of probes, those that are PROBE_PING */
	/*
	 * What by_stage counts: A's pings or, when none of them left A because
	 * A could not resolve B's address, A's ARP requests.
	 */
	enum probe_kind judged;
	size_t judged_total;
	size_t by_stage[STAGES];
	struct tap taps[SIDES][POINTS];
	struct tunnel tunnel[2]; /* A to B, B to A */
	struct icmp_seen icmp[LEDGER_ICMP_MAX];
	size_t n_icmp;
	struct ike_seen ike[LEDGER_IKE_MAX];
	size_t n_ike;
	/* B's clock minus A's lies within; from packets both saw. */
	bool has_offset;
	int64_t offset_min_ns, offset_max_ns;
};

void ledger_free(struct ledger *l);

/* Is s one of the stages that an unproven probe may have died in? */
bool stage_between(enum stage s, const struct probe *p);

/* "egress", "network", ... as espy(1) calls them. */
const char *stage_name(enum stage s);

#endif
