/* From what the sources said to hosts: checks, precedence, known variables. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "inventory/build.h"
#include "inventory/known.h"

/* What merging all the hosts needs besides the inventory. */
struct merge {
	struct inv *inv;
	size_t *order;		 /* groups, least specific first */
	size_t *rank;		 /* a group's position in order */
	const struct var **slot; /* by variable id; the current host's */
	struct indices used;	 /* ids with a slot */
	struct host_var *vars;
	size_t n_vars, cap_vars;
};

static int
check_declared(const struct inv *inv, struct err *e)
{
	for (size_t i = 0; i < inv->n_groups; i++)
		if (!inv->groups[i].declared)
			return place_err(e, inv->groups[i].at,
			    "unknown group \"%s\"; a [%s] section would "
			    "declare it",
			    inv->groups[i].name, inv->groups[i].name);
	return 0;
}

/* Every group without a parent is a child of "all". */
static void
adopt(struct inv *inv)
{
	for (size_t i = GROUP_UNGROUPED; i < inv->n_groups; i++) {
		if (inv->groups[i].parents.n > 0)
			continue;
		indices_add(&inv->groups[GROUP_ALL].children, i);
		indices_add(&inv->groups[i].parents, GROUP_ALL);
	}
}

/* Going from child to parent among what was never reached meets a cycle. */
static int
cycle_error(const struct inv *inv, const size_t *waiting, struct err *e)
{
	unsigned char *seen = xcalloc(inv->n_groups, 1);
	size_t g = 0;

	while (waiting[g] == 0)
		g++;
	while (!seen[g]) {
		const struct indices *up = &inv->groups[g].parents;

		seen[g] = 1;
		for (size_t i = 0; i < up->n; i++)
			if (waiting[up->v[i]] > 0) {
				g = up->v[i];
				break;
			}
	}
	free(seen);
	for (size_t i = 0; i < inv->n_links; i++) {
		const struct link *l = &inv->links[i];

		if (l->child == g && waiting[l->parent] > 0)
			return place_err(e, l->at,
			    "group \"%s\" is among its own children, through "
			    "\"%s\"",
			    inv->groups[g].name, inv->groups[l->parent].name);
	}
	return place_err(e, inv->groups[g].at,
	    "group \"%s\" is among its own children", inv->groups[g].name);
}

/* Depths, parents before children; what no such order reaches is a cycle. */
static int
set_depths(struct inv *inv, struct err *e)
{
	size_t *waiting = xcalloc(inv->n_groups, sizeof(*waiting));
	struct indices ready = { 0 };
	int r = 0;

	for (size_t i = 0; i < inv->n_groups; i++)
		waiting[i] = inv->groups[i].parents.n;
	indices_add(&ready, GROUP_ALL);
	for (size_t i = 0; i < ready.n && r == 0; i++) {
		const struct group *g = &inv->groups[ready.v[i]];

		if (g->depth > INV_DEPTH_MAX)
			r = place_err(e, g->at,
			    "group \"%s\" is more than %d groups deep", g->name,
			    INV_DEPTH_MAX);
		for (size_t k = 0; k < g->children.n; k++) {
			struct group *c = &inv->groups[g->children.v[k]];

			if (c->depth < g->depth + 1)
				c->depth = g->depth + 1;
			if (--waiting[g->children.v[k]] == 0)
				indices_add(&ready, g->children.v[k]);
		}
	}
	if (r == 0 && ready.n < inv->n_groups)
		r = cycle_error(inv, waiting, e);
	indices_free(&ready);
	free(waiting);
	return r;
}

/*
 * "ungrouped" holds the hosts that no other group but "all" names, and those
 * only.
 */
static void
settle_ungrouped(struct inv *inv)
{
	struct indices *u = &inv->groups[GROUP_UNGROUPED].hosts;

	u->n = 0;
	for (size_t i = 0; i < inv->n_members; i++) {
		struct indices *of = &inv->members[i].groups;
		size_t kept = 0;
		bool grouped = false;

		for (size_t k = 0; k < of->n; k++)
			grouped = grouped || of->v[k] > GROUP_UNGROUPED;
		for (size_t k = 0; k < of->n; k++)
			if (!grouped || of->v[k] != GROUP_UNGROUPED)
				of->v[kept++] = of->v[k];
		of->n = kept;
		if (grouped)
			continue;
		indices_add(of, GROUP_UNGROUPED);
		indices_add(u, i);
	}
}

struct sort_key {
	const struct group *group;
	size_t index;
};

static int
compare_groups(const void *left, const void *right)
{
	const struct group *a = ((const struct sort_key *)left)->group;
	const struct group *b = ((const struct sort_key *)right)->group;

	if (a->depth != b->depth)
		return a->depth < b->depth ? -1 : 1;
	if (a->priority != b->priority)
		return a->priority < b->priority ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* Ansible's order: depth, priority, name; later ones override. */
static void
rank_groups(struct merge *m)
{
	size_t n = m->inv->n_groups;
	struct sort_key *keys = xcalloc(n, sizeof(*keys));

	for (size_t i = 0; i < n; i++)
		keys[i] = (struct sort_key){ &m->inv->groups[i], i };
	qsort(keys, n, sizeof(*keys), compare_groups);
	m->order = xcalloc(n, sizeof(*m->order));
	m->rank = xcalloc(n, sizeof(*m->rank));
	for (size_t i = 0; i < n; i++) {
		m->order[i] = keys[i].index;
		m->rank[keys[i].index] = i;
	}
	free(keys);
}

static int
compare_indices(const void *left, const void *right)
{
	const size_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* The ranks of a host's groups, ancestors too, in order; "all" is the first. */
static void
collect_groups(struct merge *m, const struct member *host, struct indices *ret)
{
	unsigned char *seen = xcalloc(m->inv->n_groups, 1);

	for (size_t i = 0; i < host->groups.n; i++) {
		if (!seen[host->groups.v[i]])
			indices_add(ret, host->groups.v[i]);
		seen[host->groups.v[i]] = 1;
	}
	for (size_t i = 0; i < ret->n; i++) {
		const struct indices *up = &m->inv->groups[ret->v[i]].parents;

		for (size_t k = 0; k < up->n; k++) {
			if (!seen[up->v[k]])
				indices_add(ret, up->v[k]);
			seen[up->v[k]] = 1;
		}
	}
	free(seen);
	for (size_t i = 0; i < ret->n; i++)
		ret->v[i] = m->rank[ret->v[i]];
	qsort(ret->v, ret->n, sizeof(*ret->v), compare_indices);
}

static void
apply(struct merge *m, const struct vars *vars, bool from_file)
{
	for (size_t i = 0; i < vars->n; i++) {
		const struct var *v = &vars->v[i];

		if (v->from_file != from_file)
			continue;
		if (m->slot[v->id] == NULL)
			indices_add(&m->used, v->id);
		m->slot[v->id] = v;
	}
}

/*
 * Ansible's precedence: all, all's file; the other groups, their files; the
 * host, its file.
 */
static void
apply_all(struct merge *m, const struct indices *ranks,
    const struct member *host)
{
	const struct group *groups = m->inv->groups;

	for (int file = 0; file < 2; file++)
		apply(m, &groups[GROUP_ALL].vars, file != 0);
	for (int file = 0; file < 2; file++)
		for (size_t i = 0; i < ranks->n; i++)
			if (m->order[ranks->v[i]] != GROUP_ALL)
				apply(m, &groups[m->order[ranks->v[i]]].vars,
				    file != 0);
	for (int file = 0; file < 2; file++)
		apply(m, &host->vars, file != 0);
}

static int
emit(struct merge *m, const struct member *host, size_t *n, struct err *e)
{
	if (m->n_vars + m->used.n > INV_MERGED_MAX)
		return place_err(e, host->at,
		    "more than %d variables of all hosts together",
		    INV_MERGED_MAX);
	if (m->used.n > 0)
		qsort(m->used.v, m->used.n, sizeof(*m->used.v),
		    compare_indices);
	for (size_t i = 0; i < m->used.n; i++) {
		const struct var *v = m->slot[m->used.v[i]];

		m->vars = mem_grow(m->vars, m->n_vars, &m->cap_vars,
		    sizeof(*m->vars));
		m->vars[m->n_vars++] =
		    (struct host_var){ v->name, v->value, v->where };
	}
	*n = m->used.n;
	return 0;
}

static void
name_groups(struct merge *m, const struct indices *ranks, struct member *host)
{
	size_t n = 0;

	host->group_names = arena_alloc(&m->inv->strings,
	    (ranks->n + 1) * sizeof(*host->group_names));
	for (size_t i = 0; i < ranks->n; i++) {
		size_t g = m->order[ranks->v[i]];

		if (g != GROUP_ALL)
			host->group_names[n++] = m->inv->groups[g].name;
	}
	host->n_group_names = n;
}

static int
merge_host(struct merge *m, size_t i, struct err *e)
{
	struct member *member = &m->inv->members[i];
	struct host *h = &m->inv->hosts[i];
	struct indices ranks = { 0 };
	int r;

	collect_groups(m, member, &ranks);
	apply_all(m, &ranks, member);
	name_groups(m, &ranks, member);
	h->name = member->name;
	h->where = member->where;
	r = emit(m, member, &h->n_vars, e);
	if (r == 0)
		r = known_fill(m->inv, m->slot, h, e);
	for (size_t k = 0; k < m->used.n; k++)
		m->slot[m->used.v[k]] = NULL;
	m->used.n = 0;
	indices_free(&ranks);
	return r;
}

static int
merge_hosts(struct inv *inv, struct err *e)
{
	struct merge m = { .inv = inv };
	size_t next = 0;
	int r = 0;

	rank_groups(&m);
	m.slot = xcalloc(inv->n_var_names, sizeof(*m.slot));
	inv->hosts = xcalloc(inv->n_members, sizeof(*inv->hosts));
	for (size_t i = 0; i < inv->n_members && r == 0; i++)
		r = merge_host(&m, i, e);
	/* The array has stopped moving: now hosts may point into it. */
	inv->host_vars = m.vars != NULL ? m.vars : xcalloc(1, sizeof(*m.vars));
	for (size_t i = 0; i < inv->n_members && r == 0; i++) {
		inv->hosts[i].vars = inv->host_vars + next;
		next += inv->hosts[i].n_vars;
	}
	indices_free(&m.used);
	free(m.slot);
	free(m.order);
	free(m.rank);
	return r;
}

int
inv_finish(struct inv *inv, struct err *e)
{
	if (check_declared(inv, e) < 0)
		return -1;
	adopt(inv);
	if (set_depths(inv, e) < 0)
		return -1;
	settle_ungrouped(inv);
	return merge_hosts(inv, e);
}
