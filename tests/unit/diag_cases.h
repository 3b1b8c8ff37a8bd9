/*
 * diag_cases: a rule, the world in which it must say yes, and what is done with
 * every such case.  The test that includes it has a table `cases` of CASES.
 */
#ifndef ESPY_TESTS_DIAG_CASES_H
#define ESPY_TESTS_DIAG_CASES_H
#include "diag_world.h"

enum { LOST = 100 };

/*
 * One rule: a world in which it must say yes; the same world with the one thing
 * changed that makes it innocent; and what evidence must not be missing.
 */
struct rule_case {
	const char *rule;
	enum stage stage;
	bool clear;
	enum culprit culprit;
	enum side node;
	void (*fault)(struct world *w);
	void (*innocent)(struct world *w);
	/* Without these of this node the rule does not know; 0: it needs none.
	 */
	enum side who;
	unsigned needs;
};

struct rule_cases {
	const struct rule_case *v;
	size_t n;
};

/* The node does not say it, at any moment. */
static inline void
withhold(struct world *w, enum side s, unsigned bits)
{
	for (enum moment m = FACTS; m < MOMENTS; m++) {
		struct facts *f = facts_of(w, s, m);

		f->have &= ~bits;
		if ((bits & HAVE_ROUTES) != 0)
			f->n_routes = 0;
		if ((bits & HAVE_LINKS) != 0)
			f->n_links = 0;
		if ((bits & HAVE_POLICIES) != 0)
			f->n_policies = 0;
		if ((bits & HAVE_SAS) != 0)
			f->n_sas = 0;
		if ((bits & (HAVE_COUNTERS | HAVE_XFRM_STAT)) != 0)
			f->n_counters = 0;
	}
}

static inline struct world *
world_of(const struct rule_case *c)
{
	struct world *w = c->clear ? world_clear() : world_new();

	add_probes(w, LOST, c->stage);
	c->fault(w);
	return w;
}

static inline void
check_same(const struct rule_case *c, const struct finding *f, bool same)
{
	if ((strcmp(f->rule, c->rule) == 0) != same)
		print_error("%s: got %s: %s\n", c->rule, f->rule, f->cause);
	assert_int_equal(strcmp(f->rule, c->rule) == 0, same);
}

static inline void
test_each_says_yes(void **state)
{
	const struct rule_cases *cases = *state;

	for (size_t i = 0; i < cases->n; i++) {
		const struct rule_case *c = &cases->v[i];
		struct world *w = world_of(c);
		const struct finding *f = judge_world(w);

		assert_int_equal(w->v.n_findings, 1);
		check_same(c, f, true);
		assert_int_equal(f->culprit, c->culprit);
		if (f->culprit == CULPRIT_NODE)
			assert_int_equal(f->node, c->node);
		assert_int_equal(w->v.kind,
		    c->culprit == CULPRIT_UNKNOWN ? VERDICT_UNKNOWN
						  : VERDICT_FAULT);
		world_free(w);
	}
}

/* With the one thing that makes it innocent, it is not this rule. */
static inline void
test_each_says_no(void **state)
{
	const struct rule_cases *cases = *state;

	for (size_t i = 0; i < cases->n; i++) {
		const struct rule_case *c = &cases->v[i];
		struct world *w = world_of(c);

		c->innocent(w);
		check_same(c, judge_world(w), false);
		world_free(w);
	}
}

static inline void
test_each_needs_its_evidence(void **state)
{
	const struct rule_cases *cases = *state;

	for (size_t i = 0; i < cases->n; i++) {
		const struct rule_case *c = &cases->v[i];
		struct world *w = world_of(c);

		withhold(w, c->who, c->needs);
		if (c->needs != 0)
			check_same(c, judge_world(w), false);
		world_free(w);
	}
}

/* A counter that was reset in between, or a node that restarted. */
static inline void
test_resets_are_no_evidence(void **state)
{
	const struct rule_cases *cases = *state;

	for (size_t i = 0; i < cases->n; i++) {
		const struct rule_case *c = &cases->v[i];
		struct world *w = world_of(c);

		facts_of(w, SIDE_B, AFTER)->uptime_s = 1;
		judge_world(w);
		assert_int_equal(w->v.kind, VERDICT_UNKNOWN);
		assert_int_equal(w->v.n_findings, 0);
		world_free(w);
	}
}

/* One line each, for one screen; commands without surprises for a shell. */
static inline void
test_wording(void **state)
{
	const struct rule_cases *cases = *state;

	for (size_t i = 0; i < cases->n; i++) {
		struct world *w = world_of(&cases->v[i]);
		const struct finding *f = judge_world(w);

		assert_true(strlen(f->cause) > 10 && strlen(f->cause) < 160);
		assert_null(strpbrk(f->cause, "\n"));
		assert_true(f->n_evidence <= 5);
		for (size_t k = 0; k < f->n_evidence; k++) {
			assert_null(strpbrk(f->evidence[k].text, "\n"));
			assert_true(f->evidence[k].source[0] != '\0');
		}
		for (size_t k = 0; k < f->n_remedies; k++) {
			assert_null(strpbrk(f->remedies[k].command,
			    "\n;&<>`\\"));
			assert_true(f->remedies[k].node[0] != '\0');
			assert_true(f->remedies[k].what[0] != '\0');
		}
		world_free(w);
	}
}

/* Does the table have a case of the rule? */
static inline bool
has_case(const struct rule_cases *cases, const char *rule)
{
	for (size_t i = 0; i < cases->n; i++)
		if (strcmp(cases->v[i].rule, rule) == 0)
			return true;
	return false;
}

/* The tests of all cases, for a table of cmocka's. */
#define CASE_TEST(f, cases) \
	{ \
#f, f, NULL, NULL, cases \
	}
#define CASE_TESTS(cases) \
	CASE_TEST(test_each_says_yes, cases), \
	    CASE_TEST(test_each_says_no, cases), \
	    CASE_TEST(test_each_needs_its_evidence, cases), \
	    CASE_TEST(test_resets_are_no_evidence, cases), \
	    CASE_TEST(test_wording, cases)

#endif
