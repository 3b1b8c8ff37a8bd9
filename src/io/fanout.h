/*
 * fanout: commands on many hosts at once, over sessions that stay open.
 *
 * One thread, one poll(2) loop.  A task is one command on one host; tasks are
 * started at any time, also from within callbacks, and progress only inside
 * fanout_run().  A host's session is opened by its first task and serves all
 * later ones.  A host that cannot be reached ends its tasks with the reason and
 * never delays another's.
 */
#ifndef ESPY_IO_FANOUT_H
#define ESPY_IO_FANOUT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct err;
struct fanout;
struct host;
struct loop_hooks;
struct remote_as;
struct task;

enum fanout_transport { FANOUT_AUTO, FANOUT_LIBSSH2, FANOUT_SSH };

enum host_key_policy { HOST_KEY_STRICT, HOST_KEY_ACCEPT_NEW, HOST_KEY_OFF };

struct fanout_opts {
	unsigned forks;		/* sessions being set up at once; 0: 256 */
	int64_t connect_ms;	/* from dial to authenticated; 0: 10 s */
	const char *ssh_config; /* ssh -F; NULL: the user's own */
	/* Without host_keys_said ssh_config's StrictHostKeyChecking counts. */
	enum host_key_policy host_keys;
	bool host_keys_said;
	/* FANOUT_AUTO: libssh2, and ssh(1) where that cannot do it. */
	enum fanout_transport transport;
	/* sudo for all hosts; user: NULL: what the inventory says. */
	bool become;
	const char *become_user;
	/* For hosts without one of their own; NULL: none.  Copied. */
	const char *become_password;
	int verbose;
	const struct loop_hooks *hooks; /* NULL: the real clock and poll(2) */
};

/* How a task ended; each is told apart from all others. */
enum task_end {
	TASK_EXITED,	  /* status holds the exit status */
	TASK_SIGNALLED,	  /* signal holds its name without SIG */
	TASK_NO_STATUS,	  /* the channel closed and no status ever came */
	TASK_TIMEOUT,	  /* limit_ms passed; the command was ended */
	TASK_CANCELLED,	  /* fanout_cancel(), or a signal to espy */
	TASK_UNREACHABLE, /* no session: refused, no route, silence, reset */
	TASK_HOST_KEY,	  /* no session: unknown, changed or revoked key */
	TASK_AUTH,	  /* the host did not accept us, or its sudo */
	TASK_LOST	  /* the session broke while the command ran */
};

struct task_result {
	enum task_end end;
	int status;
	char signal[16];
	const char *why; /* one line; borrowed until the callback returns */
	struct mono started, ended;
	/* What was collected, when there was no sink; terminated. */
	const char *out, *err;
	size_t out_len, err_len;
	bool out_cut, err_cut; /* a cap was reached; the rest was dropped */
};

enum task_stream { TASK_OUT, TASK_ERR };

struct task_spec {
	const struct host *host; /* borrowed until the fanout is freed */
	/* Who runs it, but for asks; NULL: as the host says.  Borrowed. */
	const struct remote_as *as;
	/*
	 * The command for the host's login shell (for sh when the host says
	 * become), or NULL: then `sh -s` is run and reads the script.  Either
	 * way a watcher is started beside it, in its process group: that ends
	 * the group when the connection breaks, espy dies, or limit_ms and
	 * some seconds have passed.
	 */
	const char *command;
	/* Sent to standard input first; borrowed until the task ends. */
	const char *input;
	size_t input_len;
	/* Leave standard input open behind it: fanout_send(), _close_input().
	 */
	bool hold_input;
	int64_t limit_ms; /* from the command's start; 0: 60 s */
	size_t out_cap;	  /* bytes collected of each stream; 0: 1 MiB */
	/*
	 * Takes output as it comes; -1 ends the task as cancelled.  NULL:
	 * collect it for the result.
	 */
	int (*sink)(void *arg, enum task_stream s, const void *p, size_t n);
	/* Called exactly once, also when the host could not be reached. */
	void (*done)(void *arg, const struct task_result *r);
	void *arg;
};

/* "strict", "accept-new" or "off"; NULL is strict. */
int fanout_policy(const char *word, enum host_key_policy *ret, struct err *e);

/* "auto", "libssh2" or "ssh"; NULL is auto. */
int fanout_transport_named(const char *word, enum fanout_transport *ret,
    struct err *e);

int fanout_new(const struct fanout_opts *o, struct fanout **ret, struct err *e);
/* Ends what still runs on the hosts, closes every session.  Accepts NULL. */
void fanout_free(struct fanout *f);

/* Never fails: what goes wrong comes through done().  Valid until done(). */
struct task *fanout_start(struct fanout *f, const struct task_spec *spec);
/* Copies; only for a task with hold_input. */
void fanout_send(struct task *t, const void *p, size_t n);
void fanout_close_input(struct task *t);
/* Ends the command on the host; done() follows with TASK_CANCELLED. */
void fanout_cancel(struct task *t);

/* A passphrase is asked for on the terminal; what is written now disturbs. */
bool fanout_asks(const struct fanout *f);

enum fanout_why { FANOUT_DONE, FANOUT_DEADLINE, FANOUT_INTERRUPTED };

/*
 * Runs the loop until until(arg) is true, no task is left, limit_ms passed
 * (0: no limit of its own; every task has one), or SIGINT/SIGTERM came.  Then
 * every task is ended, on the hosts too, before this returns, and so does
 * every later call at once.
 */
enum fanout_why fanout_run(struct fanout *f, bool (*until)(void *), void *arg,
    int64_t limit_ms);

/*
 * The same, for what has no other end: here SIGINT and SIGTERM end the wait and
 * nothing else.  FANOUT_INTERRUPTED then comes once, with all tasks running;
 * a signal that comes later ends them.
 */
enum fanout_why fanout_follow(struct fanout *f, bool (*until)(void *),
    void *arg, int64_t limit_ms);

/* "unreachable", "auth", "host key", "timeout", "failed", ... */
const char *task_end_name(enum task_end end);

#endif
