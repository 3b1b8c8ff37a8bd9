/*
 * tool: becomes the illumos program that it is called as.
 *
 * The work is the translator's, which runs already: to start perl costs a
 * node a quarter of a second, and espy asks for twenty answers.  Sent there:
 * the length of what follows (4 bytes, big-endian), then the name and the
 * arguments, a null after each.  What comes back: frames of a stream number
 * (1 and 2 as a process has them, 0 for the exit status), a length (4 bytes)
 * and so many bytes.  SIGTERM, for a tool that does not die of it, is the end
 * of what we send.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CANNOT_RUN = 126, REQUEST_MAX = 1 << 16, FRAME_MAX = 1 << 16 };

static void
give_up(const char *what)
{
	perror(what);
	exit(CANNOT_RUN);
}

static void
write_all(int fd, const unsigned char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w <= 0)
			give_up("lab: write");
		p += w;
		n -= (size_t)w;
	}
}

static void
read_all(int fd, unsigned char *p, size_t n)
{
	while (n > 0) {
		ssize_t r = read(fd, p, n);

		if (r <= 0)
			give_up("lab: the translator went away");
		p += r;
		n -= (size_t)r;
	}
}

static size_t
get_length(const unsigned char p[4])
{
	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 |
	    p[3];
}

static void
send_request(int fd, char **argv)
{
	static unsigned char request[4 + REQUEST_MAX];
	const char *slash = strrchr(argv[0], '/');
	size_t n = 4;

	argv[0] = slash != NULL ? (char *)slash + 1 : argv[0];
	for (; *argv != NULL; argv++) {
		size_t length = strlen(*argv) + 1;

		if (length > sizeof(request) - n)
			give_up("lab: too many arguments");
		memcpy(request + n, *argv, length);
		n += length;
	}
	n -= 4;
	for (int i = 0; i < 4; i++)
		request[i] = (unsigned char)(n >> (24 - 8 * i));
	write_all(fd, request, n + 4);
}

static int translator; /* its socket */

static void
ask_end(int sig)
{
	(void)sig;
	shutdown(translator, SHUT_WR);
}

int
main(int argc, char **argv)
{
	static unsigned char frame[FRAME_MAX];
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = SOCKET };

	(void)argc;
	translator = socket(AF_UNIX, SOCK_STREAM, 0);
	if (translator < 0 ||
	    connect(translator, (struct sockaddr *)&at, sizeof(at)) < 0)
		give_up("lab: the translator does not run");
	send_request(translator, argv);
	/* A request's end that is closed is TERM, to tools that await one. */
	if (strcmp(argv[0], "dtrace") == 0)
		sigaction(SIGTERM,
		    &(struct sigaction){
			.sa_handler = ask_end, .sa_flags = SA_RESTART },
		    NULL);
	for (;;) {
		size_t n;

		read_all(translator, frame, 5);
		n = get_length(frame + 1);
		if (n > sizeof(frame))
			give_up("lab: what the translator says");
		if (frame[0] == 0) {
			read_all(translator, frame, 1);
			return frame[0];
		}
		int stream = frame[0];

		read_all(translator, frame, n);
		write_all(stream, frame, n);
	}
}
