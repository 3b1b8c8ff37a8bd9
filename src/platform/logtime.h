/*
 * logtime: when a line of a log was written, by what it begins with.
 */
#ifndef ESPY_PLATFORM_LOGTIME_H
#define ESPY_PLATFORM_LOGTIME_H
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"

struct log_time {
	struct wall time; /* by the clock of whoever wrote it */
	bool coarse;	  /* it has no fraction of a second */
	struct span rest; /* the line without it */
};

/*
 * "Nov 24 20:01:02" (RFC 3164), with a year behind or the day of the week
 * before (ctime(3)); "2026-11-24T20:01:02.123456+01:00" (ISO 8601, RFC 3339,
 * journalctl(1)), with a blank for the T, a comma for the dot, without a
 * fraction or a zone; any of them in brackets or with a colon behind.
 *
 * now: about what that clock shows: the year is the one that comes closest.
 * zone_s: how far local time is ahead of UTC there.  False, and *ret is
 * untouched, when the line begins with anything else.
 */
bool log_time_read(struct span line, struct wall now, int32_t zone_s,
    struct log_time *ret);

#endif
