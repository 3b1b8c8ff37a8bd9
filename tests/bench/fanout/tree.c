/*
 * tree: runs a command once and prints what its whole process tree used:
 * "WALL-SECONDS PROCESSOR-SECONDS PEAK-KIB STATUS".
 *
 *	tree OUTPUT COMMAND [ARGUMENT...]
 *	tree -m OUTPUT COMMAND [ARGUMENT...]
 *
 * Only -m looks at memory (the sum of anonymous pages over the tree, asked
 * for again and again), since looking costs time that the others would lose.
 */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PIDS_MAX = 32768, PAUSE_MS = 30 };

struct proc {
	long pid, parent;
	int ours;
};

static struct proc procs[PIDS_MAX];

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double
processor(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return seconds(u.ru_utime) + seconds(u.ru_stime);
}

/* The number behind key in a file of /proc; -1 when there is none. */
static long
ask(long pid, const char *file, const char *key)
{
	char path[64], text[4096], *at;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/%s", pid, file);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	at = strstr(text, key);
	return at != NULL ? strtol(at + strlen(key), NULL, 10) : -1;
}

static int
is_ours(size_t n, long parent, long root)
{
	if (parent == root)
		return 1;
	for (size_t i = 0; i < n; i++)
		if (procs[i].pid == parent)
			return procs[i].ours;
	return 0;
}

/* KiB that all descendants of ours hold now. */
static long
held_now(void)
{
	long root = getpid(), all = 0;
	struct dirent *d;
	size_t n = 0;
	DIR *dir = opendir("/proc");

	if (dir == NULL)
		return 0;
	while ((d = readdir(dir)) != NULL && n < PIDS_MAX) {
		char *end;
		long pid = strtol(d->d_name, &end, 10);

		if (*end == '\0' && pid > 0)
			procs[n++] = (struct proc){ pid,
				ask(pid, "status", "\nPPid:"), 0 };
	}
	closedir(dir);
	/* A child may stand before its parent: once more for each level. */
	for (int level = 0; level < 6; level++)
		for (size_t i = 0; i < n; i++)
			if (!procs[i].ours)
				procs[i].ours =
				    is_ours(n, procs[i].parent, root);
	for (size_t i = 0; i < n; i++) {
		long kib = procs[i].ours
		    ? ask(procs[i].pid, "status", "\nRssAnon:")
		    : 0;

		all += kib > 0 ? kib : 0;
	}
	return all;
}

static void
start(char **argv)
{
	int null = open("/dev/null", O_RDONLY);
	int fd = open(argv[0], O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (null < 0 || fd < 0 || dup2(null, 0) < 0 || dup2(fd, 1) < 0 ||
	    dup2(fd, 2) < 0)
		_exit(126);
	execvp(argv[1], argv + 1);
	_exit(127);
}

/* Until the command has ended; children of its that it left are reaped too. */
static int
wait_for(pid_t pid, int look, long *peak)
{
	const struct timespec pause = { 0, PAUSE_MS * 1000000L };
	int status;

	for (;;) {
		pid_t got = waitpid(-1, &status, look ? WNOHANG : 0);

		if (got < 0)
			return -1;
		if (got == pid)
			break;
		if (got == 0) {
			long held = held_now();

			*peak = held > *peak ? held : *peak;
			nanosleep(&pause, NULL);
		}
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
main(int argc, char **argv)
{
	int look = argc > 1 && strcmp(argv[1], "-m") == 0;
	long peak = 0;
	double from;
	int status;
	pid_t pid;

	argv += 1 + look;
	if (argc - look < 3 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return 126;
	from = now();
	pid = fork();
	if (pid == 0)
		start(argv);
	if (pid < 0)
		return 126;
	status = wait_for(pid, look, &peak);
	printf("%.4f %.4f %ld %d\n", now() - from, processor(), peak, status);
	return 0;
}
