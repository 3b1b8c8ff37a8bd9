/*
 * ping(8): ping HOST [SECONDS], ping -s [-nDU] [-I N] [-i A] HOST [SIZE
 * [COUNT]]
 *
 * Real echo requests.  One a second at the most, numbers from 0; at the end
 * twice the longest time for what is on its way, and ten seconds for a host
 * that was never heard.  In C, since fifty of them may run at once.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	PACKET_MAX = 65536,
	SIZE_MAX_DATA = 65507 - 8,
	HEAD = 8,
	TIMEVAL = 8, /* a 32-bit program's, ahead of the data */
	LAST_WAIT_S = 10,
	TIMEOUT_S = 20,
	UDP_PORT = 33434
};

static struct {
	const char *host, *source;
	struct in_addr to;
	bool statistics, numeric, whole, udp;
	int ttl;
	long interval_s, size, count, timeout_s;
} opt = { .interval_s = 1, .size = 56, .timeout_s = TIMEOUT_S };

static struct {
	long sent, received, timed;
	double sum_ms, squares, min_ms, max_ms;
} seen;

static int echo_fd = -1, send_fd = -1;
static uint16_t ident;
static volatile sig_atomic_t interrupted;

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint16_t
checksum(const unsigned char *p, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (uint32_t)p[i] << (i % 2 == 0 ? 8 : 0);
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void
put16(unsigned char *p, unsigned v)
{
	p[0] = (unsigned char)(v >> 8);
	p[1] = (unsigned char)v;
}

static unsigned
get16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* The time, then bytes that count up. */
static void
fill(unsigned char *data)
{
	double now = now_s();
	uint32_t t[2] = { htonl((uint32_t)now),
		htonl((uint32_t)((now - (double)(uint32_t)now) * 1e6)) };

	for (long i = 0; i < opt.size; i++)
		data[i] = (unsigned char)i;
	if (opt.size >= TIMEVAL)
		memcpy(data, t, sizeof(t));
}

static size_t
echo_request(unsigned char *p)
{
	memset(p, 0, HEAD);
	p[0] = ICMP_ECHO;
	put16(p + 4, ident);
	put16(p + 6, (unsigned)seen.sent & 0xffff);
	fill(p + HEAD);
	put16(p + 2, checksum(p, HEAD + (size_t)opt.size));
	return HEAD + (size_t)opt.size;
}

static void
transmit(void)
{
	static unsigned char packet[PACKET_MAX];
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = opt.to };
	size_t n;

	if (opt.udp) {
		to.sin_port = htons((uint16_t)(UDP_PORT + seen.sent));
		fill(packet);
		n = (size_t)opt.size;
	} else {
		n = echo_request(packet);
	}
	if (sendto(send_fd, packet, n, 0, (struct sockaddr *)&to, sizeof(to)) <
	    0) {
		fprintf(stderr, "sendto %s\n", strerror(errno));
		printf("ping: wrote %s %zu chars, ret=-1\n", opt.host, n);
	}
	seen.sent++;
}

static void
print_from(struct in_addr from)
{
	if (opt.numeric)
		printf("%s", inet_ntoa(from));
	else
		printf("%s (%s)", opt.host, inet_ntoa(from));
}

static void
count_time(double ms)
{
	if (seen.timed == 0 || ms < seen.min_ms)
		seen.min_ms = ms;
	if (ms > seen.max_ms)
		seen.max_ms = ms;
	seen.sum_ms += ms;
	seen.squares += ms * ms;
	seen.timed++;
}

static void
echo_reply(struct in_addr from, const unsigned char *p, size_t n)
{
	uint32_t t[2];
	double ms;

	if (get16(p + 4) != ident || opt.udp)
		return;
	seen.received++;
	if (opt.statistics) {
		printf("%zu bytes from ", n);
		print_from(from);
		printf(": icmp_seq=%u. ", get16(p + 6));
	}
	if (n >= HEAD + TIMEVAL) {
		memcpy(t, p + HEAD, sizeof(t));
		ms = (now_s() - ntohl(t[0]) - ntohl(t[1]) / 1e6) * 1000;
		count_time(ms);
		if (opt.statistics)
			printf("time=%.3f ms", ms);
	}
	if (opt.statistics)
		printf("\n");
}

/* The answer to a probe by UDP is that nobody listens there. */
static bool
udp_answer(struct in_addr from, const unsigned char *quoted, size_t n)
{
	unsigned port;

	if (!opt.udp || n < HEAD || from.s_addr != opt.to.s_addr)
		return false;
	port = get16(quoted + 2);
	if (port < UDP_PORT || port >= UDP_PORT + seen.sent)
		return false;
	seen.received++;
	printf("%ld bytes from ", opt.size + HEAD);
	print_from(from);
	printf(": udp_port=%u. \n", port);
	return true;
}

/* Of what this program sent: the number stands in the quoted packet. */
static void
unreachable(struct in_addr from, const unsigned char *p, size_t n)
{
	static const char *const what[] = { "Net", "Host", "Protocol", "Port" };
	const unsigned char *quoted = p + HEAD;
	struct in_addr src, dst;
	size_t head;
	unsigned code = p[1];

	if (n < HEAD + 20)
		return;
	head = 4 * (size_t)(quoted[0] & 15);
	if (n < HEAD + head + HEAD)
		return;
	if (code == ICMP_PORT_UNREACH &&
	    udp_answer(from, quoted + head, n - HEAD - head))
		return;
	if (quoted[9] != IPPROTO_ICMP || get16(quoted + head + 4) != ident)
		return;
	memcpy(&src, quoted + 12, 4);
	memcpy(&dst, quoted + 16, 4);
	if (code < sizeof(what) / sizeof(what[0]))
		printf("ICMP %s Unreachable from gateway %s\n", what[code],
		    inet_ntoa(from));
	else
		printf("ICMP Unreachable, code %u, from gateway %s\n", code,
		    inet_ntoa(from));
	printf(" for icmp from %s", inet_ntoa(src));
	printf(" to %s\n", inet_ntoa(dst));
}

static void
receive(void)
{
	static unsigned char packet[PACKET_MAX];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	ssize_t n = recvfrom(echo_fd, packet, sizeof(packet), 0,
	    (struct sockaddr *)&from, &size);
	size_t head;

	if (n < 20)
		return;
	head = 4 * (size_t)(packet[0] & 15);
	if ((size_t)n < head + HEAD)
		return;
	if (packet[head] == ICMP_ECHOREPLY)
		echo_reply(from.sin_addr, packet + head, (size_t)n - head);
	else if (packet[head] == ICMP_DEST_UNREACH)
		unreachable(from.sin_addr, packet + head, (size_t)n - head);
}

/* Until then, until all have been answered, or until it is to end. */
static void
listen_until(double end_s)
{
	struct pollfd p = { .fd = echo_fd, .events = POLLIN };
	double left_s;

	while (!interrupted && (left_s = end_s - now_s()) > 0 &&
	    (opt.count == 0 || seen.received < opt.count) &&
	    (opt.statistics || seen.received == 0))
		if (poll(&p, 1, (int)(left_s * 1000) + 1) > 0)
			receive();
}

static void
print_statistics(void)
{
	double n = (double)seen.timed, avg;

	printf("\n----%s PING Statistics----\n", opt.host);
	printf("%ld packets transmitted, %ld packets received, ", seen.sent,
	    seen.received);
	if (seen.received > seen.sent)
		printf("%.2f times amplification",
		    (double)seen.received / (double)seen.sent);
	else if (seen.sent > 0)
		printf("%ld%% packet loss",
		    (seen.sent - seen.received) * 100 / seen.sent);
	printf("\n");
	if (seen.timed == 0)
		return;
	avg = seen.sum_ms / n;
	printf("round-trip (ms)  min/avg/max/stddev = %.3f/%.3f/%.3f/%.3f\n",
	    seen.min_ms, avg, seen.max_ms,
	    sqrt((seen.squares - n * avg * avg) / (n - 1)));
}

static void
on_int(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void
usage(void)
{
	fprintf(stderr,
	    "usage: ping host [timeout]\n"
	    "usage: ping -s [-l | U] [-abdDLnRrv] "
	    "[-A addr_family] [-c traffic_class]\n"
	    "\t\t... host [data_size] [npackets]\n");
	exit(1);
}

static long
number(const char *text, long min, long max)
{
	char *end;
	long v = strtol(text, &end, 10);

	if (end == text || *end != '\0' || v < min || v > max)
		usage();
	return v;
}

/* A static program reads /etc/hosts itself. */
static bool
resolve(const char *name, struct in_addr *ret)
{
	char line[512], address[64], other[256];
	FILE *f;
	bool found = inet_pton(AF_INET, name, ret) == 1;

	if (found || (f = fopen("/etc/hosts", "r")) == NULL)
		return found;
	while (!found && fgets(line, sizeof(line), f) != NULL)
		found = sscanf(line, "%63s %255s", address, other) == 2 &&
		    strcmp(other, name) == 0 &&
		    inet_pton(AF_INET, address, ret) == 1;
	fclose(f);
	return found;
}

static void
read_options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "aA:bDI:i:nP:sSt:UvY")) != -1) {
		switch (c) {
		case 's':
			opt.statistics = true;
			break;
		case 'I':
			opt.statistics = true;
			opt.interval_s = number(optarg, 1, 86400);
			break;
		case 'i':
			opt.source = optarg;
			break;
		case 'n':
			opt.numeric = true;
			break;
		case 'D':
			opt.whole = true;
			break;
		case 't':
			opt.ttl = (int)number(optarg, 1, 255);
			break;
		case 'U':
			opt.udp = true;
			break;
		case '?':
			usage();
		}
	}
}

static void
read_words(int argc, char **argv)
{
	if (optind == argc || argc - optind > 3)
		usage();
	opt.host = argv[optind];
	if (!resolve(opt.host, &opt.to)) {
		fprintf(stderr, "ping: unknown host %s\n", opt.host);
		exit(1);
	}
	if (optind + 1 < argc && opt.statistics)
		opt.size = number(argv[optind + 1], 0, SIZE_MAX_DATA);
	else if (optind + 1 < argc)
		opt.timeout_s = number(argv[optind + 1], 1, 86400);
	if (optind + 2 < argc && opt.statistics)
		opt.count = number(argv[optind + 2], 0, 1000000);
}

static void
open_sockets(void)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	int df = opt.whole ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT;

	echo_fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	send_fd = opt.udp ? socket(AF_INET, SOCK_DGRAM, 0) : echo_fd;
	if (echo_fd < 0 || send_fd < 0) {
		perror("ping: socket");
		exit(1);
	}
	setsockopt(send_fd, IPPROTO_IP, IP_MTU_DISCOVER, &df, sizeof(df));
	if (opt.ttl > 0)
		setsockopt(send_fd, IPPROTO_IP, IP_TTL, &opt.ttl,
		    sizeof(opt.ttl));
	if (opt.source != NULL &&
	    (!resolve(opt.source, &from.sin_addr) ||
		bind(send_fd, (struct sockaddr *)&from, sizeof(from)) < 0)) {
		perror("ping: bind");
		exit(1);
	}
}

/* One a second, and at the end some time for the last. */
static void
ping_many(void)
{
	double last_s;

	for (;;) {
		double next_s = now_s() + (double)opt.interval_s;

		transmit();
		if (opt.count > 0 && seen.sent == opt.count)
			break;
		listen_until(next_s);
		if (interrupted ||
		    (opt.count > 0 && seen.received >= opt.count))
			break;
	}
	last_s = seen.received > 0 ? 2 * seen.max_ms / 1000 : LAST_WAIT_S;
	listen_until(now_s() + (last_s < 1 ? 1 : last_s));
	print_statistics();
}

static void
ping_once(void)
{
	double end_s = now_s() + (double)opt.timeout_s;

	while (seen.received == 0 && now_s() < end_s) {
		transmit();
		listen_until(now_s() + 1);
	}
	if (seen.received > 0)
		printf("%s is alive\n", opt.host);
	else
		printf("no answer from %s\n", opt.host);
}

int
main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = on_int };

	setvbuf(stdout, NULL, _IONBF, 0);
	read_options(argc, argv);
	read_words(argc, argv);
	open_sockets();
	ident = (uint16_t)getpid();
	if (!opt.statistics) {
		ping_once();
		return seen.received > 0 ? 0 : 1;
	}
	sigaction(SIGINT, &act, NULL);
	printf("PING %s", opt.host);
	if (opt.numeric)
		printf(" (%s)", inet_ntoa(opt.to));
	printf(": %ld data bytes\n", opt.size);
	ping_many();
	return seen.received > 0 ? 0 : 1;
}
