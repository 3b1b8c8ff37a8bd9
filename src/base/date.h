/* date: instants as UTC text (RFC 3339), and back. */
#ifndef ESPY_BASE_DATE_H
#define ESPY_BASE_DATE_H
#include "base/clock.h"
#include "base/str.h"

enum {
	DATE_TEXT_MAX = 40, /* bytes, NUL included */
	DATE_STAMP_MAX = 24
};

/* "2026-11-23T14:58:41.123456789Z", for any instant that a wall can hold. */
const char *date_text(struct wall t, char out[DATE_TEXT_MAX]);
/* "20261123T145841Z", for names of files. */
const char *date_stamp(struct wall t, char out[DATE_STAMP_MAX]);
/*
 * Reads what date_text() writes, with 0 to 9 digits of fraction and no leap
 * second.  -1 when it is not that, or not within what a wall can hold.
 */
int date_parse(struct span s, struct wall *ret);

#endif
