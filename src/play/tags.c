#include "play/tags.h"

#include <string.h>

#include "play/playbook.h"

static bool
has(const struct strings *tags, const char *tag)
{
	for (size_t i = 0; i < tags->n; i++)
		if (strcmp(tags->v[i], tag) == 0)
			return true;
	return tags->n == 0 && strcmp(tag, "untagged") == 0;
}

static bool
names(const char *list, const char *tag)
{
	struct span rest = span_of(list), word;

	while (span_until(&rest, ',', &word))
		if (span_is(span_trim(word), tag))
			return true;
	return false;
}

/* A tag of the task's that the list names. */
static bool
shares(const struct strings *tags, const char *list)
{
	for (size_t i = 0; i < tags->n; i++)
		if (names(list, tags->v[i]))
			return true;
	return tags->n == 0 && names(list, "untagged");
}

static bool
is_chosen(const struct strings *tags, const char *only)
{
	if (has(tags, "always") || shares(tags, only))
		return true;
	if (has(tags, "never"))
		return false;
	return names(only, "all") || (names(only, "tagged") && tags->n > 0);
}

bool
tags_choose(const struct strings *tags, const char *only, const char *skip)
{
	if (!is_chosen(tags, only != NULL ? only : "all"))
		return false;
	if (skip == NULL)
		return true;
	if (names(skip, "all"))
		return has(tags, "always") && !names(skip, "always");
	return !shares(tags, skip) && !(names(skip, "tagged") && tags->n > 0);
}
