/* `ip xfrm policy list nosock`. */
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "platform/linux.h"
#include "platform/linux_xfrm.h"
#include "platform/section.h"
#include "platform/words.h"

/* "dir out priority 366975 ptype main" */
static int
policy_dir(struct policy *p, struct span line)
{
	struct span w;

	if (!words_value(line, "dir", &w))
		return -1;
	if (span_is(w, "in"))
		p->dir = POLICY_IN;
	else if (span_is(w, "out"))
		p->dir = POLICY_OUT;
	else if (span_is(w, "fwd"))
		p->dir = POLICY_FWD;
	else
		return -1;
	p->block = words_value(line, "action", &w) && span_is(w, "block");
	return words_u32(line, "priority", &p->priority);
}

/* The line behind "tmpl": of several, the one of ESP or AH counts. */
static int
policy_tmpl(struct policy *p, struct span line, bool *current)
{
	struct span w;
	uint8_t proto;
	uint32_t reqid;

	*current = false;
	if (!words_value(line, "proto", &w) ||
	    xfrm_read_protocol(w, &proto) < 0 ||
	    words_u32(line, "reqid", &reqid) < 0)
		return -1;
	if (p->has_tmpl && (p->tmpl_proto == 50 || proto != 50))
		return 0;
	*current = true;
	p->has_tmpl = true;
	p->tmpl_proto = proto;
	p->tmpl_mode = xfrm_read_mode(line);
	p->tmpl_optional = false;
	p->reqid = reqid;
	return 0;
}

/* What a policy's lines have told so far. */
struct policy_state {
	bool dir;     /* its line came: without it there is no policy */
	bool current; /* the last template is the one that counts */
};

static int
policy_line(struct policy *p, struct span line, struct policy_state *st)
{
	struct span w;

	if (span_starts(line, "dir ")) {
		st->dir = true;
		return policy_dir(p, line);
	}
	if (span_starts(line, "proto "))
		return policy_tmpl(p, line, &st->current);
	if (span_starts(line, "level ") && st->current) {
		p->tmpl_optional =
		    words_value(line, "level", &w) && !span_is(w, "required");
		return 0;
	}
	if (span_starts(line, "mark "))
		return xfrm_read_mark(line, &p->mark, &p->mark_mask);
	if (span_starts(line, "if_id "))
		return words_u32(line, "if_id", &p->if_id);
	return 0;
}

static int
policy_begin(struct policy *p, struct span line)
{
	struct xfrm_selector s;

	*p = (struct policy){ 0 };
	if (!span_starts(line, "src ") || xfrm_read_selector(line, &s) < 0)
		return -1;
	p->src = s.src;
	p->dst = s.dst;
	p->src_prefix = s.src_prefix;
	p->dst_prefix = s.dst_prefix;
	p->proto = s.proto;
	p->sport = s.sport;
	p->dport = s.dport;
	return 0;
}

int
linux_parse_policies(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line;
	struct policy *v = NULL;
	size_t n = 0, cap = 0, at = 0;
	struct policy_state st = { .dir = true };

	while (span_line(&text, &line)) {
		bool inner = xfrm_is_inner(line);

		at++;
		if (span_trim(line).n == 0)
			continue;
		if (inner &&
		    (n == 0 ||
			policy_line(&v[n - 1], span_trim(line), &st) < 0))
			goto bad;
		if (inner)
			continue;
		if (!st.dir || n == XFRM_ENTRIES_MAX)
			goto bad;
		v = mem_grow(v, n, &cap, sizeof(*v));
		if (policy_begin(&v[n++], line) < 0)
			goto bad;
		st = (struct policy_state){ 0 };
	}
	if (!st.dir)
		goto bad;
	free(f->policies);
	f->policies = v;
	f->n_policies = n;
	return 0;
bad:
	free(v);
	return err_set(e, ERR_INPUT, "line %zu: not a policy as ip prints it",
	    at);
}
