/* picture: the path of a pair, probes counted at its eight sightings. */
#ifndef ESPY_REPORT_PICTURE_H
#define ESPY_REPORT_PICTURE_H
#include <stddef.h>

#include "model/ledger.h"

struct layout;
struct run;

/* Of the probes that are judged, those of one sighting. */
struct picture_count {
	size_t seen;	 /* captured there */
	size_t inferred; /* not captured, but they came further */
};

void picture_count(const struct ledger *l, struct picture_count ret[SIGHTS]);
/* Is it one of the probes that ledger.by_stage counts? */
int picture_judged(const struct ledger *l, const struct probe *p);

void picture_draw(const struct layout *out, const struct run *r,
    const struct ledger *l);

#endif
