#include "io/fanout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "io/agent.h"
#include "io/conn.h"
#include "io/file.h"
#include "io/hostkey.h"
#include "io/jump.h"
#include "io/keyring.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/random.h"
#include "io/sig.h"
#include "io/sshask.h"
#include "io/sshconfig.h"
#include "io/task.h"
#include "io/transport.h"
#include "io/unlock.h"
#include "model/host.h"

enum {
	FORKS = 256,
	CONNECT_MS = 10000,
	EXEC_FDS = 7,	/* of a session through ssh(1) with a command */
	FDS_KEPT = 24,	/* for files, pipes and the agent */
	BREAKS_MAX = 2, /* sessions lost in a row before a host is given up */
	END_MS = 6000,	/* to end what runs, at the end */
	MARK_BYTES = 8,
	BUCKETS = 1024,
	/* What libssh2 may hold, should nobody read anything any more. */
	WINDOWS = 64 * 1024 * 1024,
	WINDOW_MAX = 1024 * 1024, /* more does not make a stream faster */
	WINDOW_MIN = 128 * 1024
};

struct fanout {
	struct conn_env env;
	char *password; /* sudo's; NULL: none */
	struct loop *loop;
	unsigned forks;
	size_t fds_max; /* descriptors for sessions */
	struct conn *conns;
	struct conn **conns_tail;
	struct conn *by_host[BUCKETS];
	size_t n_conns;
	uint32_t window; /* of each channel: the hosts share WINDOWS */
	size_t n_tasks;	 /* not finished */
	bool queued;	 /* a conn may be waiting for its turn */
	bool stopping;
	struct watch *signals;
	struct sshconfig_files known; /* known_hosts files already read */
};

const char *
task_end_name(enum task_end end)
{
	static const char *const names[] = {
		[TASK_EXITED] = "exited",
		[TASK_SIGNALLED] = "killed",
		[TASK_NO_STATUS] = "no status",
		[TASK_TIMEOUT] = "timeout",
		[TASK_CANCELLED] = "cancelled",
		[TASK_UNREACHABLE] = "unreachable",
		[TASK_HOST_KEY] = "host key",
		[TASK_AUTH] = "auth",
		[TASK_LOST] = "lost",
	};

	return names[end];
}

int
fanout_policy(const char *word, enum host_key_policy *ret, struct err *e)
{
	static const struct {
		const char *word;
		enum host_key_policy policy;
	} words[] = {
		{ "strict", HOST_KEY_STRICT },
		{ "accept-new", HOST_KEY_ACCEPT_NEW },
		{ "off", HOST_KEY_OFF },
	};

	if (word == NULL)
		word = "strict";
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word, words[i].word) == 0) {
			*ret = words[i].policy;
			return 0;
		}
	}
	return err_set(e, ERR_USAGE,
	    "host key policy \"%s\": strict, accept-new or off", word);
}

int
fanout_transport_named(const char *word, enum fanout_transport *ret,
    struct err *e)
{
	static const char *const words[] = { [FANOUT_AUTO] = "auto",
		[FANOUT_LIBSSH2] = "libssh2",
		[FANOUT_SSH] = "ssh" };

	for (int i = 0; i < 3; i++) {
		if (strcmp(word != NULL ? word : "auto", words[i]) == 0) {
			*ret = (enum fanout_transport)i;
			return 0;
		}
	}
	return err_set(e, ERR_USAGE, "transport \"%s\": auto, libssh2 or ssh",
	    word);
}

/* ---- known_hosts ---- */

static void
warn_line(void *arg, const char *what)
{
	(void)arg;
	log_line(LOG_LEVEL_WARN, NULL, "%s", what);
}

/* A file that is not there is empty; one that cannot be read is a warning. */
static void
load_file(struct fanout *f, const char *name)
{
	char *path = keyring_expand(name);
	struct buf text;
	struct err e;

	for (size_t i = 0; i < f->known.n; i++) {
		if (strcmp(f->known.path[i], path) == 0) {
			free(path);
			return;
		}
	}
	if (f->known.n >= SSHCONFIG_FILES_MAX) {
		free(path);
		return;
	}
	f->known.path[f->known.n++] = path;
	buf_init(&text, HOSTKEY_FILE_MAX);
	if (file_read(path, &text, &e) == 0)
		hostkeys_parse(f->env.hostkeys,
		    (struct span){ text.data, text.len }, path, warn_line,
		    NULL);
	else if (e.kind != ERR_INPUT || access(path, F_OK) == 0)
		log_line(LOG_LEVEL_WARN, NULL, "known hosts: %s", e.text);
	buf_free(&text);
}

static void
load_hostkeys(void *arg, const struct sshconfig_answer *a)
{
	static const char *const defaults[] = { "~/.ssh/known_hosts",
		"~/.ssh/known_hosts2", "/etc/ssh/ssh_known_hosts",
		"/etc/ssh/ssh_known_hosts2" };
	struct fanout *f = arg;

	for (size_t i = 0; i < a->user_hosts.n; i++)
		load_file(f, a->user_hosts.path[i]);
	for (size_t i = 0; i < a->global_hosts.n; i++)
		load_file(f, a->global_hosts.path[i]);
	for (size_t i = 0; a->user_hosts.n == 0 && a->global_hosts.n == 0 &&
	     i < sizeof(defaults) / sizeof(defaults[0]);
	     i++)
		load_file(f, defaults[i]);
}

/* ---- setting up ---- */

/* The soft limit costs nothing to raise; the hard one bounds us. */
static size_t
descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		return 256;
	if (r.rlim_cur < r.rlim_max) {
		rlim_t was = r.rlim_cur;

		r.rlim_cur = r.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &r) < 0)
			r.rlim_cur = was;
	}
	return r.rlim_cur > 1048576 ? 1048576 : (size_t)r.rlim_cur;
}

static void
cap_forks(struct fanout *f, size_t fds, size_t fds_each)
{
	size_t max = f->fds_max / fds_each;

	if (f->forks <= max)
		return;
	log_line(LOG_LEVEL_WARN, NULL,
	    "%zu descriptors allow %zu connections at once, not %u", fds, max,
	    f->forks);
	f->forks = (unsigned)max;
}

static void on_changed(void *arg, struct conn *c);
static void on_signal(void *arg, short revents);

int
fanout_new(const struct fanout_opts *o, struct fanout **ret, struct err *e)
{
	struct fanout *f;
	size_t fds = descriptors();
	char mark[24] = "espy"; /* a word no output can hold by chance */

	if (random_word(mark + 4, MARK_BYTES, e) < 0 || sig_catch(e) < 0 ||
	    transport_ssh_init(e) < 0)
		return -1;
	log_set_level(o->verbose);
	f = xcalloc(1, sizeof(*f));
	f->loop = loop_new(o->hooks);
	f->conns_tail = &f->conns;
	f->window = WINDOW_MAX;
	f->forks = o->forks > 0 ? o->forks : FORKS;
	f->fds_max = fds > FDS_KEPT + 8 ? fds - FDS_KEPT : 8;
	cap_forks(f, fds, o->transport == FANOUT_SSH ? EXEC_FDS : 1);
	f->env = (struct conn_env){ .loop = f->loop,
		.transport = o->transport == FANOUT_SSH ? &transport_exec
							: &transport_ssh,
		.fallback =
		    o->transport == FANOUT_AUTO ? &transport_exec : NULL,
		.config_file = o->ssh_config,
		.config = sshask_new(f->loop, o->ssh_config),
		.hostkeys = hostkeys_new(),
		.keys = keyring_new(),
		.agents = agents_new(f->loop),
		.policy = o->host_keys,
		.policy_said = o->host_keys_said,
		.window = &f->window,
		.connect_ms = o->connect_ms > 0 ? o->connect_ms : CONNECT_MS,
		.connect_said = o->connect_ms > 0,
		.become = o->become,
		.become_user = o->become_user,
		.changed = on_changed,
		.pump = task_pump,
		.load_hostkeys = load_hostkeys,
		.arg = f };
	if (o->become_password != NULL) {
		f->password = xstrdup(o->become_password);
		f->env.become_password = f->password;
	}
	f->env.unlock = unlock_new(f->loop, f->env.agents);
	memcpy(f->env.mark, mark, sizeof(mark));
	f->env.jumps = jumps_new(&f->env);
	f->signals = watch_start(f->loop, sig_fd(), POLLIN, on_signal, f);
	*ret = f;
	return 0;
}

/* ---- the queue of hosts ---- */

static bool
in_setup(const struct conn *c)
{
	return c->state != CONN_IDLE && c->state != CONN_READY &&
	    c->state != CONN_FAILED;
}

/* Descriptors it takes, now or when it is started. */
static size_t
fds_of(const struct conn *c)
{
	if (c->transport == &transport_exec || c->fell_back)
		return EXEC_FDS;
	return c->via != NULL && c->state == CONN_READY ? 0 : 1;
}

/* Ends sessions that have nothing to do, until so many more are free. */
static size_t
make_room(struct fanout *f, size_t used, size_t need)
{
	for (struct conn *c = f->conns; c != NULL && used + need > f->fds_max;
	     c = c->next) {
		if (c->state == CONN_READY && c->tasks == NULL &&
		    fds_of(c) > 0) {
			used -= fds_of(c);
			conn_rest(c);
		}
	}
	return used;
}

/* Starts hosts in the order they were asked for, as many as may be. */
static void
start_hosts(struct fanout *f)
{
	size_t setup = 0, used = jumps_sessions(f->env.jumps);

	for (struct conn *c = f->conns; c != NULL; c = c->next) {
		task_reap(c);
		setup += in_setup(c);
		if (c->session != NULL || in_setup(c))
			used += fds_of(c);
	}
	f->queued = false;
	for (struct conn *c = f->conns; c != NULL; c = c->next) {
		if (c->state != CONN_IDLE || c->tasks == NULL)
			continue;
		if (setup < f->forks)
			used = make_room(f, used, fds_of(c));
		if (setup >= f->forks ||
		    (used > 0 && used + fds_of(c) > f->fds_max)) {
			f->queued = true;
			return;
		}
		conn_start(c);
		setup++;
		used += fds_of(c);
	}
}

/* A conn became ready, or has no session any more. */
static void
on_changed(void *arg, struct conn *c)
{
	struct fanout *f = arg;
	bool was_ready = c->fail == TASK_LOST;

	f->queued = true;
	if (c->state != CONN_FAILED)
		return;
	if (was_ready && c->breaks++ < BREAKS_MAX && !f->stopping) {
		task_conn_broke(c, true);
	} else {
		task_conn_broke(c, false);
		c->breaks = 0;
	}
	c->fail = TASK_UNREACHABLE;
	conn_rest(c);
}

static uint32_t
window_of(size_t hosts)
{
	size_t share = WINDOWS / hosts;

	return share > WINDOW_MAX ? WINDOW_MAX
	    : share < WINDOW_MIN  ? WINDOW_MIN
				  : (uint32_t)share;
}

static size_t
bucket_of(const struct host *h)
{
	return ((uintptr_t)h >> 4) % BUCKETS;
}

/* The host's conn; hosts are told apart by their address in memory. */
static struct conn *
conn_of(struct fanout *f, const struct host *h)
{
	struct conn *c = f->by_host[bucket_of(h)];

	while (c != NULL && c->host != h)
		c = c->next_same;
	if (c != NULL)
		return c;
	c = conn_new(&f->env, h);
	c->next_same = f->by_host[bucket_of(h)];
	f->by_host[bucket_of(h)] = c;
	*f->conns_tail = c;
	f->conns_tail = &c->next;
	f->n_conns++;
	f->window = window_of(f->n_conns);
	return c;
}

/* ---- tasks ---- */

static void
on_finished(void *arg, struct task *t)
{
	struct fanout *f = arg;

	(void)t;
	f->n_tasks--;
	f->queued = true;
}

struct task *
fanout_start(struct fanout *f, const struct task_spec *spec)
{
	struct conn *c = conn_of(f, spec->host);
	struct task *t = task_new(c, spec, on_finished, f);

	f->n_tasks++;
	f->queued = true;
	if (c->state == CONN_READY)
		conn_kick(c);
	return t;
}

void
fanout_send(struct task *t, const void *p, size_t n)
{
	task_send(t, p, n);
}

void
fanout_close_input(struct task *t)
{
	task_close_input(t);
}

void
fanout_cancel(struct task *t)
{
	task_end(t, TASK_CANCELLED);
}

bool
fanout_asks(const struct fanout *f)
{
	return unlock_asks(f->env.unlock);
}

/* ---- running ---- */

static void
print_state(const struct fanout *f)
{
	for (const struct conn *c = f->conns; c != NULL; c = c->next)
		if (task_any(c))
			log_line(LOG_LEVEL_WARN, c->host->name,
			    "%s, %u "
			    "commands run",
			    conn_state_name(c->state), c->live);
	log_line(LOG_LEVEL_WARN, NULL, "%zu commands are not finished",
	    f->n_tasks);
}

static void
on_signal(void *arg, short revents)
{
	const struct fanout *f = arg;

	(void)revents;
	sig_drain();
	if (sig_asked())
		print_state(f);
}

static void
end_all(struct fanout *f)
{
	for (struct conn *c = f->conns; c != NULL; c = c->next) {
		for (struct task *t = c->tasks; t != NULL; t = t->next)
			task_end(t, TASK_CANCELLED);
		if (in_setup(c)) {
			err_set(&c->why, ERR_HOST, "cancelled");
			conn_fail(c, TASK_CANCELLED);
		}
	}
}

/*
 * Ends every task, on the hosts too; bounded by END_MS.  A callback may start
 * another one meanwhile: it is ended as well.
 */
static void
stop_all(struct fanout *f)
{
	struct mono limit = mono_add_ms(loop_now(f->loop), END_MS);

	f->stopping = true;
	end_all(f);
	while (f->n_tasks > 0 && loop_now(f->loop).ns < limit.ns) {
		loop_turn(f->loop, limit);
		end_all(f);
	}
	f->stopping = false;
}

/* interrupted: did a signal end it, and is it dealt with? */
static enum fanout_why
run(struct fanout *f, bool (*interrupted)(struct fanout *f),
    bool (*until)(void *), void *arg, int64_t limit_ms)
{
	const struct mono never = { INT64_MAX };
	struct mono limit =
	    limit_ms > 0 ? mono_add_ms(loop_now(f->loop), limit_ms) : never;

	for (;;) {
		if (f->queued)
			start_hosts(f);
		if (interrupted(f))
			return FANOUT_INTERRUPTED;
		if ((until != NULL && until(arg)) || f->n_tasks == 0)
			return FANOUT_DONE;
		if (loop_now(f->loop).ns >= limit.ns)
			return FANOUT_DEADLINE;
		loop_turn(f->loop, limit);
	}
}

static bool
interrupted_ends_all(struct fanout *f)
{
	if (!sig_interrupted())
		return false;
	stop_all(f);
	return true;
}

static bool
interrupted_ends_wait(struct fanout *f)
{
	(void)f;
	return sig_take_interrupt();
}

enum fanout_why
fanout_run(struct fanout *f, bool (*until)(void *), void *arg, int64_t limit_ms)
{
	return run(f, interrupted_ends_all, until, arg, limit_ms);
}

enum fanout_why
fanout_follow(struct fanout *f, bool (*until)(void *), void *arg,
    int64_t limit_ms)
{
	return run(f, interrupted_ends_wait, until, arg, limit_ms);
}

void
fanout_free(struct fanout *f)
{
	struct conn *c, *next;

	if (f == NULL)
		return;
	if (f->n_tasks > 0)
		stop_all(f);
	for (c = f->conns; c != NULL; c = next) {
		next = c->next;
		if (c->session != NULL) {
			err_set(&c->why, ERR_HOST, "espy ends");
			conn_fail(c, TASK_CANCELLED);
		}
		task_reap(c);
		conn_free(c);
	}
	jumps_free(f->env.jumps);
	watch_stop(f->signals);
	sshask_free(f->env.config);
	unlock_free(f->env.unlock);
	if (f->password != NULL)
		mem_wipe(f->password, strlen(f->password));
	free(f->password);
	agents_free(f->env.agents);
	keyring_free(f->env.keys);
	hostkeys_free(f->env.hostkeys);
	for (size_t i = 0; i < f->known.n; i++)
		free(f->known.path[i]);
	loop_free(f->loop);
	free(f);
	transport_ssh_exit();
}
