/*
 * pings: what the pings of a wave printed, several at once into one text.  The
 * tools differ in their lines, not in what is made of them.
 */
#ifndef ESPY_PLATFORM_PINGS_H
#define ESPY_PLATFORM_PINGS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/pingstat.h"

/* Words in a line that tell of an error, and what it is then. */
struct ping_cause {
	const char *text;
	enum ping_fail fail;
};

/* A ping's lines.  Each function tells whether it is one of its kind. */
struct ping_lines {
	/* One echo reply; ret is all zero but rtt_us, which is -1. */
	bool (*reply)(struct span line, struct ping_reply *ret);
	/* The statistics that a ping ends with. */
	bool (*totals)(struct span line, uint64_t *sent, uint64_t *received);
	bool (*is_error)(struct span line);
	const struct ping_cause *causes; /* the first that fits counts */
	size_t n_causes;
};

/* Never fails: what cannot be read counts nowhere.  ret is pingstat_free()'s.
 */
void pings_parse(struct span out, const struct ping_lines *lines,
    struct pingstat *ret);

/*
 * "0.412": milliseconds, of which three digits of fraction count, in
 * microseconds; -1 when it is not.
 */
int64_t pings_rtt(struct span s);

#endif
