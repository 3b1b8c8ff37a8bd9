#include "platform/nft_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "platform/json.h"

enum { DEPTH_MAX = 16 };

static void put_value(struct buf *b, const json_t *v, int depth);

/* What has no words of its own here stays JSON. */
static void
put_json(struct buf *b, const json_t *v)
{
	char *text =
	    json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);

	buf_puts(b, text != NULL ? text : "?");
	free(text);
}

static void
put_list(struct buf *b, const json_t *list, const char *between, int depth)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		buf_puts(b, i > 0 ? between : "");
		put_value(b, json_array_get(list, i), depth + 1);
	}
}

static void
put_set(struct buf *b, const json_t *v, int depth)
{
	buf_puts(b, "{ ");
	put_list(b, v, ", ", depth);
	buf_puts(b, " }");
}

static void
put_range(struct buf *b, const json_t *v, int depth)
{
	put_list(b, v, "-", depth);
}

static void
put_prefix(struct buf *b, const json_t *v, int depth)
{
	put_value(b, json_object_get(v, "addr"), depth + 1);
	buf_puts(b, "/");
	put_value(b, json_object_get(v, "len"), depth + 1);
}

/* "udp dport", or raw bytes: "@th,16,16". */
static void
put_payload(struct buf *b, const json_t *v, int depth)
{
	if (json_str(v, "protocol") != NULL) {
		buf_printf(b, "%s ", json_str(v, "protocol"));
		put_value(b, json_object_get(v, "field"), depth + 1);
		return;
	}
	buf_puts(b, "@");
	put_value(b, json_object_get(v, "base"), depth + 1);
	buf_puts(b, ",");
	put_value(b, json_object_get(v, "offset"), depth + 1);
	buf_puts(b, ",");
	put_value(b, json_object_get(v, "len"), depth + 1);
}

static void
put_meta(struct buf *b, const json_t *v, int depth)
{
	buf_puts(b, "meta ");
	put_value(b, json_object_get(v, "key"), depth + 1);
}

static void
put_ct(struct buf *b, const json_t *v, int depth)
{
	buf_puts(b, "ct ");
	put_value(b, json_object_get(v, "key"), depth + 1);
}

static void
put_numgen(struct buf *b, const json_t *v, int depth)
{
	buf_puts(b, "numgen ");
	put_value(b, json_object_get(v, "mode"), depth + 1);
	buf_puts(b, " mod ");
	put_value(b, json_object_get(v, "mod"), depth + 1);
}

static void
put_match(struct buf *b, const json_t *v, int depth)
{
	const char *op = json_str(v, "op");

	put_value(b, json_object_get(v, "left"), depth + 1);
	buf_puts(b, " ");
	if (op != NULL && strcmp(op, "==") != 0 && strcmp(op, "in") != 0)
		buf_printf(b, "%s ", op);
	put_value(b, json_object_get(v, "right"), depth + 1);
}

static void
put_target(struct buf *b, const json_t *v, int depth)
{
	put_value(b, json_object_get(v, "target"), depth + 1);
}

static void
put_reject(struct buf *b, const json_t *v, int depth)
{
	if (!json_is_object(v))
		return;
	buf_puts(b, "with ");
	put_value(b, json_object_get(v, "type"), depth + 1);
	if (json_object_get(v, "expr") != NULL) {
		buf_puts(b, " ");
		put_value(b, json_object_get(v, "expr"), depth + 1);
	}
}

static void
put_limit(struct buf *b, const json_t *v, int depth)
{
	buf_puts(b, "rate ");
	put_value(b, json_object_get(v, "rate"), depth + 1);
	buf_puts(b, "/");
	put_value(b, json_object_get(v, "per"), depth + 1);
}

static void
put_vmap(struct buf *b, const json_t *v, int depth)
{
	put_value(b, json_object_get(v, "key"), depth + 1);
	buf_puts(b, " vmap ");
	put_value(b, json_object_get(v, "data"), depth + 1);
}

static void
put_xt(struct buf *b, const json_t *v, int depth)
{
	put_value(b, json_object_get(v, "type"), depth + 1);
	buf_puts(b, " ");
	put_value(b, json_object_get(v, "name"), depth + 1);
}

static void
put_nothing(struct buf *b, const json_t *v, int depth)
{
	(void)b, (void)v, (void)depth;
}

/* An object with one key: the word for it, and how its value is written. */
static const struct {
	const char *key;
	const char *word; /* before the value; NULL: none */
	void (*put)(struct buf *b, const json_t *v, int depth);
} kinds[] = {
	{ "match", NULL, put_match },
	{ "payload", NULL, put_payload },
	{ "meta", NULL, put_meta },
	{ "ct", NULL, put_ct },
	{ "set", NULL, put_set },
	{ "range", NULL, put_range },
	{ "prefix", NULL, put_prefix },
	{ "numgen", NULL, put_numgen },
	{ "vmap", NULL, put_vmap },
	{ "counter", "counter", put_nothing },
	{ "log", "log", put_nothing },
	{ "drop", "drop", put_nothing },
	{ "accept", "accept", put_nothing },
	{ "return", "return", put_nothing },
	{ "continue", "continue", put_nothing },
	{ "reject", "reject", put_reject },
	{ "jump", "jump", put_target },
	{ "goto", "goto", put_target },
	{ "limit", "limit", put_limit },
	{ "xt", "xt", put_xt },
};

/* -1 when the object is none of the kinds. */
static int
put_kind(struct buf *b, const json_t *v, int depth)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const json_t *inner = json_object_get(v, kinds[i].key);

		if (inner == NULL)
			continue;
		if (kinds[i].word != NULL)
			buf_printf(b, "%s%s", kinds[i].word,
			    json_object_size(inner) > 0 &&
				    kinds[i].put != put_nothing
				? " "
				: "");
		kinds[i].put(b, inner, depth);
		return 0;
	}
	return -1;
}

static void
put_value(struct buf *b, const json_t *v, int depth)
{
	if (v == NULL || depth > DEPTH_MAX)
		buf_puts(b, "?");
	else if (json_is_string(v))
		buf_puts(b, json_string_value(v));
	else if (json_is_boolean(v))
		buf_puts(b, json_is_true(v) ? "exists" : "missing");
	else if (json_is_array(v))
		put_list(b, v, ",", depth);
	else if (!json_is_object(v) || put_kind(b, v, depth) < 0)
		put_json(b, v);
}

void
nft_text(const json_t *expr, const char *comment, char *dst, size_t size)
{
	struct buf b;

	buf_init(&b, size);
	put_list(&b, expr, " ", 0);
	if (comment != NULL)
		buf_printf(&b, " comment \"%s\"", comment);
	span_copy((struct span){ b.data, b.len }, dst, size);
	buf_free(&b);
}
