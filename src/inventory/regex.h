/* regex: "~" words of patterns: POSIX extended, within bounds of ours. */
#ifndef ESPY_INVENTORY_REGEX_H
#define ESPY_INVENTORY_REGEX_H
#include <regex.h>
#include <stdbool.h>

#include "base/str.h"

struct err;

/*
 * Compiles text for regex_matches(); regfree() it.  ERR_USAGE for what is no
 * such expression, for Perl's and Python's escapes such as \d, which POSIX
 * would take for a letter, and for repetitions that could eat all memory.
 */
int regex_compile(struct span text, regex_t *ret, struct err *e);
/* Does a match begin at the first character, as Python's re.match()? */
bool regex_matches(const regex_t *re, const char *s);

#endif
