/* espy sadb for programs. */
#include <inttypes.h>
#include <stdio.h>

#include <jansson.h>

#include "base/buf.h"
#include "cmd/nodes.h"
#include "cmd/sadb.h"

static json_t *
name_json(const struct sadb *s, size_t node)
{
	return node == SADB_NOBODY ? json_null()
				   : nodes_json_text(s->nodes[node].name);
}

static json_t *
spi_json(uint32_t spi)
{
	return json_sprintf("0x%08" PRIx32, spi);
}

static json_t *
ip_json(const struct ip *ip)
{
	char text[IP_TEXT_MAX];

	return json_string(ip_text(ip, text));
}

static void
set_number(json_t *o, const char *name, uint64_t n)
{
	json_object_set_new(o, name, json_integer((json_int_t)n));
}

/* One half as its node has it. */
static json_t *
half_json(const struct sadb *s, size_t node, const struct sa *sa)
{
	json_t *o;

	if (sa == NULL)
		return json_null();
	o = json_object();
	json_object_set_new(o, "state",
	    json_string(node == SADB_NOBODY ? "unknown"
					    : sadb_state(&s->nodes[node], sa)));
	json_object_set_new(o, "src", ip_json(&sa->src));
	json_object_set_new(o, "dst", ip_json(&sa->dst));
	if (node != SADB_NOBODY && sadb_age_s(&s->nodes[node], sa) >= 0)
		json_object_set_new(o, "age_s",
		    json_integer(sadb_age_s(&s->nodes[node], sa)));
	set_number(o, "soft_s", sa->add_soft_s);
	set_number(o, "hard_s", sa->add_hard_s);
	json_object_set_new(o, "cipher", nodes_json_text(sa->crypt));
	json_object_set_new(o, "auth", nodes_json_text(sa->auth));
	set_number(o, "seq", sa->seq);
	set_number(o, "oseq", sa->oseq);
	set_number(o, "bytes", sa->bytes);
	set_number(o, "failed", sa->stat_failed);
	set_number(o, "replayed", sa->stat_replay);
	set_number(o, "late", sa->stat_replay_window);
	return o;
}

static const char *
word_of(const struct sadb *s, const struct sadb_row *r)
{
	if (r->from == SADB_NOBODY || r->to == SADB_NOBODY)
		return "not-asked";
	if (s->nodes[r->from].facts == NULL || s->nodes[r->to].facts == NULL)
		return "unknown";
	return sadb_word(r->word);
}

static json_t *
rows_json(const struct sadb *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_rows; i++) {
		const struct sadb_row *r = &s->rows[i];
		json_t *o = json_object();

		json_object_set_new(o, "from", name_json(s, r->from));
		json_object_set_new(o, "to", name_json(s, r->to));
		json_object_set_new(o, "spi",
		    spi_json(r->out != NULL ? r->out->spi : r->in->spi));
		json_object_set_new(o, "word", json_string(word_of(s, r)));
		json_object_set_new(o, "sender", half_json(s, r->from, r->out));
		json_object_set_new(o, "receiver", half_json(s, r->to, r->in));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
remedies_json(const struct nodes *ns, const struct sadb *s,
    const struct sadb_complaint *c)
{
	struct sadb_remedy r[SADB_REMEDIES_MAX];
	size_t n = sadb_remedies(ns, s, c, r);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();

		json_object_set_new(o, "node", nodes_json_text(r[i].node));
		json_object_set_new(o, "command",
		    nodes_json_text(r[i].command));
		json_object_set_new(o, "why", json_string(r[i].why));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
complaint_json(const struct nodes *ns, const struct sadb *s,
    const struct sadb_complaint *c)
{
	json_t *o = json_object();
	struct buf b;

	buf_init(&b, SADB_LINE_MAX);
	sadb_say(s, c, &b);
	json_object_set_new(o, "kind", json_string(sadb_word(c->kind)));
	json_object_set_new(o, "wrong", json_boolean(sadb_wrong(c->kind)));
	json_object_set_new(o, "from", name_json(s, c->from));
	json_object_set_new(o, "to", name_json(s, c->to));
	json_object_set_new(o, "spi", spi_json(c->spi));
	json_object_set_new(o, "what", nodes_json_text(b.data));
	json_object_set_new(o, "remedies", remedies_json(ns, s, c));
	buf_free(&b);
	return o;
}

void
sadb_print_json(const struct nodes *ns, const struct sadb *s)
{
	json_t *answer = json_object(), *list = json_array();

	for (size_t i = 0; i < s->n_complaints; i++)
		json_array_append_new(list,
		    complaint_json(ns, s, &s->complaints[i]));
	json_object_set_new(answer, "complaints", list);
	json_object_set_new(answer, "sas", rows_json(s));
	nodes_print_json(ns, answer);
}
