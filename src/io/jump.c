#include "io/jump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "io/conn.h"
#include "io/log.h"
#include "io/sshconfig.h"
#include "model/host.h"

enum {
	HOPS_MAX = 8,
	SETUP_MAX = 8,	 /* lanes set up at once: MaxStartups is 10 */
	LOOK_MS = 500,	 /* a host that waits longer deserves another lane */
	KEPT_MS = 30000, /* a failure counts so long for whoever comes late */
	BREAKS_MAX = 2	 /* lanes lost in a row that carried nobody */
};

struct jump {
	struct jump *next;
	struct jumps *all;
	char *spec;   /* what distinguishes it from the others */
	char *before; /* the chain that leads to it; NULL: ask ssh_config */
	struct sshconfig_hop hop;
	struct host host;
	const struct jump *over; /* the one it is reached through */
	struct lane *lanes[JUMP_LANES_MAX];
	size_t n_lanes;
	/* Who waits, oldest first, and who goes through one of the lanes. */
	struct conn *waiting, **waiting_tail, *carried;
	struct timer look;
	unsigned breaks;
	/* Why it could not be reached, until when that counts. */
	struct err why;
	enum task_end fail;
	bool unable;
	struct mono failed_until;
};

struct jumps {
	struct conn_env env; /* the lanes' */
	struct jump *list;
};

static void
kick_first(struct jump *j)
{
	if (j->waiting != NULL)
		conn_kick(j->waiting);
}

void
jump_explain(const struct jump *j, struct err *e)
{
	err_wrap(e, "through jump host %s", j->host.name);
}

/* ---- lanes ---- */

static bool
is_setting_up(const struct lane *l)
{
	return l->conn->state != CONN_IDLE && l->conn->state != CONN_READY &&
	    l->conn->state != CONN_FAILED;
}

static bool
can_open(const struct lane *l)
{
	return l->conn->state == CONN_READY && !l->spent;
}

static size_t
count(const struct jump *j, bool (*is)(const struct lane *l))
{
	size_t n = 0;

	for (size_t i = 0; i < j->n_lanes; i++)
		n += is(j->lanes[i]);
	return n;
}

/* One that lies idle, or a new one. */
static void
add_lane(struct jump *j)
{
	struct lane *l = NULL;

	for (size_t i = 0; l == NULL && i < j->n_lanes; i++)
		if (j->lanes[i]->conn->state == CONN_IDLE)
			l = j->lanes[i];
	if (l == NULL && j->n_lanes >= JUMP_LANES_MAX)
		return;
	if (l == NULL) {
		l = xcalloc(1, sizeof(*l));
		l->jump = j;
		l->conn = conn_new(&j->all->env, &j->host);
		l->conn->lane = l;
		j->lanes[j->n_lanes++] = l;
	}
	l->spent = false;
	conn_start(l->conn);
}

static bool
is_open(const struct lane *l)
{
	return l->conn->state == CONN_READY;
}

/*
 * The longer hosts wait, the more lanes: as many again as there are, but only
 * when those that were asked for have come.
 */
static void
on_look(void *arg)
{
	struct jump *j = arg;
	struct loop *loop = j->all->env.loop;
	size_t n = count(j, is_open), waiting = 0;

	for (const struct conn *c = j->waiting; c != NULL; c = c->jump_next)
		waiting++;
	if (waiting == 0)
		return;
	timer_set(loop, &j->look, mono_add_ms(loop_now(loop), LOOK_MS));
	if (mono_ms_until(j->waiting->jump_since, loop_now(loop)) < LOOK_MS ||
	    count(j, is_setting_up) > 0)
		return;
	n = n < 1 ? 1 : n > SETUP_MAX ? SETUP_MAX : n;
	for (size_t i = 0; i < n && i < waiting; i++)
		add_lane(j);
}

/* ---- hosts that come and go ---- */

static void
enqueue(struct jump *j, struct conn *c)
{
	struct loop *loop = j->all->env.loop;

	c->jump_waits = true;
	c->jump_since = loop_now(loop);
	c->jump_next = NULL;
	*j->waiting_tail = c;
	j->waiting_tail = &c->jump_next;
	if (j->look.place == 0)
		timer_set(loop, &j->look, mono_add_ms(loop_now(loop), LOOK_MS));
}

/* True when c was there. */
static bool
unlink_conn(struct conn **at, const struct conn *c)
{
	while (*at != NULL && *at != c)
		at = &(*at)->jump_next;
	if (*at == NULL)
		return false;
	*at = c->jump_next;
	return true;
}

static void
stop_waiting(struct jump *j, struct conn *c)
{
	unlink_conn(&j->waiting, c);
	c->jump_waits = false;
	j->waiting_tail = &j->waiting;
	while (*j->waiting_tail != NULL)
		j->waiting_tail = &(*j->waiting_tail)->jump_next;
}

static struct lane *
free_lane(const struct jump *j)
{
	for (size_t i = 0; i < j->n_lanes; i++)
		if (can_open(j->lanes[i]) && j->lanes[i]->opening == NULL)
			return j->lanes[i];
	return NULL;
}

static void
board(struct jump *j, struct lane *l, struct conn *c)
{
	stop_waiting(j, c);
	c->via = l;
	l->opening = c;
	l->carried++;
	c->jump_next = j->carried;
	j->carried = c;
	conn_kick(l->conn); /* it is idle no more: its socket is of interest */
	if (free_lane(j) != NULL)
		kick_first(j);
}

enum step
jump_take(struct jump *j, struct conn *c)
{
	struct lane *l;

	if (c->via != NULL)
		return STEP_NEXT;
	if (loop_now(j->all->env.loop).ns < j->failed_until.ns) {
		conn_jump_failed(c, &j->why, j->fail, j->unable);
		return STEP_WAIT;
	}
	if (!c->jump_waits)
		enqueue(j, c);
	if (count(j, can_open) + count(j, is_setting_up) == 0)
		add_lane(j);
	l = j->waiting == c ? free_lane(j) : NULL;
	if (l == NULL)
		return STEP_WAIT;
	board(j, l, c);
	return STEP_NEXT;
}

void
jump_answered(struct conn *c)
{
	c->via->opening = NULL;
	c->via->jump->breaks = 0;
	kick_first(c->via->jump);
}

void
jump_leave(struct conn *c)
{
	struct lane *l = c->via;

	if (c->jump_waits)
		stop_waiting(c->jump, c);
	if (l == NULL)
		return;
	c->via = NULL;
	unlink_conn(&l->jump->carried, c);
	l->carried--;
	if (l->opening == c) {
		l->opening = NULL;
		l->spent = true;
		kick_first(l->jump);
	}
	if (l->spent && l->carried == 0 && l->conn->state == CONN_READY)
		conn_rest(l->conn);
}

/* ---- what becomes of a lane ---- */

/* All that go through it have lost it. */
static void
unload(struct lane *l, const struct err *why)
{
	struct conn *c = l->jump->carried;

	while (c != NULL) {
		struct conn *next = c->jump_next;

		if (c->via == l) {
			c->why = *why;
			conn_fail(c, TASK_LOST);
			next = l->jump->carried; /* others may have left */
		}
		c = next;
	}
	l->opening = NULL;
}

/* It cannot be reached: then nobody can who waits for it. */
static void
give_up(struct jump *j, const struct err *why, const struct conn *c)
{
	struct loop *loop = j->all->env.loop;

	j->why = *why;
	j->fail = c->fail == TASK_LOST ? TASK_UNREACHABLE : c->fail;
	j->unable = c->unable;
	j->failed_until = mono_add_ms(loop_now(loop), KEPT_MS);
	j->breaks = 0;
	while (j->waiting != NULL)
		conn_jump_failed(j->waiting, &j->why, j->fail, j->unable);
}

static void
on_changed(void *arg, struct conn *c)
{
	struct lane *l = c->lane;
	struct jump *j = l->jump;
	struct err why;
	bool was_ready = c->fail == TASK_LOST;

	(void)arg;
	if (c->state == CONN_READY) {
		kick_first(j);
		return;
	}
	if (c->state != CONN_FAILED)
		return;
	why = c->why;
	jump_explain(j, &why);
	log_line(LOG_LEVEL_INFO, NULL, "%s", why.text);
	unload(l, &why);
	conn_rest(c);
	if (count(j, can_open) + count(j, is_setting_up) > 0)
		kick_first(j);
	else if (!was_ready || j->breaks++ >= BREAKS_MAX)
		give_up(j, &why, c);
	else
		kick_first(j);
}

/* A lane has no tasks, it has tunnels. */
static bool
pump(struct conn *c)
{
	enum step s = c->transport->relay(c->session, &c->why);

	if (s == STEP_FAIL)
		conn_fail(c, TASK_LOST);
	return s == STEP_NEXT;
}

/* ---- which one ---- */

static struct jump *
new_jump(struct jumps *a, struct span spec, struct span before,
    const struct sshconfig_hop *hop)
{
	struct jump *j = xcalloc(1, sizeof(*j));

	j->all = a;
	j->spec = xstrndup(spec.p, spec.n);
	if (before.p != NULL)
		j->before = xstrndup(before.p, before.n);
	j->hop = *hop;
	j->host = (struct host){ .name = j->hop.host,
		.address = j->hop.host,
		.port = j->hop.port,
		.user = j->hop.user,
		.where = "ProxyJump" };
	j->waiting_tail = &j->waiting;
	j->look = (struct timer){ .fn = on_look, .arg = j };
	j->next = a->list;
	a->list = j;
	return j;
}

static int
get(struct jumps *a, struct span spec, struct jump **ret, struct err *e)
{
	struct sshconfig_hop hop;
	struct span before;
	size_t hops = 1;

	for (struct jump *j = a->list; j != NULL; j = j->next) {
		if (span_is(spec, j->spec)) {
			*ret = j;
			return 0;
		}
	}
	for (size_t i = 0; i < spec.n; i++)
		hops += spec.p[i] == ',';
	if (hops > HOPS_MAX)
		return err_set(e, ERR_INPUT,
		    "ssh_config: ProxyJump through more than %d hosts",
		    HOPS_MAX);
	if (sshconfig_last_hop(spec, &before, &hop, e) < 0)
		return -1;
	*ret = new_jump(a, spec, before, &hop);
	return 0;
}

/* Whether j is by's own jump host, or reached through that. */
static bool
is_loop(const struct jump *j, const struct jump *by)
{
	int n = 0;

	while (j != NULL && j != by && n++ < HOPS_MAX)
		j = j->over;
	return j != NULL;
}

int
jumps_find(struct jumps *a, const struct conn *by, struct jump **ret,
    struct err *e)
{
	struct jump *own = by->lane != NULL ? by->lane->jump : NULL;
	const char *spec = by->config->proxy_jump;

	*ret = NULL;
	if (own != NULL && own->before != NULL)
		spec = own->before;
	if (spec == NULL || strcmp(spec, "none") == 0)
		return 0;
	if (get(a, span_of(spec), ret, e) < 0)
		return -1;
	if (own != NULL && is_loop(*ret, own)) {
		*ret = NULL;
		return err_set(e, ERR_INPUT,
		    "ssh_config: ProxyJump %s leads back to itself", spec);
	}
	if (own != NULL)
		own->over = *ret;
	return 0;
}

/* ---- life ---- */

struct jumps *
jumps_new(const struct conn_env *env)
{
	struct jumps *a = xcalloc(1, sizeof(*a));

	a->env = *env;
	a->env.jumps = a;
	a->env.fallback = NULL;
	a->env.changed = on_changed;
	a->env.pump = pump;
	return a;
}

size_t
jumps_sessions(const struct jumps *a)
{
	size_t n = 0;

	for (const struct jump *j = a->list; j != NULL; j = j->next)
		n += count(j, is_open) + count(j, is_setting_up);
	return n;
}

void
jumps_free(struct jumps *a)
{
	struct jump *j, *next;

	if (a == NULL)
		return;
	/* A lane may go through a lane of another. */
	for (j = a->list; j != NULL; j = j->next)
		for (size_t i = 0; i < j->n_lanes; i++)
			conn_rest(j->lanes[i]->conn);
	for (j = a->list; j != NULL; j = next) {
		next = j->next;
		for (size_t i = 0; i < j->n_lanes; i++) {
			conn_free(j->lanes[i]->conn);
			free(j->lanes[i]);
		}
		timer_stop(a->env.loop, &j->look);
		sshconfig_hop_fini(&j->hop);
		free(j->spec);
		free(j->before);
		free(j);
	}
	free(a);
}
