/*
 * tap: one capture at one link of one host, as it happens.
 *
 * A tap is a task of the fan-out that runs the platform's capture script.  What
 * it captures is handed to a sink as the bytes of a pcap file (version 2.4),
 * in order and as they come, whatever the node's tool writes: snoop's are
 * converted on the way.  What the tool says is kept, and tells when the capture
 * has begun, what it lost, and how it ended.
 *
 * Order of use: tap_start() for each; tap_await() until all see packets;
 * whatever there is to be seen; tap_end() for all at once; then tap_stat(),
 * tap_log(), tap_status(); tap_free().  A node that fails ends its tap, with
 * the reason in the log, and is no error here.
 */
#ifndef ESPY_CMD_TAP_H
#define ESPY_CMD_TAP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "io/fanout.h"

struct capstat;
struct capture_ask;
struct err;
struct host;
struct platform;
struct tap_capture;

struct tap_spec {
	const struct host *host; /* borrowed until the fanout is freed */
	const struct platform *platform; /* of that host */
	const struct capture_ask *ask;	 /* borrowed during the call only */
	/*
	 * Takes n bytes more of the pcap; -1 ends the tap.  Never called after
	 * tap_free().
	 */
	int (*sink)(void *arg, const void *pcap, size_t n);
	/* The tap has ended, by itself or not; may be NULL. */
	void (*done)(void *arg);
	void *arg;
};

/* -1 when the ask makes no sense; *ret is the caller's, for tap_free(). */
int tap_start(struct fanout *f, const struct tap_spec *spec,
    struct tap_capture **ret, struct err *e);
/*
 * Ends the tap if it still runs, and does not wait for that.  Accepts NULL.  No
 * callback comes from here or later.
 */
void tap_free(struct tap_capture *t);

/* The tool has said that it captures; it may have ended since. */
bool tap_listens(const struct tap_capture *t);
bool tap_has_ended(const struct tap_capture *t);

/* Asks it to end by itself: what is on its way is still delivered. */
void tap_ask_end(struct tap_capture *t);

/*
 * Runs the loop until each of the n taps (NULL: none) listens or has ended, and
 * then for as long as the slowest needs to be sure to see the next packet.
 * limit_ms is for the first part.
 */
enum fanout_why tap_await(struct fanout *f, struct tap_capture *const *taps,
    size_t n, int64_t limit_ms);
/*
 * Asks all to end and runs the loop until they have; makes those end that do
 * not.  After FANOUT_INTERRUPTED, too, no tap captures any more.
 */
enum fanout_why tap_end(struct fanout *f, struct tap_capture *const *taps,
    size_t n);

/* The tool's standard error so far, and espy's own lines; capped. */
struct span tap_log(const struct tap_capture *t);
/* What that says. */
void tap_stat(const struct tap_capture *t, struct capstat *ret);
/*
 * The tool's exit status; -1 when there is none: it runs, or ended before it
 * was asked to, or was ended by force.
 */
int tap_status(const struct tap_capture *t);
/*
 * Packets that the capture itself lost up to here.  snoop says so in each
 * packet, tcpdump at its end only; 0 until then.
 */
uint64_t tap_lost(const struct tap_capture *t);

#endif
