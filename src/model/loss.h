/* loss: what may be claimed when so many of so many were lost. */
#ifndef ESPY_MODEL_LOSS_H
#define ESPY_MODEL_LOSS_H
#include <stddef.h>

enum { LOSS_TEXT_MAX = 128 };

/* Of confidence 95 %: one-sided when none or all were lost. */
struct loss {
	double low, high; /* 0 to 1 */
};

struct loss loss_of(size_t lost, size_t of);

/*
 * "0 of 100 lost: loss below 3.0 % (95 %)", never "no loss"; bounds are rounded
 * outwards.  lost is at most of.
 */
const char *loss_text(size_t lost, size_t of, char out[LOSS_TEXT_MAX]);

#endif
