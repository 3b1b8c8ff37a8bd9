#include "cmd/remote.h"

#include <string.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "io/fanout.h"

static int
host_key_policy(const char *word, enum host_key_policy *ret, struct err *e)
{
	static const char *const words[] = {
		[HOST_KEY_STRICT] = "strict",
		[HOST_KEY_ACCEPT_NEW] = "accept-new",
		[HOST_KEY_OFF] = "off",
	};

	*ret = HOST_KEY_STRICT;
	if (word == NULL)
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word, words[i]) == 0) {
			*ret = (enum host_key_policy)i;
			return 0;
		}
	}
	return err_set(e, ERR_USAGE,
	    "option --host-key-policy: \"%s\" is none of strict, accept-new, "
	    "off",
	    word);
}

int
remote_open(const struct common *c, struct fanout **ret, struct err *e)
{
	struct fanout_opts o = { .forks = (unsigned)c->forks,
		.connect_ms = (int64_t)c->connect_s * 1000,
		.ssh_config = c->ssh_config,
		.verbose = c->verbose };

	if (host_key_policy(c->host_keys, &o.host_keys, e) < 0)
		return -1;
	return fanout_new(&o, ret, e);
}
