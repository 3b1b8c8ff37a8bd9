#include "base/date.h"

#include <inttypes.h>
#include <stdio.h>

struct civil {
	int64_t year;
	int month, day, hour, minute, second;
	int64_t ns;
};

/*
 * Days since 1970-01-01 in the Gregorian calendar, counted in years that begin
 * in March, so that the leap day is the last one.
 */
static int64_t
days_of(int64_t y, int m, int d)
{
	int64_t era, yoe, doy;

	if (m <= 2)
		y--;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static struct civil
civil_of(struct wall t)
{
	int64_t s = t.ns / NS_PER_S, ns = t.ns % NS_PER_S;
	int64_t z, era, doe, yoe, doy, mp;
	struct civil c;

	if (ns < 0) {
		ns += NS_PER_S;
		s--;
	}
	z = s / 86400;
	s %= 86400;
	if (s < 0) {
		s += 86400;
		z--;
	}
	z += 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c.year = yoe + era * 400 + (c.month <= 2);
	c.hour = (int)(s / 3600);
	c.minute = (int)(s / 60 % 60);
	c.second = (int)(s % 60);
	c.ns = ns;
	return c;
}

const char *
date_text(struct wall t, char out[DATE_TEXT_MAX])
{
	struct civil c = civil_of(t);

	snprintf(out, DATE_TEXT_MAX,
	    "%04" PRId64 "-%02d-%02dT%02d:%02d:%02d.%09" PRId64 "Z", c.year,
	    c.month, c.day, c.hour, c.minute, c.second, c.ns);
	return out;
}

const char *
date_stamp(struct wall t, char out[DATE_STAMP_MAX])
{
	struct civil c = civil_of(t);

	snprintf(out, DATE_STAMP_MAX, "%04d%02d%02dT%02d%02d%02dZ", (int)c.year,
	    c.month, c.day, c.hour, c.minute, c.second);
	return out;
}

/* n digits within max, then the byte `then`. */
static int
field(struct span *s, size_t n, uint64_t max, char then, int *ret)
{
	uint64_t v;

	if (s->n <= n || s->p[n] != then ||
	    span_u64((struct span){ s->p, n }, max, &v) < 0)
		return -1;
	*ret = (int)v;
	s->p += n + 1;
	s->n -= n + 1;
	return 0;
}

/* Seconds and their fraction, up to the final Z. */
static int
seconds(struct span s, struct civil *c)
{
	uint64_t v;

	c->ns = 0;
	if (field(&s, 2, 59, 'Z', &c->second) == 0)
		return s.n == 0 ? 0 : -1;
	if (field(&s, 2, 59, '.', &c->second) < 0)
		return -1;
	if (s.n < 2 || s.n > 10 || s.p[s.n - 1] != 'Z' || s.p[1] == 'x' ||
	    s.p[1] == 'X')
		return -1;
	s.n--;
	if (span_u64(s, 999999999, &v) < 0)
		return -1;
	for (size_t i = s.n; i < 9; i++)
		v *= 10;
	c->ns = (int64_t)v;
	return 0;
}

int
date_parse(struct span s, struct wall *ret)
{
	struct civil c, back;
	int year;
	struct wall t;

	if (field(&s, 4, 9999, '-', &year) < 0 ||
	    field(&s, 2, 12, '-', &c.month) < 0 ||
	    field(&s, 2, 31, 'T', &c.day) < 0 ||
	    field(&s, 2, 23, ':', &c.hour) < 0 ||
	    field(&s, 2, 59, ':', &c.minute) < 0 || seconds(s, &c) < 0)
		return -1;
	/* What a wall can hold ends in 1677 and in 2262. */
	if (year < 1678 || year > 2261 || c.month == 0 || c.day == 0)
		return -1;
	t.ns = (days_of(year, c.month, c.day) * 86400 + c.hour * 3600 +
		   c.minute * 60 + c.second) *
		NS_PER_S +
	    c.ns;
	back = civil_of(t);
	if (back.month != c.month || back.day != c.day)
		return -1; /* 30 February */
	*ret = t;
	return 0;
}
