/* links: model/loss base/binom */
#include "unit.h"

#include "base/binom.h"
#include "model/loss.h"

static void
near(double got, double want, double by)
{
	if (got < want - by || got > want + by)
		fail_msg("%.9f, not %.9f", got, want);
}

/* With none lost the bound has a closed form: 1 - alpha^(1/n). */
static void
test_none_of_n(void **state)
{
	static const struct {
		uint64_t n;
		double one, two; /* alpha 0.05 and 0.025 */
	} t[] = {
		{ 1, 0.950000000, 0.975000000 },
		{ 5, 0.450719728, 0.521823750 },
		{ 10, 0.258865551, 0.308497108 },
		{ 20, 0.139108341, 0.168433471 },
		{ 50, 0.058155079, 0.071121736 },
		{ 59, 0.049507610, 0.060608901 },
		{ 100, 0.029513050, 0.036216693 },
		{ 300, 0.009936082, 0.012220975 },
		{ 1000, 0.002991250, 0.003682084 },
		{ 1000000, 0.000002996, 0.000003689 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		near(binom_upper(0, t[i].n, 0.05), t[i].one, 2e-9);
		near(binom_upper(0, t[i].n, 0.025), t[i].two, 2e-9);
		near(binom_lower(t[i].n, t[i].n, 0.025), 1 - t[i].two, 2e-9);
		assert_true(binom_lower(0, t[i].n, 0.05) == 0);
		assert_true(binom_upper(t[i].n, t[i].n, 0.05) == 1);
	}
}

/* Clopper-Pearson, 95 %, from exact sums of 50 digits. */
static void
test_known_intervals(void **state)
{
	static const struct {
		uint64_t k, n;
		double low, high;
	} t[] = {
		{ 1, 10, 0.002528579, 0.445016117 },
		{ 1, 100, 0.000253146, 0.054459385 },
		{ 3, 300, 0.002067007, 0.028944511 },
		{ 5, 10, 0.187086028, 0.812913972 },
		{ 10, 100, 0.049004689, 0.176222598 },
		{ 50, 100, 0.398321130, 0.601678870 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		near(binom_lower(t[i].k, t[i].n, 0.025), t[i].low, 2e-9);
		near(binom_upper(t[i].k, t[i].n, 0.025), t[i].high, 2e-9);
		near(binom_lower(t[i].n - t[i].k, t[i].n, 0.025), 1 - t[i].high,
		    2e-9);
	}
}

/* The bound of k of n, put back: k or fewer has a chance of alpha. */
static void
test_bound_inverts_the_tail(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= 60; n++) {
		for (uint64_t k = 0; k < n; k++) {
			double p = binom_upper(k, n, 0.05), w = 1, tail;

			for (uint64_t i = 0; i < n; i++)
				w *= 1 - p;
			tail = w;
			for (uint64_t i = 0; i < k; i++) {
				w *= (double)(n - i) / (double)(i + 1) * p /
				    (1 - p);
				tail += w;
			}
			near(tail, 0.05, 1e-9);
		}
	}
}

static void
test_nothing_tried_says_nothing(void **state)
{
	struct loss l = loss_of(0, 0);

	(void)state;
	assert_true(l.low == 0 && l.high == 1);
	assert_true(binom_upper(0, 0, 0.05) == 1);
	assert_true(binom_lower(0, 0, 0.05) == 0);
}

static void
test_wording(void **state)
{
	static const struct {
		size_t lost, of;
		const char *want;
	} t[] = {
		{ 0, 0, "0 of 0 lost" },
		{ 0, 1, "0 of 1 lost: loss below 95.0 % (95 %)" },
		{ 0, 20, "0 of 20 lost: loss below 14.0 % (95 %)" },
		{ 0, 100, "0 of 100 lost: loss below 3.0 % (95 %)" },
		{ 0, 300, "0 of 300 lost: loss below 1.0 % (95 %)" },
		{ 0, 100000, "0 of 100000 lost: loss below 0.1 % (95 %)" },
		{ 100, 100, "100 of 100 lost: loss above 97.0 % (95 %)" },
		{ 5, 5, "5 of 5 lost: loss above 54.9 % (95 %)" },
		{ 1, 100, "1 of 100 lost: loss 0.0 to 5.5 % (95 %)" },
		{ 3, 300, "3 of 300 lost: loss 0.2 to 2.9 % (95 %)" },
		{ 99, 100, "99 of 100 lost: loss 94.5 to 100.0 % (95 %)" },
	};
	char out[LOSS_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		assert_string_equal(loss_text(t[i].lost, t[i].of, out),
		    t[i].want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none_of_n),
		cmocka_unit_test(test_known_intervals),
		cmocka_unit_test(test_bound_inverts_the_tail),
		cmocka_unit_test(test_nothing_tried_says_nothing),
		cmocka_unit_test(test_wording),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
