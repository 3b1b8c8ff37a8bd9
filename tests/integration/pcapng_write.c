/*
 * pcapng_write FILE...: captures to one pcapng on standard output, an interface
 * each, one after the other; for tests.
 * links: capture/pcapng io/savefile base/buf base/err base/mem
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "capture/pcapng.h"
#include "io/savefile.h"
#include "model/frame.h"

static int
flush(struct buf *b)
{
	size_t n = fwrite(b->data, 1, b->len, stdout);
	int r = n == b->len ? 0 : -1;

	buf_clear(b);
	return r;
}

static int
put_packets(struct savefile *s, uint32_t interface, struct buf *b,
    struct err *e)
{
	struct pcapng_packet p = { .interface = interface,
		.direction = PCAPNG_OUT,
		.comment = "a comment" };
	struct pcapng_statistics st = { .interface = interface,
		.counted = true,
		.received = 7,
		.dropped = 2 };
	struct frame f;
	int r;

	while ((r = savefile_next(s, &f, e)) == 1) {
		st.delivered++;
		st.at = f.time;
		if (pcapng_put_packet(b, &f, &p) < 0 || flush(b) < 0)
			return -1;
	}
	return r == 0 && pcapng_put_statistics(b, &st) == 0 ? flush(b) : -1;
}

static int
run(int n, char **paths, struct buf *b, struct err *e)
{
	const struct pcapng_section section = { "espy", "both ends" };
	int r = pcapng_put_section(b, &section);

	for (int i = 0; r == 0 && i < n; i++) {
		const struct pcapng_interface itf = { .link = FRAME_ETHERNET,
			.snaplen = 65535,
			.name = paths[i],
			.description = "a description",
			.filter = "ip or arp",
			.os = "linux" };

		r = pcapng_put_interface(b, &itf);
	}
	for (int i = 0; r == 0 && i < n; i++) {
		struct savefile *s;

		r = savefile_open(paths[i], &s, e);
		if (r == 0) {
			r = put_packets(s, (uint32_t)i, b, e);
			savefile_close(s);
		}
	}
	return r;
}

int
main(int argc, char **argv)
{
	struct err e = { .text = "no room, or no disk" };
	struct buf b;
	int r;

	buf_init(&b, 1 << 20);
	r = run(argc - 1, argv + 1, &b, &e);
	if (r < 0)
		fprintf(stderr, "pcapng_write: %s\n", e.text);
	buf_free(&b);
	return r == 0 && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
