/* links: io/task io/become io/killer io/conn io/connstep io/jump io/sshconfig
 * io/remote io/resolve io/spawn io/loop io/log io/file io/hostkey io/wire
 * model/host base/buf base/err base/mem base/str base/utf8 */
#include "unit.h"

#include "io/auth.h"
#include "io/conn.h"
#include "io/keyring.h"
#include "io/sshask.h"
#include "io/sshconfig.h"
#include "io/task.h"
#include "model/host.h"
#include "script_transport.h"

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

char *
keyring_expand(const char *path)
{
	return xstrdup(path);
}

const char *
task_end_name(enum task_end end)
{
	(void)end;
	return "";
}

/* ---- a clock that moves while the loop waits ---- */

static struct mono now;

static struct mono
fake_now(void *arg)
{
	(void)arg;
	return now;
}

/* Every watched descriptor is always ready, a millisecond later. */
static int
fake_wait(void *arg, struct pollfd *fds, size_t n, int ms)
{
	int ready = 0;

	(void)arg;
	for (size_t i = 0; i < n; i++) {
		fds[i].revents = fds[i].events;
		ready += fds[i].events != 0;
	}
	now = mono_add_ms(now, ready > 0 && ms > 1 ? 1 : ms);
	return ready;
}

/* ---- one host ---- */

static struct conn_env env;
static struct conn *conn;
static const struct host host = { .name = "n1", .address = "192.0.2.1" };

static void
on_changed(void *arg, struct conn *c)
{
	(void)arg;
	if (c->state != CONN_FAILED)
		return;
	task_conn_broke(c, false);
	conn_rest(c);
}

static void
load_nothing(void *arg, const struct sshconfig_answer *a)
{
	(void)arg;
	(void)a;
}

static void
begin(const struct script *s)
{
	static const struct loop_hooks hooks = { fake_now, fake_wait, NULL };
	static const uint32_t window = 262144;

	now = (struct mono){ 1000000 };
	memset(live, 0, sizeof(live));
	script = *s;
	buf_init(&script.input, 65536);
	if (script.out == NULL)
		script.out = "hello\n";
	env = (struct conn_env){ .loop = loop_new(&hooks),
		.transport = &transport_script,
		.policy = HOST_KEY_OFF,
		.window = &window,
		.connect_ms = 10000,
		.mark = "espy00",
		.changed = on_changed,
		.pump = task_pump,
		.load_hostkeys = load_nothing };
	conn = conn_new(&env, &host);
}

/* What is left is freed; no session and no channel may be forgotten. */
static void
end(void)
{
	if (conn->session != NULL) {
		err_set(&conn->why, ERR_HOST, "the end");
		conn_fail(conn, TASK_CANCELLED);
	}
	task_reap(conn);
	assert_null(conn->tasks);
	conn_free(conn);
	loop_free(env.loop);
	buf_free(&script.input);
	assert_int_equal(script.opens, script.closes);
	assert_int_equal(script.chans, script.chans_freed);
}

struct outcome {
	int times;
	enum task_end end;
	int status;
	char out[64], signal[16];
	int64_t ended_ms;
};

static void
on_done(void *arg, const struct task_result *r)
{
	struct outcome *o = arg;

	o->times++;
	o->end = r->end;
	o->status = r->status;
	o->ended_ms = now.ns / NS_PER_MS;
	snprintf(o->out, sizeof(o->out), "%s", r->out);
	snprintf(o->signal, sizeof(o->signal), "%s", r->signal);
}

static void
on_finished(void *arg, struct task *t)
{
	(void)arg;
	(void)t;
}

static struct task *
start(struct task_spec spec, struct outcome *o)
{
	memset(o, 0, sizeof(*o));
	spec.host = &host;
	if (spec.command == NULL)
		spec.command = "date";
	if (spec.done == NULL)
		spec.done = on_done;
	spec.arg = o;
	return task_new(conn, &spec, on_finished, NULL);
}

/* Turns, bounded; a minute and a half of the fake clock at most. */
static void
turn(void)
{
	const struct mono limit = mono_add_ms(now, 90000);

	if (conn->state == CONN_IDLE)
		conn_start(conn);
	for (int i = 0; i < 200000 && now.ns < limit.ns && task_any(conn); i++)
		loop_turn(env.loop, limit);
	for (int i = 0; i < 50; i++)
		loop_turn(env.loop, now);
}

static void
one(const struct script *s, const struct task_spec *spec, struct outcome *o)
{
	begin(s);
	start(*spec, o);
	turn();
	assert_int_equal(o->times, 1);
	end();
}

/* ---- the tests ---- */

static const struct task_spec plain;

/* However often each operation says "wait", the result is the same. */
static void
test_patience(void **state)
{
	(void)state;
	for (int waits = 0; waits < 5; waits++) {
		const struct script s = { .waits = waits, .status = 3 };
		struct outcome o;

		one(&s, &plain, &o);
		assert_int_equal(o.end, TASK_EXITED);
		assert_int_equal(o.status, 3);
		assert_string_equal(o.out, "hello\n");
	}
}

static void
test_breaks_at_every_point(void **state)
{
	static const enum task_end want[POINTS] = {
		[POINT_CONNECT] = TASK_UNREACHABLE,
		[POINT_HANDSHAKE] = TASK_UNREACHABLE,
		[POINT_AUTH] = TASK_UNREACHABLE,
		[POINT_OPEN] = TASK_LOST,
		[POINT_EXEC] = TASK_LOST,
		[POINT_READ] = TASK_LOST,
		[POINT_ENDED] = TASK_LOST,
	};

	(void)state;
	for (int p = POINT_CONNECT; p < POINTS; p++) {
		const struct script s = { .breaks = (enum point)p, .waits = 1 };
		struct outcome o;

		one(&s, &plain, &o);
		assert_int_equal(o.end, want[p]);
	}
}

/* Set-up within its 10 s, the command within its limit and the grace. */
static void
test_hangs_at_every_point(void **state)
{
	static const struct {
		enum task_end end;
		int64_t ms;
	} want[POINTS] = {
		[POINT_CONNECT] = { TASK_UNREACHABLE, 10100 },
		[POINT_HANDSHAKE] = { TASK_UNREACHABLE, 10100 },
		[POINT_AUTH] = { TASK_UNREACHABLE, 10100 },
		[POINT_OPEN] = { TASK_LOST, 10200 },
		[POINT_EXEC] = { TASK_LOST, 10200 },
		[POINT_READ] = { TASK_TIMEOUT, 7200 },
		[POINT_ENDED] = { TASK_TIMEOUT, 7200 },
	};
	const struct task_spec spec = { .limit_ms = 2000 };

	(void)state;
	for (int p = POINT_CONNECT; p < POINTS; p++) {
		const struct script s = { .hangs = (enum point)p };
		struct outcome o;

		one(&s, &spec, &o);
		assert_int_equal(o.end, want[p].end);
		assert_in_range(o.ended_ms, 0, want[p].ms);
	}
}

static void
test_how_it_ended(void **state)
{
	const struct script signalled = { .signal = "SEGV" };
	const struct script silent = { .no_status = true };
	const struct script refused = { .refuse_auth = true };
	struct outcome o;

	(void)state;
	one(&signalled, &plain, &o);
	assert_int_equal(o.end, TASK_SIGNALLED);
	assert_string_equal(o.signal, "SEGV");
	one(&silent, &plain, &o);
	assert_int_equal(o.end, TASK_NO_STATUS);
	one(&refused, &plain, &o);
	assert_int_equal(o.end, TASK_AUTH);
}

/* Past its limit it is told to end, over a second channel, and does. */
static void
test_limit_kills(void **state)
{
	const struct script s = { .runs_on = true, .waits = 2 };
	const struct task_spec spec = { .limit_ms = 2000 };
	struct outcome o;

	(void)state;
	one(&s, &spec, &o);
	assert_int_equal(o.end, TASK_TIMEOUT);
	assert_int_equal(script.killed, 1);
	assert_string_equal(o.signal, "TERM");
	assert_in_range(o.ended_ms, 2000, 2500);
}

/* No channel is left to kill with: then the session goes, and it with it. */
static void
test_limit_without_a_second_channel(void **state)
{
	const struct script s = { .runs_on = true, .max_chans = 1 };
	const struct task_spec spec = { .limit_ms = 2000 };
	struct outcome o;

	(void)state;
	one(&s, &spec, &o);
	assert_int_equal(o.end, TASK_TIMEOUT);
	assert_int_equal(script.killed, 0);
	assert_int_equal(script.closes, 1);
	assert_in_range(o.ended_ms, 2000, 7500);
}

static void
test_busy_server_is_tried_again(void **state)
{
	const struct script some = { .drops = 3 }, many = { .drops = 1000 };
	struct outcome o;

	(void)state;
	one(&some, &plain, &o);
	assert_int_equal(o.end, TASK_EXITED);
	assert_int_equal(script.opens, 4);
	one(&many, &plain, &o);
	assert_int_equal(o.end, TASK_UNREACHABLE);
	assert_in_range(script.opens, 4, 8);
}

/* The host allows fewer channels than there are tasks: all are served. */
static void
test_more_tasks_than_channels(void **state)
{
	(void)state;
	for (int max = 1; max < 4; max++) {
		const struct script s = { .max_chans = max, .waits = 1 };
		struct outcome o[12];

		begin(&s);
		for (int i = 0; i < 12; i++)
			start(plain, &o[i]);
		turn();
		for (int i = 0; i < 12; i++) {
			assert_int_equal(o[i].times, 1);
			assert_int_equal(o[i].end, TASK_EXITED);
			assert_string_equal(o[i].out, "hello\n");
		}
		assert_int_equal(script.opens, 1);
		end();
	}
}

static struct outcome second;

static void
starts_another(void *arg, const struct task_result *r)
{
	on_done(arg, r);
	start(plain, &second);
}

static void
test_done_starts_another(void **state)
{
	const struct script s = { .waits = 1 };
	struct task_spec spec = { .done = starts_another };
	struct outcome o;

	(void)state;
	one(&s, &spec, &o);
	assert_int_equal(second.times, 1);
	assert_int_equal(second.end, TASK_EXITED);
}

static int
sink_full(void *arg, enum task_stream s, const void *p, size_t n)
{
	(void)arg;
	(void)s;
	(void)p;
	(void)n;
	return -1;
}

static void
test_sink_says_no(void **state)
{
	const struct script s = { .runs_on = true };
	const struct task_spec spec = { .sink = sink_full };
	struct outcome o;

	(void)state;
	one(&s, &spec, &o);
	assert_int_equal(o.end, TASK_CANCELLED);
	assert_int_equal(script.killed, 1);
}

static void
test_input_arrives(void **state)
{
	const struct script s = { .write_max = 3, .runs_on = true };
	const struct task_spec spec = { .input = "first ",
		.input_len = 6,
		.hold_input = true,
		.limit_ms = 2000 };
	struct outcome o;
	struct task *t;

	(void)state;
	begin(&s);
	t = start(spec, &o);
	task_send(t, "second ", 7);
	task_send(t, "third", 5);
	task_close_input(t);
	task_send(t, "late", 4);
	turn();
	assert_int_equal(o.times, 1);
	assert_string_equal(script.input.data, "first second third");
	end();
}

static void
test_cancel_at_any_time(void **state)
{
	(void)state;
	for (int turns = 0; turns < 60; turns++) {
		const struct script s = { .waits = 2, .runs_on = true };
		struct outcome o;
		struct task *t;

		begin(&s);
		t = start(plain, &o);
		conn_start(conn);
		for (int i = 0; i < turns; i++)
			loop_turn(env.loop, mono_add_ms(now, 1));
		assert_int_equal(o.times, 0);
		task_end(t, TASK_CANCELLED);
		turn();
		assert_int_equal(o.times, 1);
		assert_int_equal(o.end, TASK_CANCELLED);
		assert_in_range(o.ended_ms, 0, 6000);
		end();
	}
}

/* It vanishes while a command runs: noticed, long before the limit. */
static void
test_host_vanishes(void **state)
{
	const struct script gone = { .runs_on = true };
	const struct script quiet = { .runs_on = true, .lives = true };
	const struct task_spec spec = { .limit_ms = 80000 };
	struct outcome o;

	(void)state;
	one(&gone, &spec, &o);
	assert_int_equal(o.end, TASK_LOST);
	assert_in_range(o.ended_ms, 40000, 51000);
	assert_in_range(script.probes, 3, 4);
	one(&quiet, &spec, &o);
	assert_int_equal(o.end, TASK_TIMEOUT);
	assert_in_range(o.ended_ms, 80000, 81000);
	assert_in_range(script.probes, 3, 9);
}

static void
test_output_is_capped(void **state)
{
	const struct script s = { .out = "0123456789\n" };
	const struct task_spec spec = { .out_cap = 4 };
	struct outcome o;

	(void)state;
	one(&s, &spec, &o);
	assert_string_equal(o.out, "0123");
}

enum { CROWD = 1000 };

/* A thousand, each tenth of which is dead: the others do not wait for those. */
static void
test_dead_among_many(void **state)
{
	static struct outcome o[CROWD];
	static struct conn *crowd[CROWD];
	const struct script s = { .waits = 1, .dead_every = 10 };
	int dead = 0;

	(void)state;
	begin(&s);
	for (int i = 0; i < CROWD; i++) {
		struct conn *own = conn;

		crowd[i] = conn = conn_new(&env, &host);
		start(plain, &o[i]);
		conn_start(conn);
		conn = own;
	}
	for (int i = 0; i < 20000 && now.ns < 15 * NS_PER_S; i++)
		loop_turn(env.loop, (struct mono){ 15 * NS_PER_S });
	for (int i = 0; i < CROWD; i++) {
		assert_int_equal(o[i].times, 1);
		dead += o[i].end == TASK_UNREACHABLE;
		if (o[i].end == TASK_UNREACHABLE)
			assert_in_range(o[i].ended_ms, 10000, 10100);
		else
			assert_in_range(o[i].ended_ms, 0, 1000);
		conn_rest(crowd[i]);
		task_reap(crowd[i]);
		conn_free(crowd[i]);
	}
	assert_int_equal(dead, CROWD / 10);
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_breaks_at_every_point),
		cmocka_unit_test(test_hangs_at_every_point),
		cmocka_unit_test(test_how_it_ended),
		cmocka_unit_test(test_limit_kills),
		cmocka_unit_test(test_limit_without_a_second_channel),
		cmocka_unit_test(test_busy_server_is_tried_again),
		cmocka_unit_test(test_more_tasks_than_channels),
		cmocka_unit_test(test_done_starts_another),
		cmocka_unit_test(test_sink_says_no),
		cmocka_unit_test(test_input_arrives),
		cmocka_unit_test(test_cancel_at_any_time),
		cmocka_unit_test(test_host_vanishes),
		cmocka_unit_test(test_dead_among_many),
		cmocka_unit_test(test_output_is_capped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
