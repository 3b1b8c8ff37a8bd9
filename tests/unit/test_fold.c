/* links: cmd/fold inventory/hostrange inventory/hostfold base/buf base/err
 * base/map base/mem base/str base/utf8 */
#include "unit.h"

#include "base/buf.h"
#include "cmd/fold.h"

static void
add(struct fold *f, const char *host, enum fold_class c, const char *why,
    const char *out, const char *err)
{
	const struct fold_answer a = {
		.class = c, .why = why, .out = span_of(out), .err = span_of(err)
	};

	fold_add(f, host, &a);
}

static void
check(struct fold *f, bool only_failures, const char *want)
{
	struct buf b;

	buf_init(&b, 65536);
	fold_print(f, &b, only_failures);
	assert_string_equal(b.data, want);
	buf_free(&b);
	fold_free(f);
}

static void
test_equal_answers(void **state)
{
	struct fold *f = fold_new();

	(void)state;
	add(f, "n1", FOLD_OK, "exit status 0", "a\n", "");
	add(f, "n2", FOLD_OK, "exit status 0", "b\nc\n", "");
	add(f, "n3", FOLD_OK, "exit status 0", "b\nc\n", "");
	add(f, "n4", FOLD_OK, "exit status 0", "", "");
	check(f, false, "n[2-3]:\n  b\n  c\nn1: a\nn4: (no output)\n");
}

/* stdout, stderr and how it ended: each alone makes an answer another one. */
static void
test_what_tells_apart(void **state)
{
	struct fold *f = fold_new();

	(void)state;
	add(f, "n1", FOLD_OK, "exit status 0", "a", "");
	add(f, "n2", FOLD_OK, "exit status 0", "", "a");
	add(f, "n3", FOLD_FAILED, "exit status 1", "a", "");
	add(f, "n4", FOLD_FAILED, "exit status 2", "a", "");
	add(f, "n5", FOLD_OK, "exit status 0", "a\n", "");
	check(f, false,
	    "n1: a\nn2:\n  stderr: a\nn5: a\n"
	    "failed: n3: exit status 1\n  a\n"
	    "failed: n4: exit status 2\n  a\n");
}

static void
test_classes_in_order(void **state)
{
	struct fold *f = fold_new();

	(void)state;
	add(f, "n1", FOLD_AUTH, "no", "", "");
	add(f, "n2", FOLD_UNREACHABLE, "refused", "", "");
	add(f, "n3", FOLD_UNREACHABLE, "refused", "", "");
	add(f, "n4", FOLD_TIMEOUT, "late", "x", "");
	add(f, "n5", FOLD_OK, "exit status 0", "y", "");
	assert_int_equal(fold_count(f, FOLD_UNREACHABLE), 2);
	assert_int_equal(fold_count(f, FOLD_HOST_KEY), 0);
	check(f, true,
	    "timeout: n4: late\n  x\nunreachable: n[2-3]: refused\n"
	    "auth: n1: no\n");
}

static void
test_harmless(void **state)
{
	struct fold *f = fold_new();

	(void)state;
	add(f, "n1", FOLD_FAILED, "why\033[2J", "a\rb\n\xff\n", "\033]0;x\a");
	check(f, false,
	    "failed: n1: why\\x1b[2J\n  a\\rb\n  \xef\xbf\xbd\n"
	    "  stderr: \\x1b]0;x\\x07\n");
}

static void
test_cut_is_said(void **state)
{
	struct fold *f = fold_new();
	const struct fold_answer a = { .class = FOLD_OK,
		.why = "",
		.out = span_of("abc"),
		.err = span_of(""),
		.out_cut = true };

	(void)state;
	fold_add(f, "n1", &a);
	check(f, false, "n1:\n  abc\n  (more was cut here)\n");
}

static void
test_diff(void **state)
{
	struct fold *f = fold_new();
	struct buf b;

	(void)state;
	add(f, "n1", FOLD_OK, "", "a\nx\nc\n", "");
	add(f, "n2", FOLD_OK, "", "a\nb\nc\n", "");
	add(f, "n3", FOLD_OK, "", "a\nb\nc\n", "");
	buf_init(&b, 4096);
	fold_print_diff(f, &b);
	assert_string_equal(b.data,
	    "n[2-3]:\n  a\n  b\n  c\nn1: differs:\n  - b\n  + x\n");
	buf_free(&b);
	fold_free(f);
}

static void
check_diff(struct fold *f, const char *want)
{
	struct buf b;

	buf_init(&b, 4096);
	fold_print_diff(f, &b);
	assert_string_equal(b.data, want);
	buf_free(&b);
	fold_free(f);
}

/* Lines count as often as they are there; an empty one is one; so is stderr. */
static void
test_diff_counts(void **state)
{
	struct fold *f = fold_new();

	(void)state;
	add(f, "n1", FOLD_OK, "", "a\na\n\n", "e\n");
	add(f, "n2", FOLD_OK, "", "a\na\n\n", "e\n");
	add(f, "n3", FOLD_OK, "", "a\n", "");
	add(f, "n4", FOLD_FAILED, "exit status 1", "", "");
	check_diff(f,
	    "n[1-2]:\n  a\n  a\n  \n  stderr: e\nn3: differs:\n"
	    "  - a\n  - \n  - stderr: e\nfailed: n4: exit status 1\n");
}

static void
test_diff_order_and_end(void **state)
{
	struct fold *f = fold_new();

	(void)state;
	add(f, "n1", FOLD_OK, "", "a\nb\n", "");
	add(f, "n2", FOLD_OK, "", "a\nb\n", "");
	add(f, "n3", FOLD_OK, "", "b\na\n", "");
	add(f, "n4", FOLD_OK, "", "a\nb", "");
	check_diff(f,
	    "n[1-2]:\n  a\n  b\n"
	    "n3: differs:\n  (the same lines in another order)\n"
	    "n4: differs:\n  (only in where the output ends)\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_answers),
		cmocka_unit_test(test_what_tells_apart),
		cmocka_unit_test(test_classes_in_order),
		cmocka_unit_test(test_harmless),
		cmocka_unit_test(test_cut_is_said),
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_diff_counts),
		cmocka_unit_test(test_diff_order_and_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
