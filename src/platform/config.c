/* What a node prints of its configuration, and what all nodes need for it. */
#include "platform/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/config.h"

/*
 * digest_tool: reads on standard input, where nobody sees it, and prints one
 * word.  Every tool that a node may have gives the same.
 *
 * $lex: awk's functions.  lex(LINE) makes words T[1..nt]; Q[i] is 1 for one in
 * quotes, 2 for a brace or the first "=" of an assignment.  digest() prints a
 * line, its head and the key's digest, by a process of its own; what say() is
 * given is printed by $dump, at the end, so that neither gets into the other's
 * lines.  Of what word() leaves nothing means anything to a shell.
 */
const char config_tools[] =
    "digest_tool='{ cat >/dev/null; echo -; }'\n"
    "for t in '/usr/bin/digest -a sha256' 'openssl dgst -sha256' \\\n"
    "    sha256sum; do\n"
    "	if command -v \"${t%% *}\" >/dev/null 2>&1; then\n"
    "		digest_tool=\"$t | tr ' ' '\\n' | grep '^[0-9a-f][0-9a-f]*$' |\n"
    "		    cut -c 1-32\"\n"
    "		break\n"
    "	fi\n"
    "done\n"
    "mode() {\n"
    "	if [ -r \"$3\" ]; then\n"
    "		set -- \"$1\" \"$2\" \"$3\" $(ls -ldL \"$3\")\n"
    "		echo \"file $1 $2 $3 $4\"\n"
    "	else\n"
    "		echo \"none $1 $2 $3\"\n"
    "	fi\n"
    "}\n"
    "lex='\n"
    "function push(w, q) { T[++nt] = w; Q[nt] = q }\n"
    "function lex(s, i, c, w, q, eq) {\n"
    "	nt = 0; w = \"\"; q = 0; eq = 0\n"
    "	for (i = 1; i <= length(s); i++) {\n"
    "		c = substr(s, i, 1)\n"
    "		if (q && c == \"\\\\\") {\n"
    "			i++\n"
    "			w = w substr(s, i, 1)\n"
    "		} else if (q && c == \"\\\"\") {\n"
    "			push(w, 1); w = \"\"; q = 0\n"
    "		} else if (q) {\n"
    "			w = w c\n"
    "		} else if (c == \"\\\"\") {\n"
    "			if (w != \"\") push(w, 0)\n"
    "			w = \"\"; q = 1\n"
    "		} else if (c == \"#\") {\n"
    "			break\n"
    "		} else if (c == \" \" || c == \"\\t\" || c == \"\\r\") {\n"
    "			if (w != \"\") push(w, 0)\n"
    "			w = \"\"\n"
    "		} else if (c == \"{\" || c == \"}\" || c == \"=\" && !eq) {\n"
    "			if (w != \"\") push(w, 0)\n"
    "			w = \"\"; eq = c == \"=\"\n"
    "			push(c, 2)\n"
    "		} else\n"
    "			w = w c\n"
    "	}\n"
    "	if (w != \"\") push(w, 0)\n"
    "}\n"
    "function word(s) {\n"
    "	gsub(/[^A-Za-z0-9.:@_*%\\/=+-]/, \"_\", s)\n"
    "	return s == \"\" || s == \"%any\" ? \"*\" : s\n"
    "}\n"
    "function say(line) { lines[++said] = line }\n"
    "function digest(head, key, q, cmd) {\n"
    "	q = \"\\047\"\n"
    "	cmd = \"printf \" q \"%s \" q \" \" q head q \"; \" tool\n"
    "	printf \"%s%s%s\", nonce, key, nonce | cmd\n"
    "	close(cmd)\n"
    "}\n"
    "function psk(where, form, a, b, key) {\n"
    "	digest(\"psk \" where \" \" form \" \" word(a) \" \" word(b), key)\n"
    "}\n"
    /* 0x and 0s are strongSwan's. */
    "function psk_written(where, a, b, key) {\n"
    "	if (key ~ /^0[xX]/)\n"
    "		psk(where, \"x\", a, b, tolower(substr(key, 3)))\n"
    "	else if (key ~ /^0[sS]/)\n"
    "		psk(where, \"s\", a, b, substr(key, 3))\n"
    "	else\n"
    "		psk(where, \"t\", a, b, key)\n"
    "}\n"
    "'\n"
    "dump='\n"
    "END { for (i = 1; i <= said; i++) print lines[i] }'\n";

static const char *const wheres[] = {
	[CONFIG_EFFECTIVE] = "effective", [CONFIG_PERSISTENT] = "persistent"
};
static const char *const kinds[] = {
	[CONFIG_RULE] = "rule", [CONFIG_PSK] = "psk", [CONFIG_POLICY] = "policy"
};

static int
read_where(struct span *line, enum config_where *ret)
{
	struct span w;

	if (!span_word(line, &w))
		return -1;
	for (int i = 0; i < CONFIG_WHERES; i++) {
		if (span_is(w, wheres[i])) {
			*ret = (enum config_where)i;
			return 0;
		}
	}
	return -1;
}

static int
find_kind(struct span w, enum config_kind *ret)
{
	for (int i = 0; i < CONFIG_KINDS; i++) {
		if (span_is(w, kinds[i])) {
			*ret = (enum config_kind)i;
			return 0;
		}
	}
	return -1;
}

static int
read_kind(struct span *line, enum config_kind *ret)
{
	struct span w;

	return span_word(line, &w) ? find_kind(w, ret) : -1;
}

static int
read_word(struct span *line, char *ret, size_t size)
{
	struct span w;

	return span_word(line, &w) && span_copy(w, ret, size) ? 0 : -1;
}

struct reading {
	struct config c;
	size_t items_room, files_room;
};

static int
read_have(struct reading *r, struct span line)
{
	enum config_where where;
	enum config_kind kind;

	if (read_where(&line, &where) < 0 || read_kind(&line, &kind) < 0)
		return -1;
	r->c.have[where][kind] = true;
	return 0;
}

static int
read_file(struct reading *r, struct span line, bool there)
{
	struct config_file f = { .there = there };

	if (read_where(&line, &f.where) < 0 || read_kind(&line, &f.kind) < 0 ||
	    read_word(&line, f.path, sizeof(f.path)) < 0 ||
	    (there && read_word(&line, f.mode, sizeof(f.mode)) < 0) ||
	    r->c.n_files == CONFIG_ITEMS_MAX)
		return -1;
	r->c.files = mem_grow(r->c.files, r->c.n_files, &r->files_room,
	    sizeof(*r->c.files));
	r->c.files[r->c.n_files++] = f;
	return 0;
}

/* "-", or hex digits. */
static int
read_digest(struct span *line, char ret[CONFIG_DIGEST_MAX])
{
	if (read_word(line, ret, CONFIG_DIGEST_MAX) < 0)
		return -1;
	if (strcmp(ret, "-") == 0)
		ret[0] = '\0';
	return ret[strspn(ret, "0123456789abcdef")] == '\0' ? 0 : -1;
}

static int
read_item(struct reading *r, enum config_kind kind, struct span line)
{
	struct config_item i = { .kind = kind };
	struct span form;

	if (read_where(&line, &i.where) < 0)
		return -1;
	if (kind == CONFIG_PSK) {
		if (!span_word(&line, &form) || form.n != 1)
			return -1;
		i.form = form.p[0];
	}
	if (read_word(&line, i.local, sizeof(i.local)) < 0 ||
	    read_word(&line, i.remote, sizeof(i.remote)) < 0 ||
	    (kind == CONFIG_PSK && read_digest(&line, i.digest) < 0) ||
	    r->c.n_items == CONFIG_ITEMS_MAX)
		return -1;
	r->c.items = mem_grow(r->c.items, r->c.n_items, &r->items_room,
	    sizeof(*r->c.items));
	r->c.items[r->c.n_items++] = i;
	return 0;
}

static int
read_line(struct reading *r, struct span line)
{
	enum config_kind kind;
	struct span w;

	if (!span_word(&line, &w))
		return 0;
	if (span_is(w, "have"))
		return read_have(r, line);
	if (span_is(w, "file") || span_is(w, "none"))
		return read_file(r, line, span_is(w, "file"));
	return find_kind(w, &kind) < 0 ? -1 : read_item(r, kind, line);
}

int
config_parse(struct span text, struct config *ret, struct err *e)
{
	struct reading r = { 0 };
	struct span line;

	for (size_t at = 1; span_line(&text, &line); at++) {
		if (memchr(line.p, '\0', line.n) == NULL &&
		    read_line(&r, line) == 0)
			continue;
		free(r.c.items);
		free(r.c.files);
		/* Not the line itself: nobody knows what is in it. */
		return err_set(e, ERR_INPUT,
		    "line %zu: not a line of a configuration", at);
	}
	*ret = r.c;
	return 0;
}
