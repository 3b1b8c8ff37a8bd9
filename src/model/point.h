/*
 * point: where a packet can be seen.  A pair (A, B) has two nodes with two
 * points each; one ping makes at most eight sightings, in the order below.
 */
#ifndef ESPY_MODEL_POINT_H
#define ESPY_MODEL_POINT_H

enum side {
	SIDE_A, /* the node that pings */
	SIDE_B,
	SIDES
};

enum point {
	POINT_OVERLAY,	/* the device that carries the inner packet */
	POINT_UNDERLAY, /* the device that carries the outer packet */
	POINTS
};

enum sight {
	SIGHT_AO_OUT, /* the request leaves A's overlay device */
	SIGHT_AU_OUT,
	SIGHT_BU_IN,
	SIGHT_BO_IN,
	SIGHT_BO_OUT, /* the reply leaves B's overlay device */
	SIGHT_BU_OUT,
	SIGHT_AU_IN,
	SIGHT_AO_IN,
	SIGHTS
};

/*
 * Where a probe ended: the segment before the first sighting that is missing.
 * The values are those of enum sight, so stage s lies between sightings s - 1
 * and s.
 */
enum stage {
	STAGE_HOST_A =
	    SIGHT_AO_OUT, /* asked for, but it never left A's stack */
	STAGE_EGRESS_A = SIGHT_AU_OUT,
	STAGE_NETWORK_AB = SIGHT_BU_IN,
	STAGE_INGRESS_B = SIGHT_BO_IN,
	STAGE_HOST_B = SIGHT_BO_OUT,
	STAGE_EGRESS_B = SIGHT_BU_OUT,
	STAGE_NETWORK_BA = SIGHT_AU_IN,
	STAGE_INGRESS_A = SIGHT_AO_IN,
	STAGE_DELIVERED,
	STAGE_UNPROVEN, /* the captures do not say */
	STAGES
};

const char *side_name(enum side s);   /* "A", "B" */
const char *point_name(enum point p); /* "overlay", "underlay" */
const char *sight_name(enum sight s); /* "A.overlay out", ... */

#endif
