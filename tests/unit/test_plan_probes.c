/* links: plan/probes */
#include "unit.h"

#include "model/run.h"
#include "plan/probes.h"

/* All that is asked for, in sizes of their own, within what there is room for.
 */
static void
test_any_number(void **state)
{
	static const unsigned intervals[] = { 2, 100, 1000, 5000 };

	(void)state;
	for (size_t k = 0; k < sizeof(intervals) / sizeof(intervals[0]); k++) {
		for (unsigned n = 1; n <= 6400; n++) {
			struct run_probes p = { .nonce = { 7 } };

			plan_probes(n, intervals[k], &p);
			assert_true(p.n_sizes > 0 && p.count > 0);
			assert_true(p.n_sizes <= RUN_SIZES_MAX);
			assert_true(p.n_sizes * p.count >= n);
			assert_true((p.n_sizes) * (p.count - 1) < n);
			assert_true(p.interval_ms >= intervals[k]);
			assert_int_equal(p.nonce[0], 7);
			for (size_t i = 0; i < p.n_sizes; i++) {
				assert_int_not_equal(p.sizes[i], p.sentinel);
				assert_true(p.sizes[i] > PLAN_SIZE_WARM);
				assert_true(i == 0 ||
				    p.sizes[i] >= p.sizes[i - 1] + 16);
			}
		}
	}
}

/* A ping that sends once a second must not take a minute for a hundred. */
static void
test_slow(void **state)
{
	struct run_probes p;

	(void)state;
	plan_probes(100, 1000, &p);
	assert_int_equal(p.n_sizes, 25);
	assert_int_equal(p.count, 4);
	assert_true(plan_probes_s(&p) <= 8);
	plan_probes(100, 100, &p);
	assert_int_equal(p.n_sizes, 10);
	assert_int_equal(p.count, 10);
	assert_int_equal(p.interval_ms, 100);
	plan_probes(1, 1000, &p);
	assert_int_equal(p.n_sizes * p.count, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_number),
		cmocka_unit_test(test_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
