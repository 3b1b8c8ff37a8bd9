#include "cmd/danube.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

char *
danube_overlay(void)
{
	const char *path = getenv("PATH");
	struct span rest = span_of(path != NULL ? path : ""), dir;
	char *full;

	while (span_until(&rest, ':', &dir)) {
		if (dir.n == 0 || dir.p[0] != '/')
			continue;
		full = xasprintf("%.*s/" DANUBE_OVERLAY, (int)dir.n, dir.p);
		if (access(full, X_OK) == 0)
			return full;
		free(full);
	}
	full = xstrdup(DANUBE_BIN "/" DANUBE_OVERLAY);
	if (access(full, X_OK) == 0)
		return full;
	free(full);
	return NULL;
}
