/* links: io/sshconfig base/err base/mem base/str */
#include "unit.h"

#include "io/sshconfig.h"

static void
test_answer(void **state)
{
	static const char text[] =
	    "host n1\nuser admin\nhostname 192.0.2.7\nport 2222\n"
	    "identitiesonly yes\ngssapiauthentication yes\n"
	    "identityfile ~/.ssh/a\n"
	    "identityfile /b c\nconnecttimeout none\n"
	    "userknownhostsfile /k1 /k2\nhostkeyalias\nport 99999\n"
	    "serveraliveinterval 20\nserveralivecountmax 4\n"
	    "something new\n";
	struct sshconfig_answer a = { .port = 0 };

	(void)state;
	sshconfig_parse(span_of(text), &a);
	assert_string_equal(a.hostname, "192.0.2.7");
	assert_string_equal(a.user, "admin");
	assert_int_equal(a.port, 2222);
	assert_true(a.identities_only);
	assert_true(a.gssapi);
	assert_int_equal(a.identities.n, 2);
	assert_string_equal(a.identities.path[1], "/b c");
	assert_int_equal(a.user_hosts.n, 2);
	assert_string_equal(a.user_hosts.path[1], "/k2");
	assert_int_equal(a.connect_s, 0);
	assert_int_equal(a.alive_s, 20);
	assert_int_equal(a.alive_max, 4);
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

static void
test_hops(void **state)
{
	static const struct {
		const char *jump, *before, *user, *host;
		uint16_t port;
	} cases[] = {
		{ "b", NULL, NULL, "b", 0 },
		{ "me@b", NULL, "me", "b", 0 },
		{ "b:2222", NULL, NULL, "b", 2222 },
		{ "a,me@b:22", "a", "me", "b", 22 },
		{ "x@a:1,ssh://y@b:2,c", "x@a:1,ssh://y@b:2", NULL, "c", 0 },
		{ "ssh://y@b:2", NULL, "y", "b", 2 },
		{ "ssh://b/", NULL, NULL, "b", 0 },
		{ "[2001:db8::1]", NULL, NULL, "2001:db8::1", 0 },
		{ "a,me@[fe80::1%eth0]:44", "a", "me", "fe80::1%eth0", 44 },
		{ "me@corp@b", NULL, "me@corp", "b", 0 },
		{ "[192.0.2.1]:7", NULL, NULL, "192.0.2.1", 7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sshconfig_hop h;
		struct span before;
		struct err e;

		assert_int_equal(sshconfig_last_hop(span_of(cases[i].jump),
				     &before, &h, &e),
		    0);
		assert_string_equal(h.host, cases[i].host);
		assert_int_equal(h.port, cases[i].port);
		assert_int_equal(h.user != NULL, cases[i].user != NULL);
		if (h.user != NULL)
			assert_string_equal(h.user, cases[i].user);
		assert_int_equal(before.p != NULL, cases[i].before != NULL);
		if (before.p != NULL)
			assert_true(span_is(before, cases[i].before));
		sshconfig_hop_fini(&h);
	}
}

static void
test_bad_hops(void **state)
{
	static const char *const bad[] = { "", "a,", "-oProxyCommand=x", "::1",
		"[::1", "[::1]x", "b:", "b:0", "b:65536", "b:x", "@b", "-l@b",
		"a b", "a\nb", "$(id)", "ssh://", "u@[a/b]" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sshconfig_hop h;
		struct span before;
		struct err e;

		assert_int_equal(sshconfig_last_hop(span_of(bad[i]), &before,
				     &h, &e),
		    -1);
		assert_non_null(strstr(e.text, "ProxyJump"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_too_many_files),
		cmocka_unit_test(test_uniform),
		cmocka_unit_test(test_includes),
		cmocka_unit_test(test_hops),
		cmocka_unit_test(test_bad_hops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
