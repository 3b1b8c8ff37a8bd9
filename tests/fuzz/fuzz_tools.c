/*
 * links: platform/linux_tools platform/pings platform/words model/pingstat
 * links: model/addr base/mem base/str
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "model/capstat.h"
#include "model/pingstat.h"
#include "platform/linux.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A failure has a reason, and a reason a failure. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct capstat c;
	struct pingstat p;

	linux_parse_capstat(text, &c);
	if ((c.fail == CAPSTAT_FINE) != (c.why[0] == '\0'))
		abort();
	linux_parse_pings(text, &p);
	if ((p.fail == PING_FINE) != (p.errors == 0))
		abort();
	for (size_t i = 0; i < p.n_replies; i++)
		if (p.replies[i].size > 65527 || p.replies[i].rtt_us < -1)
			abort();
	pingstat_free(&p);
	return 0;
}
