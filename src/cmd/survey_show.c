/* espy survey for people, and for programs. */
#include <inttypes.h>
#include <stdio.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "cluster/survey.h"
#include "cmd/cmd.h"
#include "cmd/nodes.h"
#include "cmd/survey.h"
#include "cmd/table.h"

enum { SHOWN_MAX = 1 << 26 };

/* ---- for people --------------------------------------------------------- */

/* A value that a finding is about is marked. */
static void
put(struct table *t, bool marked, const char *text)
{
	table_cellf(t, "%s%s", text[0] != '\0' ? text : "-",
	    marked ? " !" : "");
}

static void
put_number(struct table *t, bool marked, uint32_t n)
{
	table_cellf(t, "%" PRIu32 "%s", n, marked ? " !" : "");
}

static void
put_uptime(struct table *t, const struct facts *f)
{
	if ((f->have & HAVE_CLOCK) == 0)
		table_cell(t, "?");
	else if (f->uptime_s < 2 * 3600)
		table_cellf(t, "%" PRIu64 " min", f->uptime_s / 60);
	else if (f->uptime_s < 48 * 3600)
		table_cellf(t, "%" PRIu64 " h", f->uptime_s / 3600);
	else
		table_cellf(t, "%" PRIu64 " days", f->uptime_s / 86400);
}

static void
put_node(struct table *t, const struct survey *s, size_t i)
{
	const struct survey_node *n = &s->nodes[i];
	const struct facts *f = n->facts;

	table_cell(t, n->name);
	table_cell(t, n->site);
	table_cell(t, f->platform);
	table_cell(t, f->release);
	put_uptime(t, f);
	if ((f->have & HAVE_CLOCK) == 0)
		table_cell(t, "?");
	else
		table_cellf(t, "%+" PRId64 " s%s", survey_clock_off_s(n),
		    (s->node_marks[i] & SURVEY_CLOCK) != 0 ? " !" : "");
	put(t, (s->node_marks[i] & SURVEY_IKE) != 0,
	    (f->have & HAVE_IKE) == 0	   ? "?"
		: f->ike_daemon[0] != '\0' ? f->ike_daemon
					   : "none");
}

static void
put_nodes(const struct survey *s, struct buf *ret)
{
	static const char *const titles[] = { "NODE", "SITE", "PLATFORM",
		"RELEASE", "UP", "CLOCK", "IKE" };
	struct table *t = table_new(titles, sizeof(titles) / sizeof(*titles));

	for (size_t i = 0; i < s->n_nodes; i++)
		if (s->nodes[i].facts != NULL)
			put_node(t, s, i);
	table_print(t, ret);
	table_free(t);
}

static void
put_address(struct table *t, const struct survey_link *l)
{
	char ip[IP_TEXT_MAX];

	if (ip_is_set(&l->ip))
		table_cellf(t, "%s/%u%s", ip_text(&l->ip, ip), l->prefix,
		    (l->marks & SURVEY_ADDRESS) != 0 ? " !" : "");
	else
		put(t, (l->marks & SURVEY_ADDRESS) != 0, "none");
}

static void
put_link(struct table *t, const struct survey *s, const struct survey_link *l)
{
	char mac[MAC_TEXT_MAX];

	table_cell(t, s->nodes[l->node].name);
	put(t, (l->marks & SURVEY_STATE) != 0, l->link->name);
	table_cell(t, survey_role_name(l->role));
	put_address(t, l);
	put(t, (l->marks & SURVEY_MAC) != 0, mac_text(&l->link->mac, mac));
	put_number(t, (l->marks & SURVEY_MTU) != 0, l->link->mtu);
	if (l->role == SURVEY_OVERLAY) {
		put_number(t, (l->marks & SURVEY_VNI) != 0, l->link->vni);
		put_number(t, (l->marks & SURVEY_PORT) != 0,
		    l->link->vxlan_port);
	} else {
		table_cell(t, NULL);
		table_cell(t, NULL);
	}
	if (l->link->vlan != 0)
		table_cellf(t, "%s, VLAN %u", l->link->lower, l->link->vlan);
	else
		table_cell(t, l->link->lower);
}

static void
put_links(const struct survey *s, bool all, struct buf *ret)
{
	static const char *const titles[] = { "NODE", "LINK", "ROLE", "ADDRESS",
		"MAC", "MTU", "VNI", "PORT", "OVER" };
	struct table *t = table_new(titles, sizeof(titles) / sizeof(*titles));

	for (size_t i = 0; i < s->n_links; i++)
		if (all || s->links[i].role != SURVEY_OTHER)
			put_link(t, s, &s->links[i]);
	buf_puts(ret, "\n");
	table_print(t, ret);
	table_free(t);
}

static void
put_findings(const struct survey *s, bool wrong, struct buf *ret)
{
	for (size_t i = 0; i < s->n_findings; i++) {
		const struct survey_finding *f = &s->findings[i];

		if (survey_wrong(f->kind) != wrong)
			continue;
		buf_puts(ret, wrong ? "WRONG: " : "note: ");
		utf8_clean(ret, span_of(f->text), UTF8_LINE);
		buf_puts(ret, "\n");
	}
}

void
survey_print(const struct nodes *ns, const struct survey *s)
{
	struct buf b;

	buf_init(&b, SHOWN_MAX);
	put_nodes(s, &b);
	put_links(s, ns->common->verbose > 0, &b);
	if (s->n_findings > 0)
		buf_puts(&b, "\n");
	put_findings(s, true, &b);
	put_findings(s, false, &b);
	nodes_put_failures(ns, &b);
	fwrite(b.data, 1, b.len, stdout);
	buf_free(&b);
}

/* ---- for programs ------------------------------------------------------- */

static void
set(json_t *o, const char *name, json_t *value)
{
	json_object_set_new(o, name, value);
}

static json_t *
ip_json(const struct ip *ip)
{
	char text[IP_TEXT_MAX];

	return ip_is_set(ip) ? json_string(ip_text(ip, text)) : json_null();
}

static json_t *
link_json(const struct survey_link *l)
{
	json_t *o = json_object();
	char mac[MAC_TEXT_MAX];

	set(o, "link", nodes_json_text(l->link->name));
	set(o, "role", json_string(survey_role_name(l->role)));
	set(o, "address", ip_json(&l->ip));
	set(o, "prefix", json_integer(l->prefix));
	set(o, "mac", json_string(mac_text(&l->link->mac, mac)));
	set(o, "mtu", json_integer(l->link->mtu));
	set(o, "up", json_boolean(l->link->up));
	set(o, "over", nodes_json_text(l->link->lower));
	set(o, "vlan", json_integer(l->link->vlan));
	if (l->role == SURVEY_OVERLAY) {
		set(o, "vni", json_integer(l->link->vni));
		set(o, "port", json_integer(l->link->vxlan_port));
	}
	return o;
}

static json_t *
node_json(const struct survey *s, size_t i)
{
	const struct survey_node *n = &s->nodes[i];
	json_t *o = json_object(), *links = json_array();

	set(o, "host", nodes_json_text(n->name));
	set(o, "site",
	    n->site != NULL ? nodes_json_text(n->site) : json_null());
	set(o, "platform", nodes_json_text(n->facts->platform));
	set(o, "release", nodes_json_text(n->facts->release));
	set(o, "ike", nodes_json_text(n->facts->ike_daemon));
	if ((n->facts->have & HAVE_CLOCK) != 0) {
		set(o, "uptime_s",
		    json_integer((json_int_t)n->facts->uptime_s));
		set(o, "clock_off_s", json_integer(survey_clock_off_s(n)));
	}
	for (size_t k = 0; k < s->n_links; k++)
		if (s->links[k].node == i)
			json_array_append_new(links, link_json(&s->links[k]));
	set(o, "links", links);
	return o;
}

static json_t *
findings_json(const struct survey *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_findings; i++) {
		const struct survey_finding *f = &s->findings[i];
		json_t *o = json_object();

		set(o, "kind", json_string(survey_word(f->kind)));
		set(o, "wrong", json_boolean(survey_wrong(f->kind)));
		set(o, "node",
		    f->node == SIZE_MAX
			? json_null()
			: nodes_json_text(s->nodes[f->node].name));
		set(o, "what", nodes_json_text(f->text));
		json_array_append_new(list, o);
	}
	return list;
}

void
survey_print_json(const struct nodes *ns, const struct survey *s)
{
	json_t *answer = json_object(), *list = json_array();

	for (size_t i = 0; i < s->n_nodes; i++)
		if (s->nodes[i].facts != NULL)
			json_array_append_new(list, node_json(s, i));
	set(answer, "findings", findings_json(s));
	set(answer, "nodes", list);
	nodes_print_json(ns, answer);
}
