/*
 * resolve: names to addresses without waiting.  Numeric addresses are read at
 * once; for a name, a child process asks getaddrinfo(3), which may block.
 */
#ifndef ESPY_IO_RESOLVE_H
#define ESPY_IO_RESOLVE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>

struct err;
struct loop;
struct resolve;

enum { RESOLVE_MAX = 8 /* addresses kept of one name */ };

struct address {
	struct sockaddr_storage addr;
	socklen_t len;
};

/*
 * Never fails at once: resolve_state() says how it went.  ready is called from
 * the loop when that is no longer 0, unless it never was.
 */
struct resolve *resolve_start(struct loop *l, const char *host, uint16_t port,
    void (*ready)(void *arg), void *arg);
/* Accepts NULL. */
void resolve_free(struct resolve *r);

/* 0: not yet; 1: there are addresses; -1: none, and why. */
int resolve_state(const struct resolve *r, struct err *e);
/* NULL behind the last; lives as long as r. */
const struct address *resolve_get(const struct resolve *r, size_t i);

#endif
