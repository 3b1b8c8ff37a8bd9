#include "base/binom.h"

/* Halvings of an interval of length 1: more than a double resolves. */
enum { STEPS = 60 };

/*
 * The chance of k or fewer of n, for 0 < p < 1.  Weights relative to the most
 * likely count need no logarithm, and those too small to matter end the sums.
 */
static double
at_most(uint64_t k, uint64_t n, double p)
{
	const double negligible = 1e-20;
	uint64_t mode = (uint64_t)((double)n * p);
	double odds = p / (1 - p), w = 1, below = 0, above = 0;

	for (uint64_t i = mode; w > negligible; i++) {
		*(i <= k ? &below : &above) += w;
		if (i >= n)
			break;
		w *= (double)(n - i) / (double)(i + 1) * odds;
	}
	w = 1;
	for (uint64_t i = mode; i > 0 && w > negligible; i--) {
		w *= (double)i / (double)(n - i + 1) / odds;
		*(i - 1 <= k ? &below : &above) += w;
	}
	return below / (below + above);
}

double
binom_upper(uint64_t k, uint64_t n, double alpha)
{
	double low, high = 1;

	if (k >= n)
		return 1;
	low = (double)k / (double)n;
	for (int i = 0; i < STEPS; i++) {
		double mid = (low + high) / 2;

		if (mid <= 0 || mid >= 1)
			break;
		if (at_most(k, n, mid) > alpha)
			low = mid;
		else
			high = mid;
	}
	return high;
}

double
binom_lower(uint64_t k, uint64_t n, double alpha)
{
	return k == 0 ? 0 : 1 - binom_upper(n - k, n, alpha);
}
