/* links: io/savefile base/err base/mem */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "io/savefile.h"
#include "model/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(int holds)
{
	if (!holds)
		abort();
}

/* Every byte that was promised can be read. */
static unsigned
touch(const struct frame *f)
{
	unsigned sum = 0;

	for (uint32_t i = 0; i < f->captured; i++)
		sum += f->data[i];
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static volatile unsigned sink;
	struct savefile *s = NULL;
	struct frame f;
	struct err e = { 0 };
	uint8_t *copy;
	FILE *file;
	int r;

	if (size == 0)
		return 0;
	copy = malloc(size);
	check(copy != NULL);
	memcpy(copy, data, size);
	file = fmemopen(copy, size, "rb");
	check(file != NULL);
	if (savefile_open_file(file, "input", &s, &e) < 0) {
		check(s == NULL && strncmp(e.text, "input: ", 7) == 0);
		free(copy);
		return 0;
	}
	while ((r = savefile_next(s, &f, &e)) == 1) {
		check(f.captured <= f.length && f.time.ns >= 0);
		sink += touch(&f);
	}
	check(r == 0 || strncmp(e.text, "input: ", 7) == 0);
	check(r == 0 || !savefile_was_cut(s));
	savefile_close(s);
	free(copy);
	return 0;
}
