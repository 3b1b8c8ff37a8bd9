/* command, shell, script and raw. */
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
found_reason(const struct play_job *j, const char *what, const char *name)
{
	json_t *o;
	char *why = xasprintf("skipped, since %s %s", name, what);

	if (j->t->module->id == MODULE_SCRIPT) {
		o = play_skipped(why);
	} else {
		o = play_result(false, false);
		json_object_set_new(o, "rc", json_integer(0));
		play_set_string(o, "stdout", why);
		play_set_string(o, "stderr", "");
		json_object_set_new(o, "stdout_lines",
		    play_lines(why, strlen(why)));
		json_object_set_new(o, "stderr_lines", json_array());
	}
	free(why);
	return o;
}

static json_t *
command_result(struct play_job *j, const struct task_result *r)
{
	enum module_id id = j->t->module->id;
	bool would = play_says(j, r, "would");
	json_t *o;

	if (play_says(j, r, "exists"))
		return found_reason(j, "exists", "what it creates");
	if (play_says(j, r, "missing"))
		return found_reason(j, "does not exist", "what it removes");
	o = play_result(true, r->status != 0);
	json_object_set_new(o, "rc", json_integer(r->status));
	play_set_output(o, r, id == MODULE_COMMAND || id == MODULE_SHELL);
	if (would) {
		play_set_string(o, "stdout", "");
		json_object_set_new(o, "stdout_lines", json_array());
		play_set_string(o, "msg",
		    "Command would have run if not in check mode");
	} else if (r->status != 0) {
		play_set_string(o, "msg", "non-zero return code");
	}
	return o;
}

static void
command_done(void *arg, const struct task_result *r)
{
	struct play_job *j = arg;
	json_t *o = play_no_answer(j, r);

	if (o == NULL)
		o = command_result(j, r);
	play_set_string(o, "cmd", j->work->shown);
	play_finish(j, o);
}

/* The file goes over as it is; its words are the shell's to read. */
static int
put_script(struct play_job *j, const struct shell_how *how, const char *text,
    struct err *e)
{
	struct play_work *w = j->work;
	const char *rest = "";
	struct buf name;
	char *path = NULL;
	int r;

	buf_init(&name, PY_TEXT_MAX);
	r = shell_first_word(text, &name, &rest, e);
	if (r == 0)
		r = play_find_file(j->p, name.data, &path, e);
	if (r == 0)
		r = file_read(path, &w->input, e);
	if (r == 0)
		r = shell_put_script(&w->script, how, rest, w->input.len, e);
	free(path);
	buf_free(&name);
	return r;
}

static int
put_command(struct play_job *j, const struct shell_how *how, struct err *e)
{
	struct play_work *w = j->work;

	switch (j->t->module->id) {
	case MODULE_COMMAND:
		return shell_put_command(&w->script, how, w->shown, e);
	case MODULE_SCRIPT:
		return put_script(j, how, w->shown, e);
	case MODULE_SHELL:
	case MODULE_RAW:
		return shell_put_shell(&w->script, how, w->shown, e);
	case MODULE_COPY:
	case MODULE_FETCH:
	case MODULE_ASSERT:
	case MODULE_PAUSE:
	case MODULE_DEBUG:
		break;
	}
	return err_set(e, ERR_INPUT, "%s runs no command", j->t->module->name);
}

/* A dry run asks the node only what a file's being there decides. */
static json_t *
only_said(const struct play_job *j)
{
	enum module_id id = j->t->module->id;
	char *why = xasprintf("would run: %s", j->work->shown);
	json_t *o = play_skipped(why);

	free(why);
	play_set_string(o, "cmd", j->work->shown);
	if (id == MODULE_COMMAND || id == MODULE_SHELL) {
		json_object_set_new(o, "rc", json_integer(0));
		play_set_string(o, "stdout", "");
		play_set_string(o, "stderr", "");
		json_object_set_new(o, "stdout_lines", json_array());
		json_object_set_new(o, "stderr_lines", json_array());
	}
	return o;
}

int
play_do_command(struct play_job *j, struct err *e)
{
	static const enum module_arg_id ids[] = { ARG_CHDIR, ARG_CREATES,
		ARG_REMOVES, ARG_EXECUTABLE };
	struct play_work *w = play_work_new(j);
	char *texts[4] = { NULL };
	struct shell_how how = { .word = j->work->word,
		.check = play_checks(j->p, j->t) };
	int r = play_arg(j, ARG_CMD, &w->shown, e);

	for (size_t i = 0; r == 0 && i < 4; i++)
		r = play_arg(j, ids[i], &texts[i], e);
	how.chdir = texts[0];
	how.creates = texts[1];
	how.removes = texts[2];
	how.executable = texts[3];
	if (r == 0 && how.check && texts[1] == NULL && texts[2] == NULL) {
		j->result = only_said(j);
		play_work_free(j);
	} else if (r == 0) {
		r = put_command(j, &how, e);
		if (r == 0)
			r = play_launch(j, NULL, command_done, e);
	}
	for (size_t i = 0; i < 4; i++)
		free(texts[i]);
	return r;
}
