/* links: io/savefile base/err base/mem */
#include "unit.h"

#include <stdlib.h>

#include "base/err.h"
#include "io/savefile.h"
#include "model/frame.h"

enum { ROOM = 4096, HEADER = 24, RECORD = 16, DATA = 10 };

/* A capture under construction, in the byte order asked for. */
struct file {
	uint8_t b[ROOM];
	size_t n;
	bool big;
};

static void
put(struct file *f, uint32_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		f->b[f->n++] = (uint8_t)(v >> 8 * (f->big ? bytes - 1 - i : i));
}

static void
put_header(struct file *f, uint32_t magic, uint32_t link)
{
	put(f, magic, 4);
	put(f, 2, 2);
	put(f, 4, 2);
	put(f, 0, 4);
	put(f, 0, 4);
	put(f, 65535, 4);
	put(f, link, 4);
}

static void
put_record(struct file *f, uint32_t sec, uint32_t frac, uint32_t length)
{
	put(f, sec, 4);
	put(f, frac, 4);
	put(f, DATA, 4);
	put(f, length, 4);
	for (uint8_t i = 0; i < DATA; i++)
		f->b[f->n++] = i;
}

static int
open_file(struct file *f, struct savefile **ret, struct err *e)
{
	return savefile_open_file(fmemopen(f->b, f->n, "rb"), "x.pcap", ret, e);
}

static void
expect_frame(struct savefile *s, int64_t ns, uint32_t length)
{
	struct frame f = { 0 };
	struct err e;

	assert_int_equal(savefile_next(s, &f, &e), 1);
	assert_int_equal(f.time.ns, ns);
	assert_int_equal(f.captured, DATA);
	assert_int_equal(f.length, length);
	assert_int_equal(f.data[DATA - 1], DATA - 1);
}

static void
expect_end(struct savefile *s, bool cut)
{
	struct frame f = { .captured = 77 };
	struct err e;

	assert_int_equal(savefile_next(s, &f, &e), 0);
	assert_int_equal(savefile_next(s, &f, &e), 0);
	assert_int_equal(f.captured, 77);
	assert_int_equal(savefile_was_cut(s), cut);
}

static void
test_pcap(void **state)
{
	static const struct {
		uint32_t magic, link;
		bool big;
		int64_t unit;
		enum frame_link want;
	} t[] = {
		{ 0xa1b2c3d4, 1, false, 1000, FRAME_ETHERNET },
		{ 0xa1b2c3d4, 101, true, 1000, FRAME_RAW_IP },
		{ 0xa1b23c4d, 113, false, 1, FRAME_LINUX_SLL },
		{ 0xa1b23c4d, 276, true, 1, FRAME_LINUX_SLL2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct file f = { .big = t[i].big };
		struct savefile *s;
		struct frame first;
		struct err e;

		put_header(&f, t[i].magic, t[i].link);
		put_record(&f, 1700000000, 999999, 1514);
		put_record(&f, 1700000001, 5, DATA);
		put_record(&f, 1700000001, 6, 3);
		assert_int_equal(open_file(&f, &s, &e), 0);
		assert_int_equal(savefile_next(s, &first, &e), 1);
		assert_int_equal(first.link, t[i].want);
		assert_int_equal(first.length, 1514);
		assert_int_equal(first.time.ns,
		    1700000000 * NS_PER_S + 999999 * t[i].unit);
		expect_frame(s, 1700000001 * NS_PER_S + 5 * t[i].unit, DATA);
		/* A length below what was captured is not believed. */
		expect_frame(s, 1700000001 * NS_PER_S + 6 * t[i].unit, DATA);
		expect_end(s, false);
		savefile_close(s);
	}
}

/* draft-ietf-opsawg-pcapng: a section, two interfaces, a packet of each. */
static void
put_pcapng(struct file *f, unsigned link)
{
	put(f, 0x0a0d0d0a, 4);
	put(f, 28, 4);
	put(f, 0x1a2b3c4d, 4);
	put(f, 1, 2);
	put(f, 0, 2);
	put(f, 0xffffffff, 4);
	put(f, 0xffffffff, 4);
	put(f, 28, 4);
	for (unsigned i = 0; i < 2; i++) {
		put(f, 1, 4);
		put(f, 32, 4);
		put(f, i == 0 ? 1 : link, 2);
		put(f, 0, 2);
		put(f, 0, 4);
		put(f, 9, 2); /* if_tsresol: 10^-9 or 10^-6 */
		put(f, 1, 2);
		put(f, 0, 4);
		f->b[f->n - 4] = i == 0 ? 9 : 6;
		put(f, 0, 4);
		put(f, 32, 4);
	}
	for (unsigned i = 0; i < 2; i++) {
		put(f, 6, 4);
		put(f, 44, 4);
		put(f, i, 4);
		put(f, 0, 4);
		put(f, 7, 4);
		put(f, DATA, 4);
		put(f, 1514, 4);
		for (uint8_t d = 0; d < 12; d++)
			f->b[f->n++] = d;
		put(f, 44, 4);
	}
}

static void
test_pcapng(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct file f = { .big = big != 0 };
		struct savefile *s;
		struct err e;

		put_pcapng(&f, 1);
		assert_int_equal(open_file(&f, &s, &e), 0);
		expect_frame(s, 7, 1514);
		expect_frame(s, 7000, 1514);
		expect_end(s, false);
		savefile_close(s);
	}
}

static void
test_pcapng_mixed_links(void **state)
{
	struct file f = { .big = false };
	struct savefile *s;
	struct frame fr;
	struct err e;

	(void)state;
	put_pcapng(&f, 113);
	assert_int_equal(open_file(&f, &s, &e), 0);
	assert_int_equal(savefile_next(s, &fr, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_memory_equal(e.text, "x.pcap: ", 8);
	savefile_close(s);
}

/* Cut anywhere behind the header: what is whole is read, the rest is told. */
static void
test_every_cut(void **state)
{
	struct file f = { .big = false };
	size_t whole = HEADER + RECORD + DATA;

	(void)state;
	put_header(&f, 0xa1b2c3d4, 1);
	put_record(&f, 1, 1, DATA);
	put_record(&f, 2, 2, DATA);
	for (size_t n = HEADER; n <= whole + RECORD + DATA; n++) {
		struct file cut = f;
		struct savefile *s;
		struct err e;

		cut.n = n;
		assert_int_equal(open_file(&cut, &s, &e), 0);
		if (n >= whole)
			expect_frame(s, NS_PER_S + 1000, DATA);
		if (n == whole + RECORD + DATA)
			expect_frame(s, 2 * NS_PER_S + 2000, DATA);
		expect_end(s,
		    n != HEADER && n != whole && n != whole + RECORD + DATA);
		savefile_close(s);
	}
}

static void
test_refuses(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *why;
	} t[] = {
		{ "\xd4\xc3\xb2\xa1\2", 5, "truncated" },
		{ "#!/bin/sh -- not a capture, but long enough", 40,
		    "unknown file format" },
		{ "\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\1\0\0\x93\0\0\0",
		    24, "is not decoded" },
	};
	struct savefile *const none = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct file f = { .n = t[i].n };
		struct savefile *s = none;
		struct err e;

		memcpy(f.b, t[i].bytes, t[i].n);
		assert_int_equal(open_file(&f, &s, &e), -1);
		assert_int_equal(e.kind, ERR_INPUT);
		assert_memory_equal(e.text, "x.pcap: ", 8);
		assert_non_null(strstr(e.text, t[i].why));
		assert_null(s);
	}
}

static void
test_refuses_files(void **state)
{
	struct savefile *s = NULL;
	struct err e;

	(void)state;
	assert_int_equal(savefile_open("/dev/null", &s, &e), -1);
	assert_string_equal(e.text,
	    "/dev/null: empty, not even a capture's header");
	assert_int_equal(savefile_open("/", &s, &e), -1);
	assert_string_equal(e.text, "/: a directory, not a capture");
	assert_int_equal(e.kind, ERR_INPUT);
	assert_int_equal(savefile_open("/nonexistent", &s, &e), -1);
	assert_string_equal(e.text,
	    "/nonexistent: open: No such file or directory");
	assert_int_equal(e.kind, ERR_INPUT);
	assert_null(s);
}

/* A record that claims more than any capture holds ends the reading. */
static void
test_senseless_record(void **state)
{
	struct file f = { .big = false };
	struct savefile *s;
	struct frame fr;
	struct err e;

	(void)state;
	put_header(&f, 0xa1b2c3d4, 1);
	put_record(&f, 1, 1, DATA);
	put(&f, 2, 4);
	put(&f, 2, 4);
	put(&f, 0x7fffffff, 4);
	put(&f, 0x7fffffff, 4);
	f.n += 1000;
	assert_int_equal(open_file(&f, &s, &e), 0);
	expect_frame(s, NS_PER_S + 1000, DATA);
	assert_int_equal(savefile_next(s, &fr, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_memory_equal(e.text, "x.pcap: ", 8);
	savefile_close(s);
}

/* Microseconds of more than a second, in a nanosecond capture. */
static void
test_senseless_time(void **state)
{
	struct file f = { .big = false };
	struct savefile *s;
	struct frame fr = { .captured = 77 };
	struct err e;

	(void)state;
	put_header(&f, 0xa1b23c4d, 1);
	put_record(&f, 1, 0xfe000000, DATA);
	assert_int_equal(open_file(&f, &s, &e), 0);
	assert_int_equal(savefile_next(s, &fr, &e), -1);
	assert_non_null(strstr(e.text, "a record's time makes no sense"));
	assert_int_equal(fr.captured, 77);
	savefile_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcap),
		cmocka_unit_test(test_pcapng),
		cmocka_unit_test(test_pcapng_mixed_links),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_refuses_files),
		cmocka_unit_test(test_senseless_record),
		cmocka_unit_test(test_senseless_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
