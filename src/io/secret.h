/* secret: a password, asked for on the terminal and zeroed afterwards. */
#ifndef ESPY_IO_SECRET_H
#define ESPY_IO_SECRET_H
struct err;

enum { SECRET_MAX = 1001 };

struct secret {
	char text[SECRET_MAX + 1];
};

/*
 * Asks on /dev/tty, without echo, for as long as it takes.  ERR_USAGE without a
 * terminal or an answer, ERR_LIMIT when a signal came (see io/sig.h); the
 * terminal is then as it was.  From here on the process leaves no core file.
 */
int secret_ask(const char *prompt, struct secret *ret, struct err *e);
void secret_wipe(struct secret *s);

#endif
