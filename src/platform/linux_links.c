/* `ip -d -s -j addr`: links, their counts, and the addresses on them. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/facts.h"
#include "platform/json.h"
#include "platform/linux.h"
#include "platform/section.h"

struct found {
	struct link *links;
	size_t n_links, links_cap;
	struct ifaddr *addrs;
	size_t n_addrs, addrs_cap;
};

/* Counts that are not there would look like zero: -1. */
static int
read_counts(const json_t *o, struct link *l)
{
	const json_t *stats = json_object_get(o, "stats64"), *rx, *tx;

	if (stats == NULL)
		stats = json_object_get(o, "stats");
	rx = json_object_get(stats, "rx");
	tx = json_object_get(stats, "tx");
	if (json_u64(rx, "packets", UINT64_MAX, &l->rx_packets) < 0 ||
	    json_u64(rx, "errors", UINT64_MAX, &l->rx_errors) < 0 ||
	    json_u64(rx, "dropped", UINT64_MAX, &l->rx_dropped) < 0 ||
	    json_u64(tx, "packets", UINT64_MAX, &l->tx_packets) < 0 ||
	    json_u64(tx, "errors", UINT64_MAX, &l->tx_errors) < 0 ||
	    json_u64(tx, "dropped", UINT64_MAX, &l->tx_dropped) < 0)
		return -1;
	/* Not every release tells it apart from the errors. */
	json_u64(tx, "carrier_errors", UINT64_MAX, &l->tx_carrier_errors);
	return 0;
}

static int
read_vxlan(const json_t *data, struct link *l)
{
	uint64_t vni = 0, port;

	/* A device that takes its VNI from elsewhere has none. */
	json_u64(data, "id", 0xffffff, &vni);
	if (json_u64(data, "port", UINT16_MAX, &port) < 0)
		return -1;
	l->vni = (uint32_t)vni;
	l->vxlan_port = (uint16_t)port;
	json_ip(data, "local", &l->vxlan_local);
	json_ip(data, "local6", &l->vxlan_local);
	json_ip(data, "remote", &l->vxlan_remote);
	json_ip(data, "remote6", &l->vxlan_remote);
	json_copy_str(data, "link", l->lower, sizeof(l->lower));
	return 0;
}

static int
read_kind(const json_t *o, struct link *l)
{
	const json_t *info = json_object_get(o, "linkinfo");
	const json_t *data = json_object_get(info, "info_data");

	json_copy_str(info, "info_kind", l->kind, sizeof(l->kind));
	if (strcmp(l->kind, "vxlan") == 0)
		return read_vxlan(data, l);
	if (strcmp(l->kind, "vlan") == 0)
		l->vlan = (uint16_t)(json_u32_or_0(data, "id") & 0xfff);
	return 0;
}

static int
read_link(const json_t *o, struct link *l)
{
	const char *mac = json_str(o, "address");
	uint64_t mtu;

	*l = (struct link){ 0 };
	json_copy_str(o, "ifname", l->name, sizeof(l->name));
	if (l->name[0] == '\0' || json_u64(o, "mtu", UINT32_MAX, &mtu) < 0 ||
	    !json_is_array(json_object_get(o, "flags")))
		return -1;
	l->mtu = (uint32_t)mtu;
	l->up = json_has(o, "flags", "UP");
	l->carrier = json_has(o, "flags", "LOWER_UP");
	if (mac != NULL)
		mac_parse(span_of(mac), &l->mac);
	json_copy_str(o, "link", l->lower, sizeof(l->lower));
	json_copy_str(o, "master", l->master, sizeof(l->master));
	return read_counts(o, l) < 0 ? -1 : read_kind(o, l);
}

static int
read_addr(const json_t *o, const char *link, struct ifaddr *a)
{
	uint64_t bits;

	*a = (struct ifaddr){ 0 };
	span_copy(span_of(link), a->link, sizeof(a->link));
	json_ip(o, "local", &a->ip);
	if (!ip_is_set(&a->ip) ||
	    json_u64(o, "prefixlen", a->ip.family == 4 ? 32 : 128, &bits) < 0)
		return -1;
	a->prefix = (uint8_t)bits;
	return 0;
}

static int
add_addrs(const json_t *list, const char *link, struct found *v)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);

		/* ip prints {} for what a filter has left out. */
		if (json_object_size(o) == 0)
			continue;
		v->addrs = mem_grow(v->addrs, v->n_addrs, &v->addrs_cap,
		    sizeof(*v->addrs));
		if (v->n_addrs == JSON_ENTRIES_MAX ||
		    read_addr(o, link, &v->addrs[v->n_addrs]) < 0)
			return -1;
		v->n_addrs++;
	}
	return 0;
}

static int
add_links(const json_t *list, struct found *v)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		struct link *l;

		if (json_object_size(o) == 0)
			continue;
		v->links = mem_grow(v->links, v->n_links, &v->links_cap,
		    sizeof(*v->links));
		l = &v->links[v->n_links++];
		if (read_link(o, l) < 0 ||
		    add_addrs(json_object_get(o, "addr_info"), l->name, v) < 0)
			return -1;
	}
	return v->n_links > 0 ? 0 : -1;
}

int
linux_parse_links(const struct section *s, struct facts *f, struct err *e)
{
	struct found v = { 0 };
	json_t *list;
	int r;

	if (json_read_array(s->text, &list, e) < 0)
		return -1;
	r = add_links(list, &v);
	json_decref(list);
	if (r < 0) {
		free(v.links);
		free(v.addrs);
		return err_set(e, ERR_INPUT, "entry %zu: not a link",
		    v.n_links);
	}
	free(f->links);
	free(f->addrs);
	f->links = v.links;
	f->n_links = v.n_links;
	f->addrs = v.addrs;
	f->n_addrs = v.n_addrs;
	return 0;
}
