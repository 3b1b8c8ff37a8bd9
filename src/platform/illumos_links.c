/*
 * Links, their counts, addresses and overlays, each from a tool of its own:
 * dladm(1M), ipadm(1M), kstat(1M); and the targets of overlays.
 *
 * An overlay device carries no address itself: a VNIC over it does (Danube's
 * adminoverlay_0 over adminoverlay2).  What is known of the overlay is said of
 * the VNIC, as a Linux node says it of its one device.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "platform/illumos.h"
#include "platform/ofmt.h"
#include "platform/section.h"
#include "platform/words.h"

enum { LINKS_MAX = 65536 };

/* A VNIC of the global zone. */
struct vnic {
	char name[FACT_NAME_MAX], over[FACT_NAME_MAX];
	struct mac mac;
	uint16_t vlan;
};

struct found {
	struct vnic *vnics;
	size_t n_vnics, vnics_cap;
	struct link *links;
	size_t n_links, links_cap;
	struct ifaddr *addrs;
	size_t n_addrs, addrs_cap;
	int status; /* of the last part's command; -1: it makes no sense */
};

static void
found_free(struct found *v)
{
	free(v->vnics);
	free(v->links);
	free(v->addrs);
}

static struct span
field(const struct ofmt *o, size_t i)
{
	return span_of(o->v[i]);
}

static bool
copy_name(const struct ofmt *o, size_t i, char ret[FACT_NAME_MAX])
{
	return span_copy(field(o, i), ret, FACT_NAME_MAX) && ret[0] != '\0';
}

/* From the global zone all zones' VNICs are seen, and most are called net0. */
static bool
is_global(struct span zone)
{
	return zone.n == 0 || span_is(zone, "--") || span_is(zone, "global");
}

/* LINK OVER MACADDRESS VID ZONE: 1, or 0 when it is of another zone. */
static int
read_vnic(struct span line, struct vnic *ret)
{
	struct ofmt o;
	uint64_t vlan;

	*ret = (struct vnic){ 0 };
	if (ofmt_read(line, 5, &o) < 0)
		return -1;
	if (!is_global(field(&o, 4)))
		return 0;
	if (!copy_name(&o, 0, ret->name) ||
	    !span_copy(field(&o, 1), ret->over, sizeof(ret->over)) ||
	    mac_parse(field(&o, 2), &ret->mac) < 0 ||
	    span_u64(field(&o, 3), 4094, &vlan) < 0)
		return -1;
	ret->vlan = (uint16_t)vlan;
	return 1;
}

static int
read_vnics(struct span text, struct found *v)
{
	struct span line;
	int r;

	while (span_line(&text, &line)) {
		v->vnics = mem_grow(v->vnics, v->n_vnics, &v->vnics_cap,
		    sizeof(*v->vnics));
		r = v->n_vnics < LINKS_MAX
		    ? read_vnic(line, &v->vnics[v->n_vnics])
		    : -1;
		if (r < 0)
			return -1;
		v->n_vnics += (size_t)r;
	}
	return 0;
}

static const struct vnic *
find_vnic(const struct found *v, const char *name)
{
	for (size_t i = 0; i < v->n_vnics; i++)
		if (strcmp(v->vnics[i].name, name) == 0)
			return &v->vnics[i];
	return NULL;
}

static struct link *
find_link(const struct found *v, struct span name)
{
	for (size_t i = 0; i < v->n_links; i++)
		if (span_is(name, v->links[i].name))
			return &v->links[i];
	return NULL;
}

/* LINK CLASS MTU STATE OVER: 1, or 0 when it is not one of ours. */
static int
read_link(struct span line, const struct found *v, struct link *l)
{
	const struct vnic *vnic;
	struct ofmt o;
	uint64_t mtu;

	*l = (struct link){ 0 };
	if (ofmt_read(line, 5, &o) < 0 || !copy_name(&o, 0, l->name) ||
	    !copy_name(&o, 1, l->kind) ||
	    span_u64(field(&o, 2), UINT32_MAX, &mtu) < 0)
		return -1;
	l->mtu = (uint32_t)mtu;
	/* "unknown" is a link that cannot tell, and works. */
	l->up = strcmp(o.v[3], "down") != 0;
	l->carrier = l->up;
	vnic = find_vnic(v, l->name);
	if (strcmp(l->kind, "vnic") == 0) {
		if (vnic == NULL || find_link(v, span_of(l->name)) != NULL)
			return 0;
		memcpy(l->lower, vnic->over, sizeof(l->lower));
		l->mac = vnic->mac;
		l->vlan = vnic->vlan;
	}
	if (strcmp(l->kind, "phys") == 0)
		l->kind[0] = '\0';
	return 1;
}

static int
read_links(struct span text, struct found *v)
{
	struct span line;
	int r;

	while (span_line(&text, &line)) {
		v->links = mem_grow(v->links, v->n_links, &v->links_cap,
		    sizeof(*v->links));
		r = v->n_links < LINKS_MAX
		    ? read_link(line, v, &v->links[v->n_links])
		    : -1;
		if (r < 0)
			return -1;
		v->n_links += (size_t)r;
	}
	return v->n_links > 0 ? 0 : -1;
}

static int
set_vni(struct link *l, struct span value)
{
	uint64_t v;

	if (value.n > 0 && span_u64(value, 0xffffff, &v) < 0)
		return -1;
	l->vni = value.n > 0 ? (uint32_t)v : 0;
	return 0;
}

static int
set_port(struct link *l, struct span value)
{
	uint64_t v;

	if (span_u64(value, UINT16_MAX, &v) < 0)
		return -1;
	l->vxlan_port = (uint16_t)v;
	return 0;
}

/* 0.0.0.0 and :: are every address, which is none in particular. */
static int
set_local(struct link *l, struct span value)
{
	static const struct ip none;
	struct ip ip;

	if (ip_parse(value, &ip) < 0)
		return -1;
	if (memcmp(ip.b, none.b, sizeof(ip.b)) != 0)
		l->vxlan_local = ip;
	return 0;
}

static const struct {
	const char *name;
	int (*set)(struct link *l, struct span value);
} properties[] = {
	{ "vnetid", set_vni },
	{ "vxlan/listen_port", set_port },
	{ "vxlan/listen_ip", set_local },
};

/* LINK PROPERTY VALUE: a line for each property. */
static int
read_overlay(struct span line, struct found *v)
{
	struct link *l;
	struct ofmt o;

	if (ofmt_read(line, 3, &o) < 0)
		return -1;
	l = find_link(v, field(&o, 0));
	for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
		if (strcmp(o.v[1], properties[i].name) == 0)
			return l != NULL ? properties[i].set(l, field(&o, 2))
					 : -1;
	return 0;
}

static void
lend(const struct link *overlay, struct link *vnic)
{
	vnic->vni = overlay->vni;
	vnic->vxlan_port = overlay->vxlan_port;
	vnic->vxlan_local = overlay->vxlan_local;
}

/* The overlay's own are then cleared, for it is one overlay, not two. */
static void
lend_overlays(struct found *v)
{
	for (size_t i = 0; i < v->n_links; i++) {
		struct link *o = &v->links[i];
		bool lent = false;

		if (o->vxlan_port == 0 || strcmp(o->kind, "vnic") == 0)
			continue;
		for (size_t j = 0; j < v->n_links; j++) {
			if (strcmp(v->links[j].lower, o->name) != 0)
				continue;
			lend(o, &v->links[j]);
			lent = true;
		}
		if (lent)
			lend(&(struct link){ 0 }, o);
	}
}

static int
read_overlays(struct span text, struct found *v)
{
	struct span line;

	while (span_line(&text, &line))
		if (read_overlay(line, v) < 0)
			return -1;
	lend_overlays(v);
	return 0;
}

/*
 * ADDROBJ TYPE STATE ADDR: 1, or 0 when it is no address in use.  A row that is
 * not "ok" may repeat another, and holds a name at times.
 */
static int
read_addr(struct span line, struct ifaddr *a)
{
	struct span object, name, link, addr, local;
	struct ofmt o;

	*a = (struct ifaddr){ 0 };
	if (ofmt_read(line, 4, &o) < 0)
		return -1;
	object = field(&o, 0);
	addr = field(&o, 3);
	if (strcmp(o.v[2], "ok") != 0 || addr.n == 0 || span_is(addr, "?"))
		return 0;
	/* "a->b" when it is point to point: it has no length then. */
	if (words_hold(addr, "->")) {
		span_until(&addr, '-', &local);
		addr = local;
	}
	if (!span_until(&object, '/', &name) ||
	    !span_until(&name, ':', &link) ||
	    !span_copy(link, a->link, sizeof(a->link)) || a->link[0] == '\0' ||
	    words_prefix(addr, &a->ip, &a->prefix) < 0)
		return -1;
	return 1;
}

static int
read_addrs(struct span text, struct found *v)
{
	struct span line;
	int r;

	/* There is always lo0's. */
	if (text.n == 0)
		return -1;
	while (span_line(&text, &line)) {
		v->addrs = mem_grow(v->addrs, v->n_addrs, &v->addrs_cap,
		    sizeof(*v->addrs));
		r = v->n_addrs < LINKS_MAX
		    ? read_addr(line, &v->addrs[v->n_addrs])
		    : -1;
		if (r < 0)
			return -1;
		v->n_addrs += (size_t)r;
	}
	return 0;
}

static const struct {
	const char *name;
	size_t offset;
} counts[] = {
	{ "ipackets64", offsetof(struct link, rx_packets) },
	{ "opackets64", offsetof(struct link, tx_packets) },
	{ "ierrors", offsetof(struct link, rx_errors) },
	{ "oerrors", offsetof(struct link, tx_errors) },
	{ "norcvbuf", offsetof(struct link, rx_dropped) },
	{ "noxmtbuf", offsetof(struct link, tx_dropped) },
};

enum { COUNTS = sizeof(counts) / sizeof(counts[0]) };

/* "link:0:external0:oerrors<TAB>0"; names of links have no colons. */
static int
read_count(struct span line, const struct found *v, unsigned *seen)
{
	struct span module, instance, name, stat;
	struct link *l;
	uint64_t n;

	if (!span_until(&line, ':', &module) || !span_is(module, "link") ||
	    !span_until(&line, ':', &instance) ||
	    !span_until(&line, ':', &name) || !span_until(&line, '\t', &stat) ||
	    span_u64(span_trim(line), UINT64_MAX, &n) < 0)
		return -1;
	l = find_link(v, name);
	for (size_t i = 0; l != NULL && i < COUNTS; i++) {
		if (!span_is(stat, counts[i].name))
			continue;
		memcpy((char *)l + counts[i].offset, &n, sizeof(n));
		seen[l - v->links] |= 1U << i;
	}
	return 0;
}

/*
 * A count that is missing would look like zero, and the next one like a rise.
 * Overlay devices and etherstubs have no counts at all.
 */
static bool
all_counted(const struct found *v, const unsigned *seen)
{
	for (size_t i = 0; i < v->n_links; i++) {
		const char *kind = v->links[i].kind;
		bool counts_itself = kind[0] == '\0' ||
		    strcmp(kind, "vnic") == 0 || strcmp(kind, "aggr") == 0;

		if (seen[i] != (1U << COUNTS) - 1U &&
		    (counts_itself || seen[i] != 0))
			return false;
	}
	return true;
}

static int
read_counts(struct span text, struct found *v)
{
	unsigned *seen = xcalloc(v->n_links, sizeof(*seen));
	struct span line;
	int r = 0;

	while (r == 0 && span_line(&text, &line))
		r = read_count(line, v, seen);
	if (r == 0 && !all_counted(v, seen))
		r = -1;
	free(seen);
	return r;
}

static int
take_part(struct found *v, struct span *text, const char *name,
    struct span *ret)
{
	v->status = ofmt_part(text, name, ret);
	return v->status == 0 ? 0 : -1;
}

/* In the script's order; VNICs come behind the links that they are. */
static int
read_parts(struct span text, struct found *v, const char **part)
{
	struct span links, vnics, overlays, addrs, kstats;

	if ((*part = "dladm show-link", take_part(v, &text, "link", &links)) <
		0 ||
	    (*part = "dladm show-vnic", take_part(v, &text, "vnic", &vnics)) <
		0 ||
	    read_vnics(vnics, v) < 0 ||
	    (*part = "dladm show-link", read_links(links, v)) < 0 ||
	    (*part = "dladm show-overlay",
		take_part(v, &text, "overlay", &overlays)) < 0 ||
	    read_overlays(overlays, v) < 0 ||
	    (*part = "ipadm show-addr", take_part(v, &text, "addr", &addrs)) <
		0 ||
	    read_addrs(addrs, v) < 0 ||
	    (*part = "kstat link", take_part(v, &text, "kstat", &kstats)) < 0 ||
	    read_counts(kstats, v) < 0)
		return -1;
	return 0;
}

int
illumos_parse_links(const struct section *s, struct facts *f, struct err *e)
{
	struct found v = { 0 };
	const char *part = "";

	if (read_parts(s->text, &v, &part) < 0) {
		found_free(&v);
		if (v.status > 0)
			return err_set(e, ERR_INPUT, "%s %s", part,
			    platform_status_text(v.status).s);
		return err_set(e, ERR_INPUT, "%s: not what was asked for",
		    part);
	}
	free(f->links);
	free(f->addrs);
	f->links = v.links;
	f->n_links = v.n_links;
	f->addrs = v.addrs;
	f->n_addrs = v.n_addrs;
	free(v.vnics);
	return 0;
}

/* "203.0.113.110:4793", with "MAC," before it in some plugins. */
static int
read_destination(const char *text, struct ip *ret)
{
	const char *comma = strrchr(text, ','), *colon = strrchr(text, ':');

	if (comma != NULL)
		text = comma + 1;
	if (colon == NULL || colon < text)
		return -1;
	return ip_parse((struct span){ text, (size_t)(colon - text) }, ret);
}

/* LINK TARGET DESTINATION; the default target has no MAC, as on Linux. */
static int
read_target(struct span line, struct fdb_entry *d)
{
	struct ofmt o;

	*d = (struct fdb_entry){ 0 };
	if (ofmt_read(line, 3, &o) < 0 || !copy_name(&o, 0, d->link) ||
	    read_destination(o.v[2], &d->dst) < 0)
		return -1;
	if (strcmp(o.v[1], "*:*:*:*:*:*") == 0)
		return 0;
	return mac_parse(field(&o, 1), &d->mac);
}

struct targets {
	struct fdb_entry *v;
	size_t n, cap;
};

static int
add_target(struct targets *t, const struct fdb_entry *d)
{
	if (t->n == LINKS_MAX)
		return -1;
	t->v = mem_grow(t->v, t->n, &t->cap, sizeof(*t->v));
	t->v[t->n++] = *d;
	return 0;
}

/* Under the names of the VNICs over the overlay, or its own. */
static int
add_targets(struct targets *t, const struct found *v, struct fdb_entry *d)
{
	char over[FACT_NAME_MAX];
	bool added = false;

	memcpy(over, d->link, sizeof(over));
	for (size_t i = 0; i < v->n_vnics; i++) {
		if (strcmp(v->vnics[i].over, over) != 0)
			continue;
		memcpy(d->link, v->vnics[i].name, sizeof(d->link));
		added = true;
		if (add_target(t, d) < 0)
			return -1;
	}
	return added ? 0 : add_target(t, d);
}

static int
read_targets(struct span text, struct found *v, struct targets *t)
{
	struct span vnics, targets, line;
	struct fdb_entry d;

	if (take_part(v, &text, "vnic", &vnics) < 0 ||
	    read_vnics(vnics, v) < 0 ||
	    take_part(v, &text, "target", &targets) < 0)
		return -1;
	while (span_line(&targets, &line))
		if (read_target(line, &d) < 0 || add_targets(t, v, &d) < 0)
			return -1;
	return 0;
}

int
illumos_parse_fdb(const struct section *s, struct facts *f, struct err *e)
{
	struct found v = { 0 };
	struct targets t = { 0 };
	int r = read_targets(s->text, &v, &t);

	found_free(&v);
	if (r < 0) {
		free(t.v);
		if (v.status > 0)
			return err_set(e, ERR_INPUT, "dladm %s",
			    platform_status_text(v.status).s);
		return err_set(e, ERR_INPUT, "not the targets of overlays");
	}
	free(f->fdb);
	f->fdb = t.v;
	f->n_fdb = t.n;
	return 0;
}
