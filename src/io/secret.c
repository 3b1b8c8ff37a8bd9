#include "io/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <sys/resource.h>

#include "base/err.h"
#include "base/mem.h"
#include "io/sig.h"

void
secret_wipe(struct secret *s)
{
	mem_wipe(s, sizeof(*s));
}

/* Bytes read, all of the line at once; -1: end of file or a signal. */
static ssize_t
read_line(int tty, struct secret *ret)
{
	struct pollfd fds[] = { { tty, POLLIN, 0 }, { sig_fd(), POLLIN, 0 } };
	ssize_t n;

	while (!sig_interrupted()) {
		poll(fds, 2, -1);
		sig_drain();
		if (sig_interrupted() || fds[0].revents == 0)
			continue;
		n = read(tty, ret->text, SECRET_MAX);
		if (n >= 0 || (errno != EINTR && errno != EAGAIN))
			return n > 0 ? n : -1;
	}
	return -1;
}

static int
ask(int tty, const char *prompt, struct secret *ret, struct err *e)
{
	ssize_t n = -1;

	if (write(tty, prompt, strlen(prompt)) >= 0)
		n = read_line(tty, ret);
	if (write(tty, "\n", 1) < 0)
		n = -1;
	if (sig_interrupted())
		return err_set(e, ERR_LIMIT, "interrupted");
	if (n <= 1 || ret->text[n - 1] != '\n')
		return err_set(e, ERR_USAGE,
		    "no password was given, or one of more than %d bytes",
		    SECRET_MAX - 1);
	ret->text[n - 1] = '\0';
	if (strlen(ret->text) != (size_t)n - 1)
		return err_set(e, ERR_USAGE, "the password holds a NUL");
	return 0;
}

int
secret_ask(const char *prompt, struct secret *ret, struct err *e)
{
	const struct rlimit none = { 0, 0 };
	struct termios was, quiet;
	int r, tty;

	if (sig_catch(e) < 0)
		return -1;
	setrlimit(RLIMIT_CORE, &none);
	tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (tty < 0 || tcgetattr(tty, &was) < 0) {
		if (tty >= 0)
			close(tty);
		return err_set(e, ERR_USAGE,
		    "there is no terminal to ask for a password on");
	}
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	quiet.c_lflag |= ICANON | ISIG;
	/* To stop here would leave the shell without an echo. */
	quiet.c_cc[VSUSP] = _POSIX_VDISABLE;
	tcsetattr(tty, TCSAFLUSH, &quiet);
	r = ask(tty, prompt, ret, e);
	tcsetattr(tty, TCSAFLUSH, &was);
	close(tty);
	if (r < 0)
		secret_wipe(ret);
	return r;
}
