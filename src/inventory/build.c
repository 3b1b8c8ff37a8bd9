#include "inventory/build.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "inventory/hostrange.h"
#include "model/addr.h"

int
place_wrap(struct err *e, struct place at)
{
	if (at.line == 0)
		return err_wrap(e, "%s", at.file);
	if (at.column == 0)
		return err_wrap(e, "%s:%zu", at.file, at.line);
	return err_wrap(e, "%s:%zu:%zu", at.file, at.line, at.column);
}

int
place_err(struct err *e, struct place at, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_set(e, ERR_INPUT, "%s", text);
	return place_wrap(e, at);
}

const char *
place_text(struct inv *inv, struct place at)
{
	char line[32];
	char *text;
	size_t n = strlen(at.file);

	if (at.line == 0)
		return at.file;
	snprintf(line, sizeof(line), ":%zu", at.line);
	text = arena_alloc(&inv->strings, n + strlen(line) + 1);
	memcpy(text, at.file, n);
	memcpy(text + n, line, strlen(line));
	return text;
}

const char *
inv_keep(struct inv *inv, struct span s)
{
	return arena_dup(&inv->strings, s);
}

void
indices_add(struct indices *x, size_t i)
{
	x->v = mem_grow(x->v, x->n, &x->cap, sizeof(*x->v));
	x->v[x->n++] = i;
}

void
indices_free(struct indices *x)
{
	free(x->v);
	*x = (struct indices){ 0 };
}

bool
inv_is_none(const char *value)
{
	static const char *const words[] = { "", "None", "none", "null", "~" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(value, words[i]) == 0)
			return true;
	return false;
}

static bool
alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

/* Names become file names of a run and words for ssh(1): no surprises. */
static bool
host_name_ok(struct span s)
{
	struct ip ip;

	if (s.n == 0 || (!alnum(s.p[0]) && s.p[0] != '_' && s.p[0] != ':'))
		return false;
	if (memchr(s.p, ':', s.n) != NULL)
		return ip_parse(s, &ip) == 0;
	for (size_t i = 0; i < s.n; i++)
		if (!alnum(s.p[i]) && memchr("._-", s.p[i], 3) == NULL)
			return false;
	return true;
}

/* What a pattern could not spell is no name; bytes of UTF-8 are. */
static bool
group_name_ok(struct span s)
{
	static const char not [] = "\x7f:,;[]!&~*?@/\\\"'#={}$`|<>";

	if (s.n == 0 || s.p[0] == '-' || s.p[0] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || strchr(not, s.p[i]) != NULL)
			return false;
	return true;
}

static int
check_name(struct span name, bool ok, const char *what, struct place at,
    struct err *e)
{
	if (name.n > INV_NAME_MAX)
		return place_err(e, at, "%s name of %zu bytes; %d is the most",
		    what, name.n, INV_NAME_MAX);
	if (ok)
		return 0;
	return place_err(e, at, "\"%.*s\" is no %s name", (int)name.n, name.p,
	    what);
}

int
inv_add_group(struct inv *inv, struct span name, struct place at, bool declare,
    size_t *ret, struct err *e)
{
	size_t i;

	if (!map_get(&inv->group_index, name, &i)) {
		if (check_name(name, group_name_ok(name), "group", at, e) < 0)
			return -1;
		if (inv->n_groups == INV_GROUPS_MAX)
			return place_err(e, at, "more than %d groups",
			    INV_GROUPS_MAX);
		inv->groups = mem_grow(inv->groups, inv->n_groups,
		    &inv->cap_groups, sizeof(*inv->groups));
		i = inv->n_groups++;
		inv->groups[i] = (struct group){ .at = at, .priority = 1 };
		inv->groups[i].name = inv_keep(inv, name);
		map_put(&inv->group_index, span_of(inv->groups[i].name), i);
	}
	if (declare)
		inv->groups[i].declared = true;
	*ret = i;
	return 0;
}

int
inv_add_child(struct inv *inv, size_t parent, size_t child, struct place at,
    struct err *e)
{
	if (child == GROUP_ALL)
		return place_err(e, at, "group \"all\" cannot be a child");
	if (parent == child)
		return place_err(e, at, "group \"%s\" is its own child",
		    inv->groups[child].name);
	if (inv->n_links == INV_LINKS_MAX)
		return place_err(e, at, "more than %d groups in groups",
		    INV_LINKS_MAX);
	inv->links = mem_grow(inv->links, inv->n_links, &inv->cap_links,
	    sizeof(*inv->links));
	inv->links[inv->n_links++] = (struct link){ parent, child, at };
	indices_add(&inv->groups[parent].children, child);
	indices_add(&inv->groups[child].parents, parent);
	return 0;
}

int
inv_add_host(struct inv *inv, struct span name, size_t group, struct place at,
    size_t *ret, struct err *e)
{
	struct member *m;
	size_t i;

	if (!map_get(&inv->member_index, name, &i)) {
		if (check_name(name, host_name_ok(name), "host", at, e) < 0)
			return -1;
		if (inv->n_members == INV_HOSTS_MAX)
			return place_err(e, at, "more than %d hosts",
			    INV_HOSTS_MAX);
		inv->members = mem_grow(inv->members, inv->n_members,
		    &inv->cap_members, sizeof(*inv->members));
		i = inv->n_members++;
		m = &inv->members[i];
		*m = (struct member){ .name = inv_keep(inv, name), .at = at };
		m->where = place_text(inv, at);
		map_put(&inv->member_index, span_of(m->name), i);
	}
	if (inv->n_memberships++ == INV_MEMBERS_MAX)
		return place_err(e, at, "more than %d hosts in groups",
		    INV_MEMBERS_MAX);
	indices_add(&inv->groups[group].hosts, i);
	indices_add(&inv->members[i].groups, group);
	*ret = i;
	return 0;
}

/* Colons outside of brackets, and where the last one stands. */
static size_t
count_colons(struct span s, size_t *last)
{
	size_t n = 0, depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '[')
			depth++;
		else if (s.p[i] == ']' && depth > 0)
			depth--;
		else if (s.p[i] == ':' && depth == 0) {
			n++;
			*last = i;
		}
	}
	return n;
}

/*
 * NAME, NAME:PORT, [IPv6]:PORT or a bare IPv6 address; *port is empty when
 * there is none.
 */
static int
split_port(struct span word, struct span *name, struct span *port,
    struct place at, struct err *e)
{
	size_t last = 0, n = count_colons(word, &last);
	struct ip ip;
	uint64_t v;

	*name = word;
	*port = (struct span){ word.p, 0 };
	if (n == 0 || (n > 1 && ip_parse(word, &ip) == 0))
		return 0;
	at.column += at.column > 0 ? last : 0;
	*name = (struct span){ word.p, last };
	*port = (struct span){ word.p + last + 1, word.n - last - 1 };
	if (port->n > 2 && port->p[0] == '0' && port->p[1] == 'x')
		return place_err(e, at, "bad port behind \":\"");
	if (span_u64(*port, 65535, &v) < 0 || v == 0)
		return place_err(e, at,
		    "\"%.*s\" is no port from 1 to 65535 behind \":\"",
		    (int)port->n, port->p);
	if (name->n > 2 && name->p[0] == '[' && name->p[last - 1] == ']') {
		struct span inside = { name->p + 1, last - 2 };

		if (ip_parse(inside, &ip) == 0)
			*name = inside;
	}
	return 0;
}

int
inv_add_hosts(struct inv *inv, struct span word, size_t group, struct place at,
    struct indices *ret, struct err *e)
{
	struct indices out = { 0 };
	struct names names = { 0 };
	struct span name, port;
	size_t offset = 0, i;
	int r = -1;

	if (split_port(word, &name, &port, at, e) < 0)
		return -1;
	if (hostrange_expand(name, INV_HOSTS_MAX, &names, &offset, e) < 0) {
		at.column += at.column > 0 ? offset : 0;
		return place_wrap(e, at);
	}
	for (size_t k = 0; k < names.n; k++) {
		if (inv_add_host(inv, span_of(names.v[k]), group, at, &i, e) <
		    0)
			goto out;
		indices_add(&out, i);
	}
	if (port.n > 0 &&
	    inv_set_host_var(inv, &out, span_of("ansible_port"), port, at,
		false, e) < 0)
		goto out;
	*ret = out;
	out = (struct indices){ 0 };
	r = 0;
out:
	names_free(&names);
	indices_free(&out);
	return r;
}

void
inv_walk_group(const struct inv *inv, size_t group, struct indices *ret)
{
	unsigned char *seen = xcalloc(inv->n_groups + inv->n_members, 1);
	unsigned char *seen_host = seen + inv->n_groups;
	struct indices queue = { 0 };

	indices_add(&queue, group);
	seen[group] = 1;
	for (size_t i = 0; i < queue.n; i++) {
		const struct group *g = &inv->groups[queue.v[i]];

		for (size_t k = 0; k < g->hosts.n; k++) {
			if (!seen_host[g->hosts.v[k]])
				indices_add(ret, g->hosts.v[k]);
			seen_host[g->hosts.v[k]] = 1;
		}
		for (size_t k = 0; k < g->children.n; k++) {
			if (!seen[g->children.v[k]])
				indices_add(&queue, g->children.v[k]);
			seen[g->children.v[k]] = 1;
		}
	}
	indices_free(&queue);
	free(seen);
}
