/* links: cmd/recap base/mem base/str base/err */
#include "unit.h"

#include "cmd/recap.h"

/* Two playbooks in one output, with and without colours. */
static void
test_sums(void **state)
{
	static const char text[] =
	    "TASK [x] ****\nok: [node01]\n\nPLAY RECAP *****\n"
	    "node01   : ok=5    changed=2    unreachable=0    failed=0   \n"
	    "node02   : ok=5    changed=0    unreachable=0    failed=0    "
	    "skipped=1    rescued=0    ignored=0\n\n"
	    "\033[0;33mnode01\033[0m : \033[0;32mok=1   \033[0m "
	    "\033[0;33mchanged=1   \033[0m unreachable=0    failed=3\n"
	    "node03 : ok=0 changed=0 unreachable=1 failed=0\n";
	struct recap r = { 0 };

	(void)state;
	recap_read(&r, span_of(text));
	assert_int_equal(r.n, 3);
	assert_string_equal(r.hosts[0].name, "node01");
	assert_int_equal(r.hosts[0].changed, 3);
	assert_int_equal(r.hosts[0].failed, 3);
	assert_int_equal(r.hosts[1].changed, 0);
	assert_int_equal(r.hosts[2].unreachable, 1);
	recap_free(&r);
}

static void
test_no_recap(void **state)
{
	static const char *const texts[] = { "", "node01 : ok=1\n",
		"node01: ok=1 changed=0 unreachable=0 failed=0\n",
		"a : ok=1 changed=x unreachable=0 failed=0\n",
		" : changed=1 unreachable=0 failed=0\n",
		"\033 : changed=1 unreachable=0 failed=0\n" };
	struct recap r = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		recap_read(&r, span_of(texts[i]));
	assert_int_equal(r.n, 0);
	recap_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_no_recap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
