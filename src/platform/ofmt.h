/*
 * ofmt: lines that illumos's dladm(1M) and ipadm(1M) print with -p and several
 * fields: colons between them, and a backslash before each colon or backslash
 * within one.
 */
#ifndef ESPY_PLATFORM_OFMT_H
#define ESPY_PLATFORM_OFMT_H
#include <stddef.h>

#include "base/str.h"
#include "model/facts.h"

enum { OFMT_FIELDS_MAX = 8, OFMT_VALUE_MAX = FACT_TEXT_MAX };

struct ofmt {
	char v[OFMT_FIELDS_MAX][OFMT_VALUE_MAX]; /* "" when it has no value */
};

/*
 * Takes the line apart.  -1 when it does not have exactly n fields, or one is
 * too long; *ret is then of no use.
 */
int ofmt_read(struct span line, size_t n, struct ofmt *ret);

/*
 * An answer of several commands, each with a line "? NAME" before and "=
 * STATUS" behind it.  Takes the next one off *text.  The status of its command
 * when that failed; -1 when there is none, it is not called name, or its end is
 * missing.
 */
int ofmt_part(struct span *text, const char *name, struct span *ret);

#endif
