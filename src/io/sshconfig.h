/*
 * sshconfig: what the user's ssh_config(5) says of a host, as `ssh -G` has it.
 * ssh is not asked when there is no configuration, and once for all hosts when
 * the configuration makes no difference between hosts.
 */
#ifndef ESPY_IO_SSHCONFIG_H
#define ESPY_IO_SSHCONFIG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct loop;
struct sshconfig;

enum { SSHCONFIG_FILES_MAX = 32 };

struct sshconfig_files {
	char *path[SSHCONFIG_FILES_MAX];
	size_t n;
};

/* Strings are NULL and lists empty where nothing is said. */
struct sshconfig_answer {
	struct err failed; /* ERR_NONE: what follows counts */
	char *hostname, *user, *host_key_alias, *identity_agent;
	char *proxy_jump, *proxy_command, *strict;
	uint16_t port;	   /* 0: not said */
	int64_t connect_s; /* 0: not said */
	bool identities_only;
	struct sshconfig_files identities, user_hosts, global_hosts;
};

/* Reads ssh -G's lines; what it does not know it skips. */
void sshconfig_parse(struct span text, struct sshconfig_answer *ret);
void sshconfig_answer_fini(struct sshconfig_answer *a);

/* Whether a configuration file treats all hosts alike; includes not followed,
 * but collected into files when that is not NULL. */
bool sshconfig_is_uniform(struct span text, struct sshconfig_files *includes);

/* file as with ssh -F; NULL: the user's and the system's. */
struct sshconfig *sshconfig_new(struct loop *l, const char *file);
/* Accepts NULL. */
void sshconfig_free(struct sshconfig *c);

/*
 * The answer for a host, which lives as long as c; NULL: ready will be called
 * when there is one, failed or not.  Bounded to 10 s.
 */
const struct sshconfig_answer *sshconfig_get(struct sshconfig *c,
    const char *host, void (*ready)(void *arg), void *arg);

#endif
