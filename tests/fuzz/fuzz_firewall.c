/*
 * links: platform/linux_nft platform/nft_text platform/linux_iptables
 * links: platform/ruleset platform/json
 * links: base/buf base/err base/map base/mem base/str model/addr model/facts
 * links: model/reason
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "model/facts.h"
#include "platform/linux.h"
#include "platform/section.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A rule has a chain; what was refused leaves nothing. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct section s = { .text = { (const char *)data, size },
		.whole = true };
	struct facts f = { 0 };
	struct err e;

	/* Refused before a parser sees it. */
	if (memchr(data, '\0', size) != NULL)
		return 0;
	if (linux_parse_nft(&s, &f, &e) < 0 && f.n_fw_rules > 0)
		abort();
	if (linux_parse_iptables(&s, &f, &e) < 0 && f.fw_rules == NULL &&
	    f.n_fw_rules > 0)
		abort();
	for (size_t i = 0; i < f.n_fw_rules; i++)
		if (f.fw_rules[i].chain[0] == '\0')
			abort();
	facts_free(&f);
	return 0;
}
