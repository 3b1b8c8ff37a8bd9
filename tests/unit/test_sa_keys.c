/*
 * Digests of SAs' keys, as nodes print them.
 * links: platform/ base/buf base/date base/err base/map base/mem base/quote
 * links: base/str model/addr model/facts model/pingstat model/reason
 */
#include "unit.h"

#include "base/err.h"
#include "model/facts.h"
#include "platform/sa_keys.h"

#define ONE "00112233445566778899aabbccddeeff"
#define TWO "ffeeddccbbaa99887766554433221100"

static struct sa
sa_to(const char *dst, uint32_t spi)
{
	struct sa sa = { .proto = 50, .spi = spi };

	assert_int_equal(ip_parse(span_of(dst), &sa.dst), 0);
	return sa;
}

/* SPIs are written in either way; one that is gone by now is nothing. */
static void
test_read(void **state)
{
	static const char text[] = "sa 0x00c0ffee 192.0.2.11 plain " ONE "\n"
				   "\n"
				   "sa 0xc0ffee 192.0.2.12 aead " TWO "\n"
				   "sa 0x1 192.0.2.11 salted " ONE "\n";
	struct sa sas[] = { sa_to("192.0.2.11", 0xc0ffee),
		sa_to("192.0.2.12", 0xc0ffee), sa_to("192.0.2.13", 0xc0ffee),
		sa_to("192.0.2.11", 0xc0ffee) };
	struct facts f = { .sas = sas, .n_sas = 4 };
	struct err e;

	(void)state;
	sas[3].proto = 51;
	assert_int_equal(sa_keys_read(span_of(text), &f, &e), 0);
	assert_string_equal(sas[0].keys, "plain " ONE);
	assert_string_equal(sas[1].keys, "aead " TWO);
	assert_string_equal(sas[2].keys, "");
	assert_string_equal(sas[3].keys, "");
}

static void
test_refuse(void **state)
{
	static const char *const bad[] = {
		"sa 0x1 192.0.2.11 plain -\n",
		"sa 0x1 192.0.2.11 plain\n",
		"sa 0x1 192.0.2.11 plain " ONE " more\n",
		"sa 0x1 192.0.2.11 plain " ONE "0\n",
		"sa 0x1 192.0.2.11 plain 0X112233445566778899aabbccddeeff\n",
		"sa 0x1 192.0.2.11 quite-a-long-name " ONE "\n",
		"sa 0x1 nowhere plain " ONE "\n",
		"sa 0x100000000 192.0.2.11 plain " ONE "\n",
		"sa one 192.0.2.11 plain " ONE "\n",
		"ah 0x1 192.0.2.11 plain " ONE "\n",
		"Insufficient privileges to run ipseckey.\n",
		/* Nothing of it counts. */
		"sa 0x1 192.0.2.11 plain " ONE "\nno\n",
	};
	struct sa sa = sa_to("192.0.2.11", 1);
	struct facts f = { .sas = &sa, .n_sas = 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = { 0 };

		if (sa_keys_read(span_of(bad[i]), &f, &e) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(e.kind, ERR_INPUT);
		assert_string_equal(sa.keys, "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
