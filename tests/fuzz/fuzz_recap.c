/*
 * Ansible's recaps among anything: names are words, and reading the same text
 * twice doubles the numbers.
 * links: cmd/recap base/mem base/str base/err
 */
#include <stdint.h>
#include <stdlib.h>

#include "cmd/recap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span text = { (const char *)data, size };
	struct recap once = { 0 }, twice = { 0 };

	recap_read(&once, text);
	recap_read(&twice, text);
	recap_read(&twice, text);
	if (once.n != twice.n)
		abort();
	for (size_t i = 0; i < once.n; i++)
		if (once.hosts[i].name[0] == '\0' ||
		    twice.hosts[i].changed != 2 * once.hosts[i].changed)
			abort();
	recap_free(&once);
	recap_free(&twice);
	return 0;
}
