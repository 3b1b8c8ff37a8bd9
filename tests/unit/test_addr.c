/* links: model/addr base/str */
#include "unit.h"

#include "model/addr.h"

static void
test_ip_there_and_back(void **state)
{
	static const char *const good[] = { "192.0.2.11", "255.255.255.255",
		"2001:db8::1", "::" };
	char text[IP_TEXT_MAX];
	struct ip a;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(ip_parse(span_of(good[i]), &a), 0);
		assert_string_equal(ip_text(&a, text), good[i]);
	}
}

static void
test_ip_refuses(void **state)
{
	static const char *const bad[] = { "", "None", "192.0.2", "192.0.2.256",
		"192.0.2.1 ", "1:2", "2001:db8::1%eth0" };
	struct ip a = { .family = 9 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(ip_parse(span_of(bad[i]), &a), -1);
	assert_int_equal(a.family, 9);
}

static void
test_prefixes(void **state)
{
	struct ip a, net;

	(void)state;
	ip_parse(span_of("203.0.113.77"), &a);
	ip_parse(span_of("203.0.113.64"), &net);
	assert_true(ip_in_prefix(&a, &net, 28));
	assert_false(ip_in_prefix(&a, &net, 29));
	assert_true(ip_in_prefix(&a, &net, 0));
	assert_false(ip_in_prefix(&a, &net, 33));
	ip_parse(span_of("2001:db8::"), &net);
	assert_false(ip_in_prefix(&a, &net, 0));
}

static void
test_mac(void **state)
{
	char text[MAC_TEXT_MAX];
	struct mac m;

	(void)state;
	assert_int_equal(mac_parse(span_of("2:8:20:0:A:ff"), &m), 0);
	assert_string_equal(mac_text(&m, text), "02:08:20:00:0a:ff");
	assert_int_equal(mac_parse(span_of("2:8:20:0:a"), &m), -1);
	assert_int_equal(mac_parse(span_of("2:8:20:0:a:1:2"), &m), -1);
	assert_int_equal(mac_parse(span_of("2:8:20::a:1"), &m), -1);
	assert_int_equal(mac_parse(span_of("2:8:20:0:a:100"), &m), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ip_there_and_back),
		cmocka_unit_test(test_ip_refuses),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_mac),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
