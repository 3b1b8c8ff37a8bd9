/* expr_impl: what parsing and evaluating an expression share. */
#ifndef ESPY_PLAY_EXPR_IMPL_H
#define ESPY_PLAY_EXPR_IMPL_H
#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/str.h"

struct err;

enum expr_kind {
	EXPR_NAME,
	EXPR_VALUE,
	EXPR_LIST,    /* kids: the elements */
	EXPR_ITEM,    /* kids: the whole, the key */
	EXPR_NOT,     /* kids: one */
	EXPR_AND,     /* kids: two */
	EXPR_OR,      /* kids: two */
	EXPR_COMPARE, /* kids: two or more, ops between them */
	EXPR_FILTER,  /* kids: what goes in, the arguments */
	EXPR_TEST     /* kids: one; negated: "is not" */
};

enum expr_op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_IN, OP_NOT_IN };

struct expr_filter;
struct expr_test;

struct expr_node {
	enum expr_kind kind;
	const char *name; /* EXPR_NAME */
	json_t *value;	  /* EXPR_VALUE; the expression owns it */
	bool negated;
	const struct expr_filter *filter;
	const struct expr_test *test;
	struct expr_node **kids;
	enum expr_op *ops; /* n - 1 of them */
	size_t n;
};

struct expr {
	struct arena arena;
	json_t *values; /* a list that owns all constants */
	const struct expr_node *root;
};

/* in is NULL for an undefined value only where takes_undefined says so. */
struct expr_filter {
	const char *name;
	int (*run)(json_t *in, json_t *const *args, size_t n, json_t **ret,
	    struct err *e);
	size_t max_args;
	bool takes_undefined;
};

struct expr_test {
	const char *name;
	int (*run)(json_t *in, bool *ret, struct err *e);
	bool takes_undefined;
};

/* NULL when there is none. */
const struct expr_filter *expr_filter_find(struct span name);
const struct expr_test *expr_test_find(struct span name);

enum token_kind {
	TOKEN_END,
	TOKEN_NAME,
	TOKEN_NUMBER,
	TOKEN_STRING,
	TOKEN_SIGN /* one of the signs of the language */
};

struct token {
	enum token_kind kind;
	struct span text; /* as written, quotes included */
};

/* Takes the next token off *text; ERR_INPUT when there is none to be made. */
int token_take(struct span *text, struct token *ret, struct err *e);

#endif
