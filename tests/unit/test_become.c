/* links: io/become base/buf base/mem base/str base/utf8 */
#include "unit.h"

#include "io/become.h"

static const struct remote_as asks = { .become = true, .asks = true };

/* What was passed on, as the command's standard error. */
static struct buf shown;

static int
pass(void *arg, struct span bytes)
{
	(void)arg;
	return buf_add(&shown, bytes.p, bytes.n);
}

static void
begin(struct become *b, const struct remote_as *as, const char *password)
{
	become_init(b, as, "espy00", password);
	buf_init(&shown, 65536);
}

static void
finish(struct become *b)
{
	become_fini(b);
	buf_free(&shown);
}

static void
take(struct become *b, const char *text)
{
	become_take(b, span_of(text), pass, NULL);
}

static void
answer(struct become *b, const char *password)
{
	struct span s = become_answer(b);

	assert_true(span_is(s, password));
	become_sent(b, 1);
	s = become_answer(b);
	assert_int_equal(s.n, strlen(password) - 1);
	become_sent(b, s.n);
	assert_int_equal(become_answer(b).n, 0);
}

/* Cut anywhere, the prompt is seen, and neither it nor the lecture is shown. */
static void
test_asked_at_every_cut(void **state)
{
	static const char said[] = "We trust you have\n\nespy00%:";

	(void)state;
	for (size_t cut = 0; cut < sizeof(said); cut++) {
		struct become b;

		begin(&b, &asks, "secret");
		become_take(&b, (struct span){ said, cut }, pass, NULL);
		assert_int_equal(become_answer(&b).n > 0,
		    cut == sizeof(said) - 1);
		take(&b, said + cut);
		assert_true(become_holds(&b));
		answer(&b, "secret\n");
		take(&b, "\nmy error\n");
		become_begun(&b, pass, NULL);
		assert_false(become_holds(&b));
		take(&b, "espy00%:");
		assert_int_equal(become_answer(&b).n, 0);
		assert_string_equal(shown.data, "my error\nespy00%:");
		finish(&b);
	}
}

/* It does not ask: the password is never to be sent, and all is shown. */
static void
test_not_asked(void **state)
{
	struct become b;

	(void)state;
	begin(&b, &asks, "secret");
	take(&b, "espy00%: stands in the middle\n");
	assert_int_equal(become_answer(&b).n, 0);
	finish(&b);
	begin(&b, &asks, "secret");
	take(&b, "warning\n");
	assert_true(become_holds(&b));
	become_begun(&b, pass, NULL);
	assert_string_equal(shown.data, "warning\n");
	assert_null(b.answer.data);
	finish(&b);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *said, *why;
		bool asks;
	} cases[] = {
		{ "espy00%:|Sorry, try again.\nespy00%:",
		    "sudo: wrong password for becoming root", true },
		{ "espy00%:|sudo: 1 incorrect password attempt\n",
		    "sudo: wrong password for becoming root", true },
		{ "espy00%:|Sorry, user a is not allowed to execute\n",
		    "sudo refused: Sorry, user a is not allowed to execute",
		    true },
		{ "sudo: a password is required\n",
		    "sudo wants a password for becoming root: -K asks for it",
		    false },
		{ "sudo: sorry, you must have a tty to run sudo\n",
		    "sudo there wants a terminal (requiretty in its sudoers), "
		    "and espy gives none",
		    false },
		{ "sudo: Ein Passwort ist notwendig\n",
		    "sudo refused: Ein Passwort ist notwendig", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct remote_as as = { .become = true,
			.asks = cases[i].asks };
		struct span rest = span_of(cases[i].said), part;
		char why[BECOME_WHY_MAX] = "";
		struct become b;

		begin(&b, &as, "secret");
		while (span_until(&rest, '|', &part)) {
			become_take(&b, part, pass, NULL);
			if (become_answer(&b).n > 0)
				answer(&b, "secret\n");
		}
		assert_true(become_refused(&b, 1, why));
		assert_string_equal(why, cases[i].why);
		assert_false(become_refused(&b, 127, why));
		finish(&b);
	}
}

/* A command that began and failed is no affair of sudo's. */
static void
test_begun_is_not_refused(void **state)
{
	char why[BECOME_WHY_MAX];
	struct become b;

	(void)state;
	begin(&b, &asks, "secret");
	become_begun(&b, pass, NULL);
	take(&b, "sudo: a password is required\n");
	assert_false(become_refused(&b, 1, why));
	finish(&b);
}

/* A flood is not sudo's: it is passed on, whole and in order. */
static void
test_flood(void **state)
{
	struct become b;

	(void)state;
	begin(&b, &asks, "secret");
	for (int i = 0; i < 4000; i++)
		take(&b, "0123456789");
	assert_int_equal(shown.len, 40000);
	assert_memory_equal(shown.data + 16380, "0123456789", 10);
	assert_false(become_holds(&b));
	finish(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asked_at_every_cut),
		cmocka_unit_test(test_not_asked),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_begun_is_not_refused),
		cmocka_unit_test(test_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
