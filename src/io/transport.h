/*
 * transport: how a session with one host is had.  io/conn and io/task drive it
 * and know no more of SSH than this.
 *
 * Nothing here blocks.  A function that says STEP_WAIT is called again when
 * fd() is ready for events(); what stands in its arguments must then still be
 * the same bytes.
 */
#ifndef ESPY_IO_TRANSPORT_H
#define ESPY_IO_TRANSPORT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>
#include <sys/types.h>

#include "base/str.h"
#include "io/fanout.h"

struct buf;
struct err;
struct loop;
struct session; /* each transport's own */
struct channel;

enum step {
	STEP_WAIT,    /* call again */
	STEP_NEXT,    /* done */
	STEP_REFUSED, /* the host said no; the session is as good as before */
	STEP_FAIL     /* the session is broken; only close() is left */
};

/* A key that can sign; the private half may be in an agent. */
struct signer {
	struct span blob; /* as key_auth_blob() makes it */
	/* Appends the signature: 0 done, 1 ask again later, -1 it cannot. */
	int (*sign)(void *arg, struct span data, struct buf *ret);
	void *arg;
};

struct dial {
	const struct sockaddr *addr;
	socklen_t addr_len;
	/*
	 * Instead of addr: through a session of the same transport, which can
	 * carry others, to name and port as it finds them.  That one is closed
	 * last, and relay() is called whenever its descriptor is ready.
	 */
	struct session *via;
	/* A peer that is silent so long gets a probe; then another, ... */
	int64_t alive_s;
	/* ... and after more than so many that it left unanswered is dead. */
	int64_t alive_max;
	uint32_t window; /* bytes a channel may have sent that nobody read */
	/* Preferred first, comma-separated; NULL: the transport's own order. */
	const char *host_key_algs;

	/* For a transport that does its own checks; as the user said them. */
	const char *name, *user, *key_file, *config_file;
	uint16_t port; /* 0: not said */
	int64_t connect_ms;
	enum host_key_policy policy;
	/* ... and has more than one descriptor. */
	struct loop *loop;
	/*
	 * Called when there may be more to do without the descriptor of fd()
	 * being ready.  It only takes note.
	 */
	void (*wake)(void *arg);
	void *arg;
};

enum chan_stream { CHAN_OUT, CHAN_ERR };

struct chan_status {
	bool exited;	 /* status came */
	int status;	 /* 0 to 255, or what the host said */
	char signal[16]; /* without SIG; "" when none came */
};

struct transport {
	const char *name;
	/*
	 * It finds address and keys by itself and judges the host's key:
	 * verify() is there, host_key() is not, auth() is given no key.
	 */
	bool own_checks;

	/* Starts to connect; *ret is closed by close(). */
	int (*open)(const struct dial *d, struct session **ret, struct err *e);
	enum step (*connect)(struct session *s, struct err *e);
	enum step (*handshake)(struct session *s, struct err *e);
	/*
	 * The peer dropped us before the handshake was through, as a server
	 * does that has too many connections: worth another try.  Or one that
	 * was ready is gone.
	 */
	bool (*was_dropped)(const struct session *s);
	/* The handshake failed at something another transport can do. */
	bool (*was_unable)(const struct session *s);
	enum step (*verify)(struct session *s, struct err *e);
	/* The host's key as RFC 4253 section 6.6 has it; borrowed. */
	struct span (*host_key)(const struct session *s);
	enum step (*auth)(struct session *s, const char *user,
	    const struct signer *key, struct err *e);
	int (*fd)(const struct session *s);
	/* What to wait for; asked each time before waiting. */
	short (*events)(struct session *s);
	/*
	 * Moves the bytes of the sessions that run through this one and wakes
	 * them.  STEP_NEXT: there is more to move.
	 */
	enum step (*relay)(struct session *s, struct err *e);
	/*
	 * Asks for a sign of life, which received() tells, unless there is no
	 * room to ask.  NULL: the transport sees to it by itself.
	 */
	void (*probe)(struct session *s);
	/* Bytes received so far: whether anything happened. */
	uint64_t (*received)(const struct session *s);
	/* Frees its channels with it.  Accepts NULL. */
	void (*close)(struct session *s);

	struct channel *(*chan_new)(struct session *s);
	enum step (*chan_open)(struct channel *c, struct err *e);
	enum step (*chan_exec)(struct channel *c, const char *command,
	    struct err *e);
	/* Bytes read; 0: none now; -1: the session is broken. */
	ssize_t (*chan_read)(struct channel *c, enum chan_stream from, void *p,
	    size_t n, struct err *e);
	/* Bytes taken; 0: none now; -1: the channel takes no more. */
	ssize_t (*chan_write)(struct channel *c, const void *p, size_t n,
	    struct err *e);
	enum step (*chan_send_eof)(struct channel *c, struct err *e);
	/* STEP_NEXT when the host closed it and everything was read. */
	enum step (*chan_ended)(struct channel *c, struct err *e);
	void (*chan_status)(const struct channel *c, struct chan_status *ret);
	/* Closes and frees; on STEP_WAIT it is still there. */
	enum step (*chan_close)(struct channel *c);
};

extern const struct transport transport_ssh;  /* libssh2 */
extern const struct transport transport_exec; /* ssh(1) */

/* Once a process, before and after all sessions. */
int transport_ssh_init(struct err *e);
void transport_ssh_exit(void);

#endif
