/* `iptables-save -c` (iptables-save(8)): what can drop. */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "platform/linux.h"
#include "platform/ruleset.h"
#include "platform/section.h"

static const char *const hooks[][2] = {
	{ "PREROUTING", "prerouting" },
	{ "INPUT", "input" },
	{ "FORWARD", "forward" },
	{ "OUTPUT", "output" },
	{ "POSTROUTING", "postrouting" },
};

/* "filter INPUT"; -1 when too long. */
static int
chain_name(struct span table, struct span chain, char name[FACT_NAME_MAX])
{
	size_t n = table.n + 1 + chain.n;

	if (table.n == 0 || chain.n == 0 || n >= FACT_NAME_MAX)
		return -1;
	memcpy(name, table.p, table.n);
	name[table.n] = ' ';
	memcpy(name + table.n + 1, chain.p, chain.n);
	name[n] = '\0';
	return 0;
}

static void
put_span(struct buf *b, struct span s)
{
	buf_add(b, s.p, s.n);
}

/* "iptables -t TABLE VERB CHAIN REST" */
static void
set_undo(struct fw_rule *r, struct span table, const char *verb,
    struct span chain, struct span rest)
{
	struct buf b;

	buf_init(&b, sizeof(r->undo) - 1);
	buf_puts(&b, "iptables -t ");
	put_span(&b, table);
	buf_puts(&b, verb);
	put_span(&b, chain);
	buf_puts(&b, " ");
	put_span(&b, rest);
	if (!b.cut)
		span_copy(span_of(b.data), r->undo, sizeof(r->undo));
	buf_free(&b);
}

/* "[12:3400]": packets and bytes. */
static int
read_counts(struct span s, struct fw_rule *r)
{
	struct span packets;

	if (!span_starts(s, "[") || !span_until(&s, ':', &packets))
		return -1;
	packets.p++;
	packets.n--;
	if (span_u64(packets, UINT64_MAX, &r->packets) < 0)
		return -1;
	r->counted = true;
	return 0;
}

/* ":INPUT DROP [12:3400]"; a chain of the user's has "-" for a policy. */
static int
add_chain(struct span table, struct span line, struct ruleset *set)
{
	struct span chain, policy, counts;
	char name[FACT_NAME_MAX];
	struct ruleset_chain *c;
	struct fw_rule *r;

	line.p++;
	line.n--;
	if (!span_word(&line, &chain) || !span_word(&line, &policy) ||
	    !span_word(&line, &counts) || chain_name(table, chain, name) < 0 ||
	    (c = ruleset_add_chain(set, name)) == NULL)
		return -1;
	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
		if (span_is(chain, hooks[i][0]))
			span_copy(span_of(hooks[i][1]), c->hook,
			    sizeof(c->hook));
	if (!span_is(policy, "DROP"))
		return 0;
	r = ruleset_add_rule(set, name);
	if (r == NULL || read_counts(counts, r) < 0)
		return -1;
	span_copy(span_of("policy DROP"), r->text, sizeof(r->text));
	set_undo(r, table, " -P ", chain, span_of("ACCEPT"));
	return 0;
}

static int
add_jump(struct span table, const char *from, struct span target,
    struct ruleset *set)
{
	char to[FACT_NAME_MAX];

	if (chain_name(table, target, to) < 0)
		return -1;
	return ruleset_add_jump(set, from, to);
}

/* Takes the next word, which may be in double quotes, off *line. */
static bool
take_word(struct span *line, struct span *ret)
{
	size_t n = 1;

	*line = span_trim(*line);
	if (line->n == 0 || line->p[0] != '"')
		return span_word(line, ret);
	while (n < line->n && line->p[n] != '"')
		n += line->p[n] == '\\' ? 2 : 1;
	n = n < line->n ? n + 1 : line->n;
	*ret = (struct span){ line->p, n };
	line->p += n;
	line->n -= n;
	return true;
}

/* What follows -j or -g; a comment may hold such words too, in quotes. */
static bool
find_target(struct span rest, struct span *ret)
{
	struct span w;

	while (take_word(&rest, &w))
		if (span_is(w, "-j") || span_is(w, "-g"))
			return take_word(&rest, ret);
	return false;
}

/* "[5:420] -A INPUT -p udp --dport 4790 -j DROP" */
static int
add_rule(struct span table, struct span line, struct ruleset *set)
{
	struct span counts, append, chain, rest, target;
	char name[FACT_NAME_MAX];
	struct fw_rule *r;

	if (!span_word(&line, &counts) || !span_word(&line, &append) ||
	    !span_is(append, "-A") || !span_word(&line, &chain) ||
	    chain_name(table, chain, name) < 0)
		return -1;
	rest = span_trim(line);
	if (!find_target(rest, &target))
		return 0;
	if (!span_is(target, "DROP") && !span_is(target, "REJECT"))
		return add_jump(table, name, target, set);
	r = ruleset_add_rule(set, name);
	if (r == NULL || read_counts(counts, r) < 0)
		return -1;
	span_copy(rest, r->text, sizeof(r->text));
	set_undo(r, table, " -D ", chain, rest);
	return 0;
}

static int
add_line(struct span *table, struct span line, struct ruleset *set)
{
	if (line.n == 0 || line.p[0] == '#' || span_is(line, "COMMIT"))
		return 0;
	if (line.p[0] == '*') {
		*table = (struct span){ line.p + 1, line.n - 1 };
		return 0;
	}
	return line.p[0] == ':' ? add_chain(*table, line, set)
				: add_rule(*table, line, set);
}

/* No text: no such tables in the kernel. */
int
linux_parse_iptables(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line, table = { NULL, 0 };
	struct ruleset set = { 0 };
	size_t at = 0;

	while (span_line(&text, &line)) {
		at++;
		if (add_line(&table, span_trim(line), &set) < 0) {
			ruleset_free(&set);
			return err_set(e, ERR_INPUT,
			    "line %zu: not as iptables-save prints it", at);
		}
	}
	ruleset_give(&set, f);
	return 0;
}
