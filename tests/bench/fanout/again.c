/*
 * again: what the fan-out costs on sessions that are already open, what they
 * hold, and how fast one of them streams.
 *
 *	again rounds HOSTS PORT USER KEY SSH_CONFIG
 *	again stream BYTES PORT USER KEY SSH_CONFIG
 *
 * "rounds" runs `true` on 127.1.x.y, five times over, and prints for the first
 * and for the median of the others "SECONDS PROCESSOR-SECONDS"; then the KiB a
 * live session holds, and what the program has held at most.  "stream" prints
 *"SECONDS PROCESSOR-SECONDS".
 *
 * links: io/ model/ base/
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "io/fanout.h"
#include "model/host.h"

enum { ROUNDS = 5 };

struct used {
	double wall, cpu;
};

static size_t n_bad;
static uint64_t n_bytes;

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static struct used
used_now(void)
{
	struct rusage u;
	struct timespec t;

	getrusage(RUSAGE_SELF, &u);
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (struct used){ (double)t.tv_sec + (double)t.tv_nsec / 1e9,
		seconds(u.ru_utime) + seconds(u.ru_stime) };
}

static long
peak_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static void
on_done(void *arg, const struct task_result *r)
{
	(void)arg;
	if (r->end == TASK_EXITED && r->status == 0)
		return;
	if (n_bad++ == 0)
		fprintf(stderr, "again: %s: %s\n", task_end_name(r->end),
		    r->why);
}

static int
on_bytes(void *arg, enum task_stream s, const void *p, size_t n)
{
	(void)arg;
	(void)s;
	(void)p;
	n_bytes += n;
	return 0;
}

static struct used
run(struct fanout *f, const struct host *hosts, size_t n, struct task_spec spec)
{
	struct used from = used_now(), to;

	spec.done = on_done;
	for (size_t i = 0; i < n; i++) {
		spec.host = &hosts[i];
		fanout_start(f, &spec);
	}
	fanout_run(f, NULL, NULL, 0);
	to = used_now();
	return (struct used){ to.wall - from.wall, to.cpu - from.cpu };
}

static int
by_cpu(const void *a, const void *b)
{
	double x = ((const struct used *)a)->cpu;
	double y = ((const struct used *)b)->cpu;

	return x < y ? -1 : x > y;
}

static void
rounds(struct fanout *f, const struct host *hosts, size_t n, long before)
{
	const struct task_spec spec = { .command = "true" };
	struct used u[ROUNDS];
	long held = 0;

	for (int i = 0; i < ROUNDS; i++) {
		u[i] = run(f, hosts, n, spec);
		if (i == 0)
			held = peak_kib() - before;
	}
	qsort(u + 1, ROUNDS - 1, sizeof(u[0]), by_cpu);
	printf("%.4f %.4f %.4f %.4f %.1f %ld\n", u[0].wall, u[0].cpu,
	    u[ROUNDS / 2].wall, u[ROUNDS / 2].cpu, (double)held / (double)n,
	    before + held);
}

static void
stream(struct fanout *f, const struct host *host, const char *bytes)
{
	char command[128];
	struct task_spec spec = { .command = command, .sink = on_bytes };
	struct used u;

	snprintf(command, sizeof(command), "head -c %s /dev/zero", bytes);
	u = run(f, host, 1, spec);
	if (n_bytes != strtoull(bytes, NULL, 10))
		n_bad++;
	printf("%.4f %.4f\n", u.wall, u.cpu);
}

static struct host *
make_hosts(size_t n, char **argv)
{
	struct host *hosts = xcalloc(n, sizeof(*hosts));

	for (size_t i = 0; i < n; i++) {
		char *name = xasprintf("127.1.%zu.%zu", i / 250, i % 250 + 1);

		hosts[i] = (struct host){ .name = name,
			.address = name,
			.port = (uint16_t)strtoul(argv[3], NULL, 10),
			.user = argv[4],
			.key_file = argv[5],
			.where = "again" };
	}
	return hosts;
}

int
main(int argc, char **argv)
{
	struct fanout_opts o = { .connect_ms = 60000 };
	struct host *hosts;
	struct fanout *f;
	long before;
	struct err e;
	size_t n;

	if (argc != 7)
		return 2;
	n = strcmp(argv[1], "rounds") == 0 ? strtoul(argv[2], NULL, 10) : 1;
	o.ssh_config = argv[6];
	if (n < 1 || n > 10000 || fanout_new(&o, &f, &e) < 0)
		return 2;
	hosts = make_hosts(n, argv);
	/* What one session needs belongs to the program. */
	run(f, hosts, 1, (struct task_spec){ .command = "true" });
	before = peak_kib();
	if (strcmp(argv[1], "rounds") == 0)
		rounds(f, hosts, n, before);
	else
		stream(f, hosts, argv[2]);
	fanout_free(f);
	for (size_t i = 0; i < n; i++)
		free((char *)(uintptr_t)hosts[i].name);
	free(hosts);
	return n_bad > 0;
}
