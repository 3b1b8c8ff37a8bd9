/*
 * unlock: private key files that have a passphrase.
 *
 * OpenSSH opens them, not we: ssh-add(1) asks on the terminal, or through
 * SSH_ASKPASS where there is none, and hands the key to an ssh-agent(1) that is
 * espy's own.  The passphrase never passes through espy.  One file is asked for
 * at a time, each once, whatever the number of hosts.
 *
 * The agent and a question that is open end with espy, however that ends: a
 * shell beside them waits for the end of a pipe whose other end we hold.
 */
#ifndef ESPY_IO_UNLOCK_H
#define ESPY_IO_UNLOCK_H
#include <stdbool.h>

struct agent;
struct agents;
struct err;
struct loop;
struct unlock;

struct unlock *unlock_new(struct loop *l, struct agents *agents);
/*
 * Ends the agent, and an open question with the terminal as it was.  Calls
 * nobody.  Accepts NULL.
 */
void unlock_free(struct unlock *u);

/*
 * 1: *ret is the agent that has the key in the file; 0: ready will be called
 * once, within five minutes a file; -1: it cannot be had, with the same error
 * each time.
 */
int unlock_get(struct unlock *u, const char *path, struct agent **ret,
    void (*ready)(void *arg), void *arg, struct err *e);

/* Whether a question is open: what is written to the terminal now disturbs. */
bool unlock_asks(const struct unlock *u);

#endif
