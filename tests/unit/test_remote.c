/* links: io/remote base/buf base/mem base/str */
#include "unit.h"

#include "base/buf.h"
#include "io/remote.h"

static int
pass(void *arg, struct span bytes)
{
	return buf_add(arg, bytes.p, bytes.n);
}

/* Feeds text in pieces of n bytes; what comes out goes to out. */
static int64_t
feed(const char *text, size_t n, struct buf *out)
{
	struct remote_filter f = { .mark = "espy00" };
	size_t len = strlen(text);

	buf_clear(out);
	for (size_t at = 0; at < len; at += n)
		remote_filter(&f,
		    (struct span){ text + at, len - at < n ? len - at : n },
		    pass, out);
	remote_filter_end(&f, pass, out);
	return f.watcher;
}

/* However the bytes are cut, the line is found and nothing else is lost. */
static void
test_filter(void **state)
{
	static const struct {
		const char *in, *out;
		int64_t pid;
	} cases[] = {
		{ "espy00 123\nhello\n", "hello\n", 123 },
		{ "espy00 123\n", "", 123 },
		{ "", "", 0 },
		{ "hello", "hello", 0 },
		{ "rc talk\nespy00 7\nespy00 8\n", "rc talk\nespy00 8\n", 7 },
		{ "x espy00 7\n", "x espy00 7\n", 0 },
		{ "espy00 7x\nespy00 9\n", "espy00 7x\n", 9 },
		{ "espy00 \n", "espy00 \n", 0 },
		{ "espy00\nespy00", "espy00\nespy00", 0 },
		{ "espy00 99999999999999999999\na",
		    "espy00 "
		    "99999999999999999999\na",
		    0 },
		{ "\n\nespy00 5\n\n", "\n\n\n", 5 },
	};
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t n = 1; n < 12; n++) {
			int64_t pid = feed(cases[i].in, n, &out);

			assert_int_equal(pid, cases[i].pid);
			assert_string_equal(out.data, cases[i].out);
		}
	}
	buf_free(&out);
}

/* A line that cannot be the watcher's is not held back. */
static void
test_filter_holds_little(void **state)
{
	struct remote_filter f = { .mark = "espy00" };
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	remote_filter(&f, span_of("es"), pass, &out);
	assert_int_equal(out.len, 0);
	remote_filter(&f, span_of("x"), pass, &out);
	assert_string_equal(out.data, "esx");
	remote_filter(&f, span_of("prompt> "), pass, &out);
	assert_string_equal(out.data, "esxprompt> ");
	buf_free(&out);
}

static void
test_quote(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	remote_quote(&b, "a'b!c\\d$e");
	assert_string_equal(b.data, "'a'\\''b'\\!'c'\\\\'d$e'");
	buf_free(&b);
}

/* csh expands "!" even within quotes, and knows no newline there. */
static void
test_command_suits_csh(void **state)
{
	const struct remote_as as[] = { { .become = false },
		{ .become = true, .user = "admin" },
		{ .become = true, .user = "admin", .asks = true } };
	struct buf b;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		buf_init(&b, 65536);
		remote_command(&b, &as[i], "date", "espy00", 60);
		assert_null(strchr(b.data, '\n'));
		for (const char *p = b.data; (p = strchr(p, '!')); p++)
			assert_int_equal(p[-1], '\\');
		assert_non_null(strstr(b.data, "date"));
		buf_free(&b);
	}
}

/* The prompt shows that sudo waits: no command line may hold its text. */
static void
test_prompt_is_hidden(void **state)
{
	const struct remote_as as = { .become = true, .asks = true };
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	remote_command(&b, &as, "date", "espy00", 60);
	remote_kill(&b, &as, "espy00", 4711);
	assert_non_null(strstr(b.data, "sudo -S -p espy00%%: -u"));
	assert_null(strstr(b.data, "espy00%:"));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_filter_holds_little),
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_command_suits_csh),
		cmocka_unit_test(test_prompt_is_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
