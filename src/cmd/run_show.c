/* run_show: what an `espy run` says of the hosts that are done. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/run_impl.h"
#include "inventory/hostrange.h"
#include "inventory/inventory.h"
#include "model/host.h"

enum { SHOWN_MAX = 1 << 30, PROGRESS_MS = 100 };

/* ---- progress ---- */

void
run_show_progress(struct run_progress *p, struct mono now, size_t done,
    size_t all, size_t failed)
{
	if (!p->wanted ||
	    (p->shown.ns != 0 && mono_ms_until(p->shown, now) < PROGRESS_MS))
		return;
	p->shown = now;
	fprintf(stderr, "\r%zu of %zu hosts, %zu failed\033[K", done, all,
	    failed);
	fflush(stderr);
}

void
run_hide_progress(struct run_progress *p)
{
	if (p->shown.ns == 0)
		return;
	p->shown.ns = 0;
	fputs("\r\033[K", stderr);
	fflush(stderr);
}

/* ---- one host ---- */

static json_t *
text_json(const char *p, size_t n)
{
	struct buf b;
	json_t *v;

	buf_init(&b, SHOWN_MAX);
	utf8_clean(&b, (struct span){ p, n }, UTF8_VALID);
	v = json_stringn(b.data, b.len);
	buf_free(&b);
	return v;
}

static void
add_end(json_t *v, const struct task_result *r)
{
	enum fold_class class = fold_class_of(r->end, r->status);

	json_object_set_new(v, "class", json_string(fold_class_name(class)));
	json_object_set_new(v, "end", json_string(task_end_name(r->end)));
	json_object_set_new(v, "status",
	    r->end == TASK_EXITED ? json_integer(r->status) : json_null());
	json_object_set_new(v, "signal",
	    r->signal[0] != '\0' ? text_json(r->signal, strlen(r->signal))
				 : json_null());
	json_object_set_new(v, "why", text_json(r->why, strlen(r->why)));
	json_object_set_new(v, "ms",
	    json_integer((json_int_t)mono_ms_until(r->started, r->ended)));
}

void
run_show_json(const struct run_ask *ask, const char *host, size_t step,
    const struct task_result *r)
{
	json_t *v = json_object();
	const char *command = ask->steps.v[step];

	json_object_set_new(v, "host", text_json(host, strlen(host)));
	add_end(v, r);
	json_object_set_new(v, "out", text_json(r->out, r->out_len));
	json_object_set_new(v, "err", text_json(r->err, r->err_len));
	json_object_set_new(v, "out_cut", json_boolean(r->out_cut));
	json_object_set_new(v, "err_cut", json_boolean(r->err_cut));
	if (ask->each != NULL) {
		json_object_set_new(v, "step",
		    json_integer((json_int_t)step + 1));
		json_object_set_new(v, "command",
		    text_json(command, strlen(command)));
	}
	json_dumpf(v, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(v);
}

/* ---- all of them ---- */

static void
put_command(const char *command, struct buf *b)
{
	utf8_clean(b, span_of(command), UTF8_LINE);
}

/* --prefix has printed the output; only the failures remain to be said. */
void
run_show_folded(const struct run_ask *ask, struct fold *const *folds)
{
	struct buf b;

	for (size_t i = 0; i < ask->steps.n; i++) {
		buf_init(&b, SHOWN_MAX);
		if (ask->each != NULL) {
			buf_puts(&b, "$ ");
			put_command(ask->steps.v[i], &b);
			buf_puts(&b, "\n");
		}
		if (ask->diff)
			fold_print_diff(folds[i], &b);
		else
			fold_print(folds[i], &b, ask->prefix);
		fwrite(b.data, 1, b.len, stdout);
		buf_free(&b);
	}
	fflush(stdout);
}

void
run_show_summary(const size_t *counts, size_t hosts)
{
	struct buf b;

	buf_init(&b, 1024);
	for (int c = FOLD_OK; c < FOLD_CLASSES; c++)
		if (counts[c] > 0)
			buf_printf(&b, "%s%zu %s", b.len > 0 ? ", " : "",
			    counts[c], fold_class_name((enum fold_class)c));
	fprintf(stderr, "espy: %zu host%s: %s\n", hosts, hosts == 1 ? "" : "s",
	    b.data);
	buf_free(&b);
}

void
run_show_plan(const struct run_ask *ask, const struct inv_pick *pick)
{
	const char **names = xcalloc(pick->n, sizeof(*names));
	struct buf b;

	buf_init(&b, SHOWN_MAX);
	for (size_t i = 0; i < pick->n; i++)
		names[i] = pick->hosts[i]->name;
	buf_puts(&b, "would run on ");
	hostrange_fold(names, pick->n, &b);
	buf_puts(&b, ":");
	for (size_t i = 0; i < ask->steps.n; i++) {
		buf_puts(&b, ask->each != NULL ? "\n$ " : " ");
		if (ask->steps.v[i] != NULL)
			put_command(ask->steps.v[i], &b);
		else
			buf_printf(&b, "the script %s", ask->script);
	}
	printf("%s\n", b.data);
	buf_free(&b);
	free(names);
}
