#include "cmd/remote.h"

#include "cmd/cmd.h"
#include "io/fanout.h"

int
remote_open(const struct common *c, struct fanout **ret, struct err *e)
{
	struct fanout_opts o = { .forks = (unsigned)c->forks,
		.connect_ms = (int64_t)c->connect_s * 1000,
		.ssh_config = c->ssh_config,
		.host_keys_said = c->host_keys != NULL,
		.verbose = c->verbose };

	if (fanout_policy(c->host_keys, &o.host_keys, e) < 0 ||
	    fanout_transport_named(c->transport, &o.transport, e) < 0)
		return -1;
	return fanout_new(&o, ret, e);
}
