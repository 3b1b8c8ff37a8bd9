/*
 * clock: instants, each kind a type of its own so that they cannot be mixed.
 * Reading a clock is io's business; here is only arithmetic.
 */
#ifndef ESPY_BASE_CLOCK_H
#define ESPY_BASE_CLOCK_H
#include <stdint.h>

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_US INT64_C(1000)

/* A point on this process's CLOCK_MONOTONIC. */
struct mono {
	int64_t ns;
};

/* A point on some host's wall clock: nanoseconds since 1970-01-01 UTC. */
struct wall {
	int64_t ns;
};

static inline struct mono
mono_add_ms(struct mono t, int64_t ms)
{
	return (struct mono){ t.ns + ms * NS_PER_MS };
}

/* Whole milliseconds from a to b, rounded up; negative when b is before a. */
static inline int64_t
mono_ms_until(struct mono a, struct mono b)
{
	int64_t d = b.ns - a.ns;

	return d >= 0 ? (d + NS_PER_MS - 1) / NS_PER_MS : d / NS_PER_MS;
}

#endif
