/*
 * inventory: the hosts we may reach, from Ansible's inventory formats.
 *
 * Build it from any number of sources, then finish it; from then on it is read
 * only.  Every error is one line, "file:line:column: what", of kind ERR_INPUT.
 * The formats and where they differ from Ansible's are in espy-inventory(5).
 */
#ifndef ESPY_INVENTORY_INVENTORY_H
#define ESPY_INVENTORY_INVENTORY_H
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "model/host.h"

struct err;
struct inv;

enum {
	INV_TEXT_MAX = 16 << 20, /* bytes of one source */
	INV_LINE_MAX = 65536,	 /* bytes of one line of an INI file */
	INV_SOURCES_MAX = 1024,
	INV_HOSTS_MAX = 65536,
	INV_GROUPS_MAX = 4096,
	INV_DEPTH_MAX = 64,	   /* groups within groups */
	INV_MEMBERS_MAX = 1 << 20, /* hosts named in groups, all told */
	INV_LINKS_MAX = 65536,	   /* groups named in groups, likewise */
	INV_VARS_MAX = 4096,	   /* variables of one host or group */
	INV_MERGED_MAX = 1 << 23,  /* variables of all hosts, once merged */
	INV_NAME_MAX = 253	   /* bytes of a host's or group's name */
};

enum inv_format {
	INV_INI,
	INV_YAML,
	INV_JSON /* what an executable answers to --list */
};

struct inv *inv_new(void);
/* Accepts NULL. */
void inv_free(struct inv *inv);

/* The format of a file by its name's ending, else by its first line. */
enum inv_format inv_guess(const char *name, struct span text);
/*
 * Adds one source; name is what errors call it and is copied.  Later sources
 * add to and override earlier ones.  After a failure only inv_free() is left.
 */
int inv_parse(struct inv *inv, enum inv_format format, const char *name,
    struct span text, struct err *e);
/* Adds the hosts of "a,b,node[1:3]," to the group ungrouped. */
int inv_parse_list(struct inv *inv, const char *name, struct span list,
    struct err *e);

enum inv_owner { INV_GROUP, INV_HOST };

/* Is there such a group or host?  For group_vars/ and host_vars/. */
bool inv_has(const struct inv *inv, enum inv_owner kind, struct span owner);
/*
 * Adds the variables of one file below group_vars/ or host_vars/: a YAML
 * mapping.  They override the inventory's own of that group or host.
 */
int inv_parse_vars(struct inv *inv, enum inv_owner kind, struct span owner,
    const char *name, struct span text, struct err *e);

/* Checks what only the whole can show, and merges all variables. */
int inv_finish(struct inv *inv, struct err *e);

/* The rest is for an inventory that is finished; all results are borrowed. */

/* In the order in which the inventory first names them. */
size_t inv_n_hosts(const struct inv *inv);
const struct host *inv_host(const struct inv *inv, size_t i);
/* NULL when there is none of that name. */
const struct host *inv_find_host(const struct inv *inv, struct span name);

/* The first two are "all" and "ungrouped". */
size_t inv_n_groups(const struct inv *inv);
const char *inv_group(const struct inv *inv, size_t i);
/*
 * The groups of a host other than "all", parents included, least specific
 * first; h is one of inv's.  *ret is an array of *n group names.
 */
void inv_host_groups(const struct inv *inv, const struct host *h,
    const char *const **ret, size_t *n);

/* Hosts picked from an inventory; the array is the owner's, each borrowed. */
struct inv_pick {
	const struct host **hosts;
	size_t n;
};

/*
 * The hosts that an Ansible pattern selects, each once, in the pattern's order
 * (all, *, group, host, glob, ~regex, a:b or a,b, a:!b, a:&b, group[0],
 * group[0:2], node[01:16]).  limit, when not NULL, is another pattern that
 * they must match, too.  ERR_USAGE, naming the word, when a word matches
 * nothing or nothing is left.
 */
int inv_select(const struct inv *inv, const char *pattern, const char *limit,
    struct inv_pick *ret, struct err *e);
/* Accepts one that is all zero. */
void inv_pick_free(struct inv_pick *p);

#endif
