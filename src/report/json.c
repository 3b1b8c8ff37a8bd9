#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/str.h"
#include "base/utf8.h"
#include "model/loss.h"
#include "model/run.h"
#include "report/names.h"
#include "report/picture.h"
#include "report/report.h"

enum {
	STRING_MAX = 32768, /* bytes of any string in the report */
	TEXT_FLAGS = JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY |
	    JSON_REAL_PRECISION(6)
};

/* ---- values ------------------------------------------------------------- */

/* Mended where it is not UTF-8; the encoder escapes what is not ASCII. */
static json_t *
text(const char *s)
{
	struct buf b;
	json_t *j;

	if (s == NULL)
		return json_null();
	buf_init(&b, STRING_MAX);
	utf8_clean(&b, span_of(s), UTF8_VALID);
	j = json_stringn(b.data, b.len);
	buf_free(&b);
	return j;
}

static json_t *
number(uint64_t n)
{
	return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

static json_t *
address(const struct ip *a)
{
	char out[IP_TEXT_MAX];

	return ip_is_set(a) ? json_string(ip_text(a, out)) : json_null();
}

/* Nanoseconds since 1970 as a date; 0 is no time. */
static json_t *
date(int64_t ns)
{
	char out[DATE_TEXT_MAX];

	return ns == 0 ? json_null()
		       : json_string(date_text((struct wall){ ns }, out));
}

static void
set(json_t *o, const char *key, json_t *v)
{
	json_object_set_new(o, key, v);
}

/* ---- the report, a member a line ---------------------------------------- */

struct member {
	struct buf *out;
	size_t n; /* members so far */
};

static void
put_value(struct buf *out, json_t *v)
{
	char *s = json_dumps(v, TEXT_FLAGS);

	if (s != NULL)
		buf_puts(out, s);
	else
		out->cut = true; /* never half a report unsaid */
	free(s);
	json_decref(v);
}

static void
begin(struct member *m, const char *key)
{
	buf_printf(m->out, "%s  \"%s\": ", m->n++ == 0 ? "{\n" : ",\n", key);
}

static void
put(struct member *m, const char *key, json_t *v)
{
	begin(m, key);
	put_value(m->out, v);
}

/* A list with an element a line; takes the list. */
static void
put_list(struct member *m, const char *key, json_t *list)
{
	size_t n = json_array_size(list);

	begin(m, key);
	buf_puts(m->out, "[");
	for (size_t i = 0; i < n; i++) {
		buf_puts(m->out, i == 0 ? "\n    " : ",\n    ");
		put_value(m->out, json_incref(json_array_get(list, i)));
	}
	buf_puts(m->out, n == 0 ? "]" : "\n  ]");
	json_decref(list);
}

/* ---- what was measured, and where --------------------------------------- */

static json_t *
nodes_json(const struct run *r)
{
	json_t *list = json_array();

	for (int s = 0; s < SIDES; s++) {
		const struct run_node *n = &r->nodes[s];
		json_t *o = json_object();

		set(o, "side", text(side_name((enum side)s)));
		set(o, "name", text(n->name));
		set(o, "site", text(n->site));
		set(o, "platform", text(n->platform));
		set(o, "failure", text(n->failure));
		set(o, "overlay_link", text(n->overlay_link));
		set(o, "underlay_link", text(n->underlay_link));
		set(o, "overlay", address(&n->overlay));
		set(o, "underlay", address(&n->underlay));
		set(o, "vni", number(n->vni));
		set(o, "vxlan_port", number(n->vxlan_port));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
taps_json(const struct ledger *l)
{
	json_t *list = json_array();

	for (int i = 0; i < SIDES * POINTS; i++) {
		enum side s = i / POINTS == 0 ? SIDE_A : SIDE_B;
		enum point p = i % POINTS == 0 ? POINT_OVERLAY : POINT_UNDERLAY;
		const struct tap *t = &l->taps[s][p];
		json_t *o = json_object();

		set(o, "side", text(side_name(s)));
		set(o, "point", text(point_name(p)));
		set(o, "wanted", json_boolean(t->wanted));
		set(o, "present", json_boolean(t->present));
		set(o, "truncated", json_boolean(t->truncated));
		set(o, "refused", json_boolean(t->refused));
		set(o, "link_down", json_boolean(t->link_down));
		set(o, "clean_end", json_boolean(t->clean_end));
		set(o, "blind", json_boolean(t->blind));
		set(o, "why", text(t->why));
		set(o, "frames", number(t->frames));
		set(o, "kernel_drops", number(t->kernel_drops));
		set(o, "said_captured", number(t->said_captured));
		set(o, "first", date(t->first_ns));
		set(o, "last", date(t->last_ns));
		set(o, "sentinels_sent", number(t->sentinels_sent));
		set(o, "sentinels", number(t->sentinels));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
tunnel_json(const struct tunnel *t, int travel)
{
	json_t *o = json_object(), *spis = json_array();

	for (size_t i = 0; i < t->n_spis; i++) {
		json_t *spi = json_object();

		set(spi, "spi", number(t->spis[i]));
		set(spi, "max_seq", number(t->max_seq[i]));
		json_array_append_new(spis, spi);
	}
	set(o, "direction", text(travel == 0 ? "A>B" : "B>A"));
	set(o, "sent", number(t->sent));
	set(o, "received", number(t->received));
	set(o, "matched", number(t->matched));
	set(o, "lost", number(t->lost));
	set(o, "duplicates", number(t->duplicates));
	set(o, "reordered", number(t->reordered));
	set(o, "clear_sent", number(t->clear_sent));
	set(o, "clear_received", number(t->clear_received));
	set(o, "fragments_sent", number(t->fragments_sent));
	set(o, "fragments_received", number(t->fragments_received));
	set(o, "spis", spis);
	return o;
}

static json_t *
icmp_json(const struct ledger *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->n_icmp; i++) {
		const struct icmp_seen *c = &l->icmp[i];
		json_t *o = json_object();

		set(o, "side", text(side_name(c->side)));
		set(o, "src", address(&c->src));
		set(o, "type", number(c->type));
		set(o, "code", number(c->code));
		set(o, "quoted", text(name_packet(c->quoted)));
		set(o, "spi", number(c->spi));
		set(o, "esp_seq", number(c->esp_seq));
		set(o, "dport", number(c->dport));
		set(o, "count", number(c->count));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
ike_json(const struct ledger *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->n_ike; i++) {
		const struct ike_seen *k = &l->ike[i];
		json_t *o = json_object();

		set(o, "side", text(side_name(k->side)));
		set(o, "outgoing", json_boolean(k->outgoing));
		set(o, "at", date(k->at));
		set(o, "initiator_spi",
		    json_sprintf("%016llx",
			(unsigned long long)k->ike.initiator_spi));
		set(o, "responder_spi",
		    json_sprintf("%016llx",
			(unsigned long long)k->ike.responder_spi));
		set(o, "version", number(k->ike.version));
		set(o, "exchange", number(k->ike.exchange));
		set(o, "flags", number(k->ike.flags));
		set(o, "message_id", number(k->ike.message_id));
		set(o, "length", number(k->ike.length));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
offset_json(const struct ledger *l)
{
	json_t *o;

	if (!l->has_offset)
		return json_null();
	o = json_object();
	set(o, "min_ns", json_integer(l->offset_min_ns));
	set(o, "max_ns", json_integer(l->offset_max_ns));
	return o;
}

/* ---- probes ------------------------------------------------------------- */

static json_t *
sightings_json(const struct ledger *l)
{
	struct picture_count counts[SIGHTS];
	json_t *list = json_array();

	picture_count(l, counts);
	for (int s = 0; s < SIGHTS; s++) {
		json_t *o = json_object();

		set(o, "sighting", text(sight_name((enum sight)s)));
		set(o, "seen", number(counts[s].seen));
		set(o, "inferred", number(counts[s].inferred));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
stages_json(const struct ledger *l)
{
	json_t *list = json_array();

	for (int s = 0; s < STAGES; s++) {
		json_t *o = json_object();

		set(o, "stage", text(stage_name((enum stage)s)));
		set(o, "probes", number(l->by_stage[s]));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
totals_json(const struct ledger *l)
{
	json_t *o = json_object();

	set(o, "asked", number(l->asked));
	set(o, "pings", number(l->pings));
	set(o, "judged", text(name_kind(l->judged)));
	set(o, "judged_total", number(l->judged_total));
	return o;
}

/* The earliest sighting of p on a side, by that host's clock; 0 is none. */
static int64_t
first_at(const struct probe *p, enum side side)
{
	int64_t first = 0;

	for (int s = 0; s < SIGHTS; s++) {
		bool on_b = s >= SIGHT_BU_IN && s <= SIGHT_BU_OUT;

		if ((p->seen & 1U << s) == 0 || on_b != (side == SIDE_B))
			continue;
		if (first == 0 || p->at[s] < first)
			first = p->at[s];
	}
	return first;
}

/* Clocks of two hosts do not compare: each side counts from its own first. */
static json_t *
times_json(const struct probe *p)
{
	int64_t first[SIDES] = { first_at(p, SIDE_A), first_at(p, SIDE_B) };
	json_t *list = json_array();

	for (int s = 0; s < SIGHTS; s++) {
		bool on_b = s >= SIGHT_BU_IN && s <= SIGHT_BU_OUT;
		json_t *v = (p->seen & 1U << s) == 0
		    ? json_null()
		    : json_integer(p->at[s] - first[on_b ? SIDE_B : SIDE_A]);

		json_array_append_new(list, v);
	}
	return list;
}

static json_t *
bits_json(unsigned bits)
{
	json_t *list = json_array();

	for (int s = 0; s < SIGHTS; s++)
		if (bits & 1U << s)
			json_array_append_new(list,
			    text(sight_name((enum sight)s)));
	return list;
}

static json_t *
probe_json(const struct probe *p)
{
	json_t *o = json_object(), *esp = json_array();

	for (int t = 0; t < 2; t++) {
		json_t *e = json_null();

		if (p->spi[t] != 0) {
			e = json_object();
			set(e, "spi", number(p->spi[t]));
			set(e, "seq", number(p->esp_seq[t]));
		}
		json_array_append_new(esp, e);
	}
	set(o, "kind", text(name_kind(p->kind)));
	set(o, "origin", text(side_name(p->origin)));
	set(o, "id", number(p->id));
	set(o, "seq", number(p->seq));
	set(o, "size", number(p->size));
	set(o, "length", number(p->length));
	set(o, "stage", text(stage_name(p->stage)));
	set(o, "stage_first", text(stage_name(p->first)));
	set(o, "stage_last", text(stage_name(p->last)));
	set(o, "doubt", text(name_doubt(p->doubt)));
	set(o, "first_a", date(first_at(p, SIDE_A)));
	set(o, "first_b", date(first_at(p, SIDE_B)));
	set(o, "at_ns", times_json(p));
	set(o, "weak", bits_json(p->weak));
	set(o, "inferred", bits_json(p->inferred));
	set(o, "esp", esp);
	set(o, "clear", json_pack("[bb]", (int)p->clear[0], (int)p->clear[1]));
	return o;
}

static json_t *
probes_json(const struct ledger *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->n_probes; i++)
		json_array_append_new(list, probe_json(&l->probes[i]));
	return list;
}

/* ---- the verdict -------------------------------------------------------- */

static json_t *
loss_json(size_t lost, size_t of)
{
	struct loss l = loss_of(lost, of);
	json_t *o = json_object();

	set(o, "low", json_real(l.low));
	set(o, "high", json_real(l.high));
	return o;
}

static json_t *
finding_json(const struct run *r, const struct finding *f)
{
	json_t *o = json_object(), *evidence = json_array(),
	       *remedies = json_array();
	bool node = f->culprit == CULPRIT_NODE;

	for (size_t i = 0; i < f->n_evidence; i++) {
		json_t *e = json_object();

		set(e, "text", text(f->evidence[i].text));
		set(e, "source", text(f->evidence[i].source));
		json_array_append_new(evidence, e);
	}
	for (size_t i = 0; i < f->n_remedies; i++) {
		json_t *m = json_object();

		set(m, "node", text(f->remedies[i].node));
		set(m, "command", text(f->remedies[i].command));
		set(m, "what", text(f->remedies[i].what));
		json_array_append_new(remedies, m);
	}
	set(o, "rule", text(f->rule));
	set(o, "stage",
	    f->stage < STAGE_DELIVERED ? text(stage_name(f->stage))
				       : json_null());
	set(o, "culprit", text(name_culprit(f->culprit)));
	set(o, "side", node ? text(side_name(f->node)) : json_null());
	set(o, "node", node ? text(r->nodes[f->node].name) : json_null());
	set(o, "confidence", text(name_confidence(f->confidence)));
	set(o, "lost", number(f->lost));
	set(o, "of", number(f->of));
	set(o, "loss", f->of > 0 ? loss_json(f->lost, f->of) : json_null());
	set(o, "cause", text(f->cause));
	set(o, "evidence", evidence);
	set(o, "remedies", remedies);
	return o;
}

static json_t *
findings_json(const struct run *r, const struct verdict *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->n_findings; i++)
		json_array_append_new(list, finding_json(r, &v->findings[i]));
	return list;
}

static json_t *
notes_json(const struct verdict *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->n_notes; i++)
		json_array_append_new(list, text(v->notes[i]));
	return list;
}

int
report_json(const struct run *r, const struct ledger *l,
    const struct verdict *v, const struct report_opts *o, struct buf *out)
{
	struct member m = { out, 0 };
	json_t *tunnels = json_array();

	for (int t = 0; t < 2; t++)
		json_array_append_new(tunnels, tunnel_json(&l->tunnel[t], t));
	put(&m, "version", json_integer(REPORT_VERSION));
	put(&m, "tool", text(r->tool));
	put(&m, "kind", text(r->kind));
	put(&m, "run", text(o->run_path));
	put(&m, "started", date(r->started.ns));
	put(&m, "complete", json_boolean(r->complete));
	put(&m, "why", text(r->why));
	put(&m, "verdict", text(name_verdict(v->kind)));
	put(&m, "sentence", text(v->sentence));
	put(&m, "symptom", text(name_symptom(v->symptom)));
	put(&m, "advice", v->advice[0] != '\0' ? text(v->advice) : json_null());
	put_list(&m, "findings", findings_json(r, v));
	put_list(&m, "notes", notes_json(v));
	put_list(&m, "nodes", nodes_json(r));
	put(&m, "totals", totals_json(l));
	put_list(&m, "sightings", sightings_json(l));
	put_list(&m, "stages", stages_json(l));
	put_list(&m, "taps", taps_json(l));
	put_list(&m, "tunnels", tunnels);
	put(&m, "offset", offset_json(l));
	put_list(&m, "icmp", icmp_json(l));
	put_list(&m, "ike", ike_json(l));
	put_list(&m, "probes", probes_json(l));
	buf_puts(out, "\n}\n");
	return out->cut ? -1 : 0;
}
