/* glob: shell patterns, without the file system and without locale. */
#ifndef ESPY_BASE_GLOB_H
#define ESPY_BASE_GLOB_H
#include <stdbool.h>

#include "base/str.h"

/*
 * Does the whole of s match?  "*", "?", "[a-f0]", "[!a]"; there is no escape,
 * a "[" that nothing closes stands for itself.  Time is at most the product of
 * both lengths.
 */
bool glob_match(struct span pattern, struct span s);
/* Holds any of the characters that make it more than a name. */
bool glob_is(struct span pattern);

#endif
