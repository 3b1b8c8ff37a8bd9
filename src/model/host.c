#include "model/host.h"

#include <string.h>

const char *
host_var(const struct host *h, const char *name)
{
	for (size_t i = 0; i < h->n_vars; i++)
		if (strcmp(h->vars[i].name, name) == 0)
			return h->vars[i].value;
	return NULL;
}
