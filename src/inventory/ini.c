/*
 * Ansible's INI inventory, which is Danube Cloud's hosts.cfg.  Where its
 * documentation is silent, this does what ansible-core 2.14 does.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "inventory/build.h"
#include "inventory/word.h"

enum section { SECTION_HOSTS, SECTION_VARS, SECTION_CHILDREN };

struct ini {
	struct inv *inv;
	const char *file;
	struct span line; /* the current one, whole */
	size_t line_no;
	enum section section;
	size_t group;
	struct buf word, value; /* scratch */
};

static struct place
place_of(const struct ini *ini, const char *p)
{
	return (struct place){ ini->file, ini->line_no,
		(size_t)(p - ini->line.p) + 1 };
}

/* Control characters and broken UTF-8 mean that this is no such file. */
static int
check_text(const struct ini *ini, struct span line, struct err *e)
{
	while (line.n > 0) {
		const char *at = line.p;
		uint32_t c = utf8_take(&line);

		if ((c < 0x20 && c != '\t' && c != '\f') || c == 0x7f ||
		    (c == 0xfffd && line.p == at + 1))
			return place_err(e, place_of(ini, at),
			    "byte 0x%02x: this is no inventory",
			    (unsigned char)*at);
	}
	return 0;
}

static int
open_section(struct ini *ini, struct span name, struct span kind, struct err *e)
{
	static const char *const kinds[] = {
		[SECTION_HOSTS] = "hosts",
		[SECTION_VARS] = "vars",
		[SECTION_CHILDREN] = "children",
	};
	size_t i = 0;

	if (kind.n > 0) {
		while (i < 3 && !span_is(kind, kinds[i]))
			i++;
		if (i == 3)
			return place_err(e, place_of(ini, kind.p),
			    "unknown kind of section \"%.*s\"; there are vars, "
			    "children and hosts",
			    (int)kind.n, kind.p);
	}
	ini->section = (enum section)i;
	return inv_add_group(ini->inv, name, place_of(ini, name.p),
	    ini->section != SECTION_VARS, &ini->group, e);
}

/* [NAME] or [NAME:KIND], and perhaps a comment: 1; 0 when it is neither. */
static int
read_header(struct ini *ini, struct span line, struct err *e)
{
	const char *end = memchr(line.p, ']', line.n);
	struct span inside, behind, name, kind;

	if (end == NULL)
		return place_err(e, place_of(ini, line.p),
		    "\"[\" without \"]\"");
	inside = (struct span){ line.p + 1, (size_t)(end - line.p) - 1 };
	behind = (struct span){ end + 1, line.n - inside.n - 2 };
	behind = span_trim(behind);
	if (behind.n > 0 && behind.p[0] != '#')
		return 0;
	kind = inside;
	if (!span_until(&kind, ':', &name))
		return place_err(e, place_of(ini, line.p),
		    "a section without a name");
	if (kind.n == 0 && name.n < inside.n)
		return place_err(e, place_of(ini, line.p),
		    "nothing behind \":\" in [%.*s]", (int)inside.n, inside.p);
	return open_section(ini, name, kind, e) < 0 ? -1 : 1;
}

/* The next word of the line into ini->word: 1, or 0 at the end. */
static int
next_word(struct ini *ini, struct span *rest, const char **start, struct err *e)
{
	switch (word_next(rest, &ini->word, start)) {
	case WORD_NONE:
		return 0;
	case WORD_TAKEN:
		return 1;
	case WORD_UNQUOTED:
		return place_err(e, place_of(ini, rest->p),
		    "no closing quotation mark");
	case WORD_UNESCAPED:
		break;
	}
	return place_err(e, place_of(ini, *start),
	    "a backslash at the end of the line");
}

static int
set_host_var(struct ini *ini, const struct indices *hosts, const char *at,
    struct err *e)
{
	struct span rest = { ini->word.data, ini->word.len }, name;

	if (memchr(rest.p, '=', rest.n) == NULL)
		return place_err(e, place_of(ini, at),
		    "expected NAME=VALUE behind the host, not \"%s\"",
		    ini->word.data);
	if (!span_until(&rest, '=', &name))
		name = rest;
	word_literal(rest, &ini->value);
	return inv_set_host_var(ini->inv, hosts, name,
	    (struct span){ ini->value.data, ini->value.len }, place_of(ini, at),
	    false, e);
}

static int
read_host(struct ini *ini, struct span line, struct err *e)
{
	struct indices hosts = { 0 };
	const char *at;
	int r = next_word(ini, &line, &at, e);

	if (r <= 0)
		return r;
	r = inv_add_hosts(ini->inv,
	    (struct span){ ini->word.data, ini->word.len }, ini->group,
	    place_of(ini, at), &hosts, e);
	while (r == 0) {
		r = next_word(ini, &line, &at, e);
		if (r <= 0)
			break;
		r = set_host_var(ini, &hosts, at, e);
	}
	indices_free(&hosts);
	return r;
}

static int
read_var(struct ini *ini, struct span line, struct err *e)
{
	struct span value = line, name;

	if (memchr(line.p, '=', line.n) == NULL)
		return place_err(e, place_of(ini, line.p),
		    "expected NAME = VALUE in this section, not \"%.*s\"",
		    (int)line.n, line.p);
	span_until(&value, '=', &name);
	word_literal(span_trim(value), &ini->value);
	return inv_set_group_var(ini->inv, ini->group, span_trim(name),
	    (struct span){ ini->value.data, ini->value.len },
	    place_of(ini, line.p), false, e);
}

static int
read_child(struct ini *ini, struct span line, struct err *e)
{
	struct span rest = line, name;
	size_t child;

	span_word(&rest, &name);
	rest = span_trim(rest);
	if (rest.n > 0 && rest.p[0] != '#')
		return place_err(e, place_of(ini, rest.p),
		    "expected one group's name on this line, not \"%.*s\"",
		    (int)line.n, line.p);
	if (inv_add_group(ini->inv, name, place_of(ini, name.p), false, &child,
		e) < 0)
		return -1;
	return inv_add_child(ini->inv, ini->group, child, place_of(ini, name.p),
	    e);
}

static int
read_line(struct ini *ini, struct err *e)
{
	static int (*const readers[])(struct ini *, struct span,
	    struct err *) = {
		[SECTION_HOSTS] = read_host,
		[SECTION_VARS] = read_var,
		[SECTION_CHILDREN] = read_child,
	};
	struct span line = span_trim(ini->line);

	if (ini->line.n > INV_LINE_MAX)
		return place_err(e, place_of(ini, ini->line.p),
		    "a line of %zu bytes; %d is the most", ini->line.n,
		    INV_LINE_MAX);
	if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
		return 0;
	if (check_text(ini, line, e) < 0)
		return -1;
	if (line.p[0] == '[') {
		int r = read_header(ini, line, e);

		if (r != 0)
			return r < 0 ? -1 : 0;
	}
	return readers[ini->section](ini, line, e);
}

int
inv_parse_ini(struct inv *inv, const char *file, struct span text,
    struct err *e)
{
	struct ini ini = { .inv = inv, .file = file, .group = GROUP_UNGROUPED };
	int r = 0;

	if (span_starts(text, "\xef\xbb\xbf")) {
		text.p += 3;
		text.n -= 3;
	}
	buf_init(&ini.word, INV_LINE_MAX);
	buf_init(&ini.value, INV_LINE_MAX);
	while (r == 0 && span_line(&text, &ini.line)) {
		ini.line_no++;
		r = read_line(&ini, e);
	}
	buf_free(&ini.word);
	buf_free(&ini.value);
	return r;
}
