/*
 * jump: the hosts through which others are reached, as ssh_config(5) ProxyJump
 * names them.
 *
 * A jump host is a host like any other: its configuration, address, key and
 * authentication are conn's.  The hosts behind it share its session; each has a
 * tunnel there.  libssh2 opens one tunnel at a time in a session, and one that
 * is begun has to be waited for, which takes the jump host minutes when nobody
 * answers it.  So a session is a lane: a host has it for itself while its
 * tunnel is opened.  When hosts have waited for some time, there is another
 * lane; a lane whose opening was given up opens no more tunnels, but carries
 * those it has.
 */
#ifndef ESPY_IO_JUMP_H
#define ESPY_IO_JUMP_H
#include <stdbool.h>
#include <stddef.h>

#include "io/transport.h"

struct conn;
struct conn_env;
struct err;
struct jump;
struct jumps;

enum { JUMP_LANES_MAX = 64 };

struct lane {
	struct jump *jump;
	struct conn *conn;
	const struct conn *opening; /* whose tunnel is being opened */
	size_t carried;		    /* conns that go through it */
	bool spent;		    /* it opens no more */
};

/* env is copied; what it points to is borrowed. */
struct jumps *jumps_new(const struct conn_env *env);
/* After the conns that go through them.  Accepts NULL. */
void jumps_free(struct jumps *a);
/* Sessions that there are or will be soon. */
size_t jumps_sessions(const struct jumps *a);

/*
 * Where by has to go through: what ssh_config says, or the rest of a chain
 * when by is a lane itself.  *ret is NULL when it can go directly.  Borrowed.
 */
int jumps_find(struct jumps *a, const struct conn *by, struct jump **ret,
    struct err *e);

/*
 * Asks for a lane to open a tunnel in; STEP_WAIT: c will be kicked, or told by
 * conn_jump_failed(), which may happen at once.  STEP_NEXT: c->via is it.
 */
enum step jump_take(struct jump *j, struct conn *c);
/* The tunnel is open, or was refused in so many words. */
void jump_answered(struct conn *c);
/* c goes through it no more; its session is closed already. */
void jump_leave(struct conn *c);
/* Puts "through jump host X: " before the reason. */
void jump_explain(const struct jump *j, struct err *e);

#endif
