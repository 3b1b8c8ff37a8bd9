/* Which link plays which role, and which overlays are the same. */
#include "cluster/survey.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { TEXT_MAX = 1024 };

static const char *const kinds[SURVEY_KINDS] = {
	[SURVEY_SAME_ADDRESS] = "same-address",
	[SURVEY_SAME_MAC] = "same-mac",
	[SURVEY_NO_OVERLAY] = "no-overlay",
	[SURVEY_NO_ADDRESS] = "no-address",
	[SURVEY_DOWN] = "down",
	[SURVEY_DIFFERS] = "differs",
	[SURVEY_MAP] = "map",
	[SURVEY_CLOCK_OFF] = "clock",
	[SURVEY_NO_IKE] = "no-ike",
	[SURVEY_UNMAPPED] = "unmapped",
	[SURVEY_TOO_BIG] = "too-big",
	[SURVEY_SITE] = "site",
	[SURVEY_BLIND] = "blind",
	[SURVEY_SILENT] = "silent",
};

const char *
survey_word(enum survey_kind k)
{
	return kinds[k];
}

bool
survey_wrong(enum survey_kind k)
{
	return k < SURVEY_NOTES;
}

const char *
survey_role_name(enum survey_role r)
{
	static const char *const names[] = { [SURVEY_OVERLAY] = "overlay",
		[SURVEY_UNDERLAY] = "underlay",
		[SURVEY_ADMIN] = "admin",
		[SURVEY_EXTERNAL] = "external",
		[SURVEY_OTHER] = "" };

	return names[r];
}

void
survey_find(struct survey *s, enum survey_kind kind, size_t node,
    const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->findings = mem_grow(s->findings, s->n_findings, &s->findings_room,
	    sizeof(*s->findings));
	s->findings[s->n_findings++] =
	    (struct survey_finding){ kind, node, xstrdup(text) };
}

int64_t
survey_clock_off_s(const struct survey_node *n)
{
	int64_t ns;

	if (n->facts == NULL || (n->facts->have & HAVE_CLOCK) == 0)
		return 0;
	ns = n->facts->clock.ns;
	if (ns > n->answered.ns)
		return (ns - n->answered.ns) / NS_PER_S;
	if (ns < n->asked.ns)
		return -((n->asked.ns - ns) / NS_PER_S);
	return 0;
}

/* ---- roles -------------------------------------------------------------- */

/* fe80::/10 is of its link alone (RFC 4291 section 2.5.6). */
static bool
is_local(const struct ip *ip)
{
	return ip->family == 6 && ip->b[0] == 0xfe && (ip->b[1] & 0xc0) == 0x80;
}

/* IPv4 first: it is what the overlays of today carry. */
static const struct ifaddr *
address_of(const struct facts *f, const char *link)
{
	for (int family = 4; family <= 6; family += 2)
		for (size_t i = 0; i < f->n_addrs; i++)
			if (f->addrs[i].ip.family == family &&
			    !is_local(&f->addrs[i].ip) &&
			    strcmp(f->addrs[i].link, link) == 0)
				return &f->addrs[i];
	return NULL;
}

static bool
holds(const struct facts *f, const char *link, const struct ip *ip)
{
	for (size_t i = 0; i < f->n_addrs; i++)
		if (strcmp(f->addrs[i].link, link) == 0 &&
		    ip_equal(&f->addrs[i].ip, ip))
			return true;
	return false;
}

/* Does an overlay of the node send by this link? */
static bool
is_under(const struct facts *f, const struct link *l)
{
	for (size_t i = 0; i < f->n_links; i++) {
		const struct link *o = &f->links[i];

		if (o->vxlan_port == 0)
			continue;
		if (ip_is_set(&o->vxlan_local)
			? holds(f, l->name, &o->vxlan_local)
			: strcmp(o->lower, l->name) == 0)
			return true;
	}
	return false;
}

static enum survey_role
role_of(const struct survey_node *n, const struct link *l)
{
	const struct facts *f = n->facts;

	if (l->vxlan_port != 0)
		return SURVEY_OVERLAY;
	if (strcmp(l->name, "external0") == 0)
		return SURVEY_EXTERNAL;
	if (strcmp(l->name, "admin0") == 0 ||
	    (f->admin_link[0] != '\0' && strcmp(l->name, f->admin_link) == 0))
		return SURVEY_ADMIN;
	/* What the overlay's VNIC is over is the overlay itself. */
	if (strcmp(l->kind, "overlay") == 0)
		return SURVEY_OTHER;
	if (is_under(f, l) ||
	    (ip_is_set(&n->address) && holds(f, l->name, &n->address)))
		return SURVEY_UNDERLAY;
	return SURVEY_OTHER;
}

static void
add_link(struct survey *s, size_t node, const struct link *l)
{
	const struct survey_node *n = &s->nodes[node];
	const struct ifaddr *a = address_of(n->facts, l->name);
	struct survey_link v = { .node = node,
		.link = l,
		.role = role_of(n, l),
		.overlay = s->n_links };

	/* 127.0.0.0/8 and ::1 are on every node. */
	if (a != NULL &&
	    (a->ip.family == 4 ? a->ip.b[0] == 127
			       : a->prefix == 128 && a->ip.b[15] == 1))
		return;
	if (a == NULL && v.role == SURVEY_OTHER)
		return;
	if (a != NULL) {
		v.ip = a->ip;
		v.prefix = a->prefix;
	}
	s->links =
	    mem_grow(s->links, s->n_links, &s->links_room, sizeof(*s->links));
	s->links[s->n_links++] = v;
}

/* ---- overlays ----------------------------------------------------------- */

/*
 * VNIs may differ, for that is a fault to find; but then everything else must
 * say that they were meant to be the same.
 */
static bool
same_overlay(const struct survey_link *a, const struct survey_link *b)
{
	bool named = strcmp(a->link->name, b->link->name) == 0;
	bool numbered = a->link->vni == b->link->vni;

	if (!ip_is_set(&a->ip) || !ip_is_set(&b->ip))
		return named && numbered;
	return (named || numbered) && a->prefix == b->prefix &&
	    ip_in_prefix(&a->ip, &b->ip, b->prefix);
}

static void
group(struct survey *s, size_t i)
{
	struct survey_link *l = &s->links[i];

	for (size_t k = 0; k < i && l->role == SURVEY_OVERLAY; k++) {
		if (s->links[k].role == SURVEY_OVERLAY &&
		    same_overlay(&s->links[k], l)) {
			l->overlay = s->links[k].overlay;
			return;
		}
	}
}

void
survey_make(const struct survey_node *nodes, size_t n, struct survey *ret)
{
	struct survey s = { .nodes = nodes,
		.n_nodes = n,
		.node_marks = xcalloc(n, sizeof(*s.node_marks)) };

	for (size_t i = 0; i < n; i++) {
		const struct facts *f = nodes[i].facts;

		for (size_t k = 0; f != NULL && k < f->n_links; k++)
			add_link(&s, i, &f->links[k]);
	}
	for (size_t i = 0; i < s.n_links; i++)
		group(&s, i);
	survey_judge(&s);
	survey_judge_maps(&s);
	*ret = s;
}

void
survey_free(struct survey *s)
{
	for (size_t i = 0; i < s->n_findings; i++)
		free(s->findings[i].text);
	free(s->findings);
	free(s->links);
	free(s->node_marks);
	*s = (struct survey){ 0 };
}
