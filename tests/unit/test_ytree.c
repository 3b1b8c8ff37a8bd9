/* links: base/ytree base/arena base/err base/map base/mem base/str */
#include "unit.h"

#include "base/err.h"
#include "base/ytree.h"

static const struct ytree_caps caps = {
	.bytes = 1000, .nodes = 50, .depth = 5, .aliases = 4
};

static struct ytree *
parse(const char *text)
{
	struct ytree *t;
	struct err e;

	if (ytree_parse("f.yml", span_of(text), &caps, &t, &e) < 0)
		fail_msg("%s", e.text);
	return t;
}

static void
check_bad(const char *text, const char *why)
{
	struct ytree *t = NULL;
	struct err e;

	assert_int_equal(ytree_parse("f.yml", span_of(text), &caps, &t, &e),
	    -1);
	assert_null(t);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_string_equal(e.text, why);
}

static void
test_tree(void **state)
{
	struct ytree *t = parse("a: 1\nlist:\n  - 'x'\n  - {k: ~}\n"
				"v: !vault |\n  secret\n");
	const struct ynode *root = ytree_root(t), *n;

	(void)state;
	assert_int_equal(root->kind, YNODE_MAP);
	assert_int_equal(root->n, 3);
	assert_int_equal(root->weight, 11);
	n = ynode_get(root, "a");
	assert_string_equal(n->text.p, "1");
	assert_true(n->plain);
	assert_int_equal(n->line, 1);
	assert_int_equal(n->column, 4);
	n = ynode_get(root, "list");
	assert_int_equal(n->kind, YNODE_LIST);
	assert_int_equal(n->n, 2);
	assert_int_equal(n->items[0]->line, 3);
	assert_int_equal(n->items[0]->column, 5);
	assert_false(n->items[0]->plain);
	assert_true(ynode_is_null(ynode_get(n->items[1], "k")));
	n = ynode_get(root, "v");
	assert_string_equal(n->tag, "!vault");
	assert_string_equal(n->text.p, "secret\n");
	assert_false(ynode_is_null(n));
	assert_null(ynode_get(root, "none"));
	assert_null(ynode_get(n, "none"));
	ytree_free(t);
	ytree_free(NULL);
}

static void
test_empty(void **state)
{
	struct ytree *t = parse("# nothing\n");

	(void)state;
	assert_null(ytree_root(t));
	ytree_free(t);
	t = parse("---\n...\n");
	assert_true(ynode_is_null(ytree_root(t)));
	ytree_free(t);
	t = parse("''");
	assert_false(ynode_is_null(ytree_root(t)));
	ytree_free(t);
}

static void
test_aliases_and_merges(void **state)
{
	struct ytree *t = parse("a: &a {x: 1, y: 2}\nb: *a\n"
				"c: {<<: *a, y: 3}\n"
				"d: {<<: [{y: 4}, *a]}\n");
	const struct ynode *root = ytree_root(t), *n;

	(void)state;
	assert_ptr_equal(ynode_get(root, "a"), ynode_get(root, "b"));
	n = ynode_get(root, "c");
	assert_int_equal(n->n, 2);
	assert_string_equal(ynode_get(n, "y")->text.p, "3");
	assert_string_equal(ynode_get(n, "x")->text.p, "1");
	n = ynode_get(root, "d");
	assert_int_equal(n->n, 2);
	assert_string_equal(ynode_get(n, "y")->text.p, "4");
	ytree_free(t);
}

static void
test_refuses(void **state)
{
	(void)state;
	check_bad("a: [1\nb: 2\n",
	    "f.yml:2:2: did not find expected ',' or ']'");
	check_bad("a: 1\nb: 2\na: 3\n",
	    "f.yml:3:1: duplicate key \"a\"; the first is in line 1");
	check_bad("? [a]\n: 1\n",
	    "f.yml:1:3: a key must be a word, not a list or mapping");
	check_bad("a: 1\n---\nb: 2\n",
	    "f.yml:2:1: a second document; there must be only one");
	check_bad("a: *b\n",
	    "f.yml:1:4: an alias to no anchor that ended before it");
	check_bad("a: &a [*a]\n",
	    "f.yml:1:8: an alias to no anchor that ended before it");
	check_bad("[[[[[[1]]]]]]\n", "f.yml:1:6: nested too deeply");
	check_bad("a: {<<: 1}\n",
	    "f.yml:1:9: \"<<\" takes a mapping or a list of mappings");
	check_bad("a: {<<: [1]}\n",
	    "f.yml:1:9: \"<<\" takes a mapping or a list of mappings");
	check_bad("[&a 1,*a,*a,*a,*a,*a]\n", "f.yml:1:19: too many aliases");
	check_bad("a\tb: c\n\x01\n",
	    "f.yml:2:1: control characters are not allowed");
	check_bad("x: \xff\n", "f.yml:1:4: invalid leading UTF-8 octet");
	check_bad("x: \"\\0\"\n", "f.yml:1:4: a NUL in a text");
}

/* Three lines that would be 9^3 nodes if aliases were copied. */
static void
test_refuses_laughter(void **state)
{
	static const char bomb[] = "a: &a [1,1,1,1,1,1,1]\n"
				   "b: &b [*a,*a]\n"
				   "c: [*b,*b]\n";
	char big[1002];

	(void)state;
	check_bad(bomb,
	    "f.yml:3:4: too many nodes, aliases counted as what they stand "
	    "for");
	memset(big, ' ', sizeof(big));
	big[1001] = '\0';
	check_bad(big, "f.yml: 1001 bytes; 1000 is the most");
}

/* Cut anywhere it is parsed or refused, never worse. */
static void
test_every_cut(void **state)
{
	static const char text[] = "a: &a {x: 'q', <<: {z: \"\\u00e4\"}}\n"
				   "b:\n  - *a\n  - |\n   block\n";
	struct err e;

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		struct ytree *t = NULL;
		struct span s = { text, n };

		if (ytree_parse("f", s, &caps, &t, &e) == 0)
			ytree_free(t);
		else
			assert_int_equal(e.kind, ERR_INPUT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_aliases_and_merges),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_refuses_laughter),
		cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
