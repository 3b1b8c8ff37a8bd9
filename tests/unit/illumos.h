/* illumos: what the tests of the SmartOS row's parsers share. */
#ifndef ESPY_TESTS_ILLUMOS_H
#define ESPY_TESTS_ILLUMOS_H
#include "unit.h"

#include "base/err.h"
#include "model/facts.h"
#include "platform/platform.h"
#include "platform/section.h"

static inline const struct platform *
illumos_row(void)
{
	return platform_find(span_of("SunOS"));
}

/* The section as it came, which the parser must understand. */
static inline void
accept(struct facts *f, const char *name, const char *text)
{
	struct section s = {
		.name = span_of(name), .text = span_of(text), .whole = true
	};
	struct err e = { 0 };

	if (illumos_row()->parse_section(&s, f, &e) < 0)
		fail_msg("%s", e.text);
}

/* ... and which it must not: nothing is known then. */
static inline void
refuse(const char *name, const char *text, int status)
{
	struct section s = { .name = span_of(name),
		.text = span_of(text),
		.whole = true,
		.status = status };
	struct facts f = { 0 };
	struct err e = { 0 };

	assert_int_equal(illumos_row()->parse_section(&s, &f, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_int_equal(f.have, 0);
	assert_int_equal(f.n_links + f.n_addrs + f.n_sas + f.n_counters +
		f.n_routes + f.n_neighs + f.n_fdb,
	    0);
	facts_free(&f);
}

#endif
