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
	bool identities_only;
	struct sshconfig_files identities, user_hosts, global_hosts;
};

/* Reads ssh -G's lines; what it does not know it skips. */
void sshconfig_parse(struct span text, struct sshconfig_answer *ret);
void sshconfig_answer_fini(struct sshconfig_answer *a);

/* Whether a configuration file treats all hosts alike; includes not followed,
 * but collected into files when that is not NULL. */
bool sshconfig_is_uniform(struct span text, struct sshconfig_files *includes);

#endif
