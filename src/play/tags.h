/* tags: which tasks --tags and --skip-tags choose. */
#ifndef ESPY_PLAY_TAGS_H
#define ESPY_PLAY_TAGS_H
#include <stdbool.h>

#include "base/str.h"

struct strings;

/*
 * only and skip are lists with commas between the tags, or NULL.  Heeds
 * Ansible's "always", "never", "all", "tagged" and "untagged".
 */
bool tags_choose(const struct strings *tags, const char *only,
    const char *skip);

#endif
