/* fetch: a file there to a file here. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/play_work.h"
#include "io/fanout.h"
#include "io/newfile.h"
#include "model/run_path.h"
#include "play/py.h"
#include "play/shell.h"

static int
fetch_bytes(void *arg, enum task_stream s, const void *p, size_t n)
{
	struct play_job *j = arg;
	struct play_work *w = j->work;

	if (s == TASK_ERR) {
		buf_add(&w->input, p, n);
		return 0;
	}
	if (w->file == NULL && w->local.kind == ERR_NONE &&
	    newfile_open(w->dest, &w->file, &w->local) < 0)
		return -1;
	return w->file == NULL ? -1 : newfile_write(w->file, p, n, &w->local);
}

/* An empty file, too, is one. */
static json_t *
fetch_keep(struct play_work *w)
{
	bool changed = false;
	struct newfile *s;
	json_t *o;

	if (w->file == NULL && w->local.kind == ERR_NONE)
		newfile_open(w->dest, &w->file, &w->local);
	s = w->file;
	w->file = NULL;
	if (w->local.kind != ERR_NONE) {
		newfile_drop(s);
		return play_failure(w->local.text);
	}
	if (newfile_keep(s, &changed, &w->local) < 0)
		return play_failure(w->local.text);
	o = play_result(changed, false);
	play_set_string(o, "dest", w->dest);
	return o;
}

static json_t *
fetch_refused(const struct play_job *j)
{
	struct span s = { j->work->input.data, j->work->input.len }, word;
	bool ours = span_word(&s, &word) && span_is(word, j->work->word);
	json_t *o;

	if (!ours) {
		s = span_trim((struct span){
		    j->work->input.data, j->work->input.len });
		o = play_failure("");
		play_set_text(o, "msg", s.p, s.n);
		return o;
	}
	o = play_result(false, play_flag(j, ARG_FAIL_ON_MISSING, true));
	span_word(&s, &word);
	play_set_string(o, "msg",
	    span_is(word, "directory") ? "the remote file is a directory"
				       : "the remote file does not exist");
	return o;
}

static void
fetch_done(void *arg, const struct task_result *r)
{
	struct play_job *j = arg;
	struct task_result told = *r;
	json_t *o;

	told.out = told.err = "";
	told.out_len = told.err_len = 0;
	/* What ended it from here is no word of the host's. */
	o = j->work->local.kind != ERR_NONE ? play_failure(j->work->local.text)
					    : play_no_answer(j, &told);
	if (o == NULL && r->status != 0)
		o = fetch_refused(j);
	if (o == NULL)
		o = fetch_keep(j->work);
	play_finish(j, o);
}

/* DEST/HOST/SRC, or with flat DEST itself; from where the playbook is. */
static int
fetch_dest(const struct play_job *j, const char *src, const char *dest,
    char **ret, struct err *e)
{
	const char *name = j->h->host->name;
	char *base = dest[0] == '/' ? xstrdup(dest)
				    : xasprintf("%s/%s", j->p->dir, dest);
	size_t n = strlen(dest);
	const char *slash = strrchr(src, '/');

	if (strstr(src, "..") != NULL || !run_path_node_ok(name)) {
		free(base);
		return err_set(e, ERR_INPUT,
		    "%s of %s cannot be the name of a file here", src, name);
	}
	if (!play_flag(j, ARG_FLAT, false))
		*ret = xasprintf("%s/%s/%s", base, name,
		    src[0] == '/' ? src + 1 : src);
	else if (n > 0 && dest[n - 1] == '/')
		*ret = xasprintf("%s%s", base, slash != NULL ? slash + 1 : src);
	else
		*ret = xstrdup(base);
	free(base);
	return 0;
}

int
play_do_fetch(struct play_job *j, struct err *e)
{
	struct play_work *w = play_work_new(j);
	char *src = NULL, *dest = NULL;
	int r = play_arg(j, ARG_SRC, &src, e);

	if (r == 0)
		r = play_arg(j, ARG_DEST, &dest, e);
	if (r == 0)
		r = fetch_dest(j, src, dest, &w->dest, e);
	if (r == 0 && play_checks(j->p, j->t)) {
		char *why = xasprintf("would fetch %s", src);

		j->result = play_skipped(why);
		free(why);
		play_work_free(j);
	} else if (r == 0) {
		r = shell_put_fetch(&w->script, j->work->word, src, e);
		if (r == 0)
			r = play_launch(j, fetch_bytes, fetch_done, e);
	}
	free(src);
	free(dest);
	return r;
}
