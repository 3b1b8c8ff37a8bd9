/* links: io/sshconfig base/mem base/str */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "io/sshconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	return 0;
}
