#include "model/pingstat.h"

#include <stdlib.h>

void
pingstat_free(struct pingstat *p)
{
	if (p == NULL)
		return;
	free(p->ends);
	free(p->replies);
	*p = (struct pingstat){ 0 };
}
