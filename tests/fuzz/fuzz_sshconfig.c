/* links: io/sshconfig base/err base/mem base/str */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "io/sshconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A list gets shorter with each, and no name can be taken for an option. */
static void
hops(struct span text)
{
	struct sshconfig_hop h;
	struct span before;
	struct err e;

	while (text.p != NULL &&
	    sshconfig_last_hop(text, &before, &h, &e) == 0) {
		if (before.n >= text.n && text.n > 0)
			abort();
		if (h.host[0] == '-' || h.host[0] == '\0')
			abort();
		sshconfig_hop_fini(&h);
		text = before;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct sshconfig_answer a = { .port = 0 };
	struct sshconfig_files f = { .n = 0 };

	sshconfig_parse(text, &a);
	sshconfig_is_uniform(text, &f);
	if (a.identities.n > SSHCONFIG_FILES_MAX || f.n > SSHCONFIG_FILES_MAX)
		abort();
	sshconfig_files_fini(&f);
	sshconfig_answer_fini(&a);
	hops(text);
	return 0;
}
