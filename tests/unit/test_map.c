/* links: base/arena base/map base/mem base/str */
#include "unit.h"

#include "base/arena.h"
#include "base/map.h"

static void
test_map_finds_what_it_was_given(void **state)
{
	struct arena a = { 0 };
	struct map m = { 0 };
	size_t v = 77;

	(void)state;
	assert_false(map_get(&m, span_of("k"), &v));
	for (size_t i = 0; i < 5000; i++) {
		char key[32];

		snprintf(key, sizeof(key), "node%zu", i);
		map_put(&m, span_of(arena_dup(&a, span_of(key))), i);
	}
	assert_int_equal(m.n, 5000);
	map_put(&m, span_of("node17"), 1);
	assert_int_equal(m.n, 5000);
	assert_true(map_get(&m, span_of("node17"), &v) && v == 1);
	assert_true(map_get(&m, span_of("node4999"), &v) && v == 4999);
	assert_false(map_get(&m, span_of("node5000"), &v));
	assert_int_equal(v, 4999);
	map_put(&m, span_of(""), 9);
	assert_true(map_get(&m, (struct span){ NULL, 0 }, &v) && v == 9);
	map_free(&m);
	arena_free(&a);
}

static void
test_arena_keeps_all_apart(void **state)
{
	struct arena a = { 0 };
	char *big, *s[100];

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		s[i] = arena_alloc(&a, 300);
		assert_int_equal((uintptr_t)s[i] % 8, 0);
		memset(s[i], (int)i, 300);
	}
	big = arena_alloc(&a, 100000);
	assert_int_equal(big[99999], 0);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(s[i][299], i);
	assert_string_equal(arena_dup(&a, (struct span){ "abcd", 2 }), "ab");
	arena_free(&a);
	assert_null(a.head);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map_finds_what_it_was_given),
		cmocka_unit_test(test_arena_keeps_all_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
