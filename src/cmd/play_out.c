/* What espy play says: rows as tasks end, the recap, lines of JSON. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/fold.h"
#include "cmd/play_impl.h"
#include "inventory/hostrange.h"
#include "inventory/inventory.h"
#include "play/py.h"
#include "play/tags.h"

enum { SHOWN_MAX = 1 << 26, ITEM_MAX = 200 };

static const char *const row_names[] = {
	[ROW_OK] = "ok",
	[ROW_CHANGED] = "changed",
	[ROW_SKIPPED] = "skipped",
	[ROW_IGNORED] = "ignored",
	[ROW_FAILED] = "failed",
	[ROW_UNREACHABLE] = "unreachable",
	[ROW_CANCELLED] = "cancelled",
};

/* ---- headings ----------------------------------------------------------- */

static void
print_clean(const struct buf *b)
{
	struct buf clean;

	buf_init(&clean, SHOWN_MAX);
	utf8_clean(&clean, (struct span){ b->data, b->len }, UTF8_TEXT);
	fwrite(clean.data, 1, clean.len, stdout);
	fflush(stdout);
	buf_free(&clean);
}

static const char *
play_name(const struct play *play)
{
	return play->name != NULL ? play->name : "";
}

static void
put_hosts(struct play_host *const *hosts, size_t n, struct buf *b)
{
	const char **names = xcalloc(n + 1, sizeof(*names));

	for (size_t i = 0; i < n; i++)
		names[i] = hosts[i]->host->name;
	hostrange_fold(names, n, b);
	free(names);
}

void
play_out_play(struct player *p)
{
	struct buf b;

	if (p->common->json)
		return;
	buf_init(&b, SHOWN_MAX);
	buf_printf(&b, "%sPLAY [%s] ", p->n_plays_shown++ > 0 ? "\n" : "",
	    play_name(p->play));
	if (p->n_batch > 0)
		put_hosts(p->batch, p->n_batch, &b);
	else
		buf_puts(&b, "no hosts within --limit");
	buf_puts(&b, "\n");
	print_clean(&b);
	buf_free(&b);
}

void
play_out_task(const struct player *p, const struct play_task *t, bool handler)
{
	struct buf b;

	if (p->common->json)
		return;
	buf_init(&b, SHOWN_MAX);
	buf_printf(&b, "\n%s [%s]\n", handler ? "HANDLER" : "TASK", t->name);
	print_clean(&b);
	buf_free(&b);
}

/* ---- one host's result -------------------------------------------------- */

static void
put_key(const json_t *result, const char *key, struct buf *b)
{
	const json_t *v = json_object_get(result, key);

	if (v != NULL)
		py_put(v, b);
}

static bool
is_command(const struct play_task *t)
{
	return t->module->id <= MODULE_RAW;
}

/* What a good result has to say. */
static void
put_answer(const struct play_task *t, const json_t *result, struct buf *b)
{
	const json_t *var = t->args[ARG_VAR].v;

	if (json_object_get(result, "skipped") != NULL)
		put_key(result, "msg", b);
	else if (var != NULL)
		put_key(result, json_string_value(var), b);
	else if (t->module->id == MODULE_DEBUG)
		put_key(result, "msg", b);
	else if (is_command(t))
		put_key(result, "stdout", b);
	else
		put_key(result, "dest", b);
	while (b->len > 0 && strchr("\r\n", b->data[b->len - 1]) != NULL)
		b->data[--b->len] = '\0';
}

/* Why it failed, in one line. */
static void
put_reason(const struct play_task *t, const json_t *result, struct buf *b)
{
	const json_t *rc = json_object_get(result, "rc");
	const json_t *msg = json_object_get(result, "msg");
	const char *text = json_string_value(msg);

	if (is_command(t) && json_integer_value(rc) > 0)
		buf_printf(b, "exit status %" JSON_INTEGER_FORMAT,
		    json_integer_value(rc));
	else if (text != NULL && *text != '\0')
		buf_puts(b, text);
	else if (msg != NULL && text == NULL)
		py_put(msg, b);
	else
		buf_puts(b, "failed_when says so");
}

/* A loop's items one below the other. */
static void
put_items(const struct play_task *t, const json_t *results, struct buf *b)
{
	json_t *r;
	size_t i;

	json_array_foreach(results, i, r)
	{
		struct buf item, text;

		buf_init(&item, ITEM_MAX);
		buf_init(&text, SHOWN_MAX);
		py_put(json_object_get(r, "item"), &item);
		if (json_is_true(json_object_get(r, "failed"))) {
			buf_puts(&text, "failed: ");
			put_reason(t, r, &text);
		} else {
			put_answer(t, r, &text);
		}
		buf_printf(b, "%s%s: %s", i > 0 ? "\n" : "", item.data,
		    text.data);
		buf_free(&item);
		buf_free(&text);
	}
}

static size_t
count_lines(const struct buf *b)
{
	size_t n = b->len > 0;

	for (size_t i = 0; i < b->len; i++)
		n += b->data[i] == '\n';
	return n;
}

/* Many lines of what went well are for -v; what was asked for is not. */
static void
shorten(const struct player *p, const struct play_task *t, struct buf *b)
{
	size_t n = count_lines(b);

	if (n <= 1 || p->common->verbose > 0 || !is_command(t) ||
	    t->loop.v != NULL)
		return;
	buf_clear(b);
	buf_printf(b, "%zu lines; -v prints them", n);
}

static enum fold_class
class_of(enum play_row row, const json_t *result)
{
	const char *end = json_string_value(json_object_get(result, "end"));

	if (row == ROW_CANCELLED)
		return FOLD_CANCELLED;
	if (row == ROW_UNREACHABLE && end != NULL &&
	    strcmp(end, "host key") == 0)
		return FOLD_HOST_KEY;
	if (row == ROW_UNREACHABLE && end != NULL && strcmp(end, "auth") == 0)
		return FOLD_AUTH;
	if (row == ROW_UNREACHABLE)
		return FOLD_UNREACHABLE;
	return row == ROW_FAILED || row == ROW_IGNORED ? FOLD_FAILED : FOLD_OK;
}

static void
put_texts(const struct player *p, const struct play_task *t, enum play_row row,
    const json_t *result, struct buf *out, struct buf *err)
{
	const json_t *results = json_object_get(result, "results");
	bool good = row <= ROW_SKIPPED;

	if (results != NULL)
		put_items(t, results, out);
	else if (good)
		put_answer(t, result, out);
	else
		put_key(result, "stdout", out);
	if (good)
		shorten(p, t, out);
	if (is_command(t) && (!good || p->common->verbose > 0))
		put_key(result, "stderr", err);
}

/* For the end: which task it was, and no more of what it printed. */
static void
remember_failure(struct player *p, const struct play_task *t,
    const struct play_host *h, const struct fold_answer *a)
{
	char *why = xasprintf("%s (%s:%zu): %s", t->name, t->at.file,
	    t->at.line, a->why);
	const struct fold_answer end = { .class = a->class,
		.why = why,
		.out = { "", 0 },
		.err = { "", 0 } };

	fold_add(p->failures, h->host->name, &end);
	free(why);
}

static void
add_row(struct player *p, const struct play_task *t, const struct play_host *h,
    enum play_row row, const json_t *result, struct fold *fold)
{
	struct fold_answer a = { .class = class_of(row, result),
		.label = row == ROW_IGNORED ? "failed, ignored"
		    : row < ROW_IGNORED	    ? row_names[row]
					    : NULL };
	struct buf out, err, why;

	buf_init(&out, SHOWN_MAX);
	buf_init(&err, SHOWN_MAX);
	buf_init(&why, SHOWN_MAX);
	put_texts(p, t, row, result, &out, &err);
	if (row == ROW_CANCELLED)
		buf_puts(&why, "interrupted");
	else if (a.class != FOLD_OK)
		put_reason(t, result, &why);
	a.why = why.data;
	a.out = (struct span){ out.data, out.len };
	a.err = (struct span){ err.data, err.len };
	a.out_cut = json_is_true(json_object_get(result, "cut"));
	fold_add(fold, h->host->name, &a);
	if (a.class != FOLD_OK && row != ROW_IGNORED)
		remember_failure(p, t, h, &a);
	buf_free(&out);
	buf_free(&err);
	buf_free(&why);
}

/* ---- JSON --------------------------------------------------------------- */

static void
write_line(const struct player *p, json_t *line)
{
	FILE *const to[] = { p->common->json ? stdout : NULL, p->record };

	for (size_t i = 0; i < 2; i++) {
		if (to[i] == NULL)
			continue;
		json_dumpf(line, to[i], JSON_COMPACT);
		putc('\n', to[i]);
		fflush(to[i]);
	}
	json_decref(line);
}

static json_t *
text(const char *s)
{
	return py_text(s, strlen(s));
}

static void
write_result(const struct player *p, const struct play_task *t, bool handler,
    const struct play_host *h, enum play_row row, const json_t *result)
{
	json_t *o = json_object();

	if (!p->common->json && p->record == NULL) {
		json_decref(o);
		return;
	}
	json_object_set_new(o, "event", json_string("task"));
	json_object_set_new(o, "play", text(play_name(p->play)));
	json_object_set_new(o, "task", text(t->name));
	json_object_set_new(o, "module", text(t->module->name));
	json_object_set_new(o, "file", text(t->at.file));
	json_object_set_new(o, "line", json_integer((json_int_t)t->at.line));
	json_object_set_new(o, "handler", json_boolean(handler));
	json_object_set_new(o, "host", text(h->host->name));
	json_object_set_new(o, "state", json_string(row_names[row]));
	json_object_set_new(o, "result",
	    result != NULL ? json_deep_copy(result) : json_null());
	write_line(p, o);
}

void
play_out_result(struct player *p, const struct play_task *t, bool handler,
    const struct play_host *h, enum play_row row, const json_t *result,
    struct fold *fold)
{
	write_result(p, t, handler, h, row, result);
	add_row(p, t, h, row, result, fold);
}

void
play_out_fold(const struct player *p, const struct fold *fold)
{
	struct buf b;

	if (p->common->json)
		return;
	buf_init(&b, SHOWN_MAX);
	fold_print(fold, &b, false);
	fwrite(b.data, 1, b.len, stdout);
	fflush(stdout);
	buf_free(&b);
}

/* ---- the end ------------------------------------------------------------ */

static int
by_name(const void *a, const void *b)
{
	const struct play_host *x = *(const struct play_host *const *)a;
	const struct play_host *y = *(const struct play_host *const *)b;

	return strcmp(x->host->name, y->host->name);
}

static const char *const count_names[PLAY_COUNTS] = {
	[PLAY_OK] = "ok",
	[PLAY_CHANGED] = "changed",
	[PLAY_UNREACHABLE] = "unreachable",
	[PLAY_FAILED] = "failed",
	[PLAY_SKIPPED] = "skipped",
	[PLAY_IGNORED] = "ignored",
};

static void
recap_host(const struct player *p, const struct play_host *h, struct buf *b)
{
	json_t *o = json_object();

	buf_printf(b, "%-26s :", h->host->name);
	json_object_set_new(o, "event", json_string("recap"));
	json_object_set_new(o, "host", text(h->host->name));
	for (int c = 0; c < PLAY_COUNTS; c++) {
		buf_printf(b, " %s=%-4u", count_names[c], h->count[c]);
		json_object_set_new(o, count_names[c],
		    json_integer(h->count[c]));
	}
	while (b->data[b->len - 1] == ' ')
		b->data[--b->len] = '\0';
	buf_puts(b, "\n");
	write_line(p, o);
}

void
play_out_recap(const struct player *p)
{
	const struct play_host **seen =
	    xcalloc(p->n_hosts + 1, sizeof(struct play_host *));
	size_t n = 0;
	struct buf b;

	for (size_t i = 0; i < p->n_hosts; i++)
		if (p->hosts[i].seen)
			seen[n++] = &p->hosts[i];
	qsort(seen, n, sizeof(struct play_host *), by_name);
	buf_init(&b, SHOWN_MAX);
	buf_puts(&b, "\nPLAY RECAP\n");
	for (size_t i = 0; i < n; i++)
		recap_host(p, seen[i], &b);
	if (!p->common->json) {
		print_clean(&b);
		buf_clear(&b);
		fold_print(p->failures, &b, true);
		printf("%s%s", b.len > 0 ? "\n" : "", b.data);
		fflush(stdout);
	}
	buf_free(&b);
	free(seen);
}

/* ---- --list-tasks ------------------------------------------------------- */

static void
put_tags(const struct strings *tags, struct buf *b)
{
	buf_puts(b, "\tTAGS: [");
	for (size_t i = 0; i < tags->n; i++)
		buf_printf(b, "%s%s", i > 0 ? ", " : "", tags->v[i]);
	buf_puts(b, "]\n");
}

void
play_out_list(const struct player *p)
{
	struct buf b;

	buf_init(&b, SHOWN_MAX);
	for (size_t i = 0; i < playbook_n_plays(p->book); i++) {
		const struct play *play = playbook_play(p->book, i);
		const struct inv_pick *pick = &p->picks[i];
		const char **names = xcalloc(pick->n + 1, sizeof(*names));

		for (size_t h = 0; h < pick->n; h++)
			names[h] = pick->hosts[h]->name;
		buf_printf(&b, "play %zu [%s] ", i + 1, play_name(play));
		hostrange_fold(names, pick->n, &b);
		free(names);
		put_tags(&play->said.tags, &b);
		for (size_t t = 0; t < play->n_tasks; t++) {
			if (!tags_choose(&play->tasks[t]->said.tags, p->tags,
				p->skip_tags))
				continue;
			buf_printf(&b, "  %s", play->tasks[t]->name);
			put_tags(&play->tasks[t]->said.tags, &b);
		}
	}
	print_clean(&b);
	buf_free(&b);
}
