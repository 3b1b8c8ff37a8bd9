/*
 * gen: two captures of one conversation in ESP, with known losses.
 *
 *	gen PACKETS LOSSES A.pcap B.pcap
 *
 * Hosts A and B send PACKETS packets each to the other, 500000 a second in
 * all, 200 us from end to end, a new SA every 100000 packets.  The network
 * loses exactly LOSSES packets each way, in bursts of 1 to 5, doubles every
 * 50000th and swaps every 10000th with the one behind it.  B's clock is 1.5 s
 * ahead and 20 ppm fast; its capture starts and ends 20 ms later than A's.
 * Captured are 160 bytes of each packet.  The seed is fixed.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CAPTURED = 160,
	LENGTH = 1454,
	SPACING_NS = 4000, /* of one host */
	DELAY_NS = 200000,
	REKEY = 100000,
	DOUBLE = 50000,
	SWAP = 10000,
	LATE_NS = 20000000
};

static const uint8_t addresses[2][4] = { { 192, 0, 2, 11 },
	{ 198, 51, 100, 13 } };
static uint64_t seed = 20240229;
static unsigned packets;
static bool *lost[2]; /* by sender */

static uint32_t
draw(uint32_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)((seed >> 33) % below);
}

/* Never at the edges: what is lost there cannot be proven. */
static void
lose(bool *set, unsigned n)
{
	while (n > 0) {
		uint32_t at = packets / 10 + draw(packets / 10 * 8);
		uint32_t burst = 1 + draw(5);

		for (; burst > 0 && n > 0; burst--, at++)
			if (!set[at]) {
				set[at] = true;
				n--;
			}
	}
}

static void
be32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static void
fill(uint8_t *f, unsigned from, unsigned i)
{
	static const uint8_t head[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8,
		0, 0x45, 0, (LENGTH - 14) >> 8, (LENGTH - 14) & 0xff, 0, 0,
		0x40, 0, 63, 50, 0, 0 };

	memcpy(f, head, sizeof(head));
	f[18] = (uint8_t)(i >> 8);
	f[19] = (uint8_t)i;
	memcpy(f + 26, addresses[from], 4);
	memcpy(f + 30, addresses[1 - from], 4);
	be32(f + 34, 0xc0000000U + from * 0x10000 + i / REKEY);
	be32(f + 38, i % REKEY + 1);
	for (unsigned k = 42; k < CAPTURED; k += 2) {
		uint32_t v = draw(65536);

		f[k] = (uint8_t)v;
		f[k + 1] = (uint8_t)(v >> 8);
	}
}

static void
put(FILE *to, unsigned host, int64_t ns, unsigned from, unsigned i)
{
	uint8_t frame[CAPTURED];
	int64_t clock = host == 0 ? ns : ns + 1500000000 + ns / 50000;
	uint32_t rec[4] = { (uint32_t)(1700000000 + clock / 1000000000),
		(uint32_t)(clock % 1000000000), CAPTURED, LENGTH };
	int64_t end = (int64_t)packets * SPACING_NS;

	if (host == 0 ? ns > end : ns < LATE_NS || ns > end + LATE_NS)
		return;
	fill(frame, from, i);
	fwrite(rec, sizeof(rec), 1, to);
	fwrite(frame, sizeof(frame), 1, to);
}

/* The number of the packet that arrives as the i-th. */
static unsigned
arriving(unsigned i)
{
	if (i % SWAP == 1 && i + 1 < packets)
		return i + 1;
	return i % SWAP == 2 ? i - 1 : i;
}

static void
write_capture(const char *path, unsigned host)
{
	static const uint32_t header[] = { 0xa1b23c4d, 0x00040002, 0, 0,
		CAPTURED, 1 };
	FILE *to = fopen(path, "wb");
	unsigned out = 0, in = 0, peer = 1 - host;

	if (to == NULL) {
		perror(path);
		exit(4);
	}
	fwrite(header, sizeof(header), 1, to);
	while (out < packets || in < packets) {
		int64_t t_out = (int64_t)out * SPACING_NS + host * 2000;
		int64_t t_in =
		    (int64_t)in * SPACING_NS + peer * 2000 + DELAY_NS;

		if (out < packets && (in == packets || t_out <= t_in)) {
			put(to, host, t_out, host, out++);
			continue;
		}
		if (!lost[peer][arriving(in)]) {
			put(to, host, t_in, peer, arriving(in));
			if (in % DOUBLE == DOUBLE / 2)
				put(to, host, t_in + 1, peer, arriving(in));
		}
		in++;
	}
	if (fclose(to) != 0) {
		perror(path);
		exit(4);
	}
}

int
main(int argc, char **argv)
{
	unsigned losses;

	if (argc != 5)
		return 2;
	packets = (unsigned)strtoul(argv[1], NULL, 10);
	losses = (unsigned)strtoul(argv[2], NULL, 10);
	if (packets < 1000 || losses > packets / 10)
		return 2;
	for (unsigned h = 0; h < 2; h++) {
		lost[h] = calloc(packets, sizeof(bool));
		if (lost[h] == NULL)
			return 4;
		lose(lost[h], losses);
	}
	write_capture(argv[3], 0);
	write_capture(argv[4], 1);
	free(lost[0]);
	free(lost[1]);
	return 0;
}
