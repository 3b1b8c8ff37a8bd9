#include "model/loss.h"

#include <stdint.h>
#include <stdio.h>

#include "base/binom.h"

static const double alpha = 0.05;

struct loss
loss_of(size_t lost, size_t of)
{
	struct loss l = { 0, 1 };

	if (of == 0)
		return l;
	if (lost == 0)
		l.high = binom_upper(0, of, alpha);
	else if (lost >= of)
		l.low = binom_lower(of, of, alpha);
	else
		l = (struct loss){ binom_lower(lost, of, alpha / 2),
			binom_upper(lost, of, alpha / 2) };
	return l;
}

/* Tenths of a percent; the slack is for what rounding errors add. */
static unsigned
tenths(double x, double round)
{
	return (unsigned)(x * 1000 + round);
}

const char *
loss_text(size_t lost, size_t of, char out[LOSS_TEXT_MAX])
{
	struct loss l = loss_of(lost, of);
	unsigned low = tenths(l.low, 1e-9), high = tenths(l.high, 1 - 1e-9);
	int n = snprintf(out, LOSS_TEXT_MAX, "%zu of %zu lost", lost, of);
	char *rest = out + n;
	size_t room = LOSS_TEXT_MAX - (size_t)n;

	if (of == 0)
		return out;
	if (lost == 0)
		snprintf(rest, room, ": loss below %u.%u %% (95 %%)", high / 10,
		    high % 10);
	else if (lost >= of)
		snprintf(rest, room, ": loss above %u.%u %% (95 %%)", low / 10,
		    low % 10);
	else
		snprintf(rest, room, ": loss %u.%u to %u.%u %% (95 %%)",
		    low / 10, low % 10, high / 10, high % 10);
	return out;
}
