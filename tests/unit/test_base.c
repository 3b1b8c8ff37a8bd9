/* links: base/buf base/err base/mem base/quote base/str */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/quote.h"
#include "base/str.h"

static void
test_buf_keeps_its_cap(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	assert_int_equal(buf_puts(&b, "12345678"), 0);
	assert_int_equal(buf_puts(&b, "90ab"), -1);
	assert_true(b.cut);
	assert_string_equal(b.data, "1234567890");
	buf_drop(&b, 8);
	assert_string_equal(b.data, "90");
	buf_clear(&b);
	assert_int_equal(buf_printf(&b, "%d", 42), 0);
	assert_string_equal(b.data, "42");
	buf_free(&b);
}

static void
test_buf_printf_longer_than_its_stack(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(buf_printf(&b, "%500d", 7), 0);
	assert_int_equal(b.len, 500);
	assert_int_equal(b.data[499], '7');
	buf_free(&b);
}

static void
test_err_says_where(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_set(&e, ERR_INPUT, "bad %s", "port"), -1);
	err_wrap(&e, "hosts.cfg:%d:%d", 3, 7);
	assert_string_equal(e.text, "hosts.cfg:3:7: bad port");
	assert_int_equal(e.kind, ERR_INPUT);
	errno = ENOENT;
	err_sys(&e, "open %s", "x");
	assert_string_equal(e.text, "open x: No such file or directory");
}

static void
test_numbers_are_whole(void **state)
{
	static const char *const bad[] = { "", " 1", "1 ", "-1", "+1", "0x",
		"1f", "256", "0x100", "99999999999999999999" };
	uint64_t v = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(str_u64(bad[i], 255, &v), -1);
	assert_int_equal(v, 7);
	assert_int_equal(str_u64("0xfF", 255, &v), 0);
	assert_int_equal(v, 255);
	assert_int_equal(str_u64("18446744073709551615", UINT64_MAX, &v), 0);
	assert_true(v == UINT64_MAX);
	assert_int_equal(str_u64("18446744073709551616", UINT64_MAX, &v), -1);
}

static void
test_lines_and_words(void **state)
{
	struct span text = span_of("one  two\r\n\nlast"), line, word;

	(void)state;
	assert_true(span_line(&text, &line));
	assert_true(span_word(&line, &word) && span_is(word, "one"));
	assert_true(span_word(&line, &word) && span_is(word, "two"));
	assert_false(span_word(&line, &word));
	assert_true(span_line(&text, &line) && line.n == 0);
	assert_true(span_line(&text, &line) && span_is(line, "last"));
	assert_false(span_line(&text, &line));
}

/* What quote_word() writes, a real shell reads back unchanged. */
static void
test_quote_against_a_shell(void **state)
{
	static const char *const words[] = { "plain", "", "two words", "don't",
		"$HOME `id` \"x\" \\", "a;b|c&d>e<f*?[~#!", "'", "-n" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char got[128], *cmd;
		struct buf b;
		FILE *p;
		size_t n;

		buf_init(&b, 1000);
		quote_word(&b, words[i]);
		cmd = xasprintf("printf %%s %s", b.data);
		p = popen(cmd, "r");
		assert_non_null(p);
		n = fread(got, 1, sizeof(got) - 1, p);
		got[n] = '\0';
		assert_int_equal(pclose(p), 0);
		assert_string_equal(got, words[i]);
		free(cmd);
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf_keeps_its_cap),
		cmocka_unit_test(test_buf_printf_longer_than_its_stack),
		cmocka_unit_test(test_err_says_where),
		cmocka_unit_test(test_numbers_are_whole),
		cmocka_unit_test(test_lines_and_words),
		cmocka_unit_test(test_quote_against_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
