/* The value of an expression's tree.  NULL is the undefined value; it is passed
 * on by items of it, taken by a few filters and tests, and else an error. */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "play/expr.h"
#include "play/expr_impl.h"
#include "play/py.h"

struct eval {
	const struct scope *scope;
	struct err *e;
};

static int eval(struct eval *v, const struct expr_node *n, json_t **ret);

/* ---- names for messages ------------------------------------------------- */

/* "x.rc" of the node that turned out undefined. */
static void
put_path(const struct expr_node *n, struct buf *b)
{
	if (n->kind == EXPR_NAME) {
		buf_puts(b, n->name);
	} else if (n->kind == EXPR_ITEM) {
		put_path(n->kids[0], b);
		if (n->kids[1]->kind != EXPR_VALUE) {
			buf_puts(b, "[...]");
			return;
		}
		buf_puts(b, ".");
		py_put(n->kids[1]->value, b);
	} else {
		buf_puts(b, "(...)");
	}
}

static int
undefined(const struct expr_node *n, struct err *e)
{
	struct buf b;

	buf_init(&b, ERR_TEXT_MAX);
	put_path(n, &b);
	err_set(e, ERR_INPUT, "\"%s\" is undefined", b.data);
	buf_free(&b);
	return -1;
}

/* As eval(), but what is undefined is an error. */
static int
eval_defined(struct eval *v, const struct expr_node *n, json_t **ret)
{
	json_t *value;

	if (eval(v, n, &value) < 0)
		return -1;
	if (value == NULL)
		return undefined(n, v->e);
	*ret = value;
	return 0;
}

/* ---- one kind of node each ---------------------------------------------- */

static int
eval_list(struct eval *v, const struct expr_node *n, json_t **ret)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n->n; i++) {
		json_t *item;

		if (eval_defined(v, n->kids[i], &item) < 0) {
			json_decref(list);
			return -1;
		}
		json_array_append_new(list, item);
	}
	*ret = list;
	return 0;
}

/* Python's whole[key]; NULL when there is no such thing. */
static json_t *
item_of(json_t *whole, const json_t *key)
{
	json_int_t i = json_integer_value(key);

	if (json_is_object(whole) && json_is_string(key))
		return json_object_get(whole, json_string_value(key));
	if (!json_is_array(whole) || !json_is_integer(key))
		return NULL;
	if (i < 0)
		i += (json_int_t)json_array_size(whole);
	return i < 0 ? NULL : json_array_get(whole, (size_t)i);
}

static int
eval_item(struct eval *v, const struct expr_node *n, json_t **ret)
{
	json_t *whole, *key;

	if (eval(v, n->kids[0], &whole) < 0)
		return -1;
	if (eval_defined(v, n->kids[1], &key) < 0) {
		json_decref(whole);
		return -1;
	}
	*ret = whole != NULL ? json_incref(item_of(whole, key)) : NULL;
	json_decref(whole);
	json_decref(key);
	return 0;
}

/* "and" and "or" give one of their sides, as Python's do. */
static int
eval_either(struct eval *v, const struct expr_node *n, json_t **ret)
{
	json_t *left;

	if (eval_defined(v, n->kids[0], &left) < 0)
		return -1;
	if (py_truth(left) == (n->kind == EXPR_OR)) {
		*ret = left;
		return 0;
	}
	json_decref(left);
	return eval_defined(v, n->kids[1], ret);
}

static int
eval_not(struct eval *v, const struct expr_node *n, json_t **ret)
{
	json_t *value;

	if (eval_defined(v, n->kids[0], &value) < 0)
		return -1;
	*ret = json_boolean(!py_truth(value));
	json_decref(value);
	return 0;
}

static int
holds(enum expr_op op, const json_t *a, const json_t *b, bool *ret,
    struct err *e)
{
	int order = 0;

	switch (op) {
	case OP_EQ:
	case OP_NE:
		*ret = py_equal(a, b) == (op == OP_EQ);
		return 0;
	case OP_IN:
	case OP_NOT_IN:
		if (py_in(a, b, ret, e) < 0)
			return -1;
		*ret = *ret == (op == OP_IN);
		return 0;
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
		if (py_order(a, b, &order, e) < 0)
			return -1;
		*ret = op == OP_LT ? order < 0
		    : op == OP_LE  ? order <= 0
		    : op == OP_GT  ? order > 0
				   : order >= 0;
		return 0;
	}
	return 0;
}

/* a < b < c holds when both do. */
static int
eval_compare(struct eval *v, const struct expr_node *n, json_t **ret)
{
	json_t *left, *right;
	bool truth = true;

	if (eval_defined(v, n->kids[0], &left) < 0)
		return -1;
	for (size_t i = 1; truth && i < n->n; i++) {
		if (eval_defined(v, n->kids[i], &right) < 0) {
			json_decref(left);
			return -1;
		}
		if (holds(n->ops[i - 1], left, right, &truth, v->e) < 0) {
			json_decref(left);
			json_decref(right);
			return -1;
		}
		json_decref(left);
		left = right;
	}
	json_decref(left);
	*ret = json_boolean(truth);
	return 0;
}

static int
eval_filter(struct eval *v, const struct expr_node *n, json_t **ret)
{
	json_t *in, *args[2];
	size_t got = 0;
	int r = -1;

	if ((n->filter->takes_undefined ? eval(v, n->kids[0], &in)
					: eval_defined(v, n->kids[0], &in)) < 0)
		return -1;
	for (; got + 1 < n->n; got++)
		if (eval_defined(v, n->kids[got + 1], &args[got]) < 0)
			goto out;
	r = n->filter->run(in, args, got, ret, v->e);
out:
	while (got > 0)
		json_decref(args[--got]);
	json_decref(in);
	return r;
}

static int
eval_test(struct eval *v, const struct expr_node *n, json_t **ret)
{
	json_t *in;
	bool truth = false;
	int r;

	if ((n->test->takes_undefined ? eval(v, n->kids[0], &in)
				      : eval_defined(v, n->kids[0], &in)) < 0)
		return -1;
	r = n->test->run(in, &truth, v->e);
	json_decref(in);
	if (r == 0)
		*ret = json_boolean(truth != n->negated);
	return r;
}

static int
eval(struct eval *v, const struct expr_node *n, json_t **ret)
{
	switch (n->kind) {
	case EXPR_NAME:
		return v->scope->get(v->scope->arg, n->name, ret, v->e);
	case EXPR_VALUE:
		*ret = json_incref(n->value);
		return 0;
	case EXPR_LIST:
		return eval_list(v, n, ret);
	case EXPR_ITEM:
		return eval_item(v, n, ret);
	case EXPR_NOT:
		return eval_not(v, n, ret);
	case EXPR_AND:
	case EXPR_OR:
		return eval_either(v, n, ret);
	case EXPR_COMPARE:
		return eval_compare(v, n, ret);
	case EXPR_FILTER:
		return eval_filter(v, n, ret);
	case EXPR_TEST:
		return eval_test(v, n, ret);
	}
	return -1;
}

int
expr_eval(const struct expr *x, const struct scope *s, json_t **ret,
    struct err *e)
{
	struct eval v = { s, e };

	return eval_defined(&v, x->root, ret);
}

int
expr_truth(struct span text, const struct scope *s, bool *ret, struct err *e)
{
	struct expr *x;
	json_t *v;
	int r;

	if (expr_parse(text, &x, e) < 0)
		return -1;
	r = expr_eval(x, s, &v, e);
	expr_free(x);
	if (r < 0)
		return -1;
	*ret = py_truth(v);
	json_decref(v);
	return 0;
}

/* ---- which variables it names ------------------------------------------- */

/* The variable at the root of x.y.z, when that is what n is. */
static const struct expr_node *
root_name(const struct expr_node *n)
{
	while (n->kind == EXPR_ITEM)
		n = n->kids[0];
	return n->kind == EXPR_NAME ? n : NULL;
}

static void
walk(const struct expr_node *n, const struct expr_names *to)
{
	bool guards = (n->kind == EXPR_FILTER && n->filter->takes_undefined) ||
	    (n->kind == EXPR_TEST && n->test->takes_undefined);
	const struct expr_node *guarded = guards ? root_name(n->kids[0]) : NULL;

	if (n->kind == EXPR_NAME)
		to->name(to->arg, n->name, false);
	if (guarded != NULL)
		to->name(to->arg, guarded->name, true);
	for (size_t i = guarded != NULL; i < n->n; i++)
		walk(n->kids[i], to);
}

void
expr_names(const struct expr *x, const struct expr_names *to)
{
	walk(x->root, to);
}
