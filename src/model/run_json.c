#include "model/run_json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "model/run.h"
#include "model/run_field.h"
#include "model/run_path.h"

/* ---- writing ------------------------------------------------------------ */

static void
put_fields(json_t *o, const struct run_fields *f, const void *base)
{
	for (size_t i = 0; i < f->n; i++)
		json_object_set_new(o, f->v[i].key,
		    run_field_write(&f->v[i], base));
}

/* Where the content is; free text that only people and other tools read. */
static void
put_file(json_t *o, char *path)
{
	json_object_set_new(o, "file", json_string(path));
	free(path);
}

static json_t *
node_json(const struct run_node *n, enum side side)
{
	json_t *o = json_object(), *captures = json_array(),
	       *texts = json_array();

	json_object_set_new(o, "side", json_string(side_name(side)));
	put_fields(o, &run_fields_node, n);
	for (size_t p = 0; p < POINTS; p++) {
		json_t *c = json_object();

		json_object_set_new(c, "point",
		    json_string(point_name((enum point)p)));
		put_file(c, run_path_capture(n->name, (enum point)p));
		put_fields(c, &run_fields_capture, &n->captures[p]);
		json_array_append_new(captures, c);
	}
	for (size_t i = 0; i < n->n_texts; i++) {
		json_t *t = json_object();

		put_fields(t, &run_fields_text, &n->texts[i]);
		put_file(t, run_path_text(n->name, n->texts[i].name));
		json_array_append_new(texts, t);
	}
	json_object_set_new(o, "captures", captures);
	json_object_set_new(o, "texts", texts);
	return o;
}

static json_t *
probes_json(const struct run_probes *p)
{
	json_t *o = json_object(), *sizes = json_array();
	char nonce[2 * RUN_NONCE_BYTES + 1];

	for (size_t i = 0; i < RUN_NONCE_BYTES; i++)
		snprintf(nonce + 2 * i, 3, "%02x", p->nonce[i]);
	for (size_t i = 0; i < p->n_sizes; i++)
		json_array_append_new(sizes, json_integer(p->sizes[i]));
	json_object_set_new(o, "nonce", json_string(nonce));
	json_object_set_new(o, "sizes", sizes);
	put_fields(o, &run_fields_probes, p);
	return o;
}

/* Nothing is written that could not be read back. */
static int
check_names(const struct run *r, struct err *e)
{
	for (size_t i = 0; i < SIDES; i++) {
		const struct run_node *n = &r->nodes[i];

		if (n->name == NULL || !run_path_node_ok(n->name))
			return err_set(e, ERR_INPUT,
			    "a node's name cannot name a directory: \"%s\"",
			    n->name != NULL ? n->name : "");
		for (size_t t = 0; t < n->n_texts; t++)
			if (!run_path_text_ok(n->texts[t].name))
				return err_set(e, ERR_INPUT,
				    "node %s: a text's name cannot name a "
				    "file: \"%s\"",
				    n->name, n->texts[t].name);
	}
	if (strcmp(r->nodes[SIDE_A].name, r->nodes[SIDE_B].name) == 0)
		return err_set(e, ERR_INPUT, "both nodes are called %s",
		    r->nodes[SIDE_A].name);
	return 0;
}

int
run_json_write(const struct run *r, struct buf *out, struct err *e)
{
	json_t *o, *nodes;
	char *text;
	int ok;

	if (check_names(r, e) < 0)
		return -1;
	o = json_object();
	nodes = json_array();
	json_object_set_new(o, "version", json_integer(RUN_VERSION));
	put_fields(o, &run_fields_run, r);
	json_object_set_new(o, "probes", probes_json(&r->probes));
	for (size_t i = 0; i < SIDES; i++)
		json_array_append_new(nodes,
		    node_json(&r->nodes[i], (enum side)i));
	json_object_set_new(o, "nodes", nodes);
	text = json_dumps(o, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	json_decref(o);
	if (text == NULL)
		return err_set(e, ERR_SYS, "run.json: cannot be encoded");
	buf_puts(out, text);
	ok = buf_puts(out, "\n");
	free(text);
	if (ok < 0)
		return err_set(e, ERR_LIMIT, "run.json: more than %zu bytes",
		    out->max);
	return 0;
}

/* ---- reading ------------------------------------------------------------ */

/* An object and where it is: "" or "nodes[0].texts[3]." */
struct place {
	const json_t *o;
	char at[64];
};

static int
bad(const struct place *p, const char *key, const char *what, struct err *e)
{
	return err_set(e, ERR_INPUT, "run.json: member %s%s: %s", p->at, key,
	    what);
}

static int
get_fields(const struct place *p, const struct run_fields *f, void *base,
    struct err *e)
{
	for (size_t i = 0; i < f->n; i++) {
		const json_t *v = json_object_get(p->o, f->v[i].key);
		const char *wrong =
		    v != NULL ? run_field_read(&f->v[i], v, base) : "missing";

		if (wrong != NULL)
			return bad(p, f->v[i].key, wrong, e);
	}
	return 0;
}

/* The member must be there and be exactly this string. */
static int
get_fixed(const struct place *p, const char *key, const char *want,
    struct err *e)
{
	const char *s = json_string_value(json_object_get(p->o, key));

	if (s != NULL && strcmp(s, want) == 0)
		return 0;
	return err_set(e, ERR_INPUT, "run.json: member %s%s: not \"%s\"", p->at,
	    key, want);
}

static int
get_file(const struct place *p, char *want, struct err *e)
{
	int r = get_fixed(p, "file", want, e);

	free(want);
	return r;
}

static int
get_array(const struct place *p, const char *key, size_t min, size_t max,
    const json_t **ret, struct err *e)
{
	const json_t *v = json_object_get(p->o, key);

	if (v == NULL)
		return bad(p, key, "missing", e);
	if (!json_is_array(v))
		return bad(p, key, "not a list", e);
	if (json_array_size(v) < min || json_array_size(v) > max)
		return bad(p, key, "too few or too many elements", e);
	*ret = v;
	return 0;
}

/* Element i of the list at p's member key must be an object. */
static int
get_element(const struct place *p, const char *key, const json_t *list,
    size_t i, struct place *ret, struct err *e)
{
	const json_t *v = json_array_get(list, i);
	char name[32];

	snprintf(name, sizeof(name), "%s[%zu]", key, i);
	if (!json_is_object(v))
		return bad(p, name, "not an object", e);
	ret->o = v;
	snprintf(ret->at, sizeof(ret->at), "%.20s%s.", p->at, name);
	return 0;
}

static int
get_captures(const struct place *p, struct run_node *n, struct err *e)
{
	const json_t *list;
	struct place c;

	if (get_array(p, "captures", POINTS, POINTS, &list, e) < 0)
		return -1;
	for (size_t i = 0; i < POINTS; i++) {
		const char *point = point_name((enum point)i);

		if (get_element(p, "captures", list, i, &c, e) < 0 ||
		    get_fixed(&c, "point", point, e) < 0 ||
		    get_file(&c, run_path_capture(n->name, (enum point)i), e) <
			0 ||
		    get_fields(&c, &run_fields_capture, &n->captures[i], e) < 0)
			return -1;
	}
	return 0;
}

static int
get_text(const struct place *p, struct run_node *n, struct err *e)
{
	struct run_text *t;

	n->texts =
	    mem_grow(n->texts, n->n_texts, &n->room_texts, sizeof(*n->texts));
	t = &n->texts[n->n_texts];
	*t = (struct run_text){ 0 };
	if (get_fields(p, &run_fields_text, t, e) < 0) {
		free(t->name);
		return -1;
	}
	if (run_text(n, t->name) != NULL) {
		free(t->name);
		return bad(p, "name", "the same as an earlier one", e);
	}
	n->n_texts++;
	if (!run_path_text_ok(t->name))
		return bad(p, "name", "cannot name a file", e);
	return get_file(p, run_path_text(n->name, t->name), e);
}

static int
get_texts(const struct place *p, struct run_node *n, struct err *e)
{
	const json_t *list;
	struct place t;

	if (get_array(p, "texts", 0, RUN_NODE_TEXTS_MAX, &list, e) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (get_element(p, "texts", list, i, &t, e) < 0 ||
		    get_text(&t, n, e) < 0)
			return -1;
	return 0;
}

static int
get_nodes(const struct place *p, struct run *r, struct err *e)
{
	const json_t *list;
	struct place at;

	if (get_array(p, "nodes", SIDES, SIDES, &list, e) < 0)
		return -1;
	for (size_t i = 0; i < SIDES; i++) {
		struct run_node *n = &r->nodes[i];

		if (get_element(p, "nodes", list, i, &at, e) < 0 ||
		    get_fixed(&at, "side", side_name((enum side)i), e) < 0 ||
		    get_fields(&at, &run_fields_node, n, e) < 0)
			return -1;
		if (!run_path_node_ok(n->name))
			return bad(&at, "name", "cannot name a directory", e);
		if (i > 0 && strcmp(n->name, r->nodes[0].name) == 0)
			return bad(&at, "name", "the same as node A's", e);
		if (get_captures(&at, n, e) < 0 || get_texts(&at, n, e) < 0)
			return -1;
	}
	return 0;
}

static int
get_nonce(const struct place *p, uint8_t nonce[RUN_NONCE_BYTES], struct err *e)
{
	static const char digits[] = "0123456789abcdef";
	const char *s = json_string_value(json_object_get(p->o, "nonce"));

	if (s == NULL || strlen(s) != 2 * RUN_NONCE_BYTES ||
	    strspn(s, digits) != 2 * RUN_NONCE_BYTES)
		return bad(p, "nonce", "not 32 hexadecimal digits", e);
	for (size_t i = 0; i < RUN_NONCE_BYTES; i++)
		nonce[i] = (uint8_t)((strchr(digits, s[2 * i]) - digits) << 4 |
		    (strchr(digits, s[2 * i + 1]) - digits));
	return 0;
}

static int
get_probes(const struct place *p, struct run_probes *ret, struct err *e)
{
	struct place at = { json_object_get(p->o, "probes"), "probes." };
	const json_t *sizes;

	if (!json_is_object(at.o))
		return bad(p, "probes", at.o ? "not an object" : "missing", e);
	if (get_nonce(&at, ret->nonce, e) < 0 ||
	    get_array(&at, "sizes", 0, RUN_SIZES_MAX, &sizes, e) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(sizes); i++) {
		int64_t n = 0;
		const char *wrong =
		    run_field_int(json_array_get(sizes, i), UINT16_MAX, &n);

		if (wrong != NULL)
			return bad(&at, "sizes", wrong, e);
		ret->sizes[ret->n_sizes++] = (uint16_t)n;
	}
	return get_fields(&at, &run_fields_probes, ret, e);
}

static int
get_version(const struct place *p, struct err *e)
{
	const json_t *v = json_object_get(p->o, "version");

	if (!json_is_integer(v))
		return bad(p, "version",
		    v != NULL ? "not a whole number" : "missing", e);
	if (json_integer_value(v) != RUN_VERSION)
		return err_set(e, ERR_INPUT,
		    "run.json: member version: %" JSON_INTEGER_FORMAT
		    ", but this espy reads %d",
		    json_integer_value(v), (int)RUN_VERSION);
	return 0;
}

/* The parser quotes what it stumbled over. */
static int
bad_syntax(const json_error_t *je, struct err *e)
{
	struct buf shown;

	buf_init(&shown, 2 * JSON_ERROR_TEXT_LENGTH);
	utf8_clean(&shown, span_of(je->text), UTF8_LINE);
	err_set(e, ERR_INPUT, "run.json:%d:%d: %s", je->line, je->column,
	    shown.data);
	buf_free(&shown);
	return -1;
}

int
run_json_read(const char *text, size_t len, struct run *ret, struct err *e)
{
	json_error_t je;
	struct place top = { 0 };
	struct run r;
	json_t *o;
	int got = -1;

	if (len > RUN_JSON_MAX)
		return err_set(e, ERR_LIMIT, "run.json: more than %d bytes",
		    (int)RUN_JSON_MAX);
	o = json_loadb(text, len, JSON_REJECT_DUPLICATES, &je);
	if (o == NULL)
		return bad_syntax(&je, e);
	run_init(&r);
	top.o = o;
	if (!json_is_object(o)) {
		err_set(e, ERR_INPUT, "run.json: not an object");
		goto out;
	}
	if (get_version(&top, e) < 0 ||
	    get_fields(&top, &run_fields_run, &r, e) < 0 ||
	    get_probes(&top, &r.probes, e) < 0 || get_nodes(&top, &r, e) < 0)
		goto out;
	*ret = r;
	got = 0;
out:
	if (got < 0)
		run_free(&r);
	json_decref(o);
	return got;
}
