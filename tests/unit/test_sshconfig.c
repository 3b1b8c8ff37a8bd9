/* links: io/sshconfig base/mem base/str */
#include "unit.h"

#include "io/sshconfig.h"

static void
test_answer(void **state)
{
	static const char text[] =
	    "host n1\nuser admin\nhostname 192.0.2.7\nport 2222\n"
	    "identitiesonly yes\nidentityfile ~/.ssh/a\n"
	    "identityfile /b c\nconnecttimeout none\n"
	    "userknownhostsfile /k1 /k2\nhostkeyalias\nport 99999\n"
	    "something new\n";
	struct sshconfig_answer a = { .port = 0 };

	(void)state;
	sshconfig_parse(span_of(text), &a);
	assert_string_equal(a.hostname, "192.0.2.7");
	assert_string_equal(a.user, "admin");
	assert_int_equal(a.port, 2222);
	assert_true(a.identities_only);
	assert_int_equal(a.identities.n, 2);
	assert_string_equal(a.identities.path[1], "/b c");
	assert_int_equal(a.user_hosts.n, 2);
	assert_string_equal(a.user_hosts.path[1], "/k2");
	assert_int_equal(a.connect_s, 0);
	assert_null(a.proxy_jump);
	sshconfig_answer_fini(&a);
}

static void
test_too_many_files(void **state)
{
	struct sshconfig_answer a = { .port = 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		sshconfig_parse(span_of("identityfile /x\n"), &a);
	assert_int_equal(a.identities.n, SSHCONFIG_FILES_MAX);
	sshconfig_answer_fini(&a);
}

static void
test_uniform(void **state)
{
	static const char *const same[] = { "", "# Host x\nUser root\n",
		"Host *\n\tUser root\nPort=22\n", "host=*\n",
		"HashKnownHosts yes\nHost  * \n" };
	static const char *const differ[] = { "Host x\n", "host * !y\n",
		"Match all\n", "  match host x\n", "HostName y\n",
		"Host=node1\n", "UserKnownHostsFile ~/.ssh/%h\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_true(sshconfig_is_uniform(span_of(same[i]), NULL));
	for (size_t i = 0; i < sizeof(differ) / sizeof(differ[0]); i++)
		assert_false(sshconfig_is_uniform(span_of(differ[i]), NULL));
}

static void
test_includes(void **state)
{
	struct sshconfig_files f = { .n = 0 };

	(void)state;
	assert_true(sshconfig_is_uniform(span_of("include a b/*.conf\n"), &f));
	assert_int_equal(f.n, 2);
	assert_string_equal(f.path[1], "b/*.conf");
	sshconfig_files_fini(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_too_many_files),
		cmocka_unit_test(test_uniform),
		cmocka_unit_test(test_includes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
