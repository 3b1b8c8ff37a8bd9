/*
 * Each node's map from inner MAC addresses to underlay addresses, against what
 * the others say that they are.
 */
#include <string.h>

#include "cluster/survey.h"

static bool
is_default(const struct fdb_entry *d)
{
	static const struct mac none;

	return mac_equal(&d->mac, &none);
}

/* The overlay's link with this MAC address; NULL when none or several. */
static const struct survey_link *
owner_of(const struct survey *s, const struct mac *mac)
{
	const struct survey_link *found = NULL;

	for (size_t i = 0; i < s->n_links; i++) {
		if (s->links[i].role != SURVEY_OVERLAY ||
		    !mac_equal(&s->links[i].link->mac, mac))
			continue;
		if (found != NULL)
			return NULL;
		found = &s->links[i];
	}
	return found;
}

/* The node that has the address; SIZE_MAX when none of those asked. */
static size_t
node_with(const struct survey *s, const struct ip *ip)
{
	for (size_t i = 0; i < s->n_nodes; i++)
		if (s->nodes[i].facts != NULL &&
		    facts_has_addr(s->nodes[i].facts, ip))
			return i;
	return SIZE_MAX;
}

/* Behind a translated address there may be any node. */
static bool
is_known(const struct survey *s, size_t node, const struct ip *ip)
{
	return (s->nodes[node].facts->have & HAVE_ADDRS) == 0 ||
	    facts_has_addr(s->nodes[node].facts, ip) ||
	    ip_equal(&s->nodes[node].address, ip);
}

static void
check_entry(struct survey *s, size_t node, const struct fdb_entry *d)
{
	const struct survey_link *to = owner_of(s, &d->mac);
	char ip[IP_TEXT_MAX], mac[MAC_TEXT_MAX];
	size_t other;

	if (to == NULL || to->node == node || is_known(s, to->node, &d->dst))
		return;
	other = node_with(s, &d->dst);
	survey_find(s, SURVEY_MAP, node,
	    "%s of %s sends what is for %s (%s) to %s, which is %s%s", d->link,
	    s->nodes[node].name, s->nodes[to->node].name,
	    mac_text(&d->mac, mac), ip_text(&d->dst, ip),
	    other == SIZE_MAX ? "no address of it" : "the address of ",
	    other == SIZE_MAX ? "" : s->nodes[other].name);
}

/* Which role the address has at its node. */
static enum survey_role
role_with(const struct survey *s, size_t node, const struct ip *ip)
{
	for (size_t i = 0; i < s->n_links; i++)
		if (s->links[i].node == node && ip_equal(&s->links[i].ip, ip))
			return s->links[i].role;
	return SURVEY_OTHER;
}

static bool
has_role(const struct survey *s, size_t node, enum survey_role role)
{
	for (size_t i = 0; i < s->n_links; i++)
		if (s->links[i].node == node && s->links[i].role == role &&
		    ip_is_set(&s->links[i].ip))
			return true;
	return false;
}

/*
 * Danube Cloud's rule: within a data centre by the admin network, in clear;
 * between two by external0, in ESP.
 */
static void
check_site(struct survey *s, size_t node, const struct fdb_entry *d)
{
	const struct survey_link *to = owner_of(s, &d->mac);
	const char *mine = s->nodes[node].site, *its;
	enum survey_role role;
	bool same;

	if (to == NULL || to->node == node || mine == NULL ||
	    s->nodes[to->node].site == NULL)
		return;
	its = s->nodes[to->node].site;
	same = strcmp(mine, its) == 0;
	role = role_with(s, to->node, &d->dst);
	if (role == (same ? SURVEY_EXTERNAL : SURVEY_ADMIN) &&
	    has_role(s, to->node, same ? SURVEY_ADMIN : SURVEY_EXTERNAL))
		survey_find(s, SURVEY_SITE, node,
		    "%s sends to the %s address of %s, though they are of %s",
		    s->nodes[node].name, survey_role_name(role),
		    s->nodes[to->node].name,
		    same ? "one data centre" : "two data centres");
}

static bool
is_on(const struct fdb_entry *d, const struct survey_link *l)
{
	return strcmp(d->link, l->link->name) == 0 && ip_is_set(&d->dst);
}

static bool
maps(const struct facts *f, const struct survey_link *l, const struct mac *mac)
{
	for (size_t i = 0; i < f->n_fdb; i++)
		if (is_on(&f->fdb[i], l) && mac_equal(&f->fdb[i].mac, mac))
			return true;
	return false;
}

static bool
has_default(const struct facts *f, const struct survey_link *l)
{
	for (size_t i = 0; i < f->n_fdb; i++)
		if (is_on(&f->fdb[i], l) && is_default(&f->fdb[i]))
			return true;
	return false;
}

/* Where nothing says what to do with the rest, the rest is dropped. */
static void
check_missing(struct survey *s, const struct survey_link *l)
{
	const struct facts *f = s->nodes[l->node].facts;

	if ((f->have & HAVE_FDB) == 0 || has_default(f, l))
		return;
	for (size_t i = 0; i < s->n_links; i++) {
		const struct survey_link *p = &s->links[i];

		if (p->role != SURVEY_OVERLAY || p->overlay != l->overlay ||
		    p->node == l->node || maps(f, l, &p->link->mac))
			continue;
		survey_find(s, SURVEY_UNMAPPED, l->node,
		    "%s of %s has no entry for %s, and none for what it does "
		    "not know: such frames are dropped",
		    l->link->name, s->nodes[l->node].name,
		    s->nodes[p->node].name);
	}
}

void
survey_judge_maps(struct survey *s)
{
	for (size_t i = 0; i < s->n_nodes; i++) {
		const struct facts *f = s->nodes[i].facts;

		for (size_t k = 0; f != NULL && k < f->n_fdb; k++) {
			if (!ip_is_set(&f->fdb[k].dst) ||
			    is_default(&f->fdb[k]))
				continue;
			check_entry(s, i, &f->fdb[k]);
			check_site(s, i, &f->fdb[k]);
		}
	}
	for (size_t i = 0; i < s->n_links; i++)
		if (s->links[i].role == SURVEY_OVERLAY)
			check_missing(s, &s->links[i]);
}
