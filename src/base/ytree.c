#include "base/ytree.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"

struct ytree {
	struct arena arena;
	const struct ynode *root;
};

/* A list or mapping that has not ended; a mapping's keys and values alternate.
 */
struct frame {
	struct ynode *node;
	const char *anchor;
	const struct ynode **v;
	size_t n, cap;
};

struct builder {
	const char *name;
	struct span text;
	const struct ytree_caps *caps;
	struct ytree *tree;
	yaml_parser_t parser;
	struct frame *frames;
	size_t depth, cap_frames;
	struct map anchors; /* name to position in anchored */
	const struct ynode **anchored;
	size_t n_anchored, cap_anchored;
	size_t aliases, merged;
	bool document;
};

static int
fail(const struct builder *b, size_t line, size_t column, struct err *e,
    const char *what)
{
	return err_set(e, ERR_INPUT, "%s:%zu:%zu: %s", b->name, line, column,
	    what);
}

static int
fail_at(const struct builder *b, const yaml_mark_t *m, struct err *e,
    const char *what)
{
	return fail(b, m->line + 1, m->column + 1, e, what);
}

/* libyaml's reader knows an offset only. */
static int
fail_offset(const struct builder *b, size_t offset, struct err *e,
    const char *what)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < offset && i < b->text.n; i++) {
		column = b->text.p[i] == '\n' ? 1 : column + 1;
		line += b->text.p[i] == '\n';
	}
	return fail(b, line, column, e, what);
}

static int
parser_error(const struct builder *b, struct err *e)
{
	const yaml_parser_t *p = &b->parser;
	const char *what = p->problem != NULL ? p->problem : "no YAML";

	switch (p->error) {
	case YAML_READER_ERROR:
		return fail_offset(b, p->problem_offset, e, what);
	case YAML_NO_ERROR:
	case YAML_MEMORY_ERROR:
	case YAML_SCANNER_ERROR:
	case YAML_PARSER_ERROR:
	case YAML_COMPOSER_ERROR:
	case YAML_WRITER_ERROR:
	case YAML_EMITTER_ERROR:
		break;
	}
	return fail_at(b, &p->problem_mark, e, what);
}

static struct ynode *
node_new(struct builder *b, enum ynode_kind kind, const yaml_event_t *ev,
    const yaml_char_t *tag)
{
	struct ynode *n = arena_alloc(&b->tree->arena, sizeof(*n));

	n->kind = kind;
	n->line = ev->start_mark.line + 1;
	n->column = ev->start_mark.column + 1;
	n->weight = 1;
	if (tag != NULL)
		n->tag = arena_dup(&b->tree->arena, span_of((const char *)tag));
	return n;
}

static const char *
keep_anchor(struct builder *b, const yaml_char_t *anchor)
{
	if (anchor == NULL)
		return NULL;
	return arena_dup(&b->tree->arena, span_of((const char *)anchor));
}

static void
set_anchor(struct builder *b, const char *anchor, const struct ynode *n)
{
	if (anchor == NULL)
		return;
	b->anchored = mem_grow(b->anchored, b->n_anchored, &b->cap_anchored,
	    sizeof(*b->anchored));
	map_put(&b->anchors, span_of(anchor), b->n_anchored);
	b->anchored[b->n_anchored++] = n;
}

/* A finished node goes where the innermost open one wants it. */
static int
attach(struct builder *b, const struct ynode *n, struct err *e)
{
	struct frame *f;

	if (b->depth == 0) {
		b->tree->root = n;
		return 0;
	}
	f = &b->frames[b->depth - 1];
	if (f->node->kind == YNODE_MAP && f->n % 2 == 0 &&
	    n->kind != YNODE_SCALAR)
		return fail(b, n->line, n->column, e,
		    "a key must be a word, not a list or mapping");
	f->node->weight += n->weight;
	if (f->node->weight > b->caps->nodes)
		return fail(b, n->line, n->column, e,
		    "too many nodes, aliases counted as what they stand for");
	f->v = mem_grow(f->v, f->n, &f->cap, sizeof(*f->v));
	f->v[f->n++] = n;
	return 0;
}

static int
push(struct builder *b, struct ynode *n, const yaml_char_t *anchor,
    struct err *e)
{
	if (b->depth == b->caps->depth)
		return fail(b, n->line, n->column, e, "nested too deeply");
	b->frames =
	    mem_grow(b->frames, b->depth, &b->cap_frames, sizeof(*b->frames));
	b->frames[b->depth++] =
	    (struct frame){ .node = n, .anchor = keep_anchor(b, anchor) };
	return 0;
}

static int
scalar(struct builder *b, const yaml_event_t *ev, struct err *e)
{
	struct ynode *n = node_new(b, YNODE_SCALAR, ev, ev->data.scalar.tag);
	struct span text = { (const char *)ev->data.scalar.value,
		ev->data.scalar.length };

	n->plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (text.n > 0 && memchr(text.p, '\0', text.n) != NULL)
		return fail(b, n->line, n->column, e, "a NUL in a text");
	n->text.p = arena_dup(&b->tree->arena, text);
	n->text.n = text.n;
	set_anchor(b, keep_anchor(b, ev->data.scalar.anchor), n);
	return attach(b, n, e);
}

static int
alias(struct builder *b, const yaml_event_t *ev, struct err *e)
{
	size_t i;

	if (++b->aliases > b->caps->aliases)
		return fail_at(b, &ev->start_mark, e, "too many aliases");
	if (!map_get(&b->anchors, span_of((const char *)ev->data.alias.anchor),
		&i))
		return fail_at(b, &ev->start_mark, e,
		    "an alias to no anchor that ended before it");
	return attach(b, b->anchored[i], e);
}

static void
copy_out(struct builder *b, struct frame *f, struct ynode *n)
{
	size_t step = n->kind == YNODE_MAP ? 2 : 1;
	const struct ynode **keys, **items;

	n->n = f->n / step;
	keys = arena_alloc(&b->tree->arena, (n->n + 1) * sizeof(*keys));
	items = arena_alloc(&b->tree->arena, (n->n + 1) * sizeof(*items));
	for (size_t i = 0; i < n->n; i++) {
		keys[i] = f->v[i * step];
		items[i] = f->v[i * step + step - 1];
	}
	n->keys = n->kind == YNODE_MAP ? keys : NULL;
	n->items = items;
}

static bool
is_merge(const struct ynode *key)
{
	return key->plain && span_is(key->text, "<<");
}

/* Adds the pairs of from whose keys are not there yet. */
static int
merge(struct builder *b, struct frame *f, struct map *have,
    const struct ynode *from, struct err *e)
{
	size_t known;

	b->merged += from->n;
	if (b->merged > b->caps->nodes)
		return fail(b, from->line, from->column, e,
		    "too many nodes merged by \"<<\"");
	for (size_t i = 0; i < from->n; i++) {
		if (map_get(have, from->keys[i]->text, &known))
			continue;
		map_put(have, from->keys[i]->text, 0);
		if (attach(b, from->keys[i], e) < 0 ||
		    attach(b, from->items[i], e) < 0)
			return -1;
	}
	(void)f;
	return 0;
}

/* "<<" names a mapping or a list of them. */
static int
merge_value(struct builder *b, struct frame *f, struct map *have,
    const struct ynode *value, struct err *e)
{
	if (value->kind == YNODE_MAP)
		return merge(b, f, have, value, e);
	for (size_t i = 0; value->kind == YNODE_LIST && i < value->n; i++) {
		if (value->items[i]->kind != YNODE_MAP)
			break;
		if (merge(b, f, have, value->items[i], e) < 0)
			return -1;
		if (i + 1 == value->n)
			return 0;
	}
	return fail(b, value->line, value->column, e,
	    "\"<<\" takes a mapping or a list of mappings");
}

static int
note_keys(struct builder *b, const struct frame *f, struct map *have,
    struct err *e)
{
	for (size_t i = 0; i < f->n; i += 2) {
		const struct ynode *key = f->v[i];
		size_t line;

		if (map_get(have, key->text, &line)) {
			err_set(e, ERR_INPUT,
			    "duplicate key \"%.*s\"; the first is in line %zu",
			    (int)key->text.n, key->text.p, line);
			return err_wrap(e, "%s:%zu:%zu", b->name, key->line,
			    key->column);
		}
		map_put(have, key->text, key->line);
	}
	return 0;
}

/* Finds double keys and resolves "<<"; the frame is still the innermost. */
static int
settle_map(struct builder *b, struct err *e)
{
	struct frame *f = &b->frames[b->depth - 1];
	const struct ynode *value = NULL;
	struct map have = { 0 };
	int r = note_keys(b, f, &have, e);

	for (size_t i = 0; r == 0 && value == NULL && i < f->n; i += 2) {
		if (!is_merge(f->v[i]))
			continue;
		value = f->v[i + 1];
		memmove(f->v + i, f->v + i + 2, (f->n - i - 2) * sizeof(*f->v));
		f->n -= 2;
	}
	if (value != NULL)
		r = merge_value(b, f, &have, value, e);
	map_free(&have);
	return r;
}

static int
pop(struct builder *b, struct err *e)
{
	struct frame *f = &b->frames[b->depth - 1];
	struct ynode *n = f->node;
	const char *anchor = f->anchor;

	if (n->kind == YNODE_MAP && settle_map(b, e) < 0)
		return -1;
	copy_out(b, f, n);
	free(f->v);
	b->depth--;
	set_anchor(b, anchor, n);
	return attach(b, n, e);
}

static int
begin_document(struct builder *b, const yaml_event_t *ev, struct err *e)
{
	if (b->document)
		return fail_at(b, &ev->start_mark, e,
		    "a second document; there must be only one");
	b->document = true;
	return 0;
}

static int
event(struct builder *b, const yaml_event_t *ev, struct err *e)
{
	switch (ev->type) {
	case YAML_DOCUMENT_START_EVENT:
		return begin_document(b, ev, e);
	case YAML_SCALAR_EVENT:
		return scalar(b, ev, e);
	case YAML_ALIAS_EVENT:
		return alias(b, ev, e);
	case YAML_SEQUENCE_START_EVENT:
		return push(b,
		    node_new(b, YNODE_LIST, ev, ev->data.sequence_start.tag),
		    ev->data.sequence_start.anchor, e);
	case YAML_MAPPING_START_EVENT:
		return push(b,
		    node_new(b, YNODE_MAP, ev, ev->data.mapping_start.tag),
		    ev->data.mapping_start.anchor, e);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return pop(b, e);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return 0;
}

static int
build(struct builder *b, struct err *e)
{
	for (;;) {
		yaml_event_t ev;
		bool last;
		int r;

		if (!yaml_parser_parse(&b->parser, &ev))
			return parser_error(b, e);
		last = ev.type == YAML_STREAM_END_EVENT;
		r = event(b, &ev, e);
		yaml_event_delete(&ev);
		if (r < 0 || last)
			return r;
	}
}

static void
builder_fini(struct builder *b)
{
	yaml_parser_delete(&b->parser);
	for (size_t i = 0; i < b->depth; i++)
		free(b->frames[i].v);
	free(b->frames);
	free(b->anchored);
	map_free(&b->anchors);
}

int
ytree_parse(const char *name, struct span text, const struct ytree_caps *caps,
    struct ytree **ret, struct err *e)
{
	struct builder b = { .name = name, .text = text, .caps = caps };
	int r;

	if (text.n > caps->bytes)
		return err_set(e, ERR_INPUT, "%s: %zu bytes; %zu is the most",
		    name, text.n, caps->bytes);
	if (!yaml_parser_initialize(&b.parser))
		return err_set(e, ERR_SYS, "%s: libyaml does not start", name);
	yaml_parser_set_input_string(&b.parser, (const unsigned char *)text.p,
	    text.n);
	b.tree = xcalloc(1, sizeof(*b.tree));
	r = build(&b, e);
	builder_fini(&b);
	if (r < 0) {
		ytree_free(b.tree);
		return -1;
	}
	*ret = b.tree;
	return 0;
}

void
ytree_free(struct ytree *t)
{
	if (t == NULL)
		return;
	arena_free(&t->arena);
	free(t);
}

const struct ynode *
ytree_root(const struct ytree *t)
{
	return t->root;
}

const struct ynode *
ynode_get(const struct ynode *n, const char *key)
{
	if (n->kind != YNODE_MAP)
		return NULL;
	for (size_t i = 0; i < n->n; i++)
		if (span_is(n->keys[i]->text, key))
			return n->items[i];
	return NULL;
}

bool
ynode_is_null(const struct ynode *n)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	if (n->kind != YNODE_SCALAR || !n->plain)
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(n->text, words[i]))
			return n->tag == NULL;
	return false;
}

const char *
ynode_kind_name(const struct ynode *n)
{
	switch (n->kind) {
	case YNODE_SCALAR:
		return "a word";
	case YNODE_LIST:
		return "a list";
	case YNODE_MAP:
		break;
	}
	return "a mapping";
}
