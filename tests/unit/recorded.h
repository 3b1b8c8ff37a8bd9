/* recorded: a tool's recorded output as the section that a parser reads. */
#ifndef ESPY_TESTS_RECORDED_H
#define ESPY_TESTS_RECORDED_H
#include "unit.h"

#include <stdlib.h>

#include "base/str.h"
#include "platform/section.h"

enum { RECORDED_MAX = 256 * 1024 };

/* The file's text is the caller's to free(3). */
static inline struct span
recorded_text(const char *name)
{
	char path[256];
	char *text = malloc(RECORDED_MAX);
	FILE *fp;
	size_t n;

	assert_non_null(text);
	snprintf(path, sizeof(path), "tests/unit/data/linux/%s", name);
	fp = fopen(path, "r");
	assert_non_null(fp);
	n = fread(text, 1, RECORDED_MAX, fp);
	fclose(fp);
	assert_true(n > 0 && n < RECORDED_MAX);
	return (struct span){ text, n };
}

static inline void
recorded_free(struct span s)
{
	free((void *)(uintptr_t)s.p);
}

static inline struct section
section_of(struct span text)
{
	return (struct section){ .text = text, .whole = true };
}

#endif
