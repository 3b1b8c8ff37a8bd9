/* `ip -j neigh`, `bridge -j fdb show`, `tc -s -j qdisc show`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/facts.h"
#include "platform/json.h"
#include "platform/linux.h"
#include "platform/section.h"
#include "platform/tally.h"

/* Takes the address at key, when there is one that is a MAC. */
static bool
read_mac(const json_t *o, const char *key, struct mac *ret)
{
	const char *s = json_str(o, key);

	return s != NULL && mac_parse(span_of(s), ret) == 0;
}

/* {"dst":"192.0.2.1","dev":"eth0","lladdr":"...","state":["REACHABLE"]} */
static int
read_neigh(const json_t *o, struct neigh *n)
{
	*n = (struct neigh){ 0 };
	json_ip(o, "dst", &n->ip);
	json_copy_str(o, "dev", n->link, sizeof(n->link));
	n->has_mac = read_mac(o, "lladdr", &n->mac);
	span_copy(span_of("NONE"), n->state, sizeof(n->state));
	if (json_array_size(json_object_get(o, "state")) > 0) {
		const char *state =
		    json_string_value(json_array_get(json_object_get(o,
							 "state"),
			0));

		if (state != NULL)
			span_copy(span_of(state), n->state, sizeof(n->state));
	}
	return ip_is_set(&n->ip) && n->link[0] != '\0' ? 0 : -1;
}

int
linux_parse_neighs(const struct section *s, struct facts *f, struct err *e)
{
	json_t *list;
	struct neigh *v;
	size_t n;

	if (json_read_array(s->text, &list, e) < 0)
		return -1;
	n = json_array_size(list);
	v = xcalloc(n + 1, sizeof(*v));
	for (size_t i = 0; i < n; i++) {
		if (read_neigh(json_array_get(list, i), &v[i]) < 0) {
			free(v);
			json_decref(list);
			return err_set(e, ERR_INPUT,
			    "entry %zu: not a neighbour", i + 1);
		}
	}
	json_decref(list);
	free(f->neighs);
	f->neighs = v;
	f->n_neighs = n;
	return 0;
}

/* {"mac":"...","ifname":"ov0","dst":"192.0.2.11","flags":["self"], ...} */
static int
read_fdb(const json_t *o, struct fdb_entry *d)
{
	*d = (struct fdb_entry){ 0 };
	json_copy_str(o, "ifname", d->link, sizeof(d->link));
	json_ip(o, "dst", &d->dst);
	d->vni = json_u32_or_0(o, "vni");
	return d->link[0] != '\0' && read_mac(o, "mac", &d->mac) ? 0 : -1;
}

int
linux_parse_fdb(const struct section *s, struct facts *f, struct err *e)
{
	json_t *list;
	struct fdb_entry *v;
	size_t n;

	if (json_read_array(s->text, &list, e) < 0)
		return -1;
	n = json_array_size(list);
	v = xcalloc(n + 1, sizeof(*v));
	for (size_t i = 0; i < n; i++) {
		if (read_fdb(json_array_get(list, i), &v[i]) < 0) {
			free(v);
			json_decref(list);
			return err_set(e, ERR_INPUT,
			    "entry %zu: not a forwarding entry", i + 1);
		}
	}
	json_decref(list);
	free(f->fdb);
	f->fdb = v;
	f->n_fdb = n;
	return 0;
}

/* All queues of a link together: "Qdisc.eth0.Drops", "Qdisc.eth0.Backlog". */
static int
add_qdisc(const json_t *o, struct tally *t)
{
	char name[FACT_NAME_MAX];
	const char *dev = json_str(o, "dev");
	uint64_t drops, backlog = 0;

	if (dev == NULL || strlen(dev) > FACT_NAME_MAX / 2 ||
	    json_u64(o, "drops", UINT64_MAX, &drops) < 0)
		return -1;
	json_u64(o, "backlog", UINT64_MAX, &backlog);
	snprintf(name, sizeof(name), "Qdisc.%s.Drops", dev);
	if (tally_sum(t, name, drops) < 0)
		return -1;
	snprintf(name, sizeof(name), "Qdisc.%s.Backlog", dev);
	return tally_sum(t, name, backlog);
}

/*
 * Classful queues count what their children drop as well, so only the root of
 * a link counts; with mq the root counts nothing itself, but sums on reading.
 */
int
linux_parse_qdisc(const struct section *s, struct facts *f, struct err *e)
{
	struct tally t = { 0 };
	json_t *list;
	int r = 0;

	if (json_read_array(s->text, &list, e) < 0)
		return -1;
	for (size_t i = 0; r == 0 && i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);

		if (json_is_true(json_object_get(o, "root")))
			r = add_qdisc(o, &t);
	}
	json_decref(list);
	if (r < 0) {
		tally_free(&t);
		return err_set(e, ERR_INPUT, "not a list of queues");
	}
	tally_give(&t, f);
	return 0;
}
