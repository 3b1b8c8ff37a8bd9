/*
 * links: platform/config model/config base/err base/mem base/str
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "model/config.h"
#include "platform/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was refused is untouched, and its bytes are not repeated. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config c = { 0 };
	struct err e = { 0 };

	if (config_parse((struct span){ (const char *)data, size }, &c, &e) <
	    0) {
		if (c.items != NULL || c.files != NULL || e.kind != ERR_INPUT)
			abort();
		return 0;
	}
	for (size_t i = 0; i < c.n_items; i++)
		if (c.items[i].local[0] == '\0' ||
		    strspn(c.items[i].digest, "0123456789abcdef") !=
			strlen(c.items[i].digest))
			abort();
	config_free(&c);
	return 0;
}
