#include <stdio.h>

#include "cmd/captures.h"

enum { JSON_VERSION = 1 };

static const char *const kinds[] = {
	[ESPFLOW_ESP] = "esp",
	[ESPFLOW_NATT] = "esp-in-udp",
	[ESPFLOW_PING] = "vxlan-ping",
	[ESPFLOW_PONG] = "vxlan-ping-reply",
};

static const char *const orders[] = {
	[ESPFLOW_BY_TTL] = "ttl",
	[ESPFLOW_BY_DELAY] = "delay",
	[ESPFLOW_BY_LOSS] = "loss",
	[ESPFLOW_BY_ARGUMENT] = "argument",
};

/* Counts stay far below 2^63. */
static json_t *
number(uint64_t v)
{
	return json_integer((json_int_t)v);
}

static json_t *
address(const struct ip *a)
{
	char text[IP_TEXT_MAX];

	return json_string(ip_text(a, text));
}

static json_t *
side_json(const struct espflow_side *s)
{
	return json_pack("{s:o s:o s:o s:o s:o s:o}", "seen", number(s->seen),
	    "duplicates", number(s->duplicates), "reordered",
	    number(s->reordered), "distance", number(s->distance), "restarts",
	    number(s->restarts), "ttl", number(s->ttl));
}

static json_t *
lost_json(const struct espflow_flow *f)
{
	bool any = f->lost > 0;

	return json_pack("{s:o s:o s:o s:o s:o}", "packets", number(f->lost),
	    "first", any ? number(f->first_lost) : json_null(), "last",
	    any ? number(f->last_lost) : json_null(), "runs", number(f->runs),
	    "longest", number(f->longest));
}

static json_t *
flow_json(const struct espflow_flow *f)
{
	return json_pack(
	    "{s:s s:o s:o s:o s:i s:s s:[oo] s:o s:o s:o s:o s:o s:o s:o}",
	    "kind", kinds[f->kind], "source", address(&f->src), "destination",
	    address(&f->dst), "spi", number(f->spi), "sender", (int)f->from + 1,
	    "sender_by", orders[f->how], "captures", side_json(&f->side[0]),
	    side_json(&f->side[1]), "matched", number(f->matched), "lost",
	    lost_json(f), "missed", number(f->missed), "unproven",
	    number(f->unproven), "unseen", number(f->unseen), "delta_min_ns",
	    json_integer(f->delta_min), "delta_max_ns",
	    json_integer(f->delta_max));
}

/* File names may hold what is not UTF-8. */
static json_t *
name_json(const char *name)
{
	json_t *j = json_string(name);

	return j != NULL ? j : json_string("?");
}

static json_t *
capture_json(const struct captures *c, unsigned i)
{
	const struct espflow_result *r = &c->result;

	return json_pack("{s:o s:o s:o s:o s:o s:o s:o s:o s:o s:b}", "file",
	    name_json(c->name[i]), "frames", number(r->frames[i]), "known",
	    number(r->known[i]), "missed", number(r->missed[i]), "dropped",
	    number(c->drops[i]), "malformed", number(c->bad[i]), "short",
	    number(c->brief[i]), "first_ns", json_integer(r->first[i].ns),
	    "last_ns", json_integer(r->last[i].ns), "cut", (int)c->cut[i]);
}

static json_t *
clock_json(const struct espflow_clock *k)
{
	if (!k->known)
		return json_null();
	return json_pack("{s:o s:o s:b s:b}", "low_ns", json_integer(k->low),
	    "high_ns", json_integer(k->high), "two_way", (int)k->two_way,
	    "drifting", (int)k->drifting);
}

json_t *
captures_json(const struct captures *c, const struct captures_verdict *v)
{
	const struct espflow_result *r = &c->result;
	json_t *flows = json_array();

	for (size_t i = 0; i < r->n; i++)
		json_array_append_new(flows, flow_json(&r->flows[i]));
	return json_pack("{s:i s:o s:i s:[oo] s:o s:o s:o s:o s:o s:o}",
	    "version", JSON_VERSION, "verdict", name_json(v->text), "status",
	    (int)v->status, "captures", capture_json(c, 0), capture_json(c, 1),
	    "clock", clock_json(&r->clock), "matched", number(r->matched),
	    "lost", number(r->lost), "unproven", number(r->unproven),
	    "memory_bytes", number(r->bytes), "flows", flows);
}
