/*
 * agent: a client of ssh-agent (draft-miller-ssh-agent) that never waits.  All
 * hosts share one socket an agent; requests queue on it.
 */
#ifndef ESPY_IO_AGENT_H
#define ESPY_IO_AGENT_H
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct agent;
struct agents;
struct agent_sign;
struct buf;
struct loop;

enum { AGENT_KEYS_MAX = 256, AGENT_MESSAGE_MAX = 262144 };

struct agent_key {
	struct span blob;
	struct span comment;
};

/*
 * Pure: the keys of an identities answer, from its type byte on, borrowed from
 * it.  Returns how many, at most max; -1 when it makes no sense.
 */
int agent_parse_keys(struct span message, struct agent_key *ret, size_t max);
/* Pure: the signature proper in a sign answer; -1 when it holds none. */
int agent_parse_signature(struct span message, struct span *ret);

struct agents *agents_new(struct loop *l);
/* Accepts NULL. */
void agents_free(struct agents *a);
/* The agent that listens at path, connected to when first asked.  Borrowed. */
struct agent *agents_get(struct agents *a, const char *path);

/*
 * 1: *keys and *n are what it holds, as long as it lives; 0: ready will be
 * called once; -1: it does not answer.
 */
int agent_list(struct agent *a, const struct agent_key **keys, size_t *n,
    void (*ready)(void *arg), void *arg);

/* Never NULL.  blob and data are copied; ready is called once, later. */
struct agent_sign *agent_sign(struct agent *a, struct span blob,
    struct span data, void (*ready)(void *arg), void *arg);
/* 0: appended to ret; 1: not yet; -1: refused. */
int agent_sign_take(const struct agent_sign *s, struct buf *ret);
/* Also before the answer is there.  Accepts NULL. */
void agent_sign_free(struct agent_sign *s);

#endif
