/* copy: a file here to a file there. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/play_work.h"
#include "io/fanout.h"
#include "io/file.h"
#include "play/py.h"
#include "play/shell.h"

static json_t *
copy_result(struct play_job *j, const struct task_result *r)
{
	bool changed = play_says(j, r, "changed"),
	     same = play_says(j, r, "same");
	struct span s = { r->out, r->out_len }, word;
	json_t *o;

	if (r->status != 0 || (!changed && !same)) {
		struct span err =
		    span_trim((struct span){ r->err, r->err_len });

		o = play_failure("");
		play_set_text(o, "msg", err.p, err.n);
		if (err.n == 0)
			play_set_string(o, "msg", "it was not copied");
		return o;
	}
	o = play_result(changed, false);
	span_word(&s, &word);
	span_word(&s, &word);
	s = span_trim(s);
	play_set_text(o, "dest", s.p, s.n);
	json_object_set_new(o, "size",
	    json_integer((json_int_t)j->work->input.len));
	return o;
}

static void
copy_done(void *arg, const struct task_result *r)
{
	struct play_job *j = arg;
	json_t *o = play_no_answer(j, r);

	play_finish(j, o != NULL ? o : copy_result(j, r));
}

/* What is copied, into the input; *name as shell_copy wants it. */
static int
copy_input(struct play_job *j, char **name, struct err *e)
{
	struct play_work *w = j->work;
	char *text, *path;
	int r;

	if (play_has(j, ARG_CONTENT)) {
		if (play_arg(j, ARG_CONTENT, &text, e) < 0)
			return -1;
		r = buf_puts(&w->input, text);
		free(text);
		return r == 0 ? 0 : err_set(e, ERR_INPUT, "too much content");
	}
	if (play_arg(j, ARG_SRC, &text, e) < 0)
		return -1;
	r = play_find_file(j->p, text, &path, e);
	if (r == 0) {
		const char *slash = strrchr(text, '/');

		*name = xstrdup(slash != NULL ? slash + 1 : text);
		r = file_read(path, &w->input, e);
		free(path);
	}
	free(text);
	return r;
}

/* A number is what chmod(2) takes, a word is octal. */
static char *
mode_text(struct play_job *j, struct err *e)
{
	const json_t *v = j->t->args[ARG_MODE].v;
	char *text;

	if (json_is_integer(v))
		return xasprintf("%04llo",
		    (unsigned long long)json_integer_value(v));
	return play_arg(j, ARG_MODE, &text, e) < 0 ? NULL : text;
}

int
play_do_copy(struct play_job *j, struct err *e)
{
	struct play_work *w = play_work_new(j);
	char *texts[5] = { NULL };
	struct shell_copy c = { .word = j->work->word,
		.check = play_checks(j->p, j->t) };
	int r = copy_input(j, &texts[0], e);

	if (r == 0)
		r = play_arg(j, ARG_DEST, &texts[1], e);
	if (r == 0)
		r = play_arg(j, ARG_OWNER, &texts[2], e);
	if (r == 0)
		r = play_arg(j, ARG_GROUP, &texts[3], e);
	if (r == 0 && play_has(j, ARG_MODE)) {
		texts[4] = mode_text(j, e);
		r = texts[4] == NULL ? -1 : 0;
	}
	if (r == 0) {
		c.name = texts[0];
		c.dest = texts[1];
		c.owner = texts[2];
		c.group = texts[3];
		c.mode = texts[4];
		c.size = w->input.len;
		r = shell_put_copy(&w->script, &c, e);
	}
	if (r == 0)
		r = play_launch(j, NULL, copy_done, e);
	for (size_t i = 0; i < 5; i++)
		free(texts[i]);
	return r;
}
