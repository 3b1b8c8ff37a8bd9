/* links: model/run_json model/run_field model/run_path model/run
 * model/point model/addr base/buf base/date base/err base/mem base/str
 * base/utf8 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/run.h"
#include "model/run_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes r, which was read and must therefore be writable. */
static void
write_run(const struct run *r, struct buf *b)
{
	struct err e;

	buf_init(b, RUN_JSON_MAX);
	if (run_json_write(r, b, &e) < 0)
		abort();
}

/* What is read, written and read again is written as the same bytes. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run r, again;
	struct buf one, two;
	struct err e;

	if (run_json_read((const char *)data, size, &r, &e) < 0)
		return 0;
	write_run(&r, &one);
	if (run_json_read(one.data, one.len, &again, &e) < 0)
		abort();
	write_run(&again, &two);
	if (strcmp(one.data, two.data) != 0)
		abort();
	buf_free(&one);
	buf_free(&two);
	run_free(&r);
	run_free(&again);
	return 0;
}
