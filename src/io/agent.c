#include "io/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/loop.h"
#include "io/wire.h"

enum {
	REQUEST_IDENTITIES = 11,
	IDENTITIES_ANSWER = 12,
	SIGN_REQUEST = 13,
	SIGN_RESPONSE = 14,
	FLAG_RSA_SHA2_512 = 4
};

/* What was asked, in the order the answers will come. */
struct request {
	struct request *next;
	struct agent_sign *sign; /* NULL: the list, or nobody waits any more */
	bool list;
};

struct agent_sign {
	struct request *request; /* NULL: answered */
	int state;		 /* as agent_sign_take() says */
	struct buf signature;
	void (*ready)(void *arg);
	void *arg;
};

struct waiter {
	void (*ready)(void *arg);
	void *arg;
};

struct agent {
	struct agent *next;
	struct loop *loop;
	char *path;
	int fd; /* -1: not connected */
	bool dead;
	struct watch *watch;
	struct buf in, out;
	struct request *first, **last;
	int listed; /* as agent_list() says */
	bool asked;
	struct buf list;
	struct agent_key keys[AGENT_KEYS_MAX];
	size_t n_keys;
	struct waiter *waiters;
	size_t n_waiters, waiters_cap;
};

struct agents {
	struct loop *loop;
	struct agent *first;
};

/* ---- pure ---- */

int
agent_parse_keys(struct span message, struct agent_key *ret, size_t max)
{
	uint32_t count;
	uint8_t type;
	size_t n = 0;

	if (!wire_byte(&message, &type) || type != IDENTITIES_ANSWER ||
	    !wire_u32(&message, &count))
		return -1;
	for (; count > 0 && n < max; count--, n++)
		if (!wire_string(&message, &ret[n].blob) ||
		    !wire_string(&message, &ret[n].comment))
			return -1;
	return (int)n;
}

int
agent_parse_signature(struct span message, struct span *ret)
{
	struct span blob, name, signature;
	uint8_t type;

	if (!wire_byte(&message, &type) || type != SIGN_RESPONSE ||
	    !wire_string(&message, &blob) || !wire_string(&blob, &name) ||
	    !wire_string(&blob, &signature))
		return -1;
	*ret = signature;
	return 0;
}

/* ---- the socket ---- */

static void
wake_listers(struct agent *a, int state)
{
	size_t n = a->n_waiters;

	a->listed = state;
	a->n_waiters = 0;
	for (size_t i = 0; i < n; i++)
		a->waiters[i].ready(a->waiters[i].arg);
}

static void
answer_sign(struct agent_sign *s, int state)
{
	s->request = NULL;
	s->state = state;
	s->ready(s->arg);
}

static void
answer(struct agent *a, const struct request *r, struct span message)
{
	struct span signature;
	int n;

	if (r->list) {
		buf_clear(&a->list);
		buf_add(&a->list, message.p, message.n);
		n = agent_parse_keys((struct span){ a->list.data, a->list.len },
		    a->keys, AGENT_KEYS_MAX);
		a->n_keys = n > 0 ? (size_t)n : 0;
		wake_listers(a, n < 0 ? -1 : 1);
	} else if (r->sign != NULL) {
		n = agent_parse_signature(message, &signature);
		if (n == 0)
			buf_add(&r->sign->signature, signature.p, signature.n);
		answer_sign(r->sign, n);
	}
}

static struct request *
take_first(struct agent *a)
{
	struct request *r = a->first;

	a->first = r->next;
	if (a->first == NULL)
		a->last = &a->first;
	return r;
}

/* Every open request is answered with no. */
static void
die(struct agent *a)
{
	a->dead = true;
	watch_stop(a->watch);
	a->watch = NULL;
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
	while (a->first != NULL) {
		struct request *r = take_first(a);

		if (r->list)
			wake_listers(a, -1);
		else if (r->sign != NULL)
			answer_sign(r->sign, -1);
		free(r);
	}
}

/* Answers that are whole; false when the agent talks nonsense. */
static bool
take_answers(struct agent *a)
{
	for (;;) {
		struct span in = { a->in.data, a->in.len }, message;
		struct request *r;
		uint32_t len;

		if (!wire_u32(&in, &len))
			return true;
		if (len > AGENT_MESSAGE_MAX || a->first == NULL)
			return false;
		in = (struct span){ a->in.data, a->in.len };
		if (!wire_string(&in, &message))
			return true;
		r = take_first(a);
		answer(a, r, message);
		free(r);
		if (a->dead)
			return true;
		buf_drop(&a->in, (size_t)len + 4);
	}
}

static void
receive(struct agent *a)
{
	char chunk[16384];
	ssize_t n = recv(a->fd, chunk, sizeof(chunk), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || buf_add(&a->in, chunk, (size_t)n) < 0 || !take_answers(a))
		die(a);
}

static void
transmit(struct agent *a)
{
	ssize_t n;

	if (a->fd < 0 || a->out.len == 0)
		return;
	n = send(a->fd, a->out.data, a->out.len, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		die(a);
		return;
	}
	if (n > 0)
		buf_drop(&a->out, (size_t)n);
	watch_events(a->watch, a->out.len > 0 ? POLLIN | POLLOUT : POLLIN);
}

static void
on_socket(void *arg, short revents)
{
	struct agent *a = arg;

	if (revents & (POLLIN | POLLHUP | POLLERR))
		receive(a);
	if (!a->dead)
		transmit(a);
}

/* A local socket connects at once, or its backlog is full: then it stalls. */
static int
dial(struct agent *a)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	if (strlen(a->path) >= sizeof(sun.sun_path))
		return -1;
	memcpy(sun.sun_path, a->path, strlen(a->path) + 1);
	a->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (a->fd < 0)
		return -1;
	fcntl(a->fd, F_SETFD, FD_CLOEXEC);
	fcntl(a->fd, F_SETFL, O_NONBLOCK);
	if (connect(a->fd, (struct sockaddr *)&sun, sizeof(sun)) < 0)
		return -1;
	a->watch = watch_start(a->loop, a->fd, POLLIN, on_socket, a);
	return 0;
}

/* message is from the type byte on. */
static struct request *
send_request(struct agent *a, const struct buf *message)
{
	struct request *r = xcalloc(1, sizeof(*r));

	wire_put_string(&a->out, (struct span){ message->data, message->len });
	*a->last = r;
	a->last = &r->next;
	if (a->watch != NULL)
		watch_events(a->watch, POLLIN | POLLOUT);
	return r;
}

/* ---- what others call ---- */

struct agents *
agents_new(struct loop *l)
{
	struct agents *a = xcalloc(1, sizeof(*a));

	a->loop = l;
	return a;
}

struct agent *
agents_get(struct agents *all, const char *path)
{
	struct agent *a;

	for (a = all->first; a != NULL; a = a->next)
		if (strcmp(a->path, path) == 0)
			return a;
	a = xcalloc(1, sizeof(*a));
	a->loop = all->loop;
	a->path = xstrdup(path);
	a->fd = -1;
	a->last = &a->first;
	buf_init(&a->in, AGENT_MESSAGE_MAX * 2);
	buf_init(&a->out, (size_t)64 * 1024 * 1024);
	buf_init(&a->list, AGENT_MESSAGE_MAX);
	a->next = all->first;
	all->first = a;
	if (dial(a) < 0)
		die(a);
	return a;
}

void
agents_free(struct agents *all)
{
	struct agent *a, *next;

	if (all == NULL)
		return;
	for (a = all->first; a != NULL; a = next) {
		next = a->next;
		a->n_waiters = 0;
		die(a);
		buf_free(&a->in);
		buf_free(&a->out);
		buf_free(&a->list);
		free(a->waiters);
		free(a->path);
		free(a);
	}
	free(all);
}

int
agent_list(struct agent *a, const struct agent_key **keys, size_t *n,
    void (*ready)(void *arg), void *arg)
{
	struct buf message;

	if (a->listed == 1) {
		*keys = a->keys;
		*n = a->n_keys;
	}
	if (a->listed != 0 || a->dead)
		return a->listed == 1 ? 1 : -1;
	a->waiters = mem_grow(a->waiters, a->n_waiters, &a->waiters_cap,
	    sizeof(*a->waiters));
	a->waiters[a->n_waiters++] = (struct waiter){ ready, arg };
	if (!a->asked) {
		a->asked = true;
		buf_init(&message, 16);
		wire_put_byte(&message, REQUEST_IDENTITIES);
		send_request(a, &message)->list = true;
		buf_free(&message);
	}
	return 0;
}

static bool
is_rsa(struct span blob)
{
	struct span name;

	return wire_string(&blob, &name) && span_is(name, "ssh-rsa");
}

struct agent_sign *
agent_sign(struct agent *a, struct span blob, struct span data,
    void (*ready)(void *arg), void *arg)
{
	struct agent_sign *s = xcalloc(1, sizeof(*s));
	struct buf message;

	*s = (struct agent_sign){
		.state = a->dead ? -1 : 1, .ready = ready, .arg = arg
	};
	buf_init(&s->signature, AGENT_MESSAGE_MAX);
	if (a->dead)
		return s;
	buf_init(&message, AGENT_MESSAGE_MAX);
	wire_put_byte(&message, SIGN_REQUEST);
	wire_put_string(&message, blob);
	wire_put_string(&message, data);
	wire_put_u32(&message, is_rsa(blob) ? FLAG_RSA_SHA2_512 : 0);
	s->request = send_request(a, &message);
	s->request->sign = s;
	buf_free(&message);
	return s;
}

int
agent_sign_take(const struct agent_sign *s, struct buf *ret)
{
	if (s->state == 0)
		buf_add(ret, s->signature.data, s->signature.len);
	return s->state;
}

void
agent_sign_free(struct agent_sign *s)
{
	if (s == NULL)
		return;
	if (s->request != NULL)
		s->request->sign = NULL;
	buf_free(&s->signature);
	free(s);
}
