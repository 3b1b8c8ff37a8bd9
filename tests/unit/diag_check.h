/* diag_check: what a verdict must be; the world that a test begins with. */
#ifndef ESPY_TESTS_DIAG_CHECK_H
#define ESPY_TESTS_DIAG_CHECK_H
#include "diag_world.h"

static struct world *w;

static inline int
begin(void **state)
{
	(void)state;
	w = world_new();
	return 0;
}

static inline int
end(void **state)
{
	(void)state;
	world_free(w);
	return 0;
}

/* The verdict is unknown, and no finding accuses anybody. */
static inline void
check_nobody(void)
{
	for (size_t i = 0; i < w->v.n_findings; i++) {
		if (w->v.findings[i].culprit < CULPRIT_NOBODY &&
		    w->v.findings[i].culprit != CULPRIT_UNKNOWN)
			print_error("accused: %s: %s\n", w->v.findings[i].rule,
			    w->v.findings[i].cause);
		assert_true(w->v.findings[i].culprit == CULPRIT_UNKNOWN ||
		    w->v.findings[i].culprit == CULPRIT_NOBODY);
	}
	assert_int_equal(w->v.kind, VERDICT_UNKNOWN);
	assert_true(strncmp(w->v.sentence, "unknown, because ", 17) == 0);
}

static inline void
check_unknown(const char *rule)
{
	check_nobody();
	assert_string_equal(w->v.findings[0].rule, rule);
}

static inline void
check_node(enum side node, const char *rule)
{
	const struct finding *f = &w->v.findings[0];

	assert_int_equal(w->v.kind, VERDICT_FAULT);
	assert_string_equal(f->rule, rule);
	assert_int_equal(f->culprit, CULPRIT_NODE);
	assert_int_equal(f->node, node);
}

static inline void
check_network(enum stage stage, const char *rule)
{
	const struct finding *f = &w->v.findings[0];

	assert_int_equal(w->v.kind, VERDICT_FAULT);
	assert_string_equal(f->rule, rule);
	assert_int_equal(f->culprit, CULPRIT_NETWORK);
	assert_int_equal(f->stage, stage);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

#endif
