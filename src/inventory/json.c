/* What an executable inventory answers to --list. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "inventory/build.h"

struct reader {
	struct inv *inv;
	struct place at; /* the program; JSON values have no lines */
};

/* A word as it is, nothing for null, the rest as JSON again. */
static struct span
text_of(const json_t *v, char **ret)
{
	struct span s = { "", 0 };

	*ret = NULL;
	if (json_is_string(v))
		return (struct span){ json_string_value(v),
			json_string_length(v) };
	if (json_is_null(v))
		return s;
	*ret = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
	return *ret != NULL ? span_of(*ret) : s;
}

static int
wrong(const struct reader *r, const char *of, const char *name,
    const char *wanted, struct err *e)
{
	return place_err(e, r->at, "%s \"%s\": expected %s", of, name, wanted);
}

/* hosts is NULL when the variables are the group's. */
static int
read_vars(struct reader *r, size_t group, const struct indices *hosts,
    json_t *vars, struct err *e)
{
	const char *key;
	json_t *v;

	json_object_foreach(vars, key, v)
	{
		char *owned;
		struct span text = text_of(v, &owned);
		int failed = hosts != NULL
		    ? inv_set_host_var(r->inv, hosts, span_of(key), text, r->at,
			  false, e)
		    : inv_set_group_var(r->inv, group, span_of(key), text,
			  r->at, false, e);

		free(owned);
		if (failed)
			return -1;
	}
	return 0;
}

static int
read_hosts(struct reader *r, const char *name, size_t group, const json_t *list,
    struct err *e)
{
	size_t i, host;
	json_t *v;

	if (!json_is_array(list))
		return wrong(r, "hosts of group", name, "a list", e);
	json_array_foreach(list, i, v)
	{
		if (!json_is_string(v))
			return wrong(r, "hosts of group", name, "names", e);
		if (inv_add_host(r->inv, span_of(json_string_value(v)), group,
			r->at, &host, e) < 0)
			return -1;
	}
	return 0;
}

static int
read_children(struct reader *r, const char *name, size_t group,
    const json_t *list, struct err *e)
{
	size_t i, child;
	json_t *v;

	if (!json_is_array(list))
		return wrong(r, "children of group", name, "a list", e);
	json_array_foreach(list, i, v)
	{
		if (!json_is_string(v))
			return wrong(r, "children of group", name, "names", e);
		if (inv_add_group(r->inv, span_of(json_string_value(v)), r->at,
			true, &child, e) < 0 ||
		    inv_add_child(r->inv, group, child, r->at, e) < 0)
			return -1;
	}
	return 0;
}

/* {"NAME": {variables}} is short for a group of that one host. */
static int
read_short_group(struct reader *r, const char *name, size_t group, json_t *vars,
    struct err *e)
{
	size_t host;

	if (inv_add_host(r->inv, span_of(name), group, r->at, &host, e) < 0)
		return -1;
	return read_vars(r, group, NULL, vars, e);
}

static int
read_group(struct reader *r, const char *name, json_t *body, struct err *e)
{
	json_t *hosts = json_object_get(body, "hosts");
	json_t *children = json_object_get(body, "children");
	json_t *vars = json_object_get(body, "vars");
	size_t group;

	if (inv_add_group(r->inv, span_of(name), r->at, true, &group, e) < 0)
		return -1;
	if (json_is_array(body))
		return read_hosts(r, name, group, body, e);
	if (!json_is_object(body))
		return wrong(r, "group", name, "an object or a list", e);
	if (hosts == NULL && children == NULL && vars == NULL)
		return json_object_size(body) == 0
		    ? 0
		    : read_short_group(r, name, group, body, e);
	if (vars != NULL && !json_is_object(vars))
		return wrong(r, "vars of group", name, "an object", e);
	if ((hosts != NULL && read_hosts(r, name, group, hosts, e) < 0) ||
	    (children != NULL &&
		read_children(r, name, group, children, e) < 0))
		return -1;
	return vars != NULL ? read_vars(r, group, NULL, vars, e) : 0;
}

/* Variables of hosts that no group names are left out, as Ansible does. */
static int
read_hostvars(struct reader *r, json_t *hostvars, struct err *e)
{
	const char *name;
	json_t *vars;

	json_object_foreach(hostvars, name, vars)
	{
		size_t host;
		struct indices one = { .v = &host, .n = 1 };

		if (!json_is_object(vars))
			return wrong(r, "hostvars of", name, "an object", e);
		if (!map_get(&r->inv->member_index, span_of(name), &host))
			continue;
		if (read_vars(r, 0, &one, vars, e) < 0)
			return -1;
	}
	return 0;
}

static int
read_root(struct reader *r, json_t *root, struct err *e)
{
	json_t *hostvars =
	    json_object_get(json_object_get(root, "_meta"), "hostvars");
	const char *name;
	json_t *body;

	if (!json_is_object(root))
		return place_err(e, r->at, "expected a JSON object of groups");
	if (!json_is_object(hostvars))
		return place_err(e, r->at,
		    "no \"_meta\" with \"hostvars\"; espy does not ask with "
		    "--host for each host, so --list must answer them");
	json_object_foreach(root, name, body)
	{
		if (strcmp(name, "_meta") == 0)
			continue;
		if (read_group(r, name, body, e) < 0)
			return -1;
	}
	return read_hostvars(r, hostvars, e);
}

int
inv_parse_json(struct inv *inv, const char *file, struct span text,
    struct err *e)
{
	struct reader r = { .inv = inv, .at = { file, 0, 0 } };
	json_error_t why;
	json_t *root;
	int failed;

	root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &why);
	if (root == NULL)
		return place_err(e,
		    (struct place){ file, why.line > 0 ? (size_t)why.line : 1,
			why.column > 0 ? (size_t)why.column : 1 },
		    "no JSON: %s", why.text);
	failed = read_root(&r, root, e);
	json_decref(root);
	return failed;
}
