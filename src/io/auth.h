/*
 * auth: the keys to try on one host, in order: the one the inventory names,
 * the agent's, then the files that ssh_config names or ssh looks for by itself.
 * Files with a passphrase come behind all others, and are asked for only when
 * the host would take the key.
 */
#ifndef ESPY_IO_AUTH_H
#define ESPY_IO_AUTH_H
#include "io/transport.h"

struct agents;
struct auth;
struct host;
struct keyring;
struct sshconfig_answer;
struct unlock;

/* ready is called when auth_step() or a signature has to be asked for again. */
struct auth *auth_new(struct keyring *keys, struct agents *agents,
    struct unlock *unlock, const struct host *h,
    const struct sshconfig_answer *config, void (*ready)(void *arg), void *arg);
/* Accepts NULL. */
void auth_free(struct auth *a);

/*
 * Tries key after key on the session: STEP_NEXT when the host took one,
 * STEP_REFUSED when it took none.
 */
enum step auth_step(struct auth *a, const struct transport *t,
    struct session *s, const char *user, struct err *e);

/* Whether it waits for a passphrase: that may take minutes. */
bool auth_asks(const struct auth *a);

#endif
