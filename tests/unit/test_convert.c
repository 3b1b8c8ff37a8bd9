/*
 * links: capture/convert capture/snoop capture/stream base/buf base/err
 * links: base/mem
 */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "capture/convert.h"

/*
 * The unpleasant forms at once: a record with four bytes of garbage as its pad,
 * one with none so that the next is at an odd offset, one cut by its snaplen.
 */
static const uint8_t wire[] = { 's', 'n', 'o', 'o', 'p', 0, 0, 0, 0, 0, 0, 2, 0,
	0, 0, 4,
	/* 3 of 3 bytes, padded to 8 with garbage */
	0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 32, 0, 0, 0, 0, 0x5d, 0x9d, 0xed, 0x00,
	0, 0, 0, 7, 'a', 'b', 'c', 0xde, 0xad, 0xbe, 0xef, 0x0a,
	/* 5 of 5 bytes, no pad; 2 lost so far */
	0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0, 29, 0, 0, 0, 2, 0x5d, 0x9d, 0xed, 0x01,
	0, 0x0f, 0x42, 0x3f, 'd', 'e', 'f', 'g', 'h',
	/* 2 of 1500 bytes; 9 lost so far */
	0, 0, 0x05, 0xdc, 0, 0, 0, 2, 0, 0, 0, 26, 0, 0, 0, 9, 0xff, 0xff, 0xff,
	0xff, 0, 0, 0, 0, 'i', 'j' };

static const uint8_t pcap[] = { 0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 1,
	/* */
	0x5d, 0x9d, 0xed, 0x00, 0, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0, 3, 'a', 'b',
	'c',
	/* */
	0x5d, 0x9d, 0xed, 0x01, 0, 0x0f, 0x42, 0x3f, 0, 0, 0, 5, 0, 0, 0, 5,
	'd', 'e', 'f', 'g', 'h',
	/* */
	0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0x05, 0xdc, 'i',
	'j' };

enum { OUT_MAX = 1 << 20 };

static void
test_whole(void **state)
{
	struct convert c;
	struct buf out;
	struct err e;

	(void)state;
	convert_init(&c);
	buf_init(&out, OUT_MAX);
	assert_int_equal(convert_feed(&c, wire, sizeof(wire), &out, &e), 0);
	assert_int_equal(out.len, sizeof(pcap));
	assert_memory_equal(out.data, pcap, sizeof(pcap));
	assert_int_equal(c.packets, 3);
	assert_int_equal(c.snoop.drops, 9);
	assert_true(convert_may_end(&c));
	buf_clear(&out);
	assert_int_equal(convert_feed(&c, "\n", 1, &out, &e), 0);
	assert_true(convert_may_end(&c));
	assert_int_equal(out.len, 0);
	convert_summary(&c, &out);
	assert_string_equal(out.data,
	    "espy: snoop: 3 packets captured, 9 dropped\n");
	buf_free(&out);
	convert_free(&c);
}

/* However the bytes come, the same goes out, and is whole at every moment. */
static void
test_in_pieces(void **state)
{
	(void)state;
	for (size_t step = 1; step < sizeof(wire); step++) {
		struct convert c;
		struct buf out;
		struct err e;

		convert_init(&c);
		buf_init(&out, OUT_MAX);
		for (size_t at = 0; at < sizeof(wire); at += step) {
			size_t n = sizeof(wire) - at;

			assert_int_equal(convert_feed(&c, wire + at,
					     n < step ? n : step, &out, &e),
			    0);
			assert_true(out.len <= sizeof(pcap));
			assert_memory_equal(out.data, pcap, out.len);
		}
		assert_int_equal(out.len, sizeof(pcap));
		buf_free(&out);
		convert_free(&c);
	}
}

/* Where a capture may end: between records, and a newline is no record. */
static void
test_every_cut(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(wire); n++) {
		bool end = n == 12 || n == 16 || n == 48 || n == 77;
		struct convert c;
		struct buf out;
		struct err e;

		convert_init(&c);
		buf_init(&out, OUT_MAX);
		assert_int_equal(convert_feed(&c, wire, n, &out, &e), 0);
		/* The last byte of the garbage is a newline, of a record. */
		assert_int_equal(convert_may_end(&c), end);
		if (end) {
			assert_int_equal(convert_feed(&c, "\n", 1, &out, &e),
			    0);
			assert_true(convert_may_end(&c));
		}
		/* An empty capture is a header without packets. */
		if (n == 12) {
			assert_int_equal(out.len, 24);
			assert_memory_equal(out.data, pcap, 24);
		}
		buf_free(&out);
		convert_free(&c);
	}
}

static void
refuse(const void *data, size_t n, size_t room)
{
	struct convert c;
	struct buf out;
	struct err e = { 0 };

	convert_init(&c);
	buf_init(&out, room);
	assert_int_equal(convert_feed(&c, data, n, &out, &e), -1);
	assert_int_equal(e.kind, room < OUT_MAX ? ERR_LIMIT : ERR_INPUT);
	assert_false(out.cut);
	assert_false(convert_may_end(&c));
	assert_int_equal(convert_feed(&c, "", 1, &out, &e), -1);
	buf_free(&out);
	convert_free(&c);
}

static void
test_refused(void **state)
{
	uint8_t b[sizeof(wire)];

	(void)state;
	refuse("sh: /usr/sbin/snoop: not found\n", 31, OUT_MAX);
	memcpy(b, wire, sizeof(wire));
	b[15] = 8; /* FDDI */
	refuse(b, sizeof(b), OUT_MAX);
	memcpy(b, wire, sizeof(wire));
	b[16 + 8] = 0x7f; /* a record of 2 GB */
	refuse(b, sizeof(b), OUT_MAX);
	refuse(wire, sizeof(wire), 50);
}

/* ---- a capture of a Solaris, against another reader -------------------- */

/* Not ours to pass on; it lies beside a checkout. */
static const char *
find_sample(void)
{
	static const char *const at[] = { "../shared/data/solaris.snoop",
		"../../shared/data/solaris.snoop" };

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		if (access(at[i], R_OK) == 0)
			return at[i];
	return NULL;
}

static void
convert_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	struct convert c;
	struct buf b;
	struct err e;
	uint8_t piece[1000];
	size_t n;

	assert_non_null(in);
	assert_non_null(out);
	convert_init(&c);
	buf_init(&b, OUT_MAX);
	while ((n = fread(piece, 1, sizeof(piece), in)) > 0) {
		assert_int_equal(convert_feed(&c, piece, n, &b, &e), 0);
		assert_int_equal(fwrite(b.data, 1, b.len, out), b.len);
		buf_clear(&b);
	}
	assert_int_equal(c.packets, 250);
	assert_true(convert_may_end(&c));
	buf_free(&b);
	convert_free(&c);
	fclose(in);
	assert_int_equal(fclose(out), 0);
}

/* What tshark makes of every packet, up to 1 MiB; the caller's to free(3). */
static char *
read_by_tshark(const char *path)
{
	char command[512], *text = malloc(OUT_MAX);
	FILE *p;
	size_t n;

	assert_non_null(text);
	snprintf(command, sizeof(command),
	    "tshark -r '%s' -T fields -e frame.time_epoch -e frame.len "
	    "-e frame.cap_len -e frame.protocols -e eth.src -e eth.dst "
	    "-e ip.checksum -e tcp.seq_raw -e data.data 2>/dev/null",
	    path);
	p = popen(command, "r");
	assert_non_null(p);
	n = fread(text, 1, OUT_MAX - 1, p);
	text[n] = '\0';
	assert_int_equal(pclose(p), 0);
	return text;
}

static void
test_real_capture(void **state)
{
	char path[] = "/tmp/espy-convert-XXXXXX", *want, *got;
	const char *sample = find_sample();
	int fd;

	(void)state;
	if (sample == NULL || system("tshark --version >/dev/null 2>&1") != 0) {
		print_message("no tshark, or no solaris.snoop\n");
		skip();
	}
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	convert_file(sample, path);
	want = read_by_tshark(sample);
	got = read_by_tshark(path);
	unlink(path);
	assert_true(strlen(want) > 10000);
	assert_string_equal(got, want);
	free(want);
	free(got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_in_pieces),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_real_capture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
