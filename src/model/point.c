#include "model/point.h"

const char *
side_name(enum side s)
{
	return s == SIDE_A ? "A" : "B";
}

const char *
point_name(enum point p)
{
	static const char *const names[POINTS] = {
		[POINT_OVERLAY] = "overlay",
		[POINT_UNDERLAY] = "underlay",
	};

	return names[p];
}

const char *
sight_name(enum sight s)
{
	static const char *const names[SIGHTS] = {
		[SIGHT_AO_OUT] = "A.overlay out",
		[SIGHT_AU_OUT] = "A.underlay out",
		[SIGHT_BU_IN] = "B.underlay in",
		[SIGHT_BO_IN] = "B.overlay in",
		[SIGHT_BO_OUT] = "B.overlay out",
		[SIGHT_BU_OUT] = "B.underlay out",
		[SIGHT_AU_IN] = "A.underlay in",
		[SIGHT_AO_IN] = "A.overlay in",
	};

	return names[s];
}
