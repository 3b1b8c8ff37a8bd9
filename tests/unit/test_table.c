/* links: cmd/table base/buf base/mem base/str base/utf8 */
#include "unit.h"

#include "base/buf.h"
#include "cmd/table.h"

static void
test_columns(void **state)
{
	static const char *const titles[] = { "NODE", "STATE", "" };
	struct table *t = table_new(titles, 3);
	struct buf b;

	(void)state;
	table_cell(t, "node1.example");
	table_cell(t, "");
	table_cell(t, "a\033[31m");
	table_cellf(t, "n%d", 2);
	table_cell(t, "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc");
	table_cell(t, NULL);
	buf_init(&b, 1024);
	table_print(t, &b);
	assert_string_equal(b.data,
	    "NODE           STATE\n"
	    "node1.example  -       a\\x1b[31m\n"
	    "n2             \xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc  -\n");
	buf_free(&b);
	table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
