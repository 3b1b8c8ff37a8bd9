#include "model/ledger.h"

#include <stdlib.h>

void
ledger_free(struct ledger *l)
{
	if (l == NULL)
		return;
	free(l->probes);
	*l = (struct ledger){ 0 };
}

bool
stage_between(enum stage s, const struct probe *p)
{
	unsigned from = p->first, n;

	if (p->last == STAGE_DELIVERED)
		return s >= p->first && s < STAGE_DELIVERED;
	/* B's path goes on from stage 7 to stage 0. */
	n = ((unsigned)p->last + SIGHTS - from) % SIGHTS;
	return ((unsigned)s + SIGHTS - from) % SIGHTS <= n;
}

const char *
stage_name(enum stage s)
{
	static const char *const names[STAGES] = {
		[STAGE_HOST_A] = "host A",
		[STAGE_EGRESS_A] = "egress A",
		[STAGE_NETWORK_AB] = "network A>B",
		[STAGE_INGRESS_B] = "ingress B",
		[STAGE_HOST_B] = "host B",
		[STAGE_EGRESS_B] = "egress B",
		[STAGE_NETWORK_BA] = "network B>A",
		[STAGE_INGRESS_A] = "ingress A",
		[STAGE_DELIVERED] = "delivered",
		[STAGE_UNPROVEN] = "unproven",
	};

	return names[s];
}
