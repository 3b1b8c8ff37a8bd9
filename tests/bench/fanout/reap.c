/*
 * reap: runs a server and adopts whatever its descendants leave behind, so that
 * their processor time is found in one place; ends the server on SIGTERM.
 *
 *	reap COMMAND [ARGUMENT...]
 */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t server;

static void
on_term(int sig)
{
	if (server > 0)
		kill((pid_t)server, sig);
}

int
main(int argc, char **argv)
{
	struct sigaction a = { .sa_handler = on_term };
	pid_t got;

	if (argc < 2 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return 126;
	sigaction(SIGTERM, &a, NULL);
	server = fork();
	if (server == 0) {
		execv(argv[1], argv + 1);
		_exit(127);
	}
	do
		got = waitpid(-1, NULL, 0);
	while (got > 0 || errno == EINTR);
	return 0;
}
