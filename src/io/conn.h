/*
 * conn: one host's session, from nothing to ready.  A table of states; each
 * that waits for the host has a deadline.
 */
#ifndef ESPY_IO_CONN_H
#define ESPY_IO_CONN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "io/fanout.h"
#include "io/loop.h"

struct agents;
struct auth;
struct conn;
struct host;
struct hostkeys;
struct jump;
struct jumps;
struct keyring;
struct lane;
struct resolve;
struct session;
struct sshask;
struct sshconfig_answer;
struct task;
struct transport;
struct unlock;

/* What all conns of a fan-out share.  Everything is borrowed from it. */
struct conn_env {
	struct loop *loop;
	const struct transport *transport;
	/* For hosts that transport cannot serve; may be NULL. */
	const struct transport *fallback;
	const char *config_file; /* ssh -F; NULL: not said */
	struct sshask *config;
	struct hostkeys *hostkeys;
	struct keyring *keys;
	struct agents *agents;
	struct unlock *unlock;
	struct jumps *jumps; /* NULL: nobody is reached through another */
	enum host_key_policy policy;
	bool policy_said; /* the user's own; it overrules ssh_config */
	/* Bytes that a channel's host may be ahead of us; the fan-out's. */
	const uint32_t *window;
	int64_t connect_ms;
	bool connect_said; /* the user's own; it overrules ssh_config */
	/* The user's own for all hosts, beside what the inventory says. */
	bool become;
	const char *become_user, *become_password;
	char mark[24]; /* see io/remote.h */
	/* Called at once when a conn has become ready or has failed. */
	void (*changed)(void *arg, struct conn *c);
	/* Moves a ready conn's tasks on; true when anything moved. */
	bool (*pump)(struct conn *c);
	/* Loads the known_hosts files that an answer names, each once. */
	void (*load_hostkeys)(void *arg, const struct sshconfig_answer *a);
	void *arg;
};

enum conn_state {
	CONN_IDLE, /* no session; waits for its turn, which has no deadline */
	CONN_CONFIG,
	CONN_JUMP, /* until the host to go through is there, see io/jump.h */
	CONN_RESOLVE,
	CONN_DIAL,
	CONN_HANDSHAKE,
	CONN_VERIFY,
	CONN_AUTH,
	CONN_READY,   /* until it breaks; tasks have deadlines of their own */
	CONN_BACKOFF, /* dropped by a busy server; tried again */
	CONN_FAILED
};

struct conn {
	struct conn_env *env;
	const struct host *host;
	enum conn_state state;
	/* The last reason; of what kind it is stands in fail. */
	struct err why;
	enum task_end fail;
	struct timer deadline; /* of the state */
	struct mono give_up;   /* of the whole set-up */
	struct timer again;    /* there is more to do without a descriptor */
	struct timer alive;    /* while it has something to do */
	uint64_t heard;	       /* what was received when that was last due */
	int64_t missed;	       /* times in a row that this was the same */
	struct watch *watch;
	const struct transport *transport;
	struct session *session;

	bool fell_back; /* transport is the fallback, now and from now on */
	bool unable;	/* what failed, the fallback could do */

	const struct sshconfig_answer *config;
	struct jump *jump; /* what it goes through; NULL: nothing */
	struct lane *via;  /* where its tunnel is */
	struct lane *lane; /* what it is; NULL: a host of the user's */
	bool jump_waits, had_turn;
	struct mono jump_since; /* when it began to wait */
	struct conn *jump_next; /* io/jump's lists */
	struct resolve *resolve;
	size_t next_address;
	bool exact_types; /* offer only the host key types we know */
	struct auth *auth;
	/* A passphrase was typed meanwhile: sshd may have hung up. */
	bool redial;
	unsigned tries;	 /* dials that a busy server dropped */
	unsigned breaks; /* sessions that broke since a task succeeded */

	/* The tasks, oldest first; io/task's. */
	struct task *tasks, **tasks_tail;
	unsigned live;	  /* channels in use by tasks */
	unsigned killers; /* and by what ends them */
	unsigned max_live;
	struct conn *next, *next_same; /* the fan-out's lists */
};

struct conn *conn_new(struct conn_env *env, const struct host *h);
/* Accepts NULL. */
void conn_free(struct conn *c);

/* Leaves CONN_IDLE. */
void conn_start(struct conn *c);
/* The jump host cannot be reached; how says of what kind that is. */
void conn_jump_failed(struct conn *c, const struct err *why, enum task_end how,
    bool unable);
/* Calls the conn once more in this turn or the next. */
void conn_kick(struct conn *c);
/* The same, as a callback. */
void conn_wake(void *conn);
/* The session is broken: closes it.  c->why says how; state is CONN_FAILED. */
void conn_fail(struct conn *c, enum task_end how);
/* Closes the session of a conn without tasks; CONN_IDLE. */
void conn_rest(struct conn *c);

/* sudo's, when commands run through sudo there and there is one. */
const char *conn_password(const struct conn *c);

/* Whether nothing would be lost with its session. */
bool conn_is_idle(const struct conn *c);

const char *conn_state_name(enum conn_state s);

#endif
