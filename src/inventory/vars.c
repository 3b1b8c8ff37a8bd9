/* Variables of groups and hosts, while sources are read. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "inventory/build.h"

/* The name's number; a name is kept once. */
static size_t
intern(struct inv *inv, struct span name, const char **ret)
{
	size_t id;

	if (map_get(&inv->var_index, name, &id)) {
		*ret = inv->var_names[id];
		return id;
	}
	id = inv->n_var_names++;
	inv->var_names = mem_grow(inv->var_names, id, &inv->cap_var_names,
	    sizeof(*inv->var_names));
	*ret = inv->var_names[id] = inv_keep(inv, name);
	map_put(&inv->var_index, span_of(*ret), id);
	return id;
}

static int
check_var_name(struct span name, struct place at, struct err *e)
{
	if (name.n == 0)
		return place_err(e, at, "a variable without a name");
	if (name.n > INV_NAME_MAX)
		return place_err(e, at,
		    "variable name of %zu bytes; %d is the most", name.n,
		    INV_NAME_MAX);
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < ' ' || name.p[i] == 0x7f)
			return place_err(e, at,
			    "a control character in a variable's name");
	return 0;
}

static struct var *
find(const struct vars *vars, const struct var *like)
{
	for (size_t i = 0; i < vars->n; i++)
		if (vars->v[i].id == like->id &&
		    vars->v[i].from_file == like->from_file)
			return &vars->v[i];
	return NULL;
}

static int
put(struct vars *vars, const struct var *v, struct err *e)
{
	struct var *old = find(vars, v);

	if (old != NULL) {
		*old = *v;
		return 0;
	}
	if (vars->n == INV_VARS_MAX)
		return place_err(e, v->at, "more than %d variables",
		    INV_VARS_MAX);
	vars->v = mem_grow(vars->v, vars->n, &vars->cap, sizeof(*vars->v));
	vars->v[vars->n++] = *v;
	return 0;
}

static int
make(struct inv *inv, struct span name, struct span value, struct place at,
    bool from_file, struct var *ret, struct err *e)
{
	if (check_var_name(name, at, e) < 0)
		return -1;
	ret->id = intern(inv, name, &ret->name);
	ret->value = inv_keep(inv, value);
	ret->at = at;
	ret->where = place_text(inv, at);
	ret->from_file = from_file;
	return 0;
}

/* An integer with an optional sign, as ansible_group_priority wants it. */
static int
set_priority(struct group *g, const struct var *v, struct err *e)
{
	const char *s = v->value;
	bool minus = *s == '-';
	uint64_t n;

	if (str_u64(s + minus, 1000000, &n) < 0)
		return place_err(e, v->at,
		    "%s: \"%s\" is no number up to 1000000", v->name, s);
	g->priority = minus ? -(long)n : (long)n;
	return 0;
}

int
inv_set_group_var(struct inv *inv, size_t group, struct span name,
    struct span value, struct place at, bool from_file, struct err *e)
{
	struct group *g = &inv->groups[group];
	struct var v;

	if (make(inv, name, value, at, from_file, &v, e) < 0)
		return -1;
	if (strcmp(v.name, "ansible_group_priority") == 0)
		return set_priority(g, &v, e);
	return put(&g->vars, &v, e);
}

/*
 * One name for two machines would make a report accuse the wrong one: where a
 * host is must not be said twice in two ways.
 */
static int
check_contradiction(const struct member *m, const struct var *v, struct err *e)
{
	static const char *const whereabouts[] = { "ansible_host",
		"ansible_ssh_host", "ansible_port", "ansible_ssh_port" };
	const struct var *old = find(&m->vars, v);

	if (old == NULL || strcmp(old->value, v->value) == 0 ||
	    inv_is_none(old->value) || inv_is_none(v->value))
		return 0;
	for (size_t i = 0; i < sizeof(whereabouts) / sizeof(whereabouts[0]);
	     i++)
		if (strcmp(v->name, whereabouts[i]) == 0)
			return place_err(e, v->at,
			    "duplicate host \"%s\": %s is %s here but %s at "
			    "%s; keep one",
			    m->name, v->name, v->value, old->value, old->where);
	return 0;
}

int
inv_set_host_var(struct inv *inv, const struct indices *hosts, struct span name,
    struct span value, struct place at, bool from_file, struct err *e)
{
	struct var v;

	if (make(inv, name, value, at, from_file, &v, e) < 0)
		return -1;
	for (size_t i = 0; i < hosts->n; i++) {
		struct member *m = &inv->members[hosts->v[i]];

		if (check_contradiction(m, &v, e) < 0 ||
		    put(&m->vars, &v, e) < 0)
			return -1;
	}
	return 0;
}
