/*
 * pingstat: what the pings of one wave said: several ping processes at the
 * same time, told apart by the size of their packets.
 */
#ifndef ESPY_MODEL_PINGSTAT_H
#define ESPY_MODEL_PINGSTAT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PINGSTAT_TEXT_MAX = 256 };

/* An answer that a ping process saw. */
struct ping_reply {
	uint32_t size; /* ICMP data bytes */
	uint16_t seq;
	bool duplicate;
	int64_t rtt_us; /* -1: not said */
};

/* How one ping process ended. */
struct ping_end {
	uint32_t size;
	int status; /* 0 answered, 1 no answer, others: it could not ping */
};

/* Why a ping process could not send. */
enum ping_fail {
	PING_FINE,
	PING_NO_ROUTE,	 /* the node itself has no way to the address */
	PING_REFUSED,	 /* the node's own firewall said no (EPERM) */
	PING_NO_ADDRESS, /* the source address is not the node's */
	PING_NO_ANSWER,	 /* "Host Unreachable": nobody answers ARP */
	PING_TOO_BIG,	 /* the packet does not fit */
	PING_NO_TOOL,
	PING_OTHER
};

struct pingstat {
	/* Sums over the processes that printed their statistics. */
	uint64_t finished; /* so many processes did */
	uint64_t transmitted, received;
	struct ping_end *ends;
	size_t n_ends;
	struct ping_reply *replies; /* in the order of their coming */
	size_t n_replies;
	uint64_t errors;	     /* lines that told of an error */
	enum ping_fail fail;	     /* the first that is not PING_FINE */
	char why[PINGSTAT_TEXT_MAX]; /* that line; "" when there is none */
};

/* Ends what p owns; p itself is the caller's.  Accepts NULL. */
void pingstat_free(struct pingstat *p);

#endif
