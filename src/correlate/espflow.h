/*
 * espflow: which packets of one capture are missing in another, by what cannot
 * change on the way: ESP by source, destination, SPI and sequence number; ESP
 * in UDP by SPI and sequence number alone, since a NAT rewrites addresses;
 * pings in clear VXLAN by VNI, inner addresses, ICMP id and sequence number.
 *
 * Memory: 16 bytes a sequence number in blocks of 64, 17 with what finds them,
 * so 17 bytes for a packet that both captures hold; a lone one costs a block
 * of 1048.  ESP sequence numbers are taken as 32 bits: of a flow that wraps
 * (2^32 packets) the memory limit is reached long before.
 */
#ifndef ESPY_CORRELATE_ESPFLOW_H
#define ESPY_CORRELATE_ESPFLOW_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "model/addr.h"

struct err;
struct espflow;
struct packet;

enum { CAPTURES = 2 }; /* counted from 0 here, from 1 where people read */

struct espflow_opts {
	size_t max_bytes; /* of blocks; 0: 1 GiB, some 60 million packets */
	size_t max_flows; /* 0: 65536, about 20 MiB */
	uint64_t seed;	  /* of the hash: what an attacker does not know */
};

enum espflow_kind {
	ESPFLOW_ESP,
	ESPFLOW_NATT, /* ESP in UDP */
	ESPFLOW_PING, /* ICMP echo request in clear VXLAN; spi is the VNI */
	ESPFLOW_PONG,
	ESPFLOW_KINDS
};

/* How it is known which capture stands nearer the sender; best first. */
enum espflow_order {
	ESPFLOW_BY_TTL,	  /* routers between count it down */
	ESPFLOW_BY_DELAY, /* both directions' times, whatever the clocks say */
	/* Likely: packets are missing in the other capture only. */
	ESPFLOW_BY_LOSS,
	ESPFLOW_BY_ARGUMENT /* assumed: capture 0 sees the busier side send */
};

/* One flow at one capture. */
struct espflow_side {
	uint64_t seen;	     /* distinct packets */
	uint64_t duplicates; /* further copies within a second */
	uint64_t reordered;  /* came behind a higher sequence number */
	uint32_t distance;   /* by how much at most */
	/*
	 * The sequence began anew, or a number came again after a second: the
	 * same SPI was set up twice, and numbers identify packets no more.
	 */
	uint32_t restarts;
	uint8_t ttl; /* the highest seen */
};

struct espflow_flow {
	enum espflow_kind kind;
	struct ip src, dst; /* as `from` saw them */
	uint32_t spi;
	unsigned from; /* the capture nearer the sender */
	enum espflow_order how;
	struct espflow_side side[CAPTURES];
	uint64_t matched; /* in both */
	uint64_t lost;	  /* in `from` only, while the other one was live */
	uint64_t missed;  /* in the other only: `from` failed to capture it */
	/* In one only, and nothing proves that the other was live. */
	uint64_t unproven;
	uint64_t unseen; /* numbers between the outermost that neither saw */
	/* Lost ones: outermost numbers, uninterrupted runs, the longest. */
	uint32_t first_lost, last_lost;
	uint64_t runs, longest;
	/* Time at capture 1 minus time at capture 0, of those matched. */
	int64_t delta_min, delta_max;
};

struct espflow_clock {
	/*
	 * Capture 1's clock minus capture 0's lies within; equal when only one
	 * direction was matched, and then off by the delay of the path.
	 */
	int64_t low, high;
	bool known;    /* at least one packet was matched */
	bool two_way;  /* both directions bound it */
	bool drifting; /* the bounds contradict one another: a clock moved */
};

struct espflow_result {
	struct espflow_flow *flows; /* by kind, source, destination, SPI */
	size_t n;
	uint64_t frames[CAPTURES]; /* all that were offered */
	uint64_t known[CAPTURES];  /* of which could be told apart */
	struct wall first[CAPTURES], last[CAPTURES];
	uint64_t matched, lost, unproven;
	uint64_t missed[CAPTURES]; /* by that capture, though it was live */
	uint64_t passed[CAPTURES]; /* matched, of flows that it saw first */
	size_t bytes;		   /* memory that the packets took */
	struct espflow_clock clock;
};

struct espflow *espflow_new(const struct espflow_opts *o);
/* Accepts NULL. */
void espflow_free(struct espflow *x);

/*
 * One packet of one capture; the captures may come one after the other or
 * mixed, each in its own order.  Packets of no use here count as proof that the
 * capture was live.  -1 (ERR_LIMIT) when memory or flows would exceed the cap;
 * what was added before stays good.
 */
int espflow_add(struct espflow *x, unsigned capture, const struct packet *p,
    struct err *e);

/* The verdict so far; ret->flows is the caller's to free(3). */
void espflow_judge(const struct espflow *x, struct espflow_result *ret);

#endif
