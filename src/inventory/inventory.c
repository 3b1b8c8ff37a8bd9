#include "inventory/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "inventory/build.h"

struct inv *
inv_new(void)
{
	static const struct place nowhere = { "built in", 0, 0 };
	struct inv *inv = xcalloc(1, sizeof(*inv));
	struct err e;
	size_t all, ungrouped;

	inv_add_group(inv, span_of("all"), nowhere, true, &all, &e);
	inv_add_group(inv, span_of("ungrouped"), nowhere, true, &ungrouped, &e);
	inv_add_child(inv, all, ungrouped, nowhere, &e);
	return inv;
}

void
inv_free(struct inv *inv)
{
	if (inv == NULL)
		return;
	for (size_t i = 0; i < inv->n_groups; i++) {
		free(inv->groups[i].vars.v);
		indices_free(&inv->groups[i].hosts);
		indices_free(&inv->groups[i].children);
		indices_free(&inv->groups[i].parents);
	}
	for (size_t i = 0; i < inv->n_members; i++) {
		free(inv->members[i].vars.v);
		indices_free(&inv->members[i].groups);
	}
	map_free(&inv->group_index);
	map_free(&inv->member_index);
	map_free(&inv->var_index);
	arena_free(&inv->strings);
	free(inv->groups);
	free(inv->members);
	free(inv->links);
	free(inv->var_names);
	free(inv->hosts);
	free(inv->host_vars);
	free(inv);
}

static const struct {
	const char *ending;
	enum inv_format format;
} endings[] = {
	{ ".yml", INV_YAML },
	{ ".yaml", INV_YAML },
	{ ".cfg", INV_INI },
	{ ".ini", INV_INI },
};

static bool
ends_with(const char *s, const char *ending)
{
	size_t n = strlen(s), m = strlen(ending);

	return n > m && strcmp(s + n - m, ending) == 0;
}

static bool
holds(struct span text, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= text.n; i++)
		if (memcmp(text.p + i, word, n) == 0)
			return true;
	return false;
}

/* "word:" and nothing but a comment, or "word: value" before any "=". */
static bool
looks_yaml(struct span line)
{
	size_t i = 0;

	if (span_starts(line, "---") || span_starts(line, "%YAML"))
		return true;
	while (i < line.n && strchr(" =[\t", line.p[i]) == NULL)
		i++;
	return i > 0 && line.p[i - 1] == ':';
}

enum inv_format
inv_guess(const char *name, struct span text)
{
	struct span rest = text, line;

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (ends_with(name, endings[i].ending))
			return endings[i].format;
	while (span_line(&rest, &line)) {
		line = span_trim(line);
		if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
			continue;
		/* JSON is YAML, unless it is a program's saved answer. */
		if (line.p[0] == '{')
			return holds(text, "\"_meta\"") ? INV_JSON : INV_YAML;
		return looks_yaml(line) ? INV_YAML : INV_INI;
	}
	return INV_INI;
}

int
inv_new_source(struct inv *inv, const char *name, struct span text,
    const char **ret, struct err *e)
{
	const struct place at = { inv_keep(inv, span_of(name)), 0, 0 };

	if (inv->n_sources++ == INV_SOURCES_MAX)
		return place_err(e, at, "more than %d inventory files",
		    INV_SOURCES_MAX);
	if (text.n > INV_TEXT_MAX)
		return place_err(e, at, "%zu bytes; %d is the most", text.n,
		    INV_TEXT_MAX);
	*ret = at.file;
	return 0;
}

int
inv_parse(struct inv *inv, enum inv_format format, const char *name,
    struct span text, struct err *e)
{
	static int (*const readers[])(struct inv *, const char *, struct span,
	    struct err *) = {
		[INV_INI] = inv_parse_ini,
		[INV_YAML] = inv_parse_yaml,
		[INV_JSON] = inv_parse_json,
	};
	const char *file;

	if (inv_new_source(inv, name, text, &file, e) < 0)
		return -1;
	return readers[format](inv, file, text, e);
}

int
inv_parse_list(struct inv *inv, const char *name, struct span list,
    struct err *e)
{
	struct place at = { .line = 0 };
	struct span rest = list, word;

	if (inv_new_source(inv, name, list, &at.file, e) < 0)
		return -1;
	while (span_until(&rest, ',', &word)) {
		struct indices hosts = { 0 };

		word = span_trim(word);
		if (word.n == 0)
			continue;
		if (inv_add_hosts(inv, word, GROUP_UNGROUPED, at, &hosts, e) <
		    0)
			return -1;
		indices_free(&hosts);
	}
	return 0;
}

bool
inv_has(const struct inv *inv, enum inv_owner kind, struct span owner)
{
	size_t i;

	return map_get(kind == INV_GROUP ? &inv->group_index
					 : &inv->member_index,
	    owner, &i);
}

size_t
inv_n_hosts(const struct inv *inv)
{
	return inv->n_members;
}

const struct host *
inv_host(const struct inv *inv, size_t i)
{
	return &inv->hosts[i];
}

const struct host *
inv_find_host(const struct inv *inv, struct span name)
{
	size_t i;

	return map_get(&inv->member_index, name, &i) ? &inv->hosts[i] : NULL;
}

size_t
inv_n_groups(const struct inv *inv)
{
	return inv->n_groups;
}

const char *
inv_group(const struct inv *inv, size_t i)
{
	return inv->groups[i].name;
}

void
inv_host_groups(const struct inv *inv, const struct host *h,
    const char *const **ret, size_t *n)
{
	const struct member *m = &inv->members[h - inv->hosts];

	*ret = m->group_names;
	*n = m->n_group_names;
}
