#include "platform/logtime.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"

enum { FRACTION_MAX = 9 };

/* What has been read so far. */
struct parts {
	int year; /* 0: none was there */
	int month, day;
	int clock[3];
	char fraction[FRACTION_MAX + 1];
	bool zoned;
	int32_t zone_s;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char
at(const struct span *s, size_t i)
{
	return i < s->n ? s->p[i] : '\0';
}

static void
skip(struct span *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

static bool
take(struct span *s, char c)
{
	if (at(s, 0) != c || s->n == 0)
		return false;
	skip(s, 1);
	return true;
}

/* Exactly n digits. */
static bool
take_number(struct span *s, size_t n, int *ret)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_digit(at(s, i)))
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	skip(s, n);
	*ret = v;
	return true;
}

/* "20:01:02", "20:01:02.123456", "20:01:02,123" */
static bool
take_clock(struct span *s, struct parts *p)
{
	size_t n = 0;

	if (!take_number(s, 2, &p->clock[0]) || !take(s, ':') ||
	    !take_number(s, 2, &p->clock[1]) || !take(s, ':') ||
	    !take_number(s, 2, &p->clock[2]))
		return false;
	if ((at(s, 0) != '.' && at(s, 0) != ',') || !is_digit(at(s, 1)))
		return true;
	skip(s, 1);
	while (is_digit(at(s, 0))) {
		if (n < FRACTION_MAX)
			p->fraction[n++] = s->p[0];
		skip(s, 1);
	}
	return true;
}

/* "Z", "+0100", "+01:00"; what is no zone is left. */
static void
take_zone(struct span *s, struct parts *p)
{
	struct span rest = *s;
	bool behind = at(s, 0) == '-';
	int hours, minutes;

	if (take(s, 'Z')) {
		p->zoned = true;
		return;
	}
	if (!take(&rest, behind ? '-' : '+') || !take_number(&rest, 2, &hours))
		return;
	take(&rest, ':');
	if (!take_number(&rest, 2, &minutes))
		return;
	p->zoned = true;
	p->zone_s = (hours * 60 + minutes) * (behind ? -60 : 60);
	*s = rest;
}

static bool
take_iso(struct span *s, struct parts *p)
{
	if (!take_number(s, 4, &p->year) || p->year == 0 || !take(s, '-') ||
	    !take_number(s, 2, &p->month) || !take(s, '-') ||
	    !take_number(s, 2, &p->day) || (!take(s, 'T') && !take(s, ' ')) ||
	    !take_clock(s, p))
		return false;
	take_zone(s, p);
	return true;
}

static bool
take_month(struct span *s, int *ret)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	if (s->n < 4 || s->p[3] != ' ')
		return false;
	for (int m = 0; m < 12; m++) {
		if (memcmp(s->p, names + (size_t)m * 3, 3) != 0)
			continue;
		skip(s, 4);
		*ret = m + 1;
		return true;
	}
	return false;
}

/* "24", " 4", "4" */
static bool
take_day(struct span *s, int *ret)
{
	take(s, ' ');
	return take_number(s, 2, ret) || take_number(s, 1, ret);
}

static void
take_weekday(struct span *s)
{
	static const char names[] = "MonTueWedThuFriSatSun";

	if (s->n < 4 || s->p[3] != ' ')
		return;
	for (size_t d = 0; d < 7; d++) {
		if (memcmp(s->p, names + d * 3, 3) == 0) {
			skip(s, 4);
			return;
		}
	}
}

static bool
take_syslog(struct span *s, struct parts *p)
{
	struct span rest;

	take_weekday(s);
	if (!take_month(s, &p->month) || !take_day(s, &p->day) ||
	    !take(s, ' ') || !take_clock(s, p))
		return false;
	rest = *s;
	if (!take(&rest, ' ') || (at(&rest, 0) != '1' && at(&rest, 0) != '2') ||
	    !take_number(&rest, 4, &p->year))
		return true;
	if (is_word(at(&rest, 0)) || at(&rest, 0) == '-' || at(&rest, 0) == '.')
		p->year = 0;
	else
		*s = rest;
	return true;
}

static bool
instant(const struct parts *p, int year, struct wall *ret)
{
	char text[DATE_TEXT_MAX];
	struct wall t;

	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d%s%sZ", year,
	    p->month, p->day, p->clock[0], p->clock[1],
	    /* A leap second is the last one. */
	    p->clock[2] == 60 ? 59 : p->clock[2],
	    p->fraction[0] != '\0' ? "." : "", p->fraction);
	if (date_parse(span_of(text), &t) < 0)
		return false;
	*ret = (struct wall){ t.ns - p->zone_s * NS_PER_S };
	return true;
}

static int64_t
apart(struct wall a, struct wall b)
{
	return a.ns > b.ns ? a.ns - b.ns : b.ns - a.ns;
}

/* The year that brings it closest to now: logs go over New Year's Eve. */
static bool
guess_year(const struct parts *p, struct wall now, struct wall *ret)
{
	char text[DATE_TEXT_MAX];
	struct span year = { date_text(now, text), 4 };
	bool found = false;
	uint64_t y;

	if (span_u64(year, 9998, &y) < 0)
		return false;
	for (int i = -1; i <= 1; i++) {
		struct wall t;

		if (!instant(p, (int)y + i, &t) ||
		    (found && apart(t, now) >= apart(*ret, now)))
			continue;
		*ret = t;
		found = true;
	}
	return found;
}

static bool
find(const struct parts *p, struct wall now, struct wall *ret)
{
	return p->year > 0 ? instant(p, p->year, ret) : guess_year(p, now, ret);
}

bool
log_time_read(struct span line, struct wall now, int32_t zone_s,
    struct log_time *ret)
{
	struct parts p = { 0 };
	struct wall t;
	struct span s = line;
	bool bracket = take(&s, '[');

	if (!(is_digit(at(&s, 0)) ? take_iso(&s, &p) : take_syslog(&s, &p)) ||
	    is_word(at(&s, 0)) || (bracket && !take(&s, ']')))
		return false;
	if (!p.zoned)
		p.zone_s = zone_s;
	if (!find(&p, now, &t))
		return false;
	take(&s, ':');
	while (take(&s, ' '))
		;
	*ret = (struct log_time){
		.time = t, .coarse = p.fraction[0] == '\0', .rest = s
	};
	return true;
}
