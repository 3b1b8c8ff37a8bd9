/* underlay: by which device and address a node reaches another. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "model/facts.h"
#include "model/host.h"
#include "model/run.h"
#include "plan/half.h"
#include "plan/pair.h"

int
half_address_var(const struct half *h, const char *name, struct ip *ret,
    struct err *e)
{
	const char *v = host_var(h->host, name);

	if (v == NULL)
		return 0;
	if (ip_parse(span_of(v), ret) < 0)
		return err_set(e, ERR_INPUT,
		    "%s: variable %s: \"%s\" is not an IP address",
		    h->host->name, name, v);
	return 0;
}

static bool
usable(const struct ifaddr *a)
{
	/* fe80::/10 is of its link alone (RFC 4291 section 2.5.6). */
	return a->ip.family == 4 || a->ip.b[0] != 0xfe ||
	    (a->ip.b[1] & 0xc0) != 0x80;
}

/* IPv4 first: it is what the overlays of today carry. */
bool
half_address_of(const struct facts *f, const char *link, struct ip *ret)
{
	for (int family = 4; family <= 6; family += 2) {
		for (size_t i = 0; i < f->n_addrs; i++) {
			const struct ifaddr *a = &f->addrs[i];

			if (a->ip.family == family && usable(a) &&
			    strcmp(a->link, link) == 0) {
				*ret = a->ip;
				return true;
			}
		}
	}
	return false;
}

static const char *
link_holding(const struct facts *f, const struct ip *ip)
{
	for (size_t i = 0; i < f->n_addrs; i++)
		if (ip_equal(&f->addrs[i].ip, ip))
			return f->addrs[i].link;
	return NULL;
}

/* The address that we reach the node at, when it is a number and its own. */
static bool
address_of_host(const struct half *h, struct ip *ret)
{
	struct ip ip;

	if (h->host->address == NULL ||
	    ip_parse(span_of(h->host->address), &ip) < 0 ||
	    link_holding(h->facts, &ip) == NULL)
		return false;
	*ret = ip;
	return true;
}

/*
 * Danube's rule: nodes of one physical data centre (dc_name) talk over their
 * admin addresses, others over external0.  The admin address is on the VNIC
 * admin0 or on the link that sysinfo calls NIC_admin; the inventory lists it
 * for nodes of its own data centre.
 */
static bool
by_data_centre(const struct half *h, const struct half *peer, struct ip *ret)
{
	const char *mine = h->host->site, *other = peer->host->site;

	if (strcmp(h->facts->platform, "illumos") != 0)
		return false;
	if (mine == NULL || other == NULL || strcmp(mine, other) != 0)
		return half_address_of(h->facts, "external0", ret);
	return half_address_of(h->facts, "admin0", ret) ||
	    (h->facts->admin_link[0] != '\0' &&
		half_address_of(h->facts, h->facts->admin_link, ret)) ||
	    address_of_host(h, ret);
}

/* What the overlay device itself says, or the link named, or that below it. */
static bool
by_device(const struct half *h, const char *named, struct ip *ret)
{
	if (ip_is_set(&h->overlay->vxlan_local)) {
		*ret = h->overlay->vxlan_local;
		return true;
	}
	return (named != NULL && half_address_of(h->facts, named, ret)) ||
	    (h->overlay->lower[0] != '\0' &&
		half_address_of(h->facts, h->overlay->lower, ret));
}

static int
choose_address(const struct half *h, const struct half *peer, const char *link,
    struct ip *ret, struct err *e)
{
	if (half_address_var(h, "espy_underlay_ip", ret, e) < 0)
		return -1;
	if (ip_is_set(ret) || by_device(h, link, ret) ||
	    by_data_centre(h, peer, ret))
		return 0;
	if (h->host->address != NULL)
		ip_parse(span_of(h->host->address), ret);
	return 0;
}

int
half_underlay(struct half *h, const struct half *peer, struct err *e)
{
	const char *link = host_var(h->host, "espy_underlay_link");
	struct ip ip = { 0 };

	if (choose_address(h, peer, link, &ip, e) < 0)
		return -1;
	if (link == NULL && ip_is_set(&ip))
		link = link_holding(h->facts, &ip);
	if (!ip_is_set(&ip) || link == NULL)
		return err_set(e, ERR_HOST,
		    "%s: which address its overlay device %s sends from is "
		    "not to be seen; set espy_underlay_ip and "
		    "espy_underlay_link",
		    h->host->name, h->overlay->name);
	h->underlay_ip = ip;
	snprintf(h->underlay_link, sizeof(h->underlay_link), "%s", link);
	return 0;
}

int
plan_check_route(const struct facts *f, const struct run_node *me,
    const struct run_node *peer, struct err *e)
{
	const struct route *r = facts_route(f, &peer->underlay);
	char ip[IP_TEXT_MAX];

	/* No route at all is a fault to find, not one of the plan. */
	if (r == NULL || !r->reachable ||
	    strcmp(r->link, me->underlay_link) == 0)
		return 0;
	return err_set(e, ERR_HOST,
	    "%s: it was to be measured at %s, but its route to %s leaves by "
	    "%s; set espy_underlay_link and espy_underlay_ip, or mend the "
	    "route or dc_name",
	    me->name, me->underlay_link, ip_text(&peer->underlay, ip), r->link);
}
