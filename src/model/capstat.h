/* capstat: what a capture tool said about its own capture. */
#ifndef ESPY_MODEL_CAPSTAT_H
#define ESPY_MODEL_CAPSTAT_H
#include <stdbool.h>
#include <stdint.h>

enum { CAPSTAT_TEXT_MAX = 256 };

/* Why a capture did not run, or ended before its time. */
enum capstat_fail {
	CAPSTAT_FINE,
	CAPSTAT_NO_DEVICE,  /* the link does not exist */
	CAPSTAT_DOWN,	    /* the link is not up */
	CAPSTAT_WENT_DOWN,  /* it was up when the capture began */
	CAPSTAT_PERMISSION, /* not allowed to capture there */
	CAPSTAT_NO_TOOL,    /* the tool is not installed */
	CAPSTAT_FILTER,	    /* the tool did not understand the filter */
	CAPSTAT_OTHER
};

struct capstat {
	bool listening; /* the tool said that it captures */
	/* It printed its counts at the end; otherwise they are unknown. */
	bool counted;
	uint64_t captured;   /* packets written */
	uint64_t received;   /* packets that the filter let through */
	uint64_t dropped;    /* of those, lost for want of room in the kernel */
	uint64_t if_dropped; /* lost by the interface before that */
	enum capstat_fail fail;
	char why[CAPSTAT_TEXT_MAX]; /* the tool's own line; "" when fine */
};

#endif
