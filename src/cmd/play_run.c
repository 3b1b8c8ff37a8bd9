/* Plays, batches and handlers: Ansible's linear strategy. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/play_impl.h"
#include "inventory/inventory.h"
#include "play/tags.h"

/* ---- batches ------------------------------------------------------------ */

/* A number or a percentage of all; 0: all of them. */
static int
batch_size(struct player *p, const json_t *v, size_t all, size_t *ret,
    struct err *e)
{
	struct play_scope s = { .p = p };
	struct play_value one = p->play->serial;
	char *text;
	double d;

	one.v = json_incref((json_t *)(uintptr_t)v);
	if (play_text(&s, &one, &text, e) < 0 ||
	    play_number(&s, &one, &d, e) < 0) {
		json_decref(one.v);
		return -1;
	}
	json_decref(one.v);
	if (!(d >= 0) || d > 1e9) {
		free(text);
		err_set(e, ERR_INPUT, "\"serial\" is less than nothing");
		return play_place_wrap(e, p->play->serial.at);
	}
	*ret = (size_t)d;
	/* As Ansible's pct_to_int(): never less than one. */
	if (strchr(text, '%') != NULL)
		*ret = (size_t)(d / 100 * (double)all) > 0
		    ? (size_t)(d / 100 * (double)all)
		    : 1;
	free(text);
	return 0;
}

/* The sizes of the batches, the last one for all that follow; never empty. */
static int
batch_sizes(struct player *p, size_t **ret, size_t *n, struct err *e)
{
	struct play_scope s = { .p = p };
	json_t *v = NULL;
	size_t *sizes;
	int r = 0;

	if (p->play->serial.v != NULL &&
	    play_value(&s, &p->play->serial, &v, e) < 0)
		return -1;
	*n = json_is_array(v) ? json_array_size(v) : v != NULL;
	sizes = xcalloc(*n + 1, sizeof(*sizes));
	for (size_t i = 0; r == 0 && i < *n; i++)
		r = batch_size(p, json_is_array(v) ? json_array_get(v, i) : v,
		    p->n_all, &sizes[i], e);
	json_decref(v);
	if (r < 0) {
		free(sizes);
		return -1;
	}
	*n += *n == 0;
	*ret = sizes;
	return 0;
}

/* ---- one batch ---------------------------------------------------------- */

static size_t
count_hosts(const struct player *p, bool (*want)(const struct play_host *h))
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_hosts; i++)
		n += want(&p->hosts[i]);
	return n;
}

static bool
is_out(const struct play_host *h)
{
	return h->failed || h->unreachable;
}

static bool
has_failed(const struct play_host *h)
{
	return h->failed;
}

/* Those of the batch that are still in it; handler: and are to run it. */
static size_t
still_in(const struct player *p, const size_t *handler, struct play_host **ret)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_batch; i++) {
		struct play_host *h = p->batch[i];

		if (!is_out(h) && (handler == NULL || h->notified[*handler]))
			ret[n++] = h;
	}
	return n;
}

static int
too_many_failed(struct player *p, bool *ret, struct err *e)
{
	struct play_scope s = { .p = p };
	double percent;

	*ret = false;
	if (p->play->max_fail.v == NULL)
		return 0;
	if (play_number(&s, &p->play->max_fail, &percent, e) < 0)
		return -1;
	*ret = (double)count_hosts(p, has_failed) / (double)p->n_batch >
	    percent / 100;
	return 0;
}

/*
 * One task; *ends tells that nothing more is to run at all.  hosts is room for
 * the whole batch.
 */
static int
run_task(struct player *p, const struct play_task *t, const size_t *handler,
    struct play_host **hosts, bool *ends, struct err *e)
{
	size_t n = still_in(p, handler, hosts);
	bool once = t->module->once || t->said.run_once == FLAG_YES;
	bool fatal = (once || t->said.any_errors_fatal == FLAG_YES) &&
	    t->said.ignore_errors != FLAG_YES;
	bool any = false, many;

	if (n == 0)
		return 0;
	play_out_task(p, t, handler != NULL);
	if (play_task(p, t, handler != NULL, hosts, n, e) < 0)
		return -1;
	if (p->interrupted)
		return 0;
	for (size_t i = 0; i < n; i++)
		any |= is_out(hosts[i]);
	if (too_many_failed(p, &many, e) < 0)
		return -1;
	if ((fatal && any) || (many && any))
		*ends = true;
	return 0;
}

static int
run_handlers(struct player *p, struct play_host **hosts, bool *ends,
    struct err *e)
{
	for (size_t i = 0; i < p->play->n_handlers; i++) {
		if (*ends || p->interrupted)
			return 0;
		if (run_task(p, p->play->handlers[i], &i, hosts, ends, e) < 0)
			return -1;
		for (size_t k = 0; k < p->n_batch; k++)
			p->batch[k]->notified[i] = false;
	}
	return 0;
}

static int
run_batch(struct player *p, bool *ends, struct err *e)
{
	struct play_host **hosts =
	    xcalloc(p->n_batch, sizeof(struct play_host *));
	size_t before = count_hosts(p, is_out);
	int r = 0;

	play_out_play(p);
	for (size_t i = 0;
	     i < p->play->n_tasks && r == 0 && !*ends && !p->interrupted; i++)
		if (tags_choose(&p->play->tasks[i]->said.tags, p->tags,
			p->skip_tags))
			r = run_task(p, p->play->tasks[i], NULL, hosts, ends,
			    e);
	if (r == 0)
		r = run_handlers(p, hosts, ends, e);
	/* A batch of which nobody is left ends it all, too. */
	if (count_hosts(p, is_out) - before == p->n_batch)
		*ends = true;
	free(hosts);
	return r;
}

/* ---- one play ----------------------------------------------------------- */

static void
enter(struct player *p, size_t at)
{
	const struct inv_pick *pick = &p->picks[at];

	p->play = playbook_play(p->book, at);
	p->n_all = pick->n;
	p->all = xcalloc(pick->n + 1, sizeof(struct play_host *));
	for (size_t i = 0; i < pick->n; i++) {
		size_t h = 0;

		map_get(&p->by_name, span_of(pick->hosts[i]->name), &h);
		p->all[i] = &p->hosts[h];
		p->all[i]->notified =
		    xcalloc(p->play->n_handlers + 1, sizeof(bool));
	}
}

static void
leave(struct player *p)
{
	for (size_t i = 0; i < p->n_all; i++) {
		free(p->all[i]->notified);
		p->all[i]->notified = NULL;
	}
	free(p->all);
	p->all = p->batch = NULL;
	p->n_all = p->n_batch = 0;
	p->play = NULL;
}

static int
run_play(struct player *p, bool *ends, struct err *e)
{
	size_t *sizes, n, which = 0;
	int r;

	if (p->n_all == 0) {
		play_out_play(p);
		return 0;
	}
	if (batch_sizes(p, &sizes, &n, e) < 0)
		return -1;
	r = 0;
	for (size_t at = 0;
	     r == 0 && at < p->n_all && !*ends && !p->interrupted;
	     at += p->n_batch) {
		size_t left = p->n_all - at, size = sizes[which];

		p->batch = p->all + at;
		p->n_batch = size == 0 || size > left ? left : size;
		r = run_batch(p, ends, e);
		which += which + 1 < n;
	}
	free(sizes);
	return r;
}

int
play_run(struct player *p, struct err *e)
{
	bool ends = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < playbook_n_plays(p->book) && !ends &&
	     !p->interrupted;
	     i++) {
		enter(p, i);
		r = run_play(p, &ends, e);
		leave(p);
	}
	return r;
}
