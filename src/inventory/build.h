/*
 * build: an inventory while its sources are read; for the readers of this
 * directory only.
 */
#ifndef ESPY_INVENTORY_BUILD_H
#define ESPY_INVENTORY_BUILD_H
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "inventory/inventory.h"
#include "model/host.h"

/* Where something stands; line and column count from 1, 0 is unknown. */
struct place {
	const char *file;
	size_t line, column;
};

struct var {
	size_t id; /* of its name, see var_index */
	const char *name, *value;
	const char *where; /* at, as host_var has it */
	struct place at;
	bool from_file; /* out of group_vars/ or host_vars/ */
};

struct vars {
	struct var *v;
	size_t n, cap;
};

/* Growing array of indices. */
struct indices {
	size_t *v;
	size_t n, cap;
};

struct group {
	const char *name;
	struct place at; /* where it was first spoken of */
	bool declared;	 /* not only spoken of */
	struct vars vars;
	struct indices hosts, children, parents;
	size_t depth;  /* longest way from "all" */
	long priority; /* ansible_group_priority */
};

struct member {
	const char *name;
	const char *where; /* at, as struct host has it */
	struct place at;
	struct vars vars;
	struct indices groups; /* those that name it */
	const char **group_names;
	size_t n_group_names;
};

enum { GROUP_ALL, GROUP_UNGROUPED };

/* One group made the child of another. */
struct link {
	size_t parent, child;
	struct place at;
};

struct inv {
	struct arena strings;
	struct group *groups;
	size_t n_groups, cap_groups;
	struct member *members;
	size_t n_members, cap_members;
	struct link *links;
	size_t n_links, cap_links;
	const char **var_names;
	size_t n_var_names, cap_var_names;
	struct map group_index, member_index, var_index;
	size_t n_sources, n_memberships;
	struct host *hosts; /* one for each member, once finished */
	struct host_var *host_vars;
};

/* Sets "file:line:column: " and the text; unknown numbers are left out. */
int place_err(struct err *e, struct place at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Puts a place before the text. */
int place_wrap(struct err *e, struct place at);
/* "file:line", kept by inv. */
const char *place_text(struct inv *inv, struct place at);

/* A copy that lives as long as inv. */
const char *inv_keep(struct inv *inv, struct span s);

/*
 * The group's index.  Declares it, or only speaks of it: whoever is never
 * declared is an error in the end, at the place that first spoke of it.
 */
int inv_add_group(struct inv *inv, struct span name, struct place at,
    bool declare, size_t *ret, struct err *e);
int inv_add_child(struct inv *inv, size_t parent, size_t child, struct place at,
    struct err *e);
/*
 * Adds every host of a host line's first word, NAME, NAME:PORT or a range of
 * them, to the group; their indices go to *ret, which the caller frees.
 */
int inv_add_hosts(struct inv *inv, struct span word, size_t group,
    struct place at, struct indices *ret, struct err *e);
/* Adds one host of exactly that name. */
int inv_add_host(struct inv *inv, struct span name, size_t group,
    struct place at, size_t *ret, struct err *e);

/* Both copy; for all the hosts of a line only once. */
int inv_set_group_var(struct inv *inv, size_t group, struct span name,
    struct span value, struct place at, bool from_file, struct err *e);
int inv_set_host_var(struct inv *inv, const struct indices *hosts,
    struct span name, struct span value, struct place at, bool from_file,
    struct err *e);

void indices_add(struct indices *x, size_t i);
void indices_free(struct indices *x);

/* Hosts of the group and of its children, each once, in order. */
void inv_walk_group(const struct inv *inv, size_t group, struct indices *ret);

/* Counts a source and keeps its name. */
int inv_new_source(struct inv *inv, const char *name, struct span text,
    const char **ret, struct err *e);

/* The readers of the formats; file is a name that inv keeps. */
int inv_parse_ini(struct inv *inv, const char *file, struct span text,
    struct err *e);
int inv_parse_yaml(struct inv *inv, const char *file, struct span text,
    struct err *e);
int inv_parse_json(struct inv *inv, const char *file, struct span text,
    struct err *e);

/* No value: empty, or the word by which Python or YAML says so. */
bool inv_is_none(const char *value);

#endif
