/* binom: what k of n say about a probability (Clopper and Pearson, 1934). */
#ifndef ESPY_BASE_BINOM_H
#define ESPY_BASE_BINOM_H
#include <stdint.h>

/*
 * The largest probability that would still give k or fewer of n with a chance
 * of alpha: the one-sided upper bound of confidence 1 - alpha.  Of a two-sided
 * interval each side takes half the alpha.  k is at most n; 1 when k is n.
 */
double binom_upper(uint64_t k, uint64_t n, double alpha);
/* Likewise from below: k or more of n; 0 when k is 0. */
double binom_lower(uint64_t k, uint64_t n, double alpha);

#endif
