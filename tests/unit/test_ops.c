/*
 * What is done on nodes, and what they say of it.
 * links: platform/ base/buf base/date base/err base/map base/mem base/quote
 * links: base/str model/addr model/facts model/pingstat model/reason
 */
#include "unit.h"

#include "base/buf.h"
#include "base/err.h"
#include "model/service.h"
#include "platform/op.h"
#include "platform/platform.h"

static const char *const rows[] = { "linux", "illumos" };

/* Every row has every operation; words from outside stay words. */
static void
test_scripts(void **state)
{
	static const char *const words[] = { "it's; reboot" };

	(void)state;
	for (size_t i = 0; i < 2 * OPS; i++) {
		struct op_ask ask = { .op = (enum platform_op)(i / 2),
			.words = words,
			.n_words = 1 };
		struct buf b;
		struct err e;

		buf_init(&b, PLATFORM_SCRIPT_MAX);
		assert_int_equal(op_script(platform_named(rows[i % 2]), &ask,
				     "0123456789", &b, &e),
		    0);
		assert_non_null(strstr(b.data, " 'it'\\''s; reboot'\n"));
		assert_non_null(strstr(b.data, "main </dev/null\nexit\n"));
		buf_free(&b);
	}
}

static void
test_script_refused(void **state)
{
	const struct op_ask ask = { .op = OP_SERVICES };
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, 64);
	assert_int_equal(op_script(platform_named("linux"), &ask, "short", &b,
			     &e),
	    -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_int_equal(op_script(platform_named("linux"), &ask, "0123456789",
			     &b, &e),
	    -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	buf_free(&b);
}

static void
test_svcs(void **state)
{
	static const char text[] =
	    "online         svc:/network/ipsec/ipsecalgs:default\n"
	    "maintenance    svc:/network/ipsec/policy:default\n"
	    "offline*       svc:/network/ipsec/ike:default\n";
	struct services s;
	struct err e;

	(void)state;
	assert_int_equal(platform_named("illumos")->read_services(span_of(text),
			     &s, &e),
	    0);
	assert_int_equal(s.n, 3);
	assert_string_equal(s.v[0].name,
	    "svc:/network/ipsec/ipsecalgs:default");
	assert_int_equal(s.v[0].health, SERVICE_RUNS);
	assert_int_equal(s.v[1].health, SERVICE_BROKEN);
	assert_string_equal(s.v[2].state, "offline*");
	assert_int_equal(s.v[2].health, SERVICE_CHANGING);
}

static void
test_systemd(void **state)
{
	static const char text[] = "failed strongswan\n"
				   "process charon\n\n"
				   "none policies\n";
	struct services s;
	struct err e;

	(void)state;
	assert_int_equal(platform_named("linux")->read_services(span_of(text),
			     &s, &e),
	    0);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.v[0].health, SERVICE_BROKEN);
	assert_int_equal(s.v[1].health, SERVICE_RUNS);
	assert_int_equal(s.v[2].health, SERVICE_STOPPED);
}

static void
test_not_services(void **state)
{
	static const char *const texts[] = { "svcs: command not found\n",
		"online\n", "online* \n", "* svc:/x\n" };
	struct services s = { .n = 7 };
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(platform_named("illumos")
				     ->read_services(span_of(texts[i]), &s, &e),
		    -1);
		assert_int_equal(e.kind, ERR_INPUT);
		assert_int_equal(s.n, 7);
	}
}

static void
test_too_many(void **state)
{
	struct services s;
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, 4096);
	for (int i = 0; i <= SERVICES_MAX; i++)
		buf_puts(&b, "active a\n");
	assert_int_equal(platform_named("linux")
			     ->read_services((struct span){ b.data, b.len }, &s,
				 &e),
	    -1);
	assert_non_null(strstr(e.text, "more than"));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_script_refused),
		cmocka_unit_test(test_svcs),
		cmocka_unit_test(test_systemd),
		cmocka_unit_test(test_not_services),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
