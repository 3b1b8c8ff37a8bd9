/*
 * sshlib: what the files that use libssh2 share; nobody else includes it.
 *
 * libssh2 1.10 demands that a call which could not write everything be
 * repeated before any other call writes.  So a session has an owner: the
 * operation whose bytes are half out.  While there is one, every other
 * operation just says "wait".
 */
#ifndef ESPY_IO_SSHLIB_H
#define ESPY_IO_SSHLIB_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

#include <libssh2.h>

#include "io/transport.h"

enum {
	SSHLIB_GREETING = 40, /* bytes kept of what the peer says first */
	SSHLIB_REFUSAL = 120, /* and of why it opened no channel */
	SSHLIB_AHEAD = 512 /* read at once while libssh2 wants single bytes */
};

enum op {
	OP_NONE,
	OP_HANDSHAKE,
	OP_AUTH,
	OP_OPEN,
	OP_EXEC,
	OP_READ_OUT,
	OP_READ_ERR,
	OP_WRITE,
	OP_EOF,
	OP_ENDED,
	OP_CLOSE
};

struct tunnel;

struct session {
	LIBSSH2_SESSION *ls;
	int64_t dead_s;		/* silence that ends it */
	int fd;			/* -1 when it runs through a tunnel */
	struct tunnel *tunnel;	/* what it runs through */
	struct tunnel *tunnels; /* what runs through it */
	uint32_t window;	/* of each channel */
	void (*wake)(void *arg);
	void *arg;
	bool connected, dead, dropped, ready, entered, unable;
	bool quick;   /* acknowledge at once: until the first exec */
	bool drained; /* the socket had no more: not asked before poll(2) */
	char ahead[SSHLIB_AHEAD];
	size_t ahead_at, ahead_len;
	const void *owner;
	enum op owner_op;
	struct channel *opening; /* libssh2 opens one at a time */
	/*
	 * ... and starts one at a time: waiting for the answer of one channel,
	 * 1.10 takes another's for an error (packet.c, packet_requirev).
	 */
	struct channel *starting;
	struct channel *channels; /* all of them */
	uint32_t next_id;
	uint64_t received;
	char greeting[SSHLIB_GREETING]; /* what the peer said first */
	size_t greeting_len;
	char refusal[SSHLIB_REFUSAL];
	struct signer signer;
};

struct channel {
	struct session *session;
	struct channel *next;
	LIBSSH2_CHANNEL *lc;
	const char *type;
	struct span message; /* what its opening says beside the type */
	uint32_t id;	     /* the number libssh2 gives it */
	bool exited;
	uint32_t status;
};

/* Whether who may go on with op now. */
bool sshlib_claim(const struct session *s, const void *who, enum op op);
/* True when rc says to call again; keeps the session if bytes are half out. */
bool sshlib_must_wait(struct session *s, const void *who, enum op op,
    ssize_t rc);
const char *sshlib_error(const struct session *s);
/* Whether rc means that no call on the session will succeed any more. */
bool sshlib_is_broken(ssize_t rc);
/* Says so in e. */
enum step sshlib_broken(struct session *s, struct err *e);

/* A tunnel to where the outer session's host can connect; sshtunnel.c. */
struct tunnel *sshtunnel_new(struct session *outer, struct session *inner,
    const char *host, uint16_t port);
enum step sshtunnel_open(struct tunnel *t, struct err *e);
/* As the socket's; -errno. */
ssize_t sshtunnel_recv(struct tunnel *t, void *p, size_t n);
ssize_t sshtunnel_send(struct tunnel *t, const void *p, size_t n);
/*
 * The descriptor everything goes over in the end: libssh2 wants one, and would
 * set it to be non-blocking.
 */
int sshtunnel_fd(const struct tunnel *t);
/* Whether something that was sent still waits in it. */
bool sshtunnel_is_busy(const struct tunnel *t);
bool sshtunnel_has_ended(const struct tunnel *t);
/* The inner session is closed; what it sent still goes out. */
void sshtunnel_close(struct tunnel *t);
/* The outer session is closed: all its tunnels have ended. */
void sshtunnel_cut(struct session *outer);
enum step sshtunnel_relay(struct session *outer, struct err *e);

/* The channels' part of the transport; sshchan.c. */
struct channel *sshchan_new(struct session *s);
enum step sshchan_open(struct channel *c, struct err *e);
enum step sshchan_exec(struct channel *c, const char *command, struct err *e);
ssize_t sshchan_read(struct channel *c, enum chan_stream from, void *p,
    size_t n, struct err *e);
ssize_t sshchan_write(struct channel *c, const void *p, size_t n,
    struct err *e);
enum step sshchan_send_eof(struct channel *c, struct err *e);
enum step sshchan_ended(struct channel *c, struct err *e);
void sshchan_status(const struct channel *c, struct chan_status *ret);
enum step sshchan_close(struct channel *c);

#endif
