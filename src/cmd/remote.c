#include "cmd/remote.h"

#include "base/err.h"
#include "cmd/cmd.h"
#include "io/fanout.h"
#include "io/secret.h"

/* A word that sudo is handed. */
static int
check_user(const char *user, struct err *e)
{
	if (user == NULL)
		return 0;
	for (const char *s = user; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			user = "";
	if (user[0] != '\0' && user[0] != '-')
		return 0;
	return err_set(e, ERR_USAGE, "--become-user: no name of a user");
}

int
remote_open(const struct common *c, struct fanout **ret, struct err *e)
{
	struct fanout_opts o = { .forks = (unsigned)c->forks,
		.connect_ms = (int64_t)c->connect_s * 1000,
		.ssh_config = c->ssh_config,
		.host_keys_said = c->host_keys != NULL,
		.become = c->become,
		.become_user = c->become_user,
		.verbose = c->verbose };
	struct secret password = { .text = "" };
	int r;

	if (fanout_policy(c->host_keys, &o.host_keys, e) < 0 ||
	    fanout_transport_named(c->transport, &o.transport, e) < 0 ||
	    check_user(c->become_user, e) < 0)
		return -1;
	if (c->ask_become) {
		if (secret_ask("sudo password: ", &password, e) < 0)
			return err_wrap(e, "-K");
		o.become_password = password.text;
	}
	r = fanout_new(&o, ret, e);
	secret_wipe(&password);
	return r;
}
