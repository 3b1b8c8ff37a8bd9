/*
 * links: platform/linux_sa platform/linux_policy platform/linux_xfrm
 * links: platform/words base/date base/err base/mem base/str
 * links: model/addr model/facts model/reason
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "model/facts.h"
#include "platform/linux.h"
#include "platform/section.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was taken has two addresses; what was refused leaves nothing. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct section s = { .text = { (const char *)data, size },
		.whole = true };
	struct facts f = { 0 };
	struct err e;

	if (linux_parse_sas(&s, &f, &e) < 0 && f.n_sas > 0)
		abort();
	for (size_t i = 0; i < f.n_sas; i++)
		if (!ip_is_set(&f.sas[i].src) || !ip_is_set(&f.sas[i].dst))
			abort();
	if (linux_parse_policies(&s, &f, &e) < 0 && f.n_policies > 0)
		abort();
	for (size_t i = 0; i < f.n_policies; i++)
		if (f.policies[i].src_prefix > 128 ||
		    !ip_is_set(&f.policies[i].dst))
			abort();
	facts_free(&f);
	return 0;
}
