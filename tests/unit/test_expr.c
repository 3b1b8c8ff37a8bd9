/*
 * Expressions and templates.  What is expected here is what ansible-core 2.14
 * makes of the same text, unless said.
 * links: play/py play/token play/expr_parse play/expr_eval play/expr_filter
 * links: play/template
 * links: base/arena base/buf base/err base/mem base/quote base/str base/utf8
 * links: base/ytree base/map
 */
#include "unit.h"

#include "base/buf.h"
#include "base/err.h"
#include "play/expr.h"
#include "play/py.h"
#include "play/template.h"

static const char variables[] =
    "{\"n\": 3, \"zero\": 0, \"s\": \"abc\", \"e\": \"\", \"t\": true,"
    "\"no\": \"no\", \"num\": \"12\", \"l\": [1, \"two\", [3]],"
    "\"r\": {\"rc\": 2, \"stdout\": \"a b\\n\", \"failed\": true,"
    "\"changed\": false, \"stdout_lines\": [\"a b\"]},"
    "\"skip\": {\"skipped\": true, \"changed\": false}, \"nil\": null,"
    "\"d\": {\"k-1\": {\"x\": \"y\"}}, \"f\": 1.5, \"q\": \"it's\"}";

static int
get(void *arg, const char *name, json_t **ret, struct err *e)
{
	if (strcmp(name, "bad") == 0)
		return err_set(e, ERR_INPUT, "bad cannot be made");
	*ret = json_incref(json_object_get(arg, name));
	return 0;
}

/* Python's text of what comes out; "!" and the error otherwise. */
static void
evaluate(const char *text, bool template, struct buf *b)
{
	json_t *vars = json_loads(variables, 0, NULL), *v;
	const struct scope s = { get, vars };
	struct expr *x = NULL;
	struct err e;
	int r;

	assert_non_null(vars);
	if (template)
		r = template_eval(span_of(text), &s, &v, &e);
	else
		r = expr_parse(span_of(text), &x, &e) < 0 ||
			expr_eval(x, &s, &v, &e) < 0
		    ? -1
		    : 0;
	if (r < 0) {
		assert_int_equal(e.kind, ERR_INPUT);
		buf_printf(b, "!%s", e.text);
	} else {
		json_t *list = json_pack("[o]", v);

		py_put(list, b);
		json_decref(list);
	}
	expr_free(x);
	json_decref(vars);
}

static void
check(const char *text, const char *want, bool template)
{
	struct buf b;

	buf_init(&b, 65536);
	evaluate(text, template, &b);
	if (want[0] == '!' ? strstr(b.data, want + 1) == NULL || *b.data != '!'
			   : strncmp(b.data + 1, want, b.len - 2) != 0 ||
		    strlen(want) != b.len - 2)
		fail_msg("%s: %s, not %s", text, b.data, want);
	buf_free(&b);
}

static void
test_values(void **state)
{
	static const char *const cases[][2] = {
		{ "n", "3" },
		{ "(n)", "3" },
		{ "'x\\n'", "'x\\n'" },
		{ "\"it's\"", "\"it's\"" },
		{ "-1", "-1" },
		{ "1.50", "1.5" },
		{ "true", "True" },
		{ "False", "False" },
		{ "none", "None" },
		{ "[1, 'a', n,]", "[1, 'a', 3]" },
		{ "[]", "[]" },
		{ "r.rc", "2" },
		{ "r['rc']", "2" },
		{ "l[0]", "1" },
		{ "l[-1][0]", "3" },
		{ "l.1", "'two'" },
		{ "d['k-1'].x", "'y'" },
		{ "r.stdout_lines[0]", "'a b'" },
		{ "d", "{'k-1': {'x': 'y'}}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i][0], cases[i][1], false);
}

static void
test_operators(void **state)
{
	static const char *const cases[][2] = {
		{ "n == 3", "True" },
		{ "n == '3'", "False" },
		{ "n == 3.0", "True" },
		{ "t == 1", "True" },
		{ "n != 3", "False" },
		{ "n < 4 and s == 'abc'", "True" },
		{ "1 < n <= 3", "True" },
		{ "1 < n < 3", "False" },
		{ "'b' in s", "True" },
		{ "'x' not in s", "True" },
		{ "'two' in l", "True" },
		{ "3 in l", "False" },
		{ "[3] in l", "True" },
		{ "'rc' in r", "True" },
		{ "'A b' in r.stdout", "False" },
		{ "not n", "False" },
		{ "not n == 3", "False" },
		{ "not (n == 4)", "True" },
		{ "e or s", "'abc'" },
		{ "s and e", "''" },
		{ "zero or e or 'x'", "'x'" },
		{ "true or false and false", "True" },
		{ "not false and false", "False" },
		/* The side that does not matter may be undefined. */
		{ "true or nope", "True" },
		{ "zero and nope", "0" },
		{ "'a' < 'b'", "True" },
		{ "'ab' < 'a'", "False" },
		{ "l == [1, 'two', [3]]", "True" },
		{ "n == 3 == 3", "True" },
		{ "nil == none", "True" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i][0], cases[i][1], false);
}

static void
test_filters_and_tests(void **state)
{
	static const char *const cases[][2] = {
		{ "nope | default('x')", "'x'" },
		{ "nope | default", "''" },
		{ "nope.a.b | d(n)", "3" },
		{ "e | default('x')", "''" },
		{ "e | default('x', true)", "'x'" },
		{ "num | int == 12", "True" },
		{ "num|int", "12" },
		{ "'12.7' | int", "12" },
		{ "'x' | int", "0" },
		{ "'x' | int(5)", "5" },
		{ "t | int", "1" },
		{ "n | string", "'3'" },
		{ "'YeS' | bool", "True" },
		{ "no | bool", "False" },
		{ "s | upper", "'ABC'" },
		{ "'ABC' | lower", "'abc'" },
		{ "r.stdout | trim", "'a b'" },
		{ "[1, 2] | join(', ')", "'1, 2'" },
		{ "['a', 'b'] | join", "'ab'" },
		{ "l | length", "3" },
		{ "s | count > 2", "True" },
		{ "l | first", "1" },
		{ "l | last | first", "3" },
		{ "q | quote", "\"'it'\\\\''s'\"" },
		{ "n is defined", "True" },
		{ "nope is defined", "False" },
		{ "nope.x is not defined", "True" },
		{ "r.x is undefined", "True" },
		{ "nil is none", "True" },
		{ "r is failed", "True" },
		{ "r is not failed", "False" },
		{ "r is succeeded", "False" },
		{ "r is changed", "False" },
		{ "skip is skipped", "True" },
		{ "not r is failed", "False" },
		/* "is" and "|" bind tighter than a comparison. */
		{ "s == nope | default('abc')", "True" },
		{ "t == n is defined", "True" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i][0], cases[i][1], false);
}

static void
test_refused(void **state)
{
	static const char *const cases[][2] = {
		{ "nope", "!\"nope\" is undefined" },
		{ "r.nope.x == 1", "!\"r.nope.x\" is undefined" },
		{ "nope | length", "!undefined" },
		{ "bad", "!cannot be made" },
		{ "n < 'a'", "!neither less nor greater" },
		{ "1 in s", "!cannot be in" },
		{ "'a' in n", "!cannot be in" },
		{ "s is failed", "!not what a task registered" },
		{ "n | length", "!has none" },
		{ "[] | first", "!without" },
		{ "", "!it ends" },
		{ "n ==", "!it ends" },
		{ "n n", "!the end" },
		{ "n = 3", "!arithmetic" },
		{ "n + 1", "!arithmetic" },
		{ "(n", "!) is due" },
		{ "l[0", "!] is due" },
		{ "'abc", "!not closed" },
		{ "'a\\x41'", "!in a string" },
		{ "s.split(',')", "!call" },
		{ "lookup('env', 'x')", "!call" },
		{ "s | regex_replace('a', 'b')", "!the filter" },
		{ "s is match('a')", "!the test" },
		{ "{{ n }}", "!{{ }}" },
		{ "{'a': 1}", "!\"{\"" },
		{ "not not n", "!not" },
		{ "n if t else s", "!the end" },
		{ "default", "!undefined" },
		{ "n | int(1, 2)", "!more than 1" },
		{ "and", "!a value" },
		{ "n not 3", "!in is due" },
		{ "n | ", "!filter" },
		{ "n is", "!test" },
		{ "n..x", "!name" },
		{ "-s", "!number" },
		{ "99999999999999999999", "!number" },
		{ "1x", "!number" },
		{ "n\x01", "!no sense" },
		{ "[1 2]", "!, is due" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i][0], cases[i][1], false);
}

static void
test_templates(void **state)
{
	static const char *const cases[][2] = {
		{ "plain", "'plain'" },
		{ "", "''" },
		{ "a {{ s }} b", "'a abc b'" },
		/* Alone, only these keep what they are. */
		{ "{{ n }}", "3" },
		{ "{{ f }}", "1.5" },
		{ "{{ r.rc }}", "'2'" },
		{ "{{ t }}", "True" },
		{ "{{ n }}\n", "3" },
		{ "{{ s }}\n", "'abc\\n'" },
		{ "{{ l }}{{ l }}", "\"[1, 'two', [3]][1, 'two', [3]]\"" },
		{ "{{ l }}", "[1, 'two', [3]]" },
		{ "{{ nil }}", "None" },
		{ " {{l}}", "\" [1, 'two', [3]]\"" },
		{ "-{{ t }}", "'-True'" },
		{ "{{ n }}{{ s }}", "'3abc'" },
		{ "{{ '}}' }}", "'}}'" },
		{ "{{ 'T' }}rue", "True" },
		{ "}} {", "'}} {'" },
		{ "a\n{{ s }}\n", "'a\\nabc\\n'" },
		{ "{{ n", "!without" },
		{ "{% if n %}", "!block" },
		{ "{{ n }} {# x #}", "!comment" },
		{ "{{- n }}", "!white space" },
		{ "{{ }}", "!it ends" },
		{ "x {{ nope }}", "!undefined" },
		{ "{{ 'a }}", "!without" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i][0], cases[i][1], true);
}

static void
test_deep(void **state)
{
	char text[2 * EXPR_TEXT_MAX];
	struct expr *x;
	struct err e;

	(void)state;
	for (size_t i = 0; i < EXPR_DEPTH_MAX + 1; i++)
		text[i] = '(';
	text[EXPR_DEPTH_MAX + 1] = '\0';
	assert_int_equal(expr_parse(span_of(text), &x, &e), -1);
	assert_non_null(strstr(e.text, "levels deep"));
	memset(text, ' ', sizeof(text));
	assert_int_equal(expr_parse((struct span){ text, sizeof(text) }, &x,
			     &e),
	    -1);
	assert_non_null(strstr(e.text, "more than"));
}

/* Many filters, not nested: long, and no stack is used up. */
static void
test_long(void **state)
{
	struct buf b, want;

	(void)state;
	buf_init(&b, EXPR_TEXT_MAX);
	buf_init(&want, 16);
	buf_puts(&b, "s");
	while (b.len + 6 < EXPR_TEXT_MAX)
		buf_puts(&b, "|lower");
	check(b.data, "'abc'", false);
	buf_free(&b);
	buf_free(&want);
}

struct seen {
	char text[256];
};

static void
see(void *arg, const char *name, bool guarded)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%s%s ", name,
	    guarded ? "?" : "");
}

static void
test_names(void **state)
{
	struct seen s = { "" };
	const struct expr_names names = { see, &s };
	struct err e;

	(void)state;
	assert_int_equal(
	    template_check(span_of("{{ a.b[c] | default(d) }} {{ e is defined "
				   "and f in [g] }}"),
		&names, &e),
	    0);
	assert_string_equal(s.text, "a? d e? f g ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_operators),
		cmocka_unit_test(test_filters_and_tests),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_templates),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
