/* half: one node on its way to a plan; only src/plan/ includes this. */
#ifndef ESPY_PLAN_HALF_H
#define ESPY_PLAN_HALF_H
#include "model/addr.h"
#include "model/facts.h"

struct err;
struct host;

struct half {
	const struct facts *facts;
	const struct host *host;
	const struct link *overlay;
	struct ip overlay_ip, underlay_ip;
	char underlay_link[FACT_NAME_MAX];
};

/* A variable that must be an address; *ret is left alone when it is not there.
 */
int half_address_var(const struct half *h, const char *name, struct ip *ret,
    struct err *e);
/* The device's first address, IPv4 before IPv6; false when it has none. */
bool half_address_of(const struct facts *f, const char *link, struct ip *ret);
/* Fills the underlay of h; peer is the other end. */
int half_underlay(struct half *h, const struct half *peer, struct err *e);

#endif
