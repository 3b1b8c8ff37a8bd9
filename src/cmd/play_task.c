/* One task on all its hosts at once: conditions, loops, counting. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/fold.h"
#include "cmd/play_impl.h"
#include "io/fanout.h"
#include "play/py.h"

static void go_on(struct play_job *j);

/* ---- what came of one item ---------------------------------------------- */

static bool
says(const json_t *result, const char *key)
{
	const json_t *v = json_object_get(result, key);

	return v != NULL && py_truth(v);
}

/* failed_when and changed_when look at the result under its name. */
static int
judge(struct play_job *j, const struct conditions *c, const char *key,
    struct err *e)
{
	bool holds;

	if (!c->said)
		return 0;
	j->scope.result_name = j->t->registers;
	j->scope.result = j->result;
	if (play_hold(&j->scope, c, &holds, NULL, e) < 0)
		return -1;
	json_object_set_new(j->result, key, json_boolean(holds));
	return 0;
}

static void
judge_result(struct play_job *j)
{
	struct err e;

	if (says(j->result, "skipped") || says(j->result, "unreachable") ||
	    j->cancelled)
		return;
	if (judge(j, &j->t->changed_when, "changed", &e) < 0 ||
	    judge(j, &j->t->failed_when, "failed", &e) < 0) {
		json_object_set_new(j->result, "failed", json_true());
		play_set_text(j->result, "msg", e.text, strlen(e.text));
	}
	j->scope.result_name = NULL;
	j->scope.result = NULL;
}

/* With a loop the results are kept, else the one is the result. */
static void
end_item(struct play_job *j)
{
	judge_result(j);
	if (j->items == NULL || says(j->result, "unreachable") ||
	    j->cancelled) {
		j->over = true;
		return;
	}
	json_object_set(j->result, "item", j->scope.item);
	json_array_append_new(j->results, j->result);
	j->result = NULL;
	j->at++;
}

/* ---- one item ----------------------------------------------------------- */

static json_t *
skipped(const char *why)
{
	json_t *o = json_object();

	json_object_set_new(o, "changed", json_false());
	json_object_set_new(o, "skipped", json_true());
	play_set_text(o, "skip_reason", why, strlen(why));
	return o;
}

/* 0: the result is there; 1: it is under way. */
static int
begin_item(struct play_job *j)
{
	struct err e;
	bool holds;

	j->scope.item =
	    j->items != NULL ? json_array_get(j->items, j->at) : NULL;
	if (play_hold(&j->scope, &j->t->when, &holds, NULL, &e) < 0) {
		j->result = play_failure(e.text);
		return 0;
	}
	if (!holds) {
		j->result = skipped("Conditional result was False");
		return 0;
	}
	return play_do(j);
}

/* ---- loops -------------------------------------------------------------- */

/* with_items opens the lists among the elements, one level. */
static json_t *
opened(json_t *list)
{
	json_t *flat = json_array(), *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (json_is_array(item))
			json_array_extend(flat, item);
		else
			json_array_append(flat, item);
	}
	json_decref(list);
	return flat;
}

static int
make_items(struct play_job *j, struct err *e)
{
	json_t *list;

	if (j->t->loop.v == NULL)
		return 0;
	if (play_value(&j->scope, &j->t->loop, &list, e) < 0)
		return -1;
	if (!json_is_array(list)) {
		err_set(e, ERR_INPUT, "a loop needs a list, not %s",
		    py_kind(list));
		json_decref(list);
		return play_place_wrap(e, j->t->loop.at);
	}
	j->items = j->t->with_items ? opened(list) : list;
	j->results = json_array();
	return 0;
}

/* What a loop registers: all results, and what is true of any or all. */
static json_t *
sum_up(struct play_job *j)
{
	json_t *o = json_object(), *r;
	bool changed = false, failed = false, all_skipped = true;
	size_t i;

	json_array_foreach(j->results, i, r)
	{
		changed |= says(r, "changed");
		failed |= says(r, "failed");
		all_skipped &= says(r, "skipped");
	}
	json_object_set_new(o, "changed", json_boolean(changed));
	if (all_skipped)
		json_object_set_new(o, "skipped", json_true());
	else
		json_object_set_new(o, "failed", json_boolean(failed));
	if (failed)
		json_object_set_new(o, "msg",
		    json_string("One or more items failed"));
	json_object_set(o, "results", j->results);
	return o;
}

/* ---- one host ----------------------------------------------------------- */

static void
finish(struct play_job *j)
{
	if (j->items != NULL && j->result == NULL)
		j->result = sum_up(j);
	j->over = true;
	j->p->pending--;
}

static void
resume(struct play_job *j)
{
	end_item(j);
	go_on(j);
}

/* Not by recursion: a loop may be long, and its module run here. */
static void
go_on(struct play_job *j)
{
	while (!j->over && !j->p->interrupted &&
	    (j->items == NULL || j->at < json_array_size(j->items))) {
		if (begin_item(j) > 0)
			return;
		end_item(j);
	}
	finish(j);
}

/* A loop that cannot be made is no failure when its task is not wanted. */
static void
begin(struct play_job *j)
{
	struct err e, ignored;
	bool holds;

	j->p->pending++;
	if (make_items(j, &e) == 0) {
		go_on(j);
		return;
	}
	if (play_hold(&j->scope, &j->t->when, &holds, NULL, &ignored) == 0 &&
	    !holds)
		j->result = skipped("Conditional result was False");
	else
		j->result = play_failure(e.text);
	finish(j);
}

/* ---- all hosts ---------------------------------------------------------- */

static enum play_row
count(struct play_job *j)
{
	struct play_host *h = j->h;
	bool changed = says(j->result, "changed");

	h->seen = true;
	if (j->cancelled || j->result == NULL)
		return ROW_CANCELLED;
	if (says(j->result, "unreachable")) {
		h->count[PLAY_UNREACHABLE]++;
		h->unreachable = true;
		return ROW_UNREACHABLE;
	}
	if (says(j->result, "failed") && j->t->said.ignore_errors != FLAG_YES) {
		h->count[PLAY_FAILED]++;
		h->failed = true;
		return ROW_FAILED;
	}
	if (says(j->result, "skipped")) {
		h->count[PLAY_SKIPPED]++;
		return ROW_SKIPPED;
	}
	h->count[PLAY_OK]++;
	h->count[PLAY_CHANGED] += changed;
	if (!says(j->result, "failed"))
		return changed ? ROW_CHANGED : ROW_OK;
	h->count[PLAY_IGNORED]++;
	return ROW_IGNORED;
}

static void
notify(const struct player *p, const struct play_job *j)
{
	const struct strings *names = &j->t->notify;

	for (size_t i = 0; i < p->play->n_handlers; i++)
		for (size_t k = 0; k < names->n; k++)
			if (play_answers(p->play->handlers[i], names->v[k]))
				j->h->notified[i] = true;
}

static bool
all_done(void *arg)
{
	const struct player *p = arg;

	return p->pending == 0;
}

/* Tasks are bounded, and an interrupt ends them: none outlives this. */
static void
wait_all(struct player *p)
{
	while (p->pending > 0)
		if (fanout_run(p->fanout, all_done, p, 0) == FANOUT_INTERRUPTED)
			p->interrupted = true;
}

/* What one host said for all is registered for all. */
static void
settle(struct player *p, struct play_job *j, bool handler,
    struct play_host *const *hosts, size_t n, struct fold *fold)
{
	enum play_row row = count(j);

	play_out_result(p, j->t, handler, j->h, row, j->result, fold);
	if (row == ROW_CHANGED)
		notify(p, j);
	if (j->t->registers == NULL || row == ROW_CANCELLED)
		return;
	for (size_t i = 0; i < n; i++)
		json_object_set(hosts[i]->registered, j->t->registers,
		    j->result);
}

static void
free_job(struct play_job *j)
{
	json_decref(j->items);
	json_decref(j->results);
	json_decref(j->result);
}

int
play_task(struct player *p, const struct play_task *t, bool handler,
    struct play_host *const *hosts, size_t n, struct err *e)
{
	bool once = t->module->once || t->said.run_once == FLAG_YES;
	size_t n_jobs = once && n > 0 ? 1 : n;
	struct play_job *jobs = xcalloc(n_jobs + 1, sizeof(*jobs));
	struct fold *fold = fold_new();

	for (size_t i = 0; i < n_jobs; i++) {
		jobs[i] = (struct play_job){ .p = p,
			.t = t,
			.h = hosts[i],
			.scope = { .p = p, .h = hosts[i] },
			.done = resume };
		begin(&jobs[i]);
	}
	wait_all(p);
	for (size_t i = 0; i < n_jobs; i++) {
		settle(p, &jobs[i], handler, once ? hosts : &hosts[i],
		    once ? n : 1, fold);
		free_job(&jobs[i]);
	}
	play_out_fold(p, fold);
	fold_free(fold);
	free(jobs);
	if (p->trouble.kind != ERR_NONE) {
		*e = p->trouble;
		return -1;
	}
	return 0;
}
