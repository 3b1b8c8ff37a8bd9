#include "io/resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netdb.h>

#include "base/err.h"
#include "base/mem.h"
#include "io/spawn.h"

enum { RESOLVE_LIMIT_MS = 10000 };

/* What the child writes, whole: it fits a pipe's atomic write. */
struct answer {
	int error; /* of getaddrinfo(); 0: n addresses follow */
	size_t n;
	struct address list[RESOLVE_MAX];
};

struct resolve {
	struct loop *loop;
	char *host;
	char service[8];
	struct spawn *child;
	bool ready;
	struct err failed; /* ERR_NONE: see answer */
	struct answer answer;
	void (*fn)(void *arg);
	void *arg;
};

static void
look_up(const struct resolve *r, int flags, struct answer *ret)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = flags };
	struct addrinfo *list = NULL;

	memset(ret, 0, sizeof(*ret));
	ret->error = getaddrinfo(r->host, r->service, &hints, &list);
	if (ret->error != 0)
		return;
	for (struct addrinfo *a = list; a != NULL; a = a->ai_next) {
		struct address *to = &ret->list[ret->n];

		if (ret->n >= RESOLVE_MAX || a->ai_addrlen > sizeof(to->addr))
			break;
		memcpy(&to->addr, a->ai_addr, a->ai_addrlen);
		to->len = a->ai_addrlen;
		ret->n++;
	}
	freeaddrinfo(list);
}

static void
in_child(void *arg, int fd)
{
	struct answer a;
	ssize_t n;

	look_up(arg, AI_NUMERICSERV, &a);
	n = write(fd, &a, sizeof(a));
	(void)n; /* a short answer is told by its length */
}

static void
child_done(void *arg, int status, struct span out)
{
	struct resolve *r = arg;

	r->child = NULL;
	r->ready = true;
	if (status != 0 || out.n != sizeof(r->answer))
		err_set(&r->failed, ERR_HOST,
		    "resolve %s: no answer within "
		    "%d s",
		    r->host, RESOLVE_LIMIT_MS / 1000);
	else
		memcpy(&r->answer, out.p, sizeof(r->answer));
	r->fn(r->arg);
}

struct resolve *
resolve_start(struct loop *l, const char *host, uint16_t port,
    void (*ready)(void *arg), void *arg)
{
	struct resolve *r = xcalloc(1, sizeof(*r));
	const struct spawn_spec spec = { .body = in_child,
		.arg = r,
		.out_max = sizeof(r->answer),
		.limit_ms = RESOLVE_LIMIT_MS,
		.done = child_done };

	*r = (struct resolve){
		.loop = l, .host = xstrdup(host), .fn = ready, .arg = arg
	};
	snprintf(r->service, sizeof(r->service), "%u", (unsigned)port);
	look_up(r, AI_NUMERICHOST | AI_NUMERICSERV, &r->answer);
	if (r->answer.error != EAI_NONAME) {
		r->ready = true;
		return r;
	}
	if (spawn_start(l, &spec, &r->child, &r->failed) < 0)
		r->ready = true;
	return r;
}

void
resolve_free(struct resolve *r)
{
	if (r == NULL)
		return;
	spawn_cancel(r->child);
	free(r->host);
	free(r);
}

int
resolve_state(const struct resolve *r, struct err *e)
{
	if (!r->ready)
		return 0;
	if (r->failed.kind != ERR_NONE) {
		*e = r->failed;
		return -1;
	}
	if (r->answer.error != 0 || r->answer.n == 0)
		return err_set(e, ERR_HOST, "resolve %s: %s", r->host,
		    gai_strerror(r->answer.error));
	return 1;
}

const struct address *
resolve_get(const struct resolve *r, size_t i)
{
	return i < r->answer.n ? &r->answer.list[i] : NULL;
}
