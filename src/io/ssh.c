/* ssh: sessions through libssh2; sshchan has their channels. */
#include "io/sshlib.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "io/block.h"
#include "io/sock.h"

enum {
	SIGNATURE_MAX = 4096,
	MSG_OPEN_FAILURE = 92, /* RFC 4250 section 4.1.2 */
	MSG_CHANNEL_REQUEST = 98,
	SETUP_MAX = 65536 /* bytes a peer may say before it is in */
};

/* What is allowed, and first what costs the two least. */
static const struct {
	int method;
	const char *names;
} methods[] = {
	{ LIBSSH2_METHOD_KEX,
	    "ecdh-sha2-nistp256,curve25519-sha256,"
	    "curve25519-sha256@libssh.org,ecdh-sha2-nistp384,"
	    "ecdh-sha2-nistp521,diffie-hellman-group14-sha256,"
	    "diffie-hellman-group16-sha512,"
	    "diffie-hellman-group-exchange-sha256" },
	{ LIBSSH2_METHOD_CRYPT_CS, "aes128-ctr,aes192-ctr,aes256-ctr" },
	{ LIBSSH2_METHOD_CRYPT_SC, "aes128-ctr,aes192-ctr,aes256-ctr" },
	{ LIBSSH2_METHOD_MAC_CS, "hmac-sha2-256,hmac-sha2-512" },
	{ LIBSSH2_METHOD_MAC_SC, "hmac-sha2-256,hmac-sha2-512" },
	{ LIBSSH2_METHOD_COMP_CS, "none" },
	{ LIBSSH2_METHOD_COMP_SC, "none" },
};

static const char host_key_order[] =
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521";

/* ---- memory, through which we see the packets ---- */

static void *
on_alloc(size_t size, void **abstract)
{
	(void)abstract;
	return block_new(size);
}

static void *
on_realloc(void *p, size_t size, void **abstract)
{
	(void)abstract;
	return block_resize(p, size);
}

static uint32_t
get_u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

/*
 * libssh2 says status 0 also when none came.  But every packet it has read is
 * freed through here, so we see the "exit-status" request (RFC 4254 section
 * 6.10) ourselves: type, channel, length of name, name, want reply, status.
 */
static void
watch_packet(struct session *s, const unsigned char *p, size_t size)
{
	static const char name[] = "exit-status";
	const size_t len = sizeof(name) - 1;

	if (size < 9 + len + 5 || p[0] != MSG_CHANNEL_REQUEST ||
	    get_u32(p + 5) != len || memcmp(p + 9, name, len) != 0)
		return;
	for (struct channel *c = s->channels; c != NULL; c = c->next) {
		if (c->lc != NULL && c->id == get_u32(p + 1)) {
			c->exited = true;
			c->status = get_u32(p + 9 + len + 1);
		}
	}
}

/* Nor does it tell the words of a refusal, which come behind a number. */
static void
watch_refusal(struct session *s, const unsigned char *p, size_t size)
{
	size_t n, room = sizeof(s->refusal) - 1;

	if (size < 13 || p[0] != MSG_OPEN_FAILURE)
		return;
	n = get_u32(p + 9);
	if (n > size - 13)
		return;
	n = n < room ? n : room;
	for (size_t i = 0; i < n; i++)
		s->refusal[i] = p[13 + i] >= 0x20 && p[13 + i] < 0x7f
		    ? (char)p[13 + i]
		    : '?';
	s->refusal[n] = '\0';
}

static void
on_free(void *p, void **abstract)
{
	if (p != NULL && abstract != NULL && *abstract != NULL) {
		watch_packet(*abstract, p, block_size(p));
		watch_refusal(*abstract, p, block_size(p));
	}
	block_free(p);
}

/* ---- the socket ---- */

static ssize_t
take_ahead(struct session *s, void *p, size_t n)
{
	size_t left = s->ahead_len - s->ahead_at;

	if (n > left)
		n = left;
	memcpy(p, s->ahead + s->ahead_at, n);
	s->ahead_at += n;
	return (ssize_t)n;
}

/* As recv(2), or -errno; does not ask again what it knows. */
static ssize_t
ask_socket(struct session *s, int fd, void *p, size_t n, int flags)
{
	ssize_t r = s->drained ? -1 : recv(fd, p, n, flags);
	int why = s->drained ? EAGAIN : errno;

	if (r > 0 && (size_t)r < n)
		s->drained = true;
	/* sshd's next small write waits for our ACK under Nagle. */
	if (r < 0 && s->quick)
		sock_ack_now(fd);
	return r < 0 ? -why : r;
}

/* libssh2 reads the peer's banner byte by byte: so many calls are spared. */
static ssize_t
read_socket(struct session *s, int fd, void *p, size_t n, int flags)
{
	ssize_t r;

	if (s->ahead_at < s->ahead_len)
		return take_ahead(s, p, n);
	if (n > 1)
		return ask_socket(s, fd, p, n, flags);
	r = ask_socket(s, fd, s->ahead, sizeof(s->ahead), flags);
	s->ahead_at = 0;
	s->ahead_len = r > 0 ? (size_t)r : 0;
	return r > 0 ? take_ahead(s, p, n) : r;
}

static ssize_t
socket_recv(libssh2_socket_t fd, void *p, size_t n, int flags, void **abstract)
{
	struct session *s = *abstract;
	ssize_t r;

	if (s->dead)
		return -ENOTCONN;
	/* libssh2 would read lines before the banner for ever. */
	if (!s->ready && s->received > SETUP_MAX)
		return -ECONNABORTED;
	r = s->tunnel != NULL ? sshtunnel_recv(s->tunnel, p, n)
			      : read_socket(s, fd, p, n, flags);
	if (r < 0)
		return r;
	if (r == 0)
		s->dropped = true;
	if (s->greeting_len < sizeof(s->greeting)) {
		size_t room = sizeof(s->greeting) - s->greeting_len;
		size_t take = (size_t)r < room ? (size_t)r : room;

		memcpy(s->greeting + s->greeting_len, p, take);
		s->greeting_len += take;
	}
	s->received += (uint64_t)r;
	return r;
}

static ssize_t
socket_send(libssh2_socket_t fd, const void *p, size_t n, int flags,
    void **abstract)
{
	struct session *s = *abstract;
	ssize_t r;

	if (s->dead)
		return -ENOTCONN;
	if (s->tunnel != NULL)
		return sshtunnel_send(s->tunnel, p, n);
	r = send(fd, p, n, flags | MSG_NOSIGNAL);
	return r < 0 ? -errno : r;
}

/* libssh2 takes functions as void pointers, which ISO C cannot convert. */
static void
set_callback(LIBSSH2_SESSION *ls, int which, void (*fn)(void))
{
	void *p;

	memcpy(&p, &fn, sizeof(p));
	libssh2_session_callback_set(ls, which, p);
}

static LIBSSH2_SESSION *
new_session(struct session *s, const char *host_key_algs)
{
	LIBSSH2_SESSION *ls =
	    libssh2_session_init_ex(on_alloc, on_free, on_realloc, s);
	int r = 0;

	if (ls == NULL)
		return NULL;
	libssh2_session_set_blocking(ls, 0);
	set_callback(ls, LIBSSH2_CALLBACK_RECV, (void (*)(void))socket_recv);
	set_callback(ls, LIBSSH2_CALLBACK_SEND, (void (*)(void))socket_send);
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		r |= libssh2_session_method_pref(ls, methods[i].method,
		    methods[i].names);
	r |= libssh2_session_method_pref(ls, LIBSSH2_METHOD_HOSTKEY,
	    host_key_algs != NULL ? host_key_algs : host_key_order);
	if (r != 0) {
		libssh2_session_free(ls);
		return NULL;
	}
	return ls;
}

static int
ssh_open(const struct dial *d, struct session **ret, struct err *e)
{
	struct session *s;
	int fd = -1;

	if (d->via == NULL && sock_dial(d->addr, d->addr_len, &fd, e) < 0)
		return -1;
	s = xcalloc(1, sizeof(*s));
	s->fd = fd;
	s->window = d->window;
	s->wake = d->wake;
	s->arg = d->arg;
	s->dead_s = d->alive_s * (d->alive_max + 1);
	s->quick = true;
	s->ls = new_session(s, d->host_key_algs);
	if (s->ls == NULL) {
		if (fd >= 0)
			close(fd);
		free(s);
		return err_set(e, ERR_HOST,
		    "libssh2 knows none of the host's key types: %s",
		    d->host_key_algs != NULL ? d->host_key_algs : "any");
	}
	if (d->via != NULL)
		s->tunnel = sshtunnel_new(d->via, s, d->name, d->port);
	*ret = s;
	return 0;
}

static enum step
ssh_connect(struct session *s, struct err *e)
{
	int r;

	if (s->tunnel != NULL)
		return sshtunnel_open(s->tunnel, e);
	r = sock_connected(s->fd, e);
	if (r == 0)
		return STEP_WAIT;
	s->connected = r > 0;
	/* Not before: it would bound the connecting as well. */
	if (s->connected)
		sock_watch_peer(s->fd, s->dead_s);
	return r > 0 ? STEP_NEXT : STEP_FAIL;
}

/* ---- the owner ---- */

bool
sshlib_claim(const struct session *s, const void *who, enum op op)
{
	return s->owner == NULL || (s->owner == who && s->owner_op == op);
}

bool
sshlib_must_wait(struct session *s, const void *who, enum op op, ssize_t rc)
{
	s->owner = NULL;
	if (rc != LIBSSH2_ERROR_EAGAIN)
		return false;
	if (libssh2_session_block_directions(s->ls) &
	    LIBSSH2_SESSION_BLOCK_OUTBOUND) {
		s->owner = who;
		s->owner_op = op;
	}
	return true;
}

const char *
sshlib_error(const struct session *s)
{
	char *text = NULL;

	libssh2_session_last_error(s->ls, &text, NULL, 0);
	return text != NULL && text[0] != '\0' ? text : "unknown error";
}

bool
sshlib_is_broken(ssize_t rc)
{
	return rc == LIBSSH2_ERROR_SOCKET_DISCONNECT ||
	    rc == LIBSSH2_ERROR_SOCKET_RECV ||
	    rc == LIBSSH2_ERROR_SOCKET_SEND ||
	    rc == LIBSSH2_ERROR_SOCKET_TIMEOUT ||
	    rc == LIBSSH2_ERROR_SOCKET_NONE ||
	    rc == LIBSSH2_ERROR_BANNER_RECV ||
	    rc == LIBSSH2_ERROR_BANNER_SEND || rc == LIBSSH2_ERROR_DECRYPT ||
	    rc == LIBSSH2_ERROR_INVALID_MAC || rc == LIBSSH2_ERROR_PROTO;
}

enum step
sshlib_broken(struct session *s, struct err *e)
{
	s->dropped = true;
	err_set(e, ERR_HOST, "connection lost: %s", sshlib_error(s));
	return STEP_FAIL;
}

/* ---- setting up ---- */

/* What OpenSSH says instead of its banner when it has enough for now. */
static bool
says_busy(const struct session *s)
{
	static const char *const words[] = { "Exceeded MaxStartups",
		"Not allowed at this time" };
	struct span said = { s->greeting, s->greeting_len };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_starts(said, words[i]))
			return true;
	return false;
}

static enum step
handshake_failed(struct session *s, ssize_t rc, struct err *e)
{
	size_t n = 0;

	while (n < s->greeting_len && s->greeting[n] != '\r' &&
	    s->greeting[n] != '\n')
		n++;
	if (s->greeting_len == 0)
		err_set(e, ERR_HOST,
		    "the connection was closed before the host said anything");
	else if (says_busy(s))
		err_set(e, ERR_HOST, "the server has too much to do: \"%.*s\"",
		    (int)n, s->greeting);
	else if (s->greeting_len < 4 || memcmp(s->greeting, "SSH-", 4) != 0)
		err_set(e, ERR_HOST, "not an SSH server: it says \"%.*s\"",
		    (int)n, s->greeting);
	else if (rc == LIBSSH2_ERROR_KEX_FAILURE)
		err_set(e, ERR_HOST,
		    "no common algorithms, or the host has only an RSA host "
		    "key, which libssh2 1.10 cannot use with SHA-2");
	else
		err_set(e, ERR_HOST, "handshake: %s", sshlib_error(s));
	if (s->greeting_len > 4 && memcmp(s->greeting, "SSH-", 4) != 0)
		s->dropped = says_busy(s);
	return STEP_FAIL;
}

static enum step
ssh_handshake(struct session *s, struct err *e)
{
	int rc = libssh2_session_handshake(s->ls,
	    s->tunnel != NULL ? sshtunnel_fd(s->tunnel) : s->fd);

	if (sshlib_must_wait(s, s, OP_HANDSHAKE, rc))
		return STEP_WAIT;
	if (rc != 0) {
		s->dropped = sshlib_is_broken(rc);
		s->unable = rc == LIBSSH2_ERROR_KEX_FAILURE;
		return handshake_failed(s, rc, e);
	}
	s->ready = true;
	return STEP_NEXT;
}

static bool
ssh_was_dropped(const struct session *s)
{
	return s->dropped ||
	    (s->tunnel != NULL && sshtunnel_has_ended(s->tunnel));
}

static bool
ssh_was_unable(const struct session *s)
{
	return s->unable;
}

static struct span
ssh_host_key(const struct session *s)
{
	size_t len = 0;
	int type;
	const char *p = libssh2_session_hostkey(s->ls, &len, &type);

	return (struct span){ p, p != NULL ? len : 0 };
}

/* libssh2 frees the signature, so it comes from our allocator. */
static int
sign_callback(LIBSSH2_SESSION *ls, unsigned char **sig, size_t *sig_len,
    const unsigned char *data, size_t data_len, void **abstract)
{
	const struct signer *k = *abstract;
	struct buf b;
	int r;

	(void)ls;
	buf_init(&b, SIGNATURE_MAX);
	r = k->sign(k->arg, (struct span){ (const char *)data, data_len }, &b);
	if (r == 0) {
		*sig = block_new(b.len);
		if (*sig == NULL)
			r = -1;
		else
			memcpy(*sig, b.data, b.len);
		*sig_len = b.len;
	}
	buf_free(&b);
	return r == 1 ? LIBSSH2_ERROR_EAGAIN : r;
}

static enum step
ssh_auth(struct session *s, const char *user, const struct signer *key,
    struct err *e)
{
	void *abstract = &s->signer;
	int rc;

	s->signer = *key;
	rc = libssh2_userauth_publickey(s->ls, user,
	    (const unsigned char *)key->blob.p, key->blob.n, sign_callback,
	    &abstract);
	if (sshlib_must_wait(s, s, OP_AUTH, rc))
		return STEP_WAIT;
	if (rc == 0) {
		s->entered = true;
		return STEP_NEXT;
	}
	if (sshlib_is_broken(rc) || s->dropped)
		return sshlib_broken(s, e);
	err_set(e, ERR_HOST, "%s", sshlib_error(s));
	return STEP_REFUSED;
}

static int
ssh_fd(const struct session *s)
{
	return s->fd;
}

static short
ssh_events(struct session *s)
{
	int dirs;

	s->drained = false;
	if (s->tunnel != NULL)
		return 0;
	if (!s->connected)
		return POLLOUT;
	/* Without a channel nothing reads what comes. */
	if (s->entered && s->channels == NULL)
		return 0;
	dirs = libssh2_session_block_directions(s->ls);
	return (dirs & LIBSSH2_SESSION_BLOCK_OUTBOUND) ? POLLIN | POLLOUT
						       : POLLIN;
}

/* Whether some bytes can be sent at once and whole. */
static bool
has_room(const struct session *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLOUT };

	if (s->owner != NULL)
		return false;
	if (s->tunnel != NULL)
		return !sshtunnel_is_busy(s->tunnel);
	return poll(&p, 1, 0) == 1 && p.revents == POLLOUT;
}

/*
 * libssh2 cannot be told that a probe was sent in part, so there must be room;
 * and 1.10 keeps the answers for as long as the session, some bytes each.
 */
static void
ssh_probe(struct session *s)
{
	if (!has_room(s))
		return;
	libssh2_keepalive_config(s->ls, 1, 1);
	libssh2_keepalive_send(s->ls, NULL);
}

static uint64_t
ssh_received(const struct session *s)
{
	return s->received;
}

/* After dead is set nothing is sent, so that freeing cannot block. */
static void
ssh_close(struct session *s)
{
	struct channel *c, *next;

	if (s == NULL)
		return;
	if (s->ready && !s->dropped && s->owner == NULL)
		libssh2_session_disconnect(s->ls, "done");
	s->dead = true;
	sshtunnel_cut(s);
	for (c = s->channels; c != NULL; c = next) {
		next = c->next;
		c->lc = NULL;
		free(c);
	}
	s->channels = NULL;
	libssh2_session_free(s->ls);
	if (s->tunnel != NULL)
		sshtunnel_close(s->tunnel);
	else
		close(s->fd);
	free(s);
}

const struct transport transport_ssh = {
	.name = "libssh2",
	.open = ssh_open,
	.connect = ssh_connect,
	.handshake = ssh_handshake,
	.was_dropped = ssh_was_dropped,
	.was_unable = ssh_was_unable,
	.host_key = ssh_host_key,
	.auth = ssh_auth,
	.fd = ssh_fd,
	.events = ssh_events,
	.relay = sshtunnel_relay,
	.probe = ssh_probe,
	.received = ssh_received,
	.close = ssh_close,
	.chan_new = sshchan_new,
	.chan_open = sshchan_open,
	.chan_exec = sshchan_exec,
	.chan_read = sshchan_read,
	.chan_write = sshchan_write,
	.chan_send_eof = sshchan_send_eof,
	.chan_ended = sshchan_ended,
	.chan_status = sshchan_status,
	.chan_close = sshchan_close,
};

int
transport_ssh_init(struct err *e)
{
	if (libssh2_init(0) != 0)
		return err_set(e, ERR_SYS, "libssh2_init failed");
	return 0;
}

void
transport_ssh_exit(void)
{
	libssh2_exit();
}
