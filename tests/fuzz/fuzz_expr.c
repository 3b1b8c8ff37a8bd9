/*
 * Expressions, templates and words for sh: any bytes give a value or an error;
 * what the check accepts, evaluating never finds fault with but for values.
 * links: play/py play/token play/expr_parse play/expr_eval play/expr_filter
 * links: play/template play/shell play/shell_word
 * links: base/arena base/buf base/err base/map base/mem base/quote base/str
 * links: base/utf8 base/ytree
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "play/expr.h"
#include "play/py.h"
#include "play/shell.h"
#include "play/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
get(void *arg, const char *name, json_t **ret, struct err *e)
{
	(void)e;
	*ret = json_incref(json_object_get(arg, name));
	return 0;
}

static void
use(json_t *v)
{
	struct buf b;

	buf_init(&b, PY_TEXT_MAX);
	py_put(v, &b);
	buf_free(&b);
	json_decref(v);
}

static void
run(struct span text, const struct scope *s)
{
	struct expr *x;
	struct err e;
	json_t *v;

	if (expr_parse(text, &x, &e) == 0) {
		if (expr_eval(x, s, &v, &e) == 0)
			use(v);
		else if (e.kind != ERR_INPUT)
			abort();
		expr_free(x);
	}
	/* What is refused when it is read is refused then alone. */
	if (template_eval(text, s, &v, &e) == 0) {
		use(v);
		if (template_is(text) && template_check(text, NULL, &e) < 0 &&
		    e.kind != ERR_INPUT)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct shell_how how = { .word = "W" };
	json_t *vars = json_pack("{s:i,s:s,s:[i,s],s:{s:b}}", "n", 3, "s",
	    "abc", "l", 1, "x", "r", "failed", 1);
	const struct scope scope = { get, vars };
	char *text = malloc(size + 1);
	struct err e;
	struct buf b;

	memcpy(text, data, size);
	text[size] = '\0';
	run((struct span){ text, size }, &scope);
	buf_init(&b, 4 * SHELL_TEXT_MAX);
	shell_put_command(&b, &how, text, &e);
	buf_free(&b);
	free(text);
	json_decref(vars);
	return 0;
}
