/* sshconfig: what ssh_config(5) says of a host, as `ssh -G` prints it.  Pure.
 */
#ifndef ESPY_IO_SSHCONFIG_H
#define ESPY_IO_SSHCONFIG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { SSHCONFIG_FILES_MAX = 32 };

struct sshconfig_files {
	char *path[SSHCONFIG_FILES_MAX];
	size_t n;
};

void sshconfig_files_fini(struct sshconfig_files *f);

/* Strings are NULL and lists empty where nothing is said. */
struct sshconfig_answer {
	struct err failed; /* ERR_NONE: what follows counts */
	char *hostname, *user, *host_key_alias, *identity_agent;
	char *proxy_jump, *proxy_command, *strict, *certificate;
	uint16_t port;	   /* 0: not said */
	int64_t connect_s; /* 0: not said */
	int64_t alive_s;   /* ServerAliveInterval; 0: not said */
	int64_t alive_max; /* ServerAliveCountMax; 0: not said */
	bool identities_only, gssapi;
	struct sshconfig_files identities, user_hosts, global_hosts;
};

/* Reads ssh -G's lines; what it does not know it skips. */
void sshconfig_parse(struct span text, struct sshconfig_answer *ret);
void sshconfig_answer_fini(struct sshconfig_answer *a);

/* A host to go through: [user@]host[:port], or ssh://[user@]host[:port]. */
struct sshconfig_hop {
	char *user, *host; /* user is NULL when it is not said */
	uint16_t port;	   /* 0: not said */
};

/*
 * The last of the hosts that a ProxyJump lists, which is the one to reach the
 * host from; *before is the list of those before it, NULL p when there is
 * none.  -1 when that one makes no sense.
 */
int sshconfig_last_hop(struct span jump, struct span *before,
    struct sshconfig_hop *ret, struct err *e);
void sshconfig_hop_fini(struct sshconfig_hop *h);

/* Whether a configuration file treats all hosts alike; includes not followed,
 * but collected into files when that is not NULL. */
bool sshconfig_is_uniform(struct span text, struct sshconfig_files *includes);

#endif
