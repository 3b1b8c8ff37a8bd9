/* links: io/fanout io/task io/become io/killer io/conn io/connstep io/jump
 * io/sshconfig io/remote io/resolve io/spawn io/loop io/log io/file io/hostkey
 * io/wire io/sig io/random model/host base/buf base/err base/mem base/str
 * base/utf8 base/map base/glob */
#include "unit.h"

#include <signal.h>

#include <sys/resource.h>

#include "fleet_transport.h"
#include "io/agent.h"
#include "io/auth.h"
#include "io/fanout.h"
#include "io/keyring.h"
#include "io/loop.h"
#include "io/sig.h"
#include "io/sshask.h"
#include "io/sshconfig.h"
#include "io/unlock.h"
#include "model/host.h"

/* ---- in place of what would ask the user's files and programs ---- */

struct auth {
	int nothing;
};

struct auth *
auth_new(struct keyring *keys, struct agents *agents, struct unlock *unlock,
    const struct host *h, const struct sshconfig_answer *config,
    void (*ready)(void *arg), void *arg)
{
	(void)keys;
	(void)agents;
	(void)unlock;
	(void)h;
	(void)config;
	(void)ready;
	(void)arg;
	return xcalloc(1, sizeof(struct auth));
}

void
auth_free(struct auth *a)
{
	free(a);
}

enum step
auth_step(struct auth *a, const struct transport *t, struct session *s,
    const char *user, struct err *e)
{
	(void)a;
	return t->auth(s, user, NULL, e);
}

bool
auth_asks(const struct auth *a)
{
	(void)a;
	return false;
}

struct unlock *
unlock_new(struct loop *l, struct agents *agents)
{
	(void)l;
	(void)agents;
	return NULL;
}

void
unlock_free(struct unlock *u)
{
	(void)u;
}

bool
unlock_asks(const struct unlock *u)
{
	(void)u;
	return false;
}

struct sshask *
sshask_new(struct loop *l, const char *file)
{
	(void)l;
	(void)file;
	return NULL;
}

void
sshask_free(struct sshask *c)
{
	(void)c;
}

const struct sshconfig_answer *
sshask_get(struct sshask *c, const char *host, void (*ready)(void *arg),
    void *arg)
{
	static const struct sshconfig_answer nothing = { .port = 0 };

	(void)c;
	(void)host;
	(void)ready;
	(void)arg;
	return &nothing;
}

struct keyring *
keyring_new(void)
{
	return NULL;
}

void
keyring_free(struct keyring *k)
{
	(void)k;
}

char *
keyring_expand(const char *path)
{
	(void)path;
	return xstrdup("/nonexistent/known_hosts");
}

struct agents *
agents_new(struct loop *l)
{
	(void)l;
	return NULL;
}

void
agents_free(struct agents *a)
{
	(void)a;
}

/* ---- a clock that moves while the loop waits ---- */

static struct mono now;
static int64_t jump_at_ms, jump_ms; /* the machine slept meanwhile */

static struct mono
fake_now(void *arg)
{
	(void)arg;
	return now;
}

/* Every watched descriptor but the signals' is ready a millisecond later. */
static int
fake_wait(void *arg, struct pollfd *fds, size_t n, int ms)
{
	int ready = 0;

	(void)arg;
	for (size_t i = 0; i < n; i++) {
		fds[i].revents = fds[i].fd == 1000 ? fds[i].events : 0;
		ready += fds[i].revents != 0;
	}
	now = mono_add_ms(now, ready > 0 && ms > 1 ? 1 : ms);
	now.ns += NS_PER_MS / 4; /* nor does work cost nothing */
	if (jump_ms > 0 && now.ns / NS_PER_MS >= jump_at_ms) {
		now = mono_add_ms(now, jump_ms);
		jump_ms = 0;
	}
	return ready;
}

/* ---- the hosts ---- */

static struct host hosts[FLEET_MAX];
static char names[FLEET_MAX][16];
static struct fanout *fan;

struct outcome {
	int times;
	enum task_end end;
	int64_t ms; /* when */
	size_t out_len, err_len;
	bool cut;
};

static struct outcome outcomes[FLEET_MAX];
static size_t left_over;

static void
begin_at(unsigned forks)
{
	static const struct loop_hooks hooks = { fake_now, fake_wait, NULL };
	const struct fanout_opts o = { .forks = forks,
		.transport = FANOUT_LIBSSH2,
		.host_keys = HOST_KEY_OFF,
		.host_keys_said = true,
		.hooks = &hooks };
	struct err e;

	now = (struct mono){ NS_PER_MS };
	jump_ms = 0;
	memset(&fleet, 0, sizeof(fleet));
	for (size_t i = 0; i < FLEET_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "10.0.%zu.%zu", i / 250,
		    i % 250 + 1);
		hosts[i] =
		    (struct host){ .name = names[i], .address = names[i] };
	}
	assert_int_equal(fanout_new(&o, &fan, &e), 0);
}

/* Nothing of any host may be forgotten. */
static void
end(void)
{
	fanout_free(fan);
	assert_int_equal(fleet.open, 0);
	assert_int_equal(fleet.chans, 0);
}

static void
on_done(void *arg, const struct task_result *r)
{
	struct outcome *o = arg;

	o->times++;
	o->end = r->end;
	o->ms = now.ns / NS_PER_MS;
	o->out_len = r->out_len;
	o->err_len = r->err_len;
	o->cut = r->out_cut || r->err_cut;
	left_over--;
}

static void
start_all(size_t n)
{
	memset(outcomes, 0, sizeof(outcomes));
	left_over = n;
	for (size_t i = 0; i < n; i++) {
		const struct task_spec spec = { .host = &hosts[i],
			.command = "date",
			.limit_ms = 2000,
			.out_cap = 100000,
			.done = on_done,
			.arg = &outcomes[i] };

		fanout_start(fan, &spec);
	}
}

static void
run_all(size_t n)
{
	start_all(n);
	assert_int_equal(fanout_run(fan, NULL, NULL, 0), FANOUT_DONE);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(outcomes[i].times, 1);
}

/* ---- the tests ---- */

/* How each manner ends, and when at the latest. */
static const struct {
	enum task_end end;
	int64_t from_ms, to_ms;
} ends[MANNERS] = {
	[MANNER_GOOD] = { TASK_EXITED, 0, 100 },
	[MANNER_REFUSES] = { TASK_UNREACHABLE, 0, 100 },
	[MANNER_FILTERED] = { TASK_UNREACHABLE, 10000, 10100 },
	[MANNER_SILENT] = { TASK_UNREACHABLE, 10000, 10100 },
	[MANNER_HTTP] = { TASK_UNREACHABLE, 0, 100 },
	[MANNER_CLOSES] = { TASK_UNREACHABLE, 1000, 15000 },
	[MANNER_AUTH_HANGS] = { TASK_UNREACHABLE, 10000, 10100 },
	[MANNER_AUTH_REFUSES] = { TASK_AUTH, 0, 100 },
	[MANNER_OPEN_HANGS] = { TASK_LOST, 10000, 10100 },
	[MANNER_EXEC_HANGS] = { TASK_LOST, 10000, 10100 },
	[MANNER_RUNS_ON] = { TASK_TIMEOUT, 2000, 2200 },
	[MANNER_DEAF] = { TASK_TIMEOUT, 6000, 6200 },
	[MANNER_FLOODS_OUT] = { TASK_TIMEOUT, 2000, 2200 },
	[MANNER_FLOODS_ERR] = { TASK_TIMEOUT, 2000, 2200 },
	[MANNER_FLOODS_DEAF] = { TASK_TIMEOUT, 6000, 6200 },
	[MANNER_NO_STATUS] = { TASK_NO_STATUS, 0, 100 },
	[MANNER_SIGNAL] = { TASK_SIGNALLED, 0, 100 },
	[MANNER_BREAKS] = { TASK_LOST, 0, 100 },
};

static void
check_host(size_t i)
{
	enum manner m = fleet.manner[i];
	const struct outcome *o = &outcomes[i];

	if (o->end != ends[m].end || o->ms < ends[m].from_ms ||
	    o->ms > ends[m].to_ms)
		fail_msg("host %zu, manner %d: end %d after %d ms", i, (int)m,
		    (int)o->end, (int)o->ms);
}

/* Every trouble at once; each is told apart, and none delays another. */
static void
test_every_manner(void **state)
{
	(void)state;
	begin_at(0);
	for (size_t i = 0; i < 3 * MANNERS; i++)
		fleet.manner[i] = (enum manner)(i % MANNERS);
	run_all(3 * MANNERS);
	for (size_t i = 0; i < 3 * MANNERS; i++)
		check_host(i);
	end();
}

/* A flood is kept to its cap and read to the end; its command is killed. */
static void
test_floods_are_bounded(void **state)
{
	(void)state;
	begin_at(0);
	fleet.manner[0] = MANNER_FLOODS_OUT;
	fleet.manner[1] = MANNER_FLOODS_ERR;
	fleet.manner[2] = MANNER_FLOODS_DEAF;
	run_all(4);
	assert_int_equal(outcomes[0].out_len, 100000);
	assert_int_equal(outcomes[1].out_len, 6);
	assert_int_equal(outcomes[1].err_len, 100000);
	assert_true(outcomes[0].cut && outcomes[1].cut && outcomes[2].cut);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(fleet.killed[i], 1);
	assert_int_equal(outcomes[3].end, TASK_EXITED);
	assert_false(outcomes[3].cut);
	end();
}

/* A hundred of a thousand are dead, in ten ways, and first in the queue. */
static void
test_a_thousand_of_which_100_are_dead(void **state)
{
	static const enum manner ways[] = { MANNER_REFUSES, MANNER_FILTERED,
		MANNER_SILENT, MANNER_HTTP, MANNER_CLOSES, MANNER_AUTH_HANGS,
		MANNER_AUTH_REFUSES, MANNER_FILTERED, MANNER_FILTERED,
		MANNER_SILENT };

	(void)state;
	begin_at(0);
	for (size_t i = 0; i < 100; i++)
		fleet.manner[i] = ways[i % 10];
	run_all(FLEET_MAX);
	for (size_t i = 0; i < FLEET_MAX; i++)
		check_host(i);
	assert_in_range(now.ns / NS_PER_MS, 10000, 15000);
	end();
}

/* More dead ones than connections may be set up at once: all have a turn. */
static void
test_the_dead_in_front(void **state)
{
	(void)state;
	begin_at(10);
	for (size_t i = 0; i < 30; i++)
		fleet.manner[i] = MANNER_FILTERED;
	run_all(100);
	assert_int_equal(fleet.open_max <= 100, true);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(outcomes[i].end,
		    i < 30 ? TASK_UNREACHABLE : TASK_EXITED);
	assert_in_range(now.ns / NS_PER_MS, 30000, 31000);
	end();
}

/* The machine slept for an hour: what was due is over, and it goes on. */
static void
test_clock_jumps(void **state)
{
	(void)state;
	begin_at(0);
	fleet.manner[0] = MANNER_SILENT;
	fleet.manner[1] = MANNER_RUNS_ON;
	fleet.manner[2] = MANNER_DEAF;
	jump_at_ms = 500;
	jump_ms = 3600 * 1000;
	run_all(4);
	assert_int_equal(outcomes[0].end, TASK_UNREACHABLE);
	assert_int_equal(outcomes[1].end, TASK_TIMEOUT);
	assert_int_equal(outcomes[2].end, TASK_TIMEOUT);
	assert_int_equal(outcomes[3].end, TASK_EXITED);
	assert_int_equal(fleet.killed[1], 1);
	assert_in_range(now.ns / NS_PER_MS, 3600500, 3606000);
	fleet.manner[0] = fleet.manner[2] = MANNER_GOOD;
	fleet.manner[1] = MANNER_GOOD;
	run_all(4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(outcomes[i].end, TASK_EXITED);
	end();
}

/* What undrained output may take is shared; see fanout.c, WINDOWS. */
static void
test_window_is_shared(void **state)
{
	(void)state;
	begin_at(0);
	run_all(1);
	assert_int_equal(fleet.window, 1024 * 1024);
	end();
	begin_at(0);
	run_all(256);
	assert_int_equal(fleet.window, 256 * 1024);
	end();
	begin_at(0);
	run_all(FLEET_MAX);
	assert_int_equal(fleet.window, 128 * 1024);
	end();
}

static bool
past_a_second(void *arg)
{
	(void)arg;
	return now.ns / NS_PER_MS >= 1000;
}

/* An interrupt ends everything, on the hosts first, within its grace. */
static void
test_interrupt(void **state)
{
	(void)state;
	begin_at(0);
	for (size_t i = 0; i < 20; i++)
		fleet.manner[i] = i % 2 ? MANNER_RUNS_ON : MANNER_SILENT;
	fleet.manner[20] = MANNER_DEAF;
	start_all(40);
	assert_int_equal(fanout_run(fan, past_a_second, NULL, 0), FANOUT_DONE);
	raise(SIGINT);
	assert_int_equal(fanout_run(fan, NULL, NULL, 0), FANOUT_INTERRUPTED);
	assert_int_equal(left_over, 0);
	for (size_t i = 0; i < 40; i++) {
		assert_int_equal(outcomes[i].times, 1);
		assert_int_equal(outcomes[i].end,
		    i <= 20 ? TASK_CANCELLED : TASK_EXITED);
	}
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(fleet.killed[i], i % 2);
	assert_in_range(now.ns / NS_PER_MS, 1000, 7000);
	sig_take_interrupt();
	end();
}

/* Last, for the limit cannot be raised again. */
static void
test_few_descriptors(void **state)
{
	const struct rlimit few = { 64, 64 };

	(void)state;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	begin_at(0);
	run_all(300);
	for (size_t i = 0; i < 300; i++)
		assert_int_equal(outcomes[i].end, TASK_EXITED);
	assert_in_range(fleet.open_max, 8, 64);
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_manner),
		cmocka_unit_test(test_floods_are_bounded),
		cmocka_unit_test(test_a_thousand_of_which_100_are_dead),
		cmocka_unit_test(test_the_dead_in_front),
		cmocka_unit_test(test_clock_jumps),
		cmocka_unit_test(test_window_is_shared),
		cmocka_unit_test(test_interrupt),
		cmocka_unit_test(test_few_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
