/* links: io/loop base/mem */
#include "unit.h"

#include "io/loop.h"

/* A clock that moves only while the loop waits. */
struct fake {
	struct mono now;
	int waits;
};

static struct mono
fake_now(void *arg)
{
	return ((struct fake *)arg)->now;
}

static int
fake_wait(void *arg, struct pollfd *fds, size_t n, int ms)
{
	struct fake *f = arg;

	(void)fds;
	(void)n;
	f->now = mono_add_ms(f->now, ms);
	f->waits++;
	return 0;
}

static int order[64];
static int n_order;

struct alarm {
	struct loop *loop;
	struct timer timer;
	int id;
	int repeat; /* times to set itself again, for now */
};

static void
rings(void *arg)
{
	struct alarm *a = arg;

	order[n_order++] = a->id;
	if (a->repeat-- > 0)
		timer_set(a->loop, &a->timer, loop_now(a->loop));
}

static const struct mono never = { INT64_MAX };

static void
test_timers_fire_in_order(void **state)
{
	static const int at_ms[] = { 50, 10, 40, 20, 30, 10, 60, 5 };
	static const int want[] = { 7, 1, 5, 3, 4, 2, 0, 6 };
	struct fake f = { .now = { 1000 } };
	const struct loop_hooks hooks = { fake_now, fake_wait, &f };
	struct loop *l = loop_new(&hooks);
	struct alarm a[8];

	(void)state;
	n_order = 0;
	for (int i = 0; i < 8; i++) {
		a[i] = (struct alarm){ .loop = l,
			.id = i,
			.timer = { .fn = rings, .arg = &a[i] } };
		timer_set(l, &a[i].timer, mono_add_ms(f.now, at_ms[i]));
	}
	while (n_order < 8 && f.waits < 100)
		loop_turn(l, never);
	/* 1 and 5 are due together; either may be first. */
	if (order[1] == 5) {
		order[1] = 1;
		order[2] = 5;
	}
	assert_memory_equal(order, want, sizeof(want));
	loop_free(l);
}

static void
test_timers_move_and_stop(void **state)
{
	struct fake f = { .now = { 0 } };
	const struct loop_hooks hooks = { fake_now, fake_wait, &f };
	struct loop *l = loop_new(&hooks);
	struct alarm a[3];

	(void)state;
	n_order = 0;
	for (int i = 0; i < 3; i++) {
		a[i] = (struct alarm){ .loop = l,
			.id = i,
			.timer = { .fn = rings, .arg = &a[i] } };
		timer_set(l, &a[i].timer, mono_add_ms(f.now, 10 + i));
	}
	timer_set(l, &a[0].timer, mono_add_ms(f.now, 100));
	timer_stop(l, &a[1].timer);
	timer_stop(l, &a[1].timer);
	for (int i = 0; i < 4; i++)
		loop_turn(l, mono_add_ms(f.now, 60));
	assert_int_equal(n_order, 2);
	assert_int_equal(order[0], 2);
	assert_int_equal(order[1], 0);
	loop_free(l);
}

/* One that sets itself again for now does not keep the turn for ever. */
static void
test_a_turn_ends(void **state)
{
	struct fake f = { .now = { 0 } };
	const struct loop_hooks hooks = { fake_now, fake_wait, &f };
	struct loop *l = loop_new(&hooks);
	struct alarm a = {
		.loop = l, .repeat = 5, .timer = { .fn = rings, .arg = &a }
	};

	(void)state;
	n_order = 0;
	timer_set(l, &a.timer, f.now);
	loop_turn(l, never);
	assert_int_equal(n_order, 1);
	loop_turn(l, never);
	assert_int_equal(n_order, 2);
	timer_stop(l, &a.timer);
	loop_free(l);
}

static int freed;

static void
frees(void *arg)
{
	(void)arg;
	freed++;
}

static void
defers(void *arg)
{
	loop_defer(arg, frees, NULL);
	freed += 0;
	order[n_order++] = freed;
}

static void
test_deferred_comes_behind(void **state)
{
	struct fake f = { .now = { 0 } };
	const struct loop_hooks hooks = { fake_now, fake_wait, &f };
	struct loop *l = loop_new(&hooks);
	struct timer t[2] = { { .fn = defers, .arg = l },
		{ .fn = defers, .arg = l } };

	(void)state;
	freed = n_order = 0;
	timer_set(l, &t[0], f.now);
	timer_set(l, &t[1], f.now);
	loop_turn(l, never);
	assert_int_equal(n_order, 2);
	assert_int_equal(order[1], 0);
	assert_int_equal(freed, 2);
	loop_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timers_fire_in_order),
		cmocka_unit_test(test_timers_move_and_stop),
		cmocka_unit_test(test_a_turn_ends),
		cmocka_unit_test(test_deferred_comes_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
