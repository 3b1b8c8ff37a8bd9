/* What the nodes are made of, checked against each other. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cluster/survey.h"

enum { CLOCK_OFF_S = 10 };

static const char *
name_of(const struct survey *s, const struct survey_link *l)
{
	return s->nodes[l->node].name;
}

/* ---- what two claim ----------------------------------------------------- */

/* Addresses of other links (bridges of containers) may be anywhere. */
static bool
is_judged(const struct survey_link *l)
{
	return l->role != SURVEY_OTHER;
}

static void
check_address(struct survey *s, struct survey_link *a, struct survey_link *b)
{
	char ip[IP_TEXT_MAX];

	if (!ip_is_set(&a->ip) || !ip_equal(&a->ip, &b->ip))
		return;
	/* Tenants' overlays may use the same addresses. */
	if ((a->role == SURVEY_OVERLAY) != (b->role == SURVEY_OVERLAY) ||
	    (a->role == SURVEY_OVERLAY && a->overlay != b->overlay))
		return;
	a->marks |= SURVEY_ADDRESS;
	b->marks |= SURVEY_ADDRESS;
	survey_find(s, SURVEY_SAME_ADDRESS, SIZE_MAX,
	    "%s is claimed by two: %s on %s, and %s on %s", ip_text(&a->ip, ip),
	    name_of(s, a), a->link->name, name_of(s, b), b->link->name);
}

static void
check_mac(struct survey *s, struct survey_link *a, struct survey_link *b)
{
	static const struct mac none;
	char mac[MAC_TEXT_MAX];

	if (mac_equal(&a->link->mac, &none) ||
	    !mac_equal(&a->link->mac, &b->link->mac))
		return;
	a->marks |= SURVEY_MAC;
	b->marks |= SURVEY_MAC;
	survey_find(s, SURVEY_SAME_MAC, SIZE_MAX,
	    "%s is the MAC address of two: %s on %s, and %s on %s",
	    mac_text(&a->link->mac, mac), name_of(s, a), a->link->name,
	    name_of(s, b), b->link->name);
}

static void
check_claims(struct survey *s)
{
	for (size_t i = 0; i < s->n_links; i++) {
		for (size_t k = 0; k < i; k++) {
			struct survey_link *a = &s->links[k];
			struct survey_link *b = &s->links[i];

			if (a->node == b->node || !is_judged(a) ||
			    !is_judged(b))
				continue;
			check_address(s, a, b);
			check_mac(s, a, b);
		}
	}
}

/* ---- values that must agree within an overlay --------------------------- */

static uint32_t
vni_of(const struct link *l)
{
	return l->vni;
}

static uint32_t
port_of(const struct link *l)
{
	return l->vxlan_port;
}

static uint32_t
mtu_of(const struct link *l)
{
	return l->mtu;
}

static const struct {
	const char *name;
	enum survey_mark mark;
	uint32_t (*get)(const struct link *l);
} values[] = {
	{ "VNI", SURVEY_VNI, vni_of },
	{ "UDP port", SURVEY_PORT, port_of },
	{ "MTU", SURVEY_MTU, mtu_of },
};

enum { VALUES = sizeof(values) / sizeof(values[0]) };

static bool
is_of(const struct survey_link *l, size_t overlay)
{
	return l->role == SURVEY_OVERLAY && l->overlay == overlay;
}

/* How many of the overlay's links have the value, and how many there are. */
static size_t
count(const struct survey *s, size_t overlay, size_t value, uint32_t what,
    size_t *all)
{
	size_t n = 0;

	*all = 0;
	for (size_t i = 0; i < s->n_links; i++) {
		if (!is_of(&s->links[i], overlay))
			continue;
		++*all;
		n += values[value].get(s->links[i].link) == what;
	}
	return n;
}

/* The value that most have; false when no value is had by more than half. */
static bool
majority(const struct survey *s, size_t overlay, size_t value, uint32_t *ret)
{
	size_t all;

	for (size_t i = 0; i < s->n_links; i++) {
		if (!is_of(&s->links[i], overlay))
			continue;
		*ret = values[value].get(s->links[i].link);
		if (count(s, overlay, value, *ret, &all) * 2 > all)
			return true;
	}
	return false;
}

static void
check_value(struct survey *s, size_t overlay, size_t v)
{
	const struct survey_link *first = &s->links[overlay];
	uint32_t most, mine;
	size_t all;
	bool many = majority(s, overlay, v, &most);

	if (many && count(s, overlay, v, most, &all) == all)
		return;
	for (size_t i = 0; i < s->n_links; i++) {
		struct survey_link *l = &s->links[i];

		mine = values[v].get(l->link);
		if (!is_of(l, overlay) || (many && mine == most))
			continue;
		l->marks |= values[v].mark;
		if (many)
			survey_find(s, SURVEY_DIFFERS, l->node,
			    "%s of %s has %s %" PRIu32
			    ", most others of this overlay have %" PRIu32,
			    l->link->name, name_of(s, l), values[v].name, mine,
			    most);
		else if (l != first)
			survey_find(s, SURVEY_DIFFERS, SIZE_MAX,
			    "the %s of %s on %s and %s on %s differ: %" PRIu32
			    " and %" PRIu32,
			    values[v].name, first->link->name,
			    name_of(s, first), l->link->name, name_of(s, l),
			    values[v].get(first->link), mine);
	}
}

/* ---- what a node lacks -------------------------------------------------- */

static bool
has_overlay(const struct survey *s, size_t node, size_t overlay)
{
	for (size_t i = 0; i < s->n_links; i++)
		if (s->links[i].node == node && is_of(&s->links[i], overlay))
			return true;
	return false;
}

static bool
answered(const struct survey *s, size_t node)
{
	return s->nodes[node].facts != NULL &&
	    (s->nodes[node].facts->have & HAVE_LINKS) != 0;
}

/*
 * Guests' overlays are where guests are; one that has addresses of nodes, and
 * all nodes but one (of three or more), is the nodes' own.
 */
static void
check_lacking(struct survey *s, size_t overlay)
{
	size_t without = 0, with = 0, last = 0;

	for (size_t i = 0; i < s->n_nodes; i++) {
		if (!answered(s, i))
			continue;
		if (has_overlay(s, i, overlay)) {
			with++;
		} else {
			without++;
			last = i;
		}
	}
	if (without == 1 && with >= 2)
		survey_find(s, SURVEY_NO_OVERLAY, last,
		    "%s has no overlay device like %s, which all others have",
		    s->nodes[last].name, s->links[overlay].link->name);
}

static void
check_link(struct survey *s, struct survey_link *l, bool addressed)
{
	if (!l->link->up) {
		l->marks |= SURVEY_STATE;
		survey_find(s, SURVEY_DOWN, l->node, "%s of %s is down",
		    l->link->name, name_of(s, l));
	}
	if (addressed && l->role == SURVEY_OVERLAY && !ip_is_set(&l->ip)) {
		l->marks |= SURVEY_ADDRESS;
		survey_find(s, SURVEY_NO_ADDRESS, l->node,
		    "%s of %s has no address, others of this overlay have one",
		    l->link->name, name_of(s, l));
	}
}

static void
check_overlay(struct survey *s, size_t overlay)
{
	bool addressed = false;

	for (size_t i = 0; i < s->n_links; i++)
		addressed = addressed ||
		    (is_of(&s->links[i], overlay) &&
			ip_is_set(&s->links[i].ip));
	for (size_t v = 0; v < VALUES; v++)
		check_value(s, overlay, v);
	if (addressed)
		check_lacking(s, overlay);
	for (size_t i = 0; i < s->n_links; i++)
		if (is_of(&s->links[i], overlay))
			check_link(s, &s->links[i], addressed);
}

/* ---- one node by itself ------------------------------------------------- */

static const struct sa *
any_sa(const struct facts *f)
{
	for (size_t i = 0; i < f->n_sas; i++)
		if (!f->sas[i].larval)
			return &f->sas[i];
	return NULL;
}

static bool
wants_ike(const struct facts *f)
{
	const struct sa *sa = any_sa(f);

	/* SAs without an end were made by hand. */
	if (sa != NULL)
		return sa->add_hard_s != 0;
	for (size_t i = 0; i < f->n_policies; i++)
		if (f->policies[i].has_tmpl)
			return true;
	return false;
}

static void
check_node(struct survey *s, size_t node)
{
	const struct survey_node *n = &s->nodes[node];
	int64_t off = survey_clock_off_s(n);

	if (off >= CLOCK_OFF_S || off <= -CLOCK_OFF_S) {
		s->node_marks[node] |= SURVEY_CLOCK;
		survey_find(s, SURVEY_CLOCK_OFF, node,
		    "the clock of %s is %" PRId64 " s %s that of this host",
		    n->name, off > 0 ? off : -off,
		    off > 0 ? "ahead of" : "behind");
	}
	if (facts_ike_stopped(n->facts) && wants_ike(n->facts)) {
		s->node_marks[node] |= SURVEY_IKE;
		survey_find(s, SURVEY_NO_IKE, node,
		    "%s has IPsec peers, and no IKE daemon runs there",
		    n->name);
	}
}

/* The link by which ESP leaves; NULL when it is not to be seen. */
static const struct survey_link *
esp_link(const struct survey *s, size_t node)
{
	const struct survey_link *found = NULL;

	for (size_t i = 0; i < s->n_links; i++) {
		const struct survey_link *l = &s->links[i];

		if (l->node == node &&
		    (l->role == SURVEY_EXTERNAL ||
			(l->role == SURVEY_UNDERLAY && found == NULL)))
			found = l;
	}
	return found;
}

static void
check_mtu(struct survey *s, struct survey_link *l)
{
	const struct facts *f = s->nodes[l->node].facts;
	const struct survey_link *under = esp_link(s, l->node);
	const struct sa *sa = any_sa(f);
	uint32_t fits;

	if (l->role != SURVEY_OVERLAY || under == NULL ||
	    (f->have & HAVE_SAS) == 0)
		return;
	fits = survey_mtu_fits(sa, under->link->mtu, l->link->vlan != 0);
	if (fits == 0 || l->link->mtu <= fits)
		return;
	l->marks |= SURVEY_MTU;
	survey_find(s, SURVEY_TOO_BIG, l->node,
	    "%s of %s has MTU %" PRIu32 "; more than %" PRIu32
	    " makes fragments of %s on %s (MTU %" PRIu32 ")",
	    l->link->name, s->nodes[l->node].name, l->link->mtu, fits,
	    sa != NULL ? "ESP" : "VXLAN", under->link->name, under->link->mtu);
}

static void
check_blind(struct survey *s, size_t node)
{
	const struct facts *f = s->nodes[node].facts;
	const struct survey_link *under = esp_link(s, node);

	if (f->esp_offload && under != NULL && facts_gro(f, under->link->name))
		survey_find(s, SURVEY_BLIND, node,
		    "%s takes ESP in before it can be captured on %s "
		    "(esp4_offload, and GRO is on)",
		    s->nodes[node].name, under->link->name);
}

/* What it was asked, and this file would have judged. */
static void
check_silence(struct survey *s, size_t node)
{
	static const unsigned asked[] = { HAVE_CLOCK, HAVE_IKE, HAVE_SAS,
		HAVE_POLICIES, HAVE_FDB };

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		const char *why = facts_why(s->nodes[node].facts, asked[i]);

		if (why != NULL)
			survey_find(s, SURVEY_SILENT, node,
			    "%s did not say all: %s", s->nodes[node].name, why);
	}
}

void
survey_judge(struct survey *s)
{
	check_claims(s);
	for (size_t i = 0; i < s->n_links; i++) {
		if (is_of(&s->links[i], i))
			check_overlay(s, i);
		else if (s->links[i].role != SURVEY_OVERLAY &&
		    is_judged(&s->links[i]))
			check_link(s, &s->links[i], false);
		check_mtu(s, &s->links[i]);
	}
	for (size_t i = 0; i < s->n_nodes; i++) {
		if (s->nodes[i].facts == NULL)
			continue;
		check_node(s, i);
		check_blind(s, i);
		check_silence(s, i);
	}
}
