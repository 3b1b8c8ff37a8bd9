#include "io/connstep.h"

#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/auth.h"
#include "io/file.h"
#include "io/hostkey.h"
#include "io/jump.h"
#include "io/keyring.h"
#include "io/log.h"
#include "io/resolve.h"
#include "io/sshask.h"
#include "io/sshconfig.h"
#include "io/transport.h"
#include "model/host.h"

enum {
	ALGS_MAX = 512,
	ALIVE_S = 10, /* ssh says 0, which is never, also when nobody said so */
	ALIVE_MAX = 3
};

/* ConnectTimeout counts when espy's own option does not say. */
int64_t
connstep_limit_ms(const struct conn *c)
{
	if (!c->env->connect_said && c->config != NULL &&
	    c->config->connect_s > 0)
		return c->config->connect_s * 1000;
	return c->env->connect_ms;
}

int64_t
connstep_alive_s(const struct conn *c)
{
	return c->config != NULL && c->config->alive_s > 0 ? c->config->alive_s
							   : ALIVE_S;
}

int64_t
connstep_alive_max(const struct conn *c)
{
	return c->config != NULL && c->config->alive_max > 0
	    ? c->config->alive_max
	    : ALIVE_MAX;
}

/* So does StrictHostKeyChecking; "ask" is strict, for we ask nothing. */
static enum host_key_policy
policy_of(const struct conn *c)
{
	static const struct {
		const char *word;
		enum host_key_policy policy;
	} words[] = {
		{ "accept-new", HOST_KEY_ACCEPT_NEW },
		{ "no", HOST_KEY_OFF },
		{ "off", HOST_KEY_OFF },
		{ "false", HOST_KEY_OFF },
	};
	const char *said = c->config != NULL ? c->config->strict : NULL;

	if (c->env->policy_said || said == NULL)
		return c->env->policy;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(said, words[i].word) == 0)
			return words[i].policy;
	return HOST_KEY_STRICT;
}

/* What only ssh(1) can do. */
static bool
needs_ssh(const struct sshconfig_answer *a, struct err *why)
{
	const char *proxy = a->proxy_command;
	const char *what = proxy != NULL && strcmp(proxy, "none") != 0
	    ? "ProxyCommand"
	    : a->certificate != NULL ? "CertificateFile"
				     : NULL;

	if (what != NULL)
		err_set(why, ERR_HOST,
		    "ssh_config says %s, which libssh2 cannot do", what);
	return what != NULL;
}

/* The inventory has a password for sudo, and we cannot read it. */
static bool
needs_password(const struct conn *c, struct err *why)
{
	const struct host *h = c->host;
	const char *trouble = host_password_trouble(h);

	if (trouble == NULL || !(h->become || c->env->become))
		return false;
	err_set(why, ERR_HOST,
	    "%s: ansible_become_password is %s: -K asks for it instead",
	    h->where != NULL ? h->where : "inventory", trouble);
	return true;
}

enum step
connstep_config(struct conn *c)
{
	const char *name = c->host->address;

	if (name == NULL || name[0] == '\0' || name[0] == '-') {
		err_set(&c->why, ERR_HOST, "%s: the host has no address",
		    c->host->where != NULL ? c->host->where : "inventory");
		return STEP_FAIL;
	}
	if (conn_password(c) == NULL && needs_password(c, &c->why))
		return STEP_REFUSED;
	c->config = sshask_get(c->env->config, name, conn_wake, c);
	if (c->config == NULL)
		return STEP_WAIT;
	if (c->config->failed.kind != ERR_NONE) {
		c->why = c->config->failed;
		return STEP_FAIL;
	}
	c->jump = NULL;
	if (!c->transport->own_checks && needs_ssh(c->config, &c->why))
		return conn_fall_back(c) ? STEP_WAIT : STEP_FAIL;
	if (!c->transport->own_checks && c->env->jumps != NULL &&
	    jumps_find(c->env->jumps, c, &c->jump, &c->why) < 0)
		return STEP_FAIL;
	c->env->load_hostkeys(c->env->arg, c->config);
	conn_grant(c);
	return STEP_NEXT;
}

enum step
connstep_jump(struct conn *c)
{
	enum step s;

	if (c->jump == NULL)
		return STEP_NEXT;
	s = jump_take(c->jump, c);
	if (s == STEP_NEXT && !c->had_turn)
		conn_grant(c);
	c->had_turn |= s == STEP_NEXT;
	return s;
}

static uint16_t
port_of(const struct conn *c)
{
	if (c->host->port != 0)
		return c->host->port;
	return c->config->port != 0 ? c->config->port : 22;
}

static const char *
name_of(const struct conn *c)
{
	return c->config->hostname != NULL ? c->config->hostname
					   : c->host->address;
}

enum step
connstep_resolve(struct conn *c)
{
	int r;

	/* Through a jump host, it is that one's resolver that counts. */
	if (c->transport->own_checks || c->via != NULL)
		return STEP_NEXT;
	if (c->resolve == NULL)
		c->resolve = resolve_start(c->env->loop, name_of(c), port_of(c),
		    conn_wake, c);
	r = resolve_state(c->resolve, &c->why);
	return r == 0 ? STEP_WAIT : r > 0 ? STEP_NEXT : STEP_FAIL;
}

/* What known_hosts would call it, ssh_config(5) HostKeyAlias. */
static const char *
key_name(const struct conn *c, uint16_t *port)
{
	*port = c->config->host_key_alias != NULL ? 0 : port_of(c);
	return c->config->host_key_alias != NULL ? c->config->host_key_alias
						 : name_of(c);
}

/* Through a transport that is told what the user said, and no more. */
static int
open_named(struct conn *c)
{
	const struct dial d = { .name = c->host->address,
		.user = c->host->user,
		.key_file = c->host->key_file,
		.config_file = c->env->config_file,
		.port = c->host->port,
		.connect_ms = connstep_limit_ms(c),
		.alive_s = connstep_alive_s(c),
		.alive_max = connstep_alive_max(c),
		.policy = policy_of(c),
		.loop = c->env->loop,
		.wake = conn_wake,
		.arg = c };

	return c->transport->open(&d, &c->session, &c->why);
}

static int
open_session(struct conn *c)
{
	struct dial d = { .window = *c->env->window,
		.alive_s = connstep_alive_s(c),
		.alive_max = connstep_alive_max(c),
		.wake = conn_wake,
		.arg = c };
	const struct address *a;
	uint16_t port;
	const char *name = key_name(c, &port);
	struct buf algs;
	int r;

	if (c->via != NULL) {
		d.via = c->via->conn->session;
		d.name = name_of(c);
		d.port = port_of(c);
	} else {
		a = resolve_get(c->resolve, c->next_address++);
		d.addr = (const struct sockaddr *)&a->addr;
		d.addr_len = a->len;
	}
	buf_init(&algs, ALGS_MAX);
	if (policy_of(c) != HOST_KEY_OFF)
		hostkeys_algorithms(c->env->hostkeys, name, port,
		    c->exact_types, &algs);
	d.host_key_algs = algs.len > 0 ? algs.data : NULL;
	r = c->transport->open(&d, &c->session, &c->why);
	buf_free(&algs);
	if (r == 0 && c->via == NULL)
		conn_watch(c);
	return r;
}

enum step
connstep_dial(struct conn *c)
{
	enum step s = STEP_FAIL;

	if (c->session != NULL ||
	    (c->transport->own_checks ? open_named(c) : open_session(c)) == 0)
		s = c->transport->connect(c->session, &c->why);
	if (c->via == NULL)
		return s;
	if (s == STEP_NEXT || s == STEP_REFUSED)
		jump_answered(c);
	if (s == STEP_REFUSED || s == STEP_FAIL)
		jump_explain(c->jump, &c->why);
	return s;
}

enum step
connstep_handshake(struct conn *c)
{
	return c->transport->handshake(c->session, &c->why);
}

/* Trusts the key from now on, in the first known_hosts file. */
static enum step
accept_new(struct conn *c, const char *name, uint16_t port, struct span blob)
{
	const struct sshconfig_files *f = &c->config->user_hosts;
	char *path =
	    keyring_expand(f->n > 0 ? f->path[0] : "~/.ssh/known_hosts");
	struct buf line, print;
	struct err e;

	buf_init(&line, HOSTKEY_LINE_MAX);
	buf_init(&print, 128);
	hostkeys_add(c->env->hostkeys, name, port, blob, &line);
	hostkey_fingerprint(blob, &print);
	if (file_append_lines(path, line.data, line.len, 0600, &e) < 0)
		log_line(LOG_LEVEL_WARN, c->host->name,
		    "new host key accepted, but not kept: %s", e.text);
	else
		log_line(LOG_LEVEL_WARN, c->host->name,
		    "new host key accepted: %s, written to %s", print.data,
		    path);
	buf_free(&line);
	buf_free(&print);
	free(path);
	return STEP_NEXT;
}

/* Dials anew, with only the types that known_hosts has for this host. */
static enum step
show_other_type(struct conn *c)
{
	c->exact_types = true;
	conn_drop_session(c);
	if (c->next_address > 0)
		c->next_address--;
	conn_enter(c, CONN_JUMP);
	return STEP_NEXT;
}

static void
reject(struct conn *c, const struct hostkey_answer *a, struct span blob)
{
	static const char *const what[] = {
		[HOSTKEY_OK] = "",
		[HOSTKEY_UNKNOWN] = "not in known_hosts",
		[HOSTKEY_CHANGED] = "HAS CHANGED",
		[HOSTKEY_OTHER] = "of a type that known_hosts does not have",
		[HOSTKEY_CA_ONLY] =
		    "vouched for by a certificate authority alone",
		[HOSTKEY_REVOKED] = "REVOKED",
	};
	struct span type = hostkey_type(blob);
	struct buf print;

	buf_init(&print, 128);
	hostkey_fingerprint(blob, &print);
	err_set(&c->why, ERR_HOST, "host key %.*s %s %s", (int)type.n, type.p,
	    print.data, what[a->verdict]);
	if (a->file != NULL)
		err_wrap(&c->why, "%s:%zu", a->file, a->line);
	buf_free(&print);
}

enum step
connstep_verify(struct conn *c)
{
	struct hostkey_answer a;
	struct span blob;
	uint16_t port;
	const char *name = key_name(c, &port);

	if (c->transport->own_checks)
		return c->transport->verify(c->session, &c->why);
	blob = c->transport->host_key(c->session);
	if (policy_of(c) == HOST_KEY_OFF)
		return STEP_NEXT;
	hostkeys_check(c->env->hostkeys, name, port, blob, &a);
	if (a.verdict == HOSTKEY_OK)
		return STEP_NEXT;
	if (a.verdict == HOSTKEY_OTHER && !c->exact_types)
		return show_other_type(c);
	if (a.verdict == HOSTKEY_UNKNOWN && policy_of(c) == HOST_KEY_ACCEPT_NEW)
		return accept_new(c, name, port, blob);
	reject(c, &a, blob);
	if (a.verdict == HOSTKEY_CA_ONLY && conn_fall_back(c))
		return STEP_WAIT;
	return STEP_REFUSED;
}

static const char *
own_user(void)
{
	const struct passwd *pw = getpwuid(getuid());

	return pw != NULL ? pw->pw_name : "root";
}

/*
 * libssh2 knows no GSSAPI.  Debian allows it for every host, so that ssh(1) is
 * worth its cost only where there is a credential cache, too.
 */
static bool
may_have_ticket(const struct conn *c)
{
	char path[64];

	if (!c->config->gssapi)
		return false;
	if (getenv("KRB5CCNAME") != NULL)
		return true;
	snprintf(path, sizeof(path), "/tmp/krb5cc_%ju", (uintmax_t)getuid());
	return access(path, R_OK) == 0;
}

enum step
connstep_auth(struct conn *c)
{
	const char *user = c->host->user;
	enum step s;
	bool asked;

	if (c->transport->own_checks)
		return c->transport->auth(c->session, user, NULL, &c->why);
	if (user == NULL)
		user = c->config->user;
	if (user == NULL)
		user = own_user();
	if (c->auth == NULL)
		c->auth = auth_new(c->env->keys, c->env->agents, c->env->unlock,
		    c->host, c->config, conn_wake, c);
	asked = auth_asks(c->auth);
	s = auth_step(c->auth, c->transport, c->session, user, &c->why);
	if (asked && !auth_asks(c->auth)) {
		c->redial = true;
		if (c->via == NULL)
			conn_watch(c);
		conn_grant(c);
	}
	if (s == STEP_REFUSED && may_have_ticket(c)) {
		err_wrap(&c->why, "no key, but GSSAPI may do");
		if (conn_fall_back(c))
			return STEP_WAIT;
	}
	return s;
}
