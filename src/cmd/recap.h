/*
 * recap: what Ansible says at the end of a playbook.  Pure.
 *
 *	node01  : ok=5  changed=2  unreachable=0  failed=0  skipped=1 ...
 */
#ifndef ESPY_CMD_RECAP_H
#define ESPY_CMD_RECAP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { RECAP_HOSTS_MAX = 65536 };

struct recap_host {
	char *name;
	uint64_t changed, unreachable, failed; /* of all recaps together */
};

struct recap {
	struct recap_host *hosts;
	size_t n, room;
};

/*
 * Adds up the lines of every recap in text, which may hold anything else too.
 * r is all zero at first.
 */
void recap_read(struct recap *r, struct span text);
void recap_free(struct recap *r);

#endif
