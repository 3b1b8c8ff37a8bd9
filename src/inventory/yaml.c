/* Ansible's YAML inventory, and the YAML files of group_vars and host_vars. */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/ytree.h"
#include "inventory/build.h"
#include "inventory/value.h"

static const struct ytree_caps caps = {
	.bytes = INV_TEXT_MAX,
	.nodes = 1 << 20,
	.depth = 2 * INV_DEPTH_MAX + 8, /* a group takes two levels */
	.aliases = 4096,
};

struct reader {
	struct inv *inv;
	const char *file;
	struct buf value; /* scratch */
};

static int read_group(struct reader *r, const struct ynode *name,
    const struct ynode *body, size_t *ret, struct err *e);

static struct place
place_of(const struct reader *r, const struct ynode *n)
{
	return (struct place){ r->file, n->line, n->column };
}

static struct span
value_of(struct reader *r, const struct ynode *n)
{
	buf_clear(&r->value);
	value_from_yaml(n, &r->value);
	return (struct span){ r->value.data, r->value.len };
}

static int
check_map(const struct reader *r, const struct ynode *n, const char *of,
    struct err *e)
{
	if (n->kind == YNODE_MAP || ynode_is_null(n))
		return 0;
	return place_err(e, place_of(r, n), "\"%s\" must be a mapping, not %s",
	    of, ynode_kind_name(n));
}

/* A mapping of variables; hosts is NULL when they are a group's. */
static int
read_vars(struct reader *r, const struct ynode *vars, size_t group,
    const struct indices *hosts, bool from_file, struct err *e)
{
	for (size_t i = 0; i < vars->n; i++) {
		struct span name = vars->keys[i]->text;
		struct span value = value_of(r, vars->items[i]);
		struct place at = place_of(r, vars->keys[i]);
		int failed = hosts != NULL ? inv_set_host_var(r->inv, hosts,
						 name, value, at, from_file, e)
					   : inv_set_group_var(r->inv, group,
						 name, value, at, from_file, e);

		if (failed)
			return -1;
	}
	return 0;
}

static int
read_host(struct reader *r, size_t group, const struct ynode *name,
    const struct ynode *vars, struct err *e)
{
	struct indices hosts = { 0 };
	int failed;

	if (vars != NULL && check_map(r, vars, name->text.p, e) < 0)
		return -1;
	failed = inv_add_hosts(r->inv, name->text, group, place_of(r, name),
	    &hosts, e);
	if (failed == 0 && vars != NULL)
		failed = read_vars(r, vars, 0, &hosts, false, e);
	indices_free(&hosts);
	return failed;
}

static int
section_vars(struct reader *r, size_t group, const struct ynode *n,
    struct err *e)
{
	return read_vars(r, n, group, NULL, false, e);
}

static int
section_hosts(struct reader *r, size_t group, const struct ynode *n,
    struct err *e)
{
	/* "hosts: NAME" is short for a mapping with only that key. */
	if (n->kind == YNODE_SCALAR)
		return read_host(r, group, n, NULL, e);
	for (size_t i = 0; i < n->n; i++)
		if (read_host(r, group, n->keys[i], n->items[i], e) < 0)
			return -1;
	return 0;
}

static int
read_child(struct reader *r, size_t group, const struct ynode *name,
    const struct ynode *body, struct err *e)
{
	size_t child;

	if (read_group(r, name, body, &child, e) < 0)
		return -1;
	return inv_add_child(r->inv, group, child, place_of(r, name), e);
}

static int
section_children(struct reader *r, size_t group, const struct ynode *n,
    struct err *e)
{
	if (n->kind == YNODE_SCALAR)
		return read_child(r, group, n, NULL, e);
	for (size_t i = 0; i < n->n; i++)
		if (read_child(r, group, n->keys[i], n->items[i], e) < 0)
			return -1;
	return 0;
}

static const struct {
	const char *name;
	int (*read)(struct reader *, size_t, const struct ynode *,
	    struct err *);
	bool word; /* a single name will do */
} sections[] = {
	{ "vars", section_vars, false },
	{ "hosts", section_hosts, true },
	{ "children", section_children, true },
};

static int
read_section(struct reader *r, size_t group, const struct ynode *key,
    const struct ynode *n, struct err *e)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (!span_is(key->text, sections[i].name))
			continue;
		if (ynode_is_null(n))
			return 0;
		if (!(sections[i].word && n->kind == YNODE_SCALAR) &&
		    check_map(r, n, sections[i].name, e) < 0)
			return -1;
		return sections[i].read(r, group, n, e);
	}
	return place_err(e, place_of(r, key),
	    "\"%.*s\" in a group; only hosts, children and vars belong there",
	    (int)key->text.n, key->text.p);
}

/* Recursion is bounded by the depth that ytree allows. */
static int
read_group(struct reader *r, const struct ynode *name, const struct ynode *body,
    size_t *ret, struct err *e)
{
	size_t group;

	if (body != NULL && check_map(r, body, name->text.p, e) < 0)
		return -1;
	if (inv_add_group(r->inv, name->text, place_of(r, name), true, &group,
		e) < 0)
		return -1;
	for (size_t i = 0; body != NULL && i < body->n; i++)
		if (read_section(r, group, body->keys[i], body->items[i], e) <
		    0)
			return -1;
	*ret = group;
	return 0;
}

static int
read_root(struct reader *r, const struct ynode *root, struct err *e)
{
	size_t group;

	if (root == NULL || ynode_is_null(root))
		return 0;
	if (root->kind != YNODE_MAP)
		return place_err(e, place_of(r, root),
		    "an inventory is a mapping of groups, not %s",
		    ynode_kind_name(root));
	if (ynode_get(root, "plugin") != NULL)
		return place_err(e, place_of(r, root),
		    "an inventory plugin's settings; espy runs no plugins: "
		    "save the output of ansible-inventory --list instead");
	for (size_t i = 0; i < root->n; i++)
		if (read_group(r, root->keys[i], root->items[i], &group, e) < 0)
			return -1;
	return 0;
}

int
inv_parse_yaml(struct inv *inv, const char *file, struct span text,
    struct err *e)
{
	struct reader r = { .inv = inv, .file = file };
	struct ytree *tree;
	int failed;

	if (ytree_parse(file, text, &caps, &tree, e) < 0)
		return -1;
	buf_init(&r.value, VALUE_MAX);
	failed = read_root(&r, ytree_root(tree), e);
	buf_free(&r.value);
	ytree_free(tree);
	return failed;
}

static int
read_vars_file(struct reader *r, enum inv_owner kind, size_t owner,
    const struct ynode *root, struct err *e)
{
	struct indices hosts = { .v = &owner, .n = 1 };

	if (root == NULL || ynode_is_null(root))
		return 0;
	if (root->kind != YNODE_MAP)
		return place_err(e, place_of(r, root),
		    "a file of variables is a mapping, not %s",
		    ynode_kind_name(root));
	return read_vars(r, root, owner, kind == INV_HOST ? &hosts : NULL, true,
	    e);
}

int
inv_parse_vars(struct inv *inv, enum inv_owner kind, struct span owner,
    const char *name, struct span text, struct err *e)
{
	struct reader r = { .inv = inv };
	struct ytree *tree;
	size_t i;
	int failed;

	if (inv_new_source(inv, name, text, &r.file, e) < 0)
		return -1;
	if (!map_get(kind == INV_GROUP ? &inv->group_index : &inv->member_index,
		owner, &i))
		return place_err(e, (struct place){ r.file, 0, 0 },
		    "no %s \"%.*s\" in the inventory",
		    kind == INV_GROUP ? "group" : "host", (int)owner.n,
		    owner.p);
	if (ytree_parse(r.file, text, &caps, &tree, e) < 0)
		return -1;
	buf_init(&r.value, VALUE_MAX);
	failed = read_vars_file(&r, kind, i, ytree_root(tree), e);
	buf_free(&r.value);
	ytree_free(tree);
	return failed;
}
