/*
 * `ipsecconf -ln`: the policies as the kernel has them, a line and its index
 * each (ipsecconf.c, print_pfpol_msg()):
 *
 *	#INDEX 14
 *	{ ulp 17 laddr 192.0.2.1/32 raddr 192.0.2.3/32 dir out } ipsec
 *	    { encr_algs aes encr_auth_algs hmac-sha512 sa shared }
 *
 * in one line; further actions follow behind "or".  A lower index was there
 * first, and wins.  What is not understood makes all of it unknown: half of the
 * policies would be a wrong answer.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/facts.h"
#include "platform/illumos.h"
#include "platform/section.h"
#include "platform/words.h"

enum { POLICIES_MAX = 65536, PROTO_ESP = 50, PROTO_AH = 51 };

/* A policy as it is written: local and remote, in one direction or both. */
struct reading {
	struct ip local, remote;
	uint8_t local_bits, remote_bits, proto;
	uint16_t lport, rport;
	bool in, out;
	bool other; /* of a tunnel, or of some ICMP: nothing of an overlay's */
	struct policy action;
};

struct policies {
	struct policy *v;
	size_t n, cap;
};

static int
read_address(struct span v, struct ip *ip, uint8_t *bits)
{
	return words_prefix(v, ip, bits);
}

static int
read_ulp(struct span v, struct reading *r)
{
	static const struct {
		const char *name;
		uint8_t proto;
	} names[] = { { "udp", 17 }, { "tcp", 6 }, { "icmp", 1 },
		{ "ipv6-icmp", 58 } };
	uint64_t n;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_is(v, names[i].name)) {
			r->proto = names[i].proto;
			return 0;
		}
	}
	if (span_u64(v, UINT8_MAX, &n) < 0)
		return -1;
	r->proto = (uint8_t)n;
	return 0;
}

static int
read_port(struct span v, uint16_t *ret)
{
	uint64_t n;

	if (span_u64(v, UINT16_MAX, &n) < 0)
		return -1;
	*ret = (uint16_t)n;
	return 0;
}

static int
read_dir(struct span v, struct reading *r)
{
	r->in = span_is(v, "in") || span_is(v, "both");
	r->out = span_is(v, "out") || span_is(v, "both");
	return r->in || r->out ? 0 : -1;
}

/* One word of the pattern and its value. */
static int
read_pattern_word(struct span key, struct span v, struct reading *r)
{
	if (span_is(key, "ulp"))
		return read_ulp(v, r);
	if (span_is(key, "laddr"))
		return read_address(v, &r->local, &r->local_bits);
	if (span_is(key, "raddr"))
		return read_address(v, &r->remote, &r->remote_bits);
	if (span_is(key, "lport"))
		return read_port(v, &r->lport);
	if (span_is(key, "rport"))
		return read_port(v, &r->rport);
	if (span_is(key, "dir"))
		return read_dir(v, r);
	r->other = true;
	return span_is(key, "tunnel") || span_is(key, "negotiate") ||
		span_is(key, "type") || span_is(key, "code")
	    ? 0
	    : -1;
}

/* "{ KEY VALUE ... }" */
static int
read_pattern(struct span *line, struct reading *r)
{
	struct span key, v;

	if (!span_word(line, &key) || !span_is(key, "{"))
		return -1;
	while (span_word(line, &key) && !span_is(key, "}"))
		if (!span_word(line, &v) || read_pattern_word(key, v, r) < 0)
			return -1;
	return span_is(key, "}") ? 0 : -1;
}

/* "{ encr_algs aes ... }" or "{}"; says which protocol protects. */
static int
read_properties(struct span *line, uint8_t *proto)
{
	struct span w;

	*proto = 0;
	if (!span_word(line, &w))
		return -1;
	if (span_is(w, "{}"))
		return 0;
	while (span_word(line, &w) && !span_is(w, "}")) {
		if (span_is(w, "encr_algs") || span_is(w, "encr_auth_algs"))
			*proto = PROTO_ESP;
		else if (span_is(w, "auth_algs") && *proto == 0)
			*proto = PROTO_AH;
	}
	return span_is(w, "}") ? 0 : -1;
}

/* One action; a second one may let clear packets pass as well. */
static int
read_action(struct span name, uint8_t proto, struct policy *p)
{
	bool clear = span_is(name, "pass") || span_is(name, "bypass") ||
	    span_is(name, "permit");

	if (span_is(name, "ipsec") || span_is(name, "apply")) {
		if (p->has_tmpl)
			return 0;
		p->has_tmpl = true;
		/* Without algorithms, any that ESP has. */
		p->tmpl_proto = proto != 0 ? proto : PROTO_ESP;
		p->tmpl_mode = SA_TRANSPORT;
		return 0;
	}
	if (clear)
		p->tmpl_optional = p->has_tmpl;
	else if (span_is(name, "drop"))
		p->block = !p->has_tmpl;
	else
		return -1;
	return 0;
}

static int
read_actions(struct span *line, struct policy *p)
{
	struct span w;
	uint8_t proto;
	bool any = false;

	while (span_word(line, &w)) {
		if (span_is(w, "or"))
			continue;
		if (read_properties(line, &proto) < 0 ||
		    read_action(w, proto, p) < 0)
			return -1;
		any = true;
	}
	return any ? 0 : -1;
}

static int
add(struct policies *l, struct reading *r, bool out, uint32_t index)
{
	struct policy p = r->action;

	if (l->n >= POLICIES_MAX)
		return -1;
	/* Any address is one of the other's family. */
	if (!ip_is_set(&r->local))
		r->local.family = ip_is_set(&r->remote) ? r->remote.family : 4;
	if (!ip_is_set(&r->remote))
		r->remote.family = r->local.family;
	p.dir = out ? POLICY_OUT : POLICY_IN;
	p.src = out ? r->local : r->remote;
	p.dst = out ? r->remote : r->local;
	p.src_prefix = out ? r->local_bits : r->remote_bits;
	p.dst_prefix = out ? r->remote_bits : r->local_bits;
	p.sport = out ? r->lport : r->rport;
	p.dport = out ? r->rport : r->lport;
	p.proto = r->proto;
	p.priority = index;
	l->v = mem_grow(l->v, l->n, &l->cap, sizeof(*l->v));
	l->v[l->n++] = p;
	return 0;
}

/* Without a direction it is for both. */
static int
read_policy(struct span line, uint32_t index, struct policies *l)
{
	struct reading r = { .in = true, .out = true };

	if (read_pattern(&line, &r) < 0 || read_actions(&line, &r.action) < 0)
		return -1;
	if (r.other)
		return 0;
	if (r.out && add(l, &r, true, index) < 0)
		return -1;
	return r.in ? add(l, &r, false, index) : 0;
}

/* "#INDEX 14", or "#INDEX tun0,14" of a tunnel. */
static int
read_index(struct span line, uint32_t *ret)
{
	struct span w, link;
	uint64_t n;

	if (!span_word(&line, &w) || !span_word(&line, &w))
		return -1;
	if (memchr(w.p, ',', w.n) != NULL)
		span_until(&w, ',', &link);
	if (span_u64(w, UINT32_MAX, &n) < 0)
		return -1;
	*ret = (uint32_t)n;
	return 0;
}

static int
read_all(struct span text, struct policies *l, size_t *at)
{
	struct span line;
	uint32_t index = 0;

	while (span_line(&text, &line)) {
		++*at;
		line = span_trim(line);
		if (line.n == 0)
			continue;
		if (span_starts(line, "#INDEX")) {
			if (read_index(line, &index) < 0)
				return -1;
		} else if (read_policy(line, index, l) < 0)
			return -1;
	}
	return 0;
}

int
illumos_parse_policies(const struct section *s, struct facts *f, struct err *e)
{
	struct policies l = { 0 };
	size_t at = 0;

	if (read_all(s->text, &l, &at) < 0) {
		free(l.v);
		return err_set(e, ERR_INPUT,
		    "line %zu: not a policy as ipsecconf lists it", at);
	}
	free(f->policies);
	f->policies = l.v;
	f->n_policies = l.n;
	return 0;
}
