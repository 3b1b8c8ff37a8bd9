/* From text to a tree; the grammar is that of Jinja2's parser. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "play/expr.h"
#include "play/expr_impl.h"

enum { KIDS_MAX = 64 };

struct parser {
	struct expr *x;
	struct span rest;
	struct token at; /* the one not yet taken */
	unsigned depth;
};

static int parse_or(struct parser *p, struct expr_node **ret, struct err *e);

/* ---- tokens ------------------------------------------------------------- */

static int
next(struct parser *p, struct err *e)
{
	return token_take(&p->rest, &p->at, e);
}

static bool
is_sign(const struct parser *p, const char *s)
{
	return p->at.kind == TOKEN_SIGN && span_is(p->at.text, s);
}

static bool
is_word(const struct parser *p, const char *s)
{
	return p->at.kind == TOKEN_NAME && span_is(p->at.text, s);
}

static int
unexpected(const struct parser *p, const char *wanted, struct err *e)
{
	if (p->at.kind == TOKEN_END)
		return err_set(e, ERR_INPUT, "it ends where %s is due", wanted);
	return err_set(e, ERR_INPUT, "%.*s where %s is due", (int)p->at.text.n,
	    p->at.text.p, wanted);
}

static int
expect(struct parser *p, const char *sign, struct err *e)
{
	if (!is_sign(p, sign))
		return unexpected(p, sign, e);
	return next(p, e);
}

/* ---- nodes -------------------------------------------------------------- */

static struct expr_node *
node(struct parser *p, enum expr_kind kind)
{
	struct expr_node *n = arena_alloc(&p->x->arena, sizeof(*n));

	n->kind = kind;
	return n;
}

/* The array grows by copies within the arena: lists are short. */
static void
add_kid(struct parser *p, struct expr_node *n, struct expr_node *kid)
{
	struct expr_node **kids =
	    arena_alloc(&p->x->arena, (n->n + 1) * sizeof(struct expr_node *));

	if (n->n > 0)
		memcpy(kids, n->kids, n->n * sizeof(struct expr_node *));
	kids[n->n++] = kid;
	n->kids = kids;
}

static struct expr_node *
pair(struct parser *p, enum expr_kind kind, struct expr_node *a,
    struct expr_node *b)
{
	struct expr_node *n = node(p, kind);

	add_kid(p, n, a);
	if (b != NULL)
		add_kid(p, n, b);
	return n;
}

static struct expr_node *
constant(struct parser *p, json_t *v)
{
	struct expr_node *n = node(p, EXPR_VALUE);

	json_array_append_new(p->x->values, v);
	n->value = v;
	return n;
}

/* ---- primaries ---------------------------------------------------------- */

/* Backslashes as in Python, those that shells and patterns need. */
static int
string_value(struct span s, json_t **ret, struct err *e)
{
	static const char from[] = "nrt\\'\"", to[] = "\n\r\t\\'\"";
	struct buf b;

	buf_init(&b, EXPR_TEXT_MAX);
	for (size_t i = 1; i + 1 < s.n; i++) {
		const char *known;

		if (s.p[i] != '\\') {
			buf_add(&b, &s.p[i], 1);
			continue;
		}
		known = s.p[++i] != '\0' ? strchr(from, s.p[i]) : NULL;
		if (known == NULL) {
			buf_free(&b);
			return err_set(e, ERR_INPUT, "\"\\%c\" in a string",
			    s.p[i]);
		}
		buf_add(&b, &to[known - from], 1);
	}
	*ret = json_stringn(b.data, b.len);
	buf_free(&b);
	return *ret != NULL ? 0 : err_set(e, ERR_INPUT, "it is not UTF-8");
}

static int
number_value(struct span s, bool negative, json_t **ret, struct err *e)
{
	char text[32];
	uint64_t u;

	if (span_u64(s, INT64_MAX, &u) == 0 && !span_starts(s, "0x")) {
		*ret = json_integer(negative ? -(json_int_t)u : (json_int_t)u);
		return 0;
	}
	if (s.n < sizeof(text) && memchr(s.p, '.', s.n) != NULL) {
		char *end;
		double d;

		span_copy(s, text, sizeof(text));
		d = strtod(text, &end);
		if (*end == '\0') {
			*ret = json_real(negative ? -d : d);
			return 0;
		}
	}
	return err_set(e, ERR_INPUT, "%.*s is not a number", (int)s.n, s.p);
}

static int
parse_constant(struct parser *p, struct expr_node **ret, struct err *e)
{
	bool negative = is_sign(p, "-");
	json_t *v;

	if (negative && next(p, e) < 0)
		return -1;
	if (negative && p->at.kind != TOKEN_NUMBER)
		return unexpected(p, "a number", e);
	if (p->at.kind == TOKEN_STRING
		? string_value(p->at.text, &v, e) < 0
		: number_value(p->at.text, negative, &v, e) < 0)
		return -1;
	*ret = constant(p, v);
	return next(p, e);
}

/* What stands between commas, up to close; the opening sign is taken. */
static int
parse_several(struct parser *p, const char *close, struct expr_node *n,
    size_t max, struct err *e)
{
	size_t before = n->n;

	while (!is_sign(p, close)) {
		struct expr_node *kid;

		if (n->n > before && expect(p, ",", e) < 0)
			return -1;
		if (is_sign(p, close))
			break;
		if (n->n - before >= max)
			return err_set(e, ERR_INPUT,
			    "more than %zu values between commas", max);
		if (parse_or(p, &kid, e) < 0)
			return -1;
		add_kid(p, n, kid);
	}
	return next(p, e);
}

static int
parse_name(struct parser *p, struct expr_node **ret, struct err *e)
{
	static const struct {
		const char *word;
		int value; /* of a truth; -1: none */
	} constants[] = { { "true", 1 }, { "True", 1 }, { "false", 0 },
		{ "False", 0 }, { "none", -1 }, { "None", -1 } };
	static const char *const reserved[] = { "and", "or", "not", "in", "is",
		"if", "else" };
	struct span s = p->at.text;

	for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
		if (!span_is(s, constants[i].word))
			continue;
		*ret = constant(p,
		    constants[i].value < 0 ? json_null()
					   : json_boolean(constants[i].value));
		return next(p, e);
	}
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (span_is(s, reserved[i]))
			return unexpected(p, "a value", e);
	*ret = node(p, EXPR_NAME);
	(*ret)->name = arena_dup(&p->x->arena, s);
	if (next(p, e) < 0)
		return -1;
	if (is_sign(p, "("))
		return err_set(e, ERR_INPUT, "the call %.*s()", (int)s.n, s.p);
	return 0;
}

static int
parse_primary(struct parser *p, struct expr_node **ret, struct err *e)
{
	if (p->at.kind == TOKEN_NAME)
		return parse_name(p, ret, e);
	if (p->at.kind == TOKEN_STRING || p->at.kind == TOKEN_NUMBER ||
	    is_sign(p, "-"))
		return parse_constant(p, ret, e);
	if (is_sign(p, "(")) {
		if (next(p, e) < 0 || parse_or(p, ret, e) < 0)
			return -1;
		return expect(p, ")", e);
	}
	if (is_sign(p, "[")) {
		*ret = node(p, EXPR_LIST);
		if (next(p, e) < 0)
			return -1;
		return parse_several(p, "]", *ret, KIDS_MAX, e);
	}
	return unexpected(p, "a value", e);
}

/* ---- what may follow a primary ------------------------------------------ */

/* .name, .0 and [key] */
static int
parse_items(struct parser *p, struct expr_node **at, struct err *e)
{
	while (is_sign(p, ".") || is_sign(p, "[")) {
		bool dot = is_sign(p, ".");
		struct expr_node *key;

		if (next(p, e) < 0)
			return -1;
		if (!dot) {
			if (parse_or(p, &key, e) < 0 || expect(p, "]", e) < 0)
				return -1;
		} else if (p->at.kind == TOKEN_NUMBER) {
			if (parse_constant(p, &key, e) < 0)
				return -1;
		} else if (p->at.kind == TOKEN_NAME) {
			key = constant(p,
			    json_stringn(p->at.text.p, p->at.text.n));
			if (next(p, e) < 0)
				return -1;
		} else {
			return unexpected(p, "a name", e);
		}
		if (is_sign(p, "("))
			return err_set(e, ERR_INPUT, "a call");
		*at = pair(p, EXPR_ITEM, *at, key);
	}
	return 0;
}

static int
parse_filter(struct parser *p, struct expr_node **at, struct err *e)
{
	struct expr_node *n;
	struct span name = p->at.text;

	if (p->at.kind != TOKEN_NAME)
		return unexpected(p, "the name of a filter", e);
	n = pair(p, EXPR_FILTER, *at, NULL);
	n->filter = expr_filter_find(name);
	if (n->filter == NULL)
		return err_set(e, ERR_INPUT, "the filter \"%.*s\"", (int)name.n,
		    name.p);
	*at = n;
	if (next(p, e) < 0)
		return -1;
	if (!is_sign(p, "("))
		return 0;
	if (next(p, e) < 0)
		return -1;
	if (parse_several(p, ")", n, n->filter->max_args, e) < 0)
		return err_wrap(e, "the filter \"%s\"", n->filter->name);
	return 0;
}

static int
parse_test(struct parser *p, struct expr_node **at, struct err *e)
{
	struct expr_node *n = pair(p, EXPR_TEST, *at, NULL);

	if (is_word(p, "not")) {
		n->negated = true;
		if (next(p, e) < 0)
			return -1;
	}
	if (p->at.kind != TOKEN_NAME)
		return unexpected(p, "the name of a test", e);
	n->test = expr_test_find(p->at.text);
	if (n->test == NULL)
		return err_set(e, ERR_INPUT, "the test \"is %.*s\"",
		    (int)p->at.text.n, p->at.text.p);
	*at = n;
	return next(p, e);
}

static int
parse_postfix(struct parser *p, struct expr_node **ret, struct err *e)
{
	if (parse_primary(p, ret, e) < 0 || parse_items(p, ret, e) < 0)
		return -1;
	for (;;) {
		bool filter = is_sign(p, "|");

		if (!filter && !is_word(p, "is"))
			return 0;
		if (next(p, e) < 0 ||
		    (filter ? parse_filter(p, ret, e) : parse_test(p, ret, e)) <
			0)
			return -1;
	}
}

/* ---- operators ---------------------------------------------------------- */

/* 1: an operator was taken; 0: there is none. */
static int
take_op(struct parser *p, enum expr_op *ret, struct err *e)
{
	static const char *const signs[] = { [OP_EQ] = "==",
		[OP_NE] = "!=",
		[OP_LT] = "<",
		[OP_LE] = "<=",
		[OP_GT] = ">",
		[OP_GE] = ">=" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (is_sign(p, signs[i])) {
			*ret = (enum expr_op)i;
			return next(p, e) < 0 ? -1 : 1;
		}
	}
	*ret = is_word(p, "not") ? OP_NOT_IN : OP_IN;
	if (*ret == OP_NOT_IN && next(p, e) < 0)
		return -1;
	if (is_word(p, "in"))
		return next(p, e) < 0 ? -1 : 1;
	return *ret == OP_NOT_IN ? unexpected(p, "in", e) : 0;
}

static void
add_op(struct parser *p, struct expr_node *n, enum expr_op op)
{
	enum expr_op *ops = arena_alloc(&p->x->arena, n->n * sizeof(*ops));

	if (n->n > 1)
		memcpy(ops, n->ops, (n->n - 1) * sizeof(*ops));
	ops[n->n - 1] = op;
	n->ops = ops;
}

static int
parse_compare(struct parser *p, struct expr_node **ret, struct err *e)
{
	struct expr_node *first, *n = NULL;

	if (parse_postfix(p, &first, e) < 0)
		return -1;
	for (;;) {
		struct expr_node *right;
		enum expr_op op;
		int r = take_op(p, &op, e);

		if (r < 0)
			return -1;
		if (r == 0)
			break;
		if (n == NULL)
			n = pair(p, EXPR_COMPARE, first, NULL);
		if (n->n >= KIDS_MAX)
			return err_set(e, ERR_INPUT, "too many comparisons");
		if (parse_postfix(p, &right, e) < 0)
			return -1;
		add_op(p, n, op);
		add_kid(p, n, right);
	}
	*ret = n != NULL ? n : first;
	return 0;
}

static int
parse_not(struct parser *p, struct expr_node **ret, struct err *e)
{
	bool negated = false;

	while (is_word(p, "not")) {
		negated = !negated;
		if (next(p, e) < 0)
			return -1;
		if (!negated)
			return err_set(e, ERR_INPUT, "not not");
	}
	if (parse_compare(p, ret, e) < 0)
		return -1;
	if (negated)
		*ret = pair(p, EXPR_NOT, *ret, NULL);
	return 0;
}

static int
parse_and(struct parser *p, struct expr_node **ret, struct err *e)
{
	if (parse_not(p, ret, e) < 0)
		return -1;
	while (is_word(p, "and")) {
		struct expr_node *right;

		if (next(p, e) < 0 || parse_not(p, &right, e) < 0)
			return -1;
		*ret = pair(p, EXPR_AND, *ret, right);
	}
	return 0;
}

/* Whatever nests passes here, so here the depth is counted. */
static int
parse_or(struct parser *p, struct expr_node **ret, struct err *e)
{
	if (++p->depth > EXPR_DEPTH_MAX)
		return err_set(e, ERR_INPUT, "more than %d levels deep",
		    EXPR_DEPTH_MAX);
	if (parse_and(p, ret, e) < 0)
		return -1;
	while (is_word(p, "or")) {
		struct expr_node *right;

		if (next(p, e) < 0 || parse_and(p, &right, e) < 0)
			return -1;
		*ret = pair(p, EXPR_OR, *ret, right);
	}
	p->depth--;
	return 0;
}

static int
parse_whole(struct parser *p, struct err *e)
{
	struct expr_node *root;

	if (next(p, e) < 0 || parse_or(p, &root, e) < 0)
		return -1;
	if (p->at.kind != TOKEN_END)
		return unexpected(p, "the end", e);
	p->x->root = root;
	return 0;
}

int
expr_parse(struct span text, struct expr **ret, struct err *e)
{
	struct parser p = { .rest = text };

	if (text.n > EXPR_TEXT_MAX)
		return err_set(e, ERR_INPUT,
		    "an expression of more than %d bytes", EXPR_TEXT_MAX);
	p.x = xcalloc(1, sizeof(*p.x));
	p.x->values = json_array();
	if (parse_whole(&p, e) < 0) {
		expr_free(p.x);
		return -1;
	}
	*ret = p.x;
	return 0;
}

void
expr_free(struct expr *x)
{
	if (x == NULL)
		return;
	json_decref(x->values);
	arena_free(&x->arena);
	free(x);
}
