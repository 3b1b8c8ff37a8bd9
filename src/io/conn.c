#include "io/conn.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/auth.h"
#include "io/file.h"
#include "io/hostkey.h"
#include "io/keyring.h"
#include "io/log.h"
#include "io/resolve.h"
#include "io/sshask.h"
#include "io/sshconfig.h"
#include "io/transport.h"
#include "model/host.h"

enum {
	CHANNELS_MAX = 9, /* OpenSSH's MaxSessions is 10; one is to kill with */
	TRIES_MAX = 6,	  /* dials that a busy server dropped */
	ALGS_MAX = 512
};

static enum step step_config(struct conn *c);
static enum step step_resolve(struct conn *c);
static enum step step_dial(struct conn *c);
static enum step step_handshake(struct conn *c);
static enum step step_verify(struct conn *c);
static enum step step_auth(struct conn *c);

/*
 * limit_s is of the state alone; the set-up as a whole has connect_ms.  fail
 * is what the state's STEP_REFUSED means; STEP_FAIL is always unreachable.
 */
static const struct {
	const char *name;
	enum step (*step)(struct conn *c);
	enum conn_state next;
	int limit_s;
	enum task_end fail;
} states[] = {
	[CONN_IDLE] = { "waiting", NULL, CONN_CONFIG, 0, TASK_UNREACHABLE },
	[CONN_CONFIG] = { "ssh_config", step_config, CONN_RESOLVE, 10,
	    TASK_UNREACHABLE },
	[CONN_RESOLVE] = { "resolve", step_resolve, CONN_DIAL, 10,
	    TASK_UNREACHABLE },
	[CONN_DIAL] = { "connect", step_dial, CONN_HANDSHAKE, 600,
	    TASK_UNREACHABLE },
	[CONN_HANDSHAKE] = { "handshake", step_handshake, CONN_VERIFY, 600,
	    TASK_UNREACHABLE },
	[CONN_VERIFY] = { "host key", step_verify, CONN_AUTH, 5,
	    TASK_HOST_KEY },
	[CONN_AUTH] = { "authentication", step_auth, CONN_READY, 600,
	    TASK_AUTH },
	[CONN_READY] = { "ready", NULL, CONN_READY, 0, TASK_LOST },
	[CONN_BACKOFF] = { "waiting for a busy server", NULL, CONN_DIAL, 0,
	    TASK_UNREACHABLE },
	[CONN_FAILED] = { "failed", NULL, CONN_FAILED, 0, TASK_UNREACHABLE },
};

static void conn_advance(struct conn *c);

const char *
conn_state_name(enum conn_state s)
{
	return states[s].name;
}

/* ConnectTimeout counts when espy's own option does not say. */
static int64_t
connect_ms(const struct conn *c)
{
	if (!c->env->connect_said && c->config != NULL &&
	    c->config->connect_s > 0)
		return c->config->connect_s * 1000;
	return c->env->connect_ms;
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

/* ---- leaving and entering ---- */

static void
drop_session(struct conn *c)
{
	watch_stop(c->watch);
	c->watch = NULL;
	auth_free(c->auth);
	c->auth = NULL;
	if (c->session != NULL)
		c->transport->close(c->session);
	c->session = NULL;
}

static void
drop_setup(struct conn *c)
{
	resolve_free(c->resolve);
	c->resolve = NULL;
	c->next_address = 0;
}

/* Only this writes c->state; it logs, and sets the deadline. */
static void
enter(struct conn *c, enum conn_state s)
{
	struct loop *l = c->env->loop;
	struct mono at = mono_add_ms(loop_now(l), states[s].limit_s * 1000);

	c->state = s;
	log_line(LOG_LEVEL_DEBUG, c->host->name, "%s", states[s].name);
	timer_stop(l, &c->deadline);
	if (states[s].limit_s == 0)
		return;
	if (at.ns > c->give_up.ns)
		at = c->give_up;
	timer_set(l, &c->deadline, at);
}

void
conn_fail(struct conn *c, enum task_end how)
{
	drop_session(c);
	drop_setup(c);
	c->fail = how;
	enter(c, CONN_FAILED);
	c->env->changed(c->env->arg, c);
}

void
conn_rest(struct conn *c)
{
	drop_session(c);
	drop_setup(c);
	enter(c, CONN_IDLE);
}

/* A server with too many connections; ours spread out again. */
static void
back_off(struct conn *c)
{
	int64_t ms = 100 << c->tries++;
	uint32_t spread = 0;

	for (const char *s = c->host->name; *s != '\0'; s++)
		spread = spread * 31 + (unsigned char)*s;
	ms += (int64_t)(spread % (uint32_t)ms);
	drop_session(c);
	c->next_address = 0;
	enter(c, CONN_BACKOFF);
	log_line(LOG_LEVEL_INFO, c->host->name, "%s; again in %d ms",
	    c->why.text, (int)ms);
	timer_set(c->env->loop, &c->deadline,
	    mono_add_ms(loop_now(c->env->loop), ms));
}

/* Says why, which is in c->why, and dials anew with the other transport. */
static bool
fall_back(struct conn *c)
{
	if (c->env->fallback == NULL || c->transport == c->env->fallback)
		return false;
	log_line(LOG_LEVEL_INFO, c->host->name, "%s; so through %s",
	    c->why.text, c->env->fallback->name);
	drop_session(c);
	c->transport = c->env->fallback;
	enter(c, CONN_DIAL);
	conn_kick(c);
	return true;
}

static bool
is_unable(const struct conn *c)
{
	return c->state == CONN_HANDSHAKE && c->session != NULL &&
	    c->transport->was_unable != NULL &&
	    c->transport->was_unable(c->session);
}

/* What a set-up step failed with, and whether another try is worth it. */
static void
setup_failed(struct conn *c, enum step s)
{
	bool busy = c->state == CONN_HANDSHAKE && c->session != NULL &&
	    c->transport->was_dropped(c->session) && c->tries < TRIES_MAX &&
	    mono_add_ms(loop_now(c->env->loop), 200 << c->tries).ns <
		c->give_up.ns;

	if (is_unable(c) && fall_back(c))
		return;
	if (busy) {
		back_off(c);
	} else if (c->state == CONN_DIAL && c->resolve != NULL &&
	    resolve_get(c->resolve, c->next_address) != NULL) {
		drop_session(c);
		conn_kick(c);
	} else {
		conn_fail(c,
		    s == STEP_REFUSED ? states[c->state].fail
				      : TASK_UNREACHABLE);
	}
}

static void
on_deadline(void *arg)
{
	struct conn *c = arg;

	if (c->state == CONN_BACKOFF) {
		enter(c, CONN_DIAL);
		conn_advance(c);
		return;
	}
	err_set(&c->why, ERR_LIMIT, "%s: no answer within %d s",
	    states[c->state].name, (int)(connect_ms(c) / 1000));
	/* A host that hangs while we authenticate has not refused us. */
	conn_fail(c, TASK_UNREACHABLE);
}

/* ---- events ---- */

static void
set_events(struct conn *c)
{
	const struct transport *t = c->transport;

	if (c->watch == NULL)
		return;
	/* Without a channel nothing reads what comes; see on_socket(). */
	if (c->state == CONN_READY && c->live + c->killers == 0)
		watch_events(c->watch, 0);
	else
		watch_events(c->watch, t->events(c->session));
}

static void
conn_advance(struct conn *c)
{
	bool was_set_up = c->state == CONN_READY;

	while (states[c->state].step != NULL) {
		enum conn_state was = c->state;
		enum step s = states[c->state].step(c);

		if (c->state != was)
			continue;
		if (s == STEP_WAIT) {
			set_events(c);
			return;
		}
		if (s != STEP_NEXT) {
			setup_failed(c, s);
			return;
		}
		enter(c, states[c->state].next);
	}
	if (c->state != CONN_READY)
		return;
	if (!was_set_up) {
		auth_free(c->auth);
		c->auth = NULL;
		drop_setup(c);
		c->env->changed(c->env->arg, c);
	}
	if (c->state == CONN_READY && c->env->pump(c))
		conn_kick(c);
	if (c->state == CONN_READY)
		set_events(c);
}

static void
on_socket(void *arg, short revents)
{
	struct conn *c = arg;

	if (c->state == CONN_READY && c->live + c->killers == 0 &&
	    (revents & (POLLHUP | POLLERR)) != 0)
		conn_rest(c);
	else
		conn_advance(c);
}

static void
on_again(void *arg)
{
	conn_advance(arg);
}

void
conn_kick(struct conn *c)
{
	if (c->again.place == 0)
		timer_set(c->env->loop, &c->again, loop_now(c->env->loop));
}

static void
on_ready(void *arg)
{
	conn_kick(arg);
}

/* ---- the states' steps ---- */

/* To dial directly then would be to ignore what the user said. */
static bool
needs_proxy(const char *said)
{
	return said != NULL && strcmp(said, "none") != 0;
}

/* What only ssh(1) can do. */
static bool
needs_ssh(const struct sshconfig_answer *a, struct err *why)
{
	const char *what = needs_proxy(a->proxy_jump) ? "ProxyJump"
	    : needs_proxy(a->proxy_command)	      ? "ProxyCommand"
	    : a->certificate != NULL		      ? "CertificateFile"
						      : NULL;

	if (what != NULL)
		err_set(why, ERR_HOST,
		    "ssh_config says %s, which libssh2 cannot do", what);
	return what != NULL;
}

static enum step
step_config(struct conn *c)
{
	const char *name = c->host->address;

	if (name == NULL || name[0] == '\0' || name[0] == '-') {
		err_set(&c->why, ERR_HOST, "%s: the host has no address",
		    c->host->where != NULL ? c->host->where : "inventory");
		return STEP_FAIL;
	}
	c->config = sshask_get(c->env->config, name, on_ready, c);
	if (c->config == NULL)
		return STEP_WAIT;
	if (c->config->failed.kind != ERR_NONE) {
		c->why = c->config->failed;
		return STEP_FAIL;
	}
	if (!c->transport->own_checks && needs_ssh(c->config, &c->why)) {
		if (c->env->fallback == NULL)
			return STEP_FAIL;
		log_line(LOG_LEVEL_INFO, c->host->name, "%s; so through %s",
		    c->why.text, c->env->fallback->name);
		c->transport = c->env->fallback;
	}
	c->env->load_hostkeys(c->env->arg, c->config);
	/* Time that passed in here is not the host's fault. */
	c->give_up = mono_add_ms(loop_now(c->env->loop), connect_ms(c));
	return STEP_NEXT;
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

static enum step
step_resolve(struct conn *c)
{
	int r;

	if (c->transport->own_checks)
		return STEP_NEXT;
	if (c->resolve == NULL)
		c->resolve = resolve_start(c->env->loop, name_of(c), port_of(c),
		    on_ready, c);
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
		.connect_ms = connect_ms(c),
		.policy = policy_of(c),
		.loop = c->env->loop,
		.wake = on_ready,
		.arg = c };

	return c->transport->open(&d, &c->session, &c->why);
}

static int
open_session(struct conn *c)
{
	const struct address *a = resolve_get(c->resolve, c->next_address++);
	struct dial d = { .addr = (const struct sockaddr *)&a->addr,
		.addr_len = a->len };
	uint16_t port;
	const char *name = key_name(c, &port);
	struct buf algs;
	int r;

	buf_init(&algs, ALGS_MAX);
	if (policy_of(c) != HOST_KEY_OFF)
		hostkeys_algorithms(c->env->hostkeys, name, port,
		    c->exact_types, &algs);
	d.host_key_algs = algs.len > 0 ? algs.data : NULL;
	r = c->transport->open(&d, &c->session, &c->why);
	buf_free(&algs);
	if (r == 0)
		c->watch = watch_start(c->env->loop,
		    c->transport->fd(c->session), POLLOUT, on_socket, c);
	return r;
}

static enum step
step_dial(struct conn *c)
{
	if (c->session == NULL && c->transport->own_checks) {
		if (open_named(c) < 0)
			return STEP_FAIL;
	} else if (c->session == NULL && open_session(c) < 0) {
		return STEP_FAIL;
	}
	return c->transport->connect(c->session, &c->why);
}

static enum step
step_handshake(struct conn *c)
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
	drop_session(c);
	c->next_address--;
	enter(c, CONN_DIAL);
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

static enum step
step_verify(struct conn *c)
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
	if (a.verdict == HOSTKEY_CA_ONLY && fall_back(c))
		return STEP_WAIT;
	return STEP_REFUSED;
}

static const char *
own_user(void)
{
	const struct passwd *pw = getpwuid(getuid());

	return pw != NULL ? pw->pw_name : "root";
}

static enum step
step_auth(struct conn *c)
{
	const char *user = c->host->user;

	if (c->transport->own_checks)
		return c->transport->auth(c->session, user, NULL, &c->why);
	if (user == NULL)
		user = c->config->user;
	if (user == NULL)
		user = own_user();
	if (c->auth == NULL)
		c->auth = auth_new(c->env->keys, c->env->agents, c->host,
		    c->config, on_ready, c);
	return auth_step(c->auth, c->transport, c->session, user, &c->why);
}

/* ---- life ---- */

struct conn *
conn_new(struct conn_env *env, const struct host *h)
{
	struct conn *c = xcalloc(1, sizeof(*c));

	*c = (struct conn){ .env = env,
		.host = h,
		.transport = env->transport,
		.state = CONN_IDLE,
		.deadline = { .fn = on_deadline, .arg = c },
		.again = { .fn = on_again, .arg = c },
		.max_live = CHANNELS_MAX };
	c->tasks_tail = &c->tasks;
	return c;
}

void
conn_free(struct conn *c)
{
	if (c == NULL)
		return;
	drop_session(c);
	drop_setup(c);
	timer_stop(c->env->loop, &c->deadline);
	timer_stop(c->env->loop, &c->again);
	free(c);
}

void
conn_start(struct conn *c)
{
	c->tries = 0;
	c->exact_types = false;
	c->transport = c->env->transport;
	c->give_up = mono_add_ms(loop_now(c->env->loop), c->env->connect_ms);
	enter(c, CONN_CONFIG);
	conn_kick(c);
}
