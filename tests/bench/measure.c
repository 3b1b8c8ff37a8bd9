/*
 * measure: runs a command three times with its output in a file, and prints
 * the median of the wall clock, of the processor time, and the largest
 * resident set: "SECONDS SECONDS KIB".
 *
 *	measure OUTPUT COMMAND [ARGUMENT...]
 *
 * Exits with what the command's last run exited with.
 */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 3 };

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
processor(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return seconds(u.ru_utime) + seconds(u.ru_stime);
}

static int
run(char **argv)
{
	int status, fd;
	pid_t pid = fork();

	if (pid < 0)
		return -1;
	if (pid == 0) {
		fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
			_exit(126);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int
main(int argc, char **argv)
{
	double wall[RUNS], cpu[RUNS];
	struct rusage u;
	int status = 0;

	if (argc < 3)
		return 126;
	for (int i = 0; i < RUNS; i++) {
		double from = now(), used = processor();

		status = run(argv);
		wall[i] = now() - from;
		cpu[i] = processor() - used;
	}
	getrusage(RUSAGE_CHILDREN, &u);
	qsort(wall, RUNS, sizeof(wall[0]), compare);
	qsort(cpu, RUNS, sizeof(cpu[0]), compare);
	printf("%.3f %.3f %ld\n", wall[RUNS / 2], cpu[RUNS / 2], u.ru_maxrss);
	return status < 0 ? 126 : status;
}
