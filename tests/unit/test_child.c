/* links: io/child io/sig base/buf base/err base/mem base/str */
#include "unit.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "io/child.h"

struct outcome {
	int r, status;
	struct err e;
	struct buf out, err;
};

static struct outcome
run(const char *script, int64_t limit_ms, size_t max)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	struct outcome o = { .status = -7, .e = { .text = "" } };
	struct child_spec spec = { .argv = argv, .limit_ms = limit_ms };

	buf_init(&o.out, max);
	buf_init(&o.err, max);
	spec.out = &o.out;
	spec.err = &o.err;
	o.r = child_run(&spec, &o.status, &o.e);
	return o;
}

static void
done(struct outcome *o)
{
	buf_free(&o->out);
	buf_free(&o->err);
}

static void
test_output_and_status(void **state)
{
	struct outcome o =
	    run("echo out; echo err >&2; cat; exit 3", 10000, 100);

	(void)state;
	assert_int_equal(o.r, 0);
	assert_int_equal(o.status, 3);
	assert_string_equal(o.out.data, "out\n");
	assert_string_equal(o.err.data, "err\n");
	done(&o);
	o = run("kill -9 $$", 10000, 100);
	assert_int_equal(o.r, 0);
	assert_int_equal(o.status, 128 + 9);
	done(&o);
	o = run("exec >&- 2>&-; sleep 0.1; exit 5", 10000, 100);
	assert_int_equal(o.status, 5);
	done(&o);
}

static void
test_too_much(void **state)
{
	struct outcome o = run("while :; do echo 0123456789; done", 10000, 50);

	(void)state;
	assert_int_equal(o.r, -1);
	assert_int_equal(o.e.kind, ERR_LIMIT);
	assert_string_equal(o.e.text,
	    "run /bin/sh: it wrote more than 50 bytes");
	assert_int_equal(o.status, -7);
	done(&o);
	o = run("echo aaaaaaaaaaaaaaaaaaaa >&2; echo ok", 10000, 10);
	assert_int_equal(o.r, 0);
	assert_string_equal(o.out.data, "ok\n");
	assert_int_equal(o.err.len, 10);
	done(&o);
}

/* Its children die with it: the pipe they hold reaches its end. */
static void
test_too_long(void **state)
{
	struct outcome o = run("sleep 300 & echo $!; sleep 300", 300, 100);
	struct timespec brief = { 0, 10000000 };
	char *probe;
	int alive = 0;

	(void)state;
	assert_int_equal(o.r, -1);
	assert_int_equal(o.e.kind, ERR_LIMIT);
	assert_string_equal(o.e.text,
	    "run /bin/sh: not done after 300 ms; killed");
	assert_int_not_equal(atol(o.out.data), 0);
	o.out.data[strcspn(o.out.data, "\n")] = '\0';
	probe = malloc(100);
	assert_non_null(probe);
	snprintf(probe, 100, "ps -o stat= -p %.20s | grep -v '^Z' | grep -q .",
	    o.out.data);
	for (int i = 0; i < 200; i++) {
		alive = system(probe) == 0;
		if (!alive)
			break;
		nanosleep(&brief, NULL);
	}
	assert_false(alive);
	free(probe);
	done(&o);
}

static void
test_no_such_program(void **state)
{
	const char *argv[] = { "/nonexistent/program", NULL };
	struct child_spec spec = { .argv = argv, .limit_ms = 1000 };
	int status = -7;
	struct err e;

	(void)state;
	assert_int_equal(child_run(&spec, &status, &e), -1);
	assert_int_equal(e.kind, ERR_SYS);
	assert_string_equal(e.text,
	    "run /nonexistent/program: No such file or directory");
	assert_int_equal(status, -7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output_and_status),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_no_such_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
