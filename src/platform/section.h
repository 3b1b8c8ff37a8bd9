/*
 * section: what a node printed, cut back into its parts.  A part is framed by
 * two lines that carry the run's nonce, which no node output can guess:
 *
 *	@@espy NONCE begin NAME
 *	...
 *	@@espy NONCE end NAME STATUS
 *
 * The newline before the end line belongs to the frame.
 */
#ifndef ESPY_PLATFORM_SECTION_H
#define ESPY_PLATFORM_SECTION_H
#include <stdbool.h>

#include "base/str.h"

/* The greatest exit status: ksh93 adds 256 to the signal that killed. */
enum { SECTION_STATUS_MAX = 256 + 64 };

struct section {
	struct span name, text; /* borrowed */
	bool whole;		/* the end line came; otherwise it was cut */
	int status;		/* of the command; 0 unless whole */
};

/*
 * Takes the next section off the front of *out; text between sections is
 * skipped.  False when there is none.
 */
bool section_next(struct span *out, const char *nonce, struct section *ret);
/* Finds a section by name in out, which is not changed. */
bool section_find(struct span out, const char *nonce, const char *name,
    struct section *ret);

#endif
