/* links: io/agent io/loop io/wire base/buf base/mem base/str */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "io/agent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Touches both ends, so that the sanitizer sees a span that is out of it. */
static unsigned
touch(struct span s)
{
	return s.n > 0 ? (unsigned char)s.p[0] + (unsigned char)s.p[s.n - 1]
		       : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static volatile unsigned sum;
	struct span message = { (const char *)data, size }, signature;
	struct agent_key keys[16];
	int n = agent_parse_keys(message, keys, 16);

	if (n > 16)
		abort();
	for (int i = 0; i < n; i++)
		sum += touch(keys[i].blob) + touch(keys[i].comment);
	if (agent_parse_signature(message, &signature) == 0)
		sum += touch(signature);
	return 0;
}
