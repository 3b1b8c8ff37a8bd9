#include "plan/pair.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "model/facts.h"
#include "model/host.h"
#include "model/run.h"
#include "plan/half.h"

static int
named_overlay(struct half *h, const char *name, struct err *e)
{
	h->overlay = facts_link(h->facts, name);
	if (h->overlay == NULL)
		return err_set(e, ERR_HOST,
		    "%s: it has no device %s, which espy_overlay_link names",
		    h->host->name, name);
	return 0;
}

static bool
is_vxlan(const struct link *l)
{
	return l->vxlan_port != 0;
}

static size_t
count_vxlan(const struct facts *f, const struct link **last)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_links; i++) {
		if (!is_vxlan(&f->links[i]))
			continue;
		*last = &f->links[i];
		n++;
	}
	return n;
}

/* May this be the node's overlay device?  `named`: the inventory chose one. */
static bool
candidate(const struct half *h, const struct link *l, const char *named)
{
	return named != NULL ? l == h->overlay : is_vxlan(l);
}

/* The address of the overlay device, or of a VLAN of it. */
static bool
address_on(const struct facts *f, const struct link *overlay, struct ip *ret)
{
	if (half_address_of(f, overlay->name, ret))
		return true;
	for (size_t i = 0; i < f->n_links; i++)
		if (strcmp(f->links[i].kind, "vlan") == 0 &&
		    strcmp(f->links[i].lower, overlay->name) == 0 &&
		    half_address_of(f, f->links[i].name, ret))
			return true;
	return false;
}

static bool
both_have(const struct half h[2], const struct link *x, const struct link *y)
{
	struct ip ip;

	return address_on(h[0].facts, x, &ip) && address_on(h[1].facts, y, &ip);
}

/*
 * The overlays that both nodes have, by VNI; sets the last.  With `addressed`
 * only those that can be pinged: others are for virtual machines.
 */
static size_t
common_overlays(struct half h[2], const char *const named[2], bool addressed)
{
	const struct link *found[2] = { NULL, NULL };
	size_t n = 0;

	for (size_t i = 0; i < h[0].facts->n_links; i++) {
		for (size_t j = 0; j < h[1].facts->n_links; j++) {
			const struct link *x = &h[0].facts->links[i];
			const struct link *y = &h[1].facts->links[j];

			if (x->vni != y->vni ||
			    !candidate(&h[0], x, named[0]) ||
			    !candidate(&h[1], y, named[1]) ||
			    (addressed && !both_have(h, x, y)))
				continue;
			found[0] = x;
			found[1] = y;
			n++;
		}
	}
	if (n == 1)
		for (int s = 0; s < 2; s++)
			h[s].overlay = found[s];
	return n;
}

/* The named device, or the last VXLAN device; *n: how many it might be. */
static int
choose_overlay(struct half *h, const char *named, size_t *n, struct err *e)
{
	if (named != NULL) {
		*n = 1;
		return named_overlay(h, named, e);
	}
	*n = count_vxlan(h->facts, &h->overlay);
	if (*n > 0)
		return 0;
	return err_set(e, ERR_HOST,
	    "%s: it has no VXLAN device; name the overlay's device in "
	    "espy_overlay_link",
	    h->host->name);
}

static int
choose_overlays(struct half h[2], struct err *e)
{
	const char *const named[2] = { host_var(h[0].host, "espy_overlay_link"),
		host_var(h[1].host, "espy_overlay_link") };
	size_t n[2];

	for (int s = 0; s < 2; s++)
		if (choose_overlay(&h[s], named[s], &n[s], e) < 0)
			return -1;
	/* One each is a pair even when their VNIs differ: that is a fault. */
	if ((n[0] == 1 && n[1] == 1) || common_overlays(h, named, false) == 1 ||
	    common_overlays(h, named, true) == 1)
		return 0;
	return err_set(e, ERR_HOST,
	    "%s and %s have several VXLAN devices; name the one to measure in "
	    "espy_overlay_link",
	    h[0].host->name, h[1].host->name);
}

/* What the peer's neighbour table says of this node's MAC address. */
static bool
address_by_peer(const struct half *h, const struct half *peer, struct ip *ret)
{
	for (size_t i = 0; i < peer->facts->n_neighs; i++) {
		const struct neigh *n = &peer->facts->neighs[i];

		if (n->has_mac && strcmp(n->link, peer->overlay->name) == 0 &&
		    mac_equal(&n->mac, &h->overlay->mac) && n->ip.family == 4) {
			*ret = n->ip;
			return true;
		}
	}
	return false;
}

static int
overlay_address(struct half *h, const struct half *peer, struct err *e)
{
	if (half_address_var(h, "espy_overlay_ip", &h->overlay_ip, e) < 0)
		return -1;
	if (ip_is_set(&h->overlay_ip) ||
	    address_on(h->facts, h->overlay, &h->overlay_ip) ||
	    address_by_peer(h, peer, &h->overlay_ip))
		return 0;
	/* On SmartOS a VNIC over the overlay has it. */
	if (strcmp(h->overlay->kind, "overlay") == 0)
		return err_set(e, ERR_HOST,
		    "%s: no VNIC of the global zone is over its overlay %s; "
		    "if there should be one (adminoverlay_0), that is the "
		    "fault; or name another in espy_overlay_link",
		    h->host->name, h->overlay->name);
	return err_set(e, ERR_HOST,
	    "%s: its overlay device %s has no address; if it should have one, "
	    "that is the fault; or set espy_overlay_ip",
	    h->host->name, h->overlay->name);
}

static void
fill(const struct half *h, struct run_node *n)
{
	snprintf(n->overlay_link, sizeof(n->overlay_link), "%s",
	    h->overlay->name);
	snprintf(n->underlay_link, sizeof(n->underlay_link), "%s",
	    h->underlay_link);
	n->overlay = h->overlay_ip;
	n->underlay = h->underlay_ip;
	n->vni = h->overlay->vni;
	n->vxlan_port = h->overlay->vxlan_port;
}

/* Two nodes that claim one address: whichever answers, nothing is proven. */
static int
check_distinct(const struct half h[2], struct err *e)
{
	char text[IP_TEXT_MAX];
	bool over = ip_equal(&h[0].overlay_ip, &h[1].overlay_ip);

	if (!over && !ip_equal(&h[0].underlay_ip, &h[1].underlay_ip))
		return 0;
	return err_set(e, ERR_HOST,
	    "%s and %s both claim the %s address %s: that is a fault, but "
	    "whose, the pair does not tell",
	    h[0].host->name, h[1].host->name, over ? "overlay" : "underlay",
	    ip_text(over ? &h[0].overlay_ip : &h[0].underlay_ip, text));
}

static int
check_facts(const struct half *h, struct err *e)
{
	const char *why = facts_why(h->facts, HAVE_LINKS | HAVE_ADDRS);

	if ((h->facts->have & HAVE_LINKS) != 0 &&
	    (h->facts->have & HAVE_ADDRS) != 0)
		return 0;
	return err_set(e, ERR_HOST,
	    "%s: it did not say which devices and addresses it has%s%s",
	    h->host->name, why != NULL ? ": " : "", why != NULL ? why : "");
}

int
plan_pair(const struct facts *const facts[2], const struct host *const hosts[2],
    struct run *r, struct err *e)
{
	struct half h[2] = { { .facts = facts[0], .host = hosts[0] },
		{ .facts = facts[1], .host = hosts[1] } };

	for (int s = 0; s < 2; s++)
		if (check_facts(&h[s], e) < 0)
			return -1;
	if (choose_overlays(h, e) < 0)
		return -1;
	for (int s = 0; s < 2; s++)
		if (overlay_address(&h[s], &h[!s], e) < 0 ||
		    half_underlay(&h[s], &h[!s], e) < 0)
			return -1;
	if (h[0].overlay_ip.family != h[1].overlay_ip.family ||
	    h[0].underlay_ip.family != h[1].underlay_ip.family)
		return err_set(e, ERR_HOST,
		    "%s and %s have addresses of different families; set "
		    "espy_overlay_ip or espy_underlay_ip",
		    hosts[0]->name, hosts[1]->name);
	if (check_distinct(h, e) < 0)
		return -1;
	for (int s = 0; s < 2; s++)
		fill(&h[s], &r->nodes[s]);
	return 0;
}

int
plan_half(const struct facts *facts, const struct host *host,
    const struct host *peer, struct run_node *ret, struct ip *ret_peer,
    struct err *e)
{
	struct half h = { .facts = facts, .host = host };
	const struct facts silent = { 0 };
	const struct half other = { .facts = &silent, .host = peer };
	struct ip ip = { 0 };
	size_t n;

	if (check_facts(&h, e) < 0 ||
	    choose_overlay(&h, host_var(host, "espy_overlay_link"), &n, e) < 0)
		return -1;
	if (n != 1)
		return err_set(e, ERR_HOST,
		    "%s: it has several VXLAN devices; name the one to measure "
		    "in espy_overlay_link",
		    host->name);
	if (overlay_address(&h, &other, e) < 0 ||
	    half_underlay(&h, &other, e) < 0 ||
	    half_address_var(&other, "espy_underlay_ip", &ip, e) < 0)
		return -1;
	if (!ip_is_set(&ip) && peer->address != NULL)
		ip_parse(span_of(peer->address), &ip);
	if (ip.family != h.underlay_ip.family)
		return err_set(e, ERR_HOST,
		    "%s: its underlay address is not known; set "
		    "espy_underlay_ip",
		    peer->name);
	fill(&h, ret);
	*ret_peer = ip;
	return 0;
}
