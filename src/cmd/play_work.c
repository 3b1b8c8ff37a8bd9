/* Results, arguments, and what is under way on a host. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/play_work.h"
#include "io/fanout.h"
#include "io/newfile.h"
#include "play/py.h"

enum { COMMAND_MAX = 1 << 20 };

/* ---- results ------------------------------------------------------------ */

void
play_set_text(json_t *o, const char *key, const char *p, size_t n)
{
	json_object_set_new(o, key, py_text(p, n));
}

void
play_set_string(json_t *o, const char *key, const char *s)
{
	play_set_text(o, key, s, strlen(s));
}

json_t *
play_result(bool changed, bool failed)
{
	json_t *o = json_object();

	json_object_set_new(o, "changed", json_boolean(changed));
	json_object_set_new(o, "failed", json_boolean(failed));
	return o;
}

json_t *
play_failure(const char *why)
{
	json_t *o = play_result(false, true);

	play_set_string(o, "msg", why);
	return o;
}

json_t *
play_skipped(const char *why)
{
	json_t *o = json_object();

	json_object_set_new(o, "changed", json_false());
	json_object_set_new(o, "skipped", json_true());
	play_set_string(o, "msg", why);
	return o;
}

/* Python's splitlines(), for the line ends that programs write. */
json_t *
play_lines(const char *p, size_t n)
{
	json_t *list = json_array();
	struct span rest = { p, n }, line;

	while (span_line(&rest, &line))
		json_array_append_new(list, py_text(line.p, line.n));
	return list;
}

static size_t
without_end(const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	return n;
}

/* command and shell take the line ends off, raw and script do not. */
void
play_set_output(json_t *o, const struct task_result *r, bool strip)
{
	size_t out = strip ? without_end(r->out, r->out_len) : r->out_len;
	size_t err = strip ? without_end(r->err, r->err_len) : r->err_len;

	play_set_text(o, "stdout", r->out, out);
	play_set_text(o, "stderr", r->err, err);
	json_object_set_new(o, "stdout_lines", play_lines(r->out, out));
	json_object_set_new(o, "stderr_lines", play_lines(r->err, err));
	if (r->out_cut || r->err_cut)
		json_object_set_new(o, "cut", json_true());
}

/* ---- arguments ---------------------------------------------------------- */

int
play_arg(struct play_job *j, enum module_arg_id a, char **ret, struct err *e)
{
	return play_text(&j->scope, &j->t->args[a], ret, e);
}

bool
play_flag(const struct play_job *j, enum module_arg_id a, bool otherwise)
{
	const json_t *v = j->t->args[a].v;

	return v != NULL ? json_is_true(v) : otherwise;
}

bool
play_has(const struct play_job *j, enum module_arg_id a)
{
	return j->t->args[a].v != NULL;
}

bool
play_checks(const struct player *p, const struct play_task *t)
{
	return t->said.check_mode == FLAG_YES ||
	    (p->check && t->said.check_mode != FLAG_NO);
}

/* ---- running something there -------------------------------------------- */

void
play_work_free(struct play_job *j)
{
	struct play_work *w = j->work;

	if (w == NULL)
		return;
	newfile_drop(w->file);
	buf_free(&w->script);
	buf_free(&w->command);
	buf_free(&w->input);
	free(w->word);
	free(w->become_user);
	free(w->shown);
	free(w->dest);
	free(w);
	j->work = NULL;
}

struct play_work *
play_work_new(struct play_job *j)
{
	struct play_work *w = xcalloc(1, sizeof(*w));

	w->word = xasprintf("%s-%zu", j->p->word, j->p->n_works++);
	buf_init(&w->script, COMMAND_MAX);
	buf_init(&w->command, COMMAND_MAX);
	buf_init(&w->input, PLAY_FILE_MAX);
	j->work = w;
	return w;
}

/* The inventory's word counts before the playbook's, as in Ansible. */
static int
choose_user(struct play_job *j, struct err *e)
{
	const struct host *h = j->h->host;
	struct play_work *w = j->work;

	w->as.become = host_var(h, "ansible_become") != NULL
	    ? h->become
	    : j->t->said.become == FLAG_YES;
	if (host_var(h, "ansible_become_user") != NULL) {
		w->as.user = h->become_user;
		return 0;
	}
	if (play_text(&j->scope, &j->t->said.become_user, &w->become_user, e) <
	    0)
		return -1;
	w->as.user = w->become_user;
	return 0;
}

static const struct host *
login_of(struct play_job *j)
{
	const char *user = j->p->play->remote_user;
	struct play_host *h = j->h;
	struct play_login *l = h->logins;

	if (user == NULL || h->host->user != NULL)
		return h->host;
	while (l != NULL && strcmp(l->host.user, user) != 0)
		l = l->next;
	if (l == NULL) {
		l = xcalloc(1, sizeof(*l));
		l->host = *h->host;
		l->host.user = user;
		l->next = h->logins;
		h->logins = l;
	}
	return &l->host;
}

static int64_t
limit_of(const struct play_job *j)
{
	uint64_t s =
	    j->t->timeout_s > 0 ? j->t->timeout_s : j->p->common->timeout_s;

	return (int64_t)s * 1000;
}

/* The login shell may be anything, so sh gets the script as one word. */
int
play_launch(struct play_job *j,
    int (*sink)(void *arg, enum task_stream s, const void *p, size_t n),
    void (*done)(void *arg, const struct task_result *r), struct err *e)
{
	struct play_work *w = j->work;
	struct task_spec spec = { .host = login_of(j),
		.as = &w->as,
		.input = w->input.data,
		.input_len = w->input.len,
		.limit_ms = limit_of(j),
		.out_cap = PLAY_OUTPUT_MAX,
		.sink = sink,
		.done = done,
		.arg = j };

	if (host_need_address(j->h->host, e) < 0) {
		j->result = play_failure(e->text);
		json_object_set_new(j->result, "unreachable", json_true());
		play_work_free(j);
		return 0;
	}
	if (choose_user(j, e) < 0)
		return -1;
	buf_puts(&w->command, "exec sh -c ");
	remote_quote(&w->command, w->script.data);
	if (w->command.cut)
		return err_set(e, ERR_INPUT, "the command is too long");
	spec.command = w->command.data;
	fanout_start(j->p->fanout, &spec);
	return 1;
}

static bool
is_unreachable(enum task_end end)
{
	return end == TASK_UNREACHABLE || end == TASK_HOST_KEY ||
	    end == TASK_AUTH || end == TASK_LOST;
}

/* Without the host's own word; NULL when it has one. */
json_t *
play_no_answer(struct play_job *j, const struct task_result *r)
{
	json_t *o;

	if (r->end == TASK_EXITED)
		return NULL;
	j->cancelled = r->end == TASK_CANCELLED;
	o = play_failure(r->why);
	play_set_string(o, "end", task_end_name(r->end));
	if (is_unreachable(r->end)) {
		json_object_set_new(o, "unreachable", json_true());
		json_object_del(o, "failed");
	} else {
		json_object_set_new(o, "rc", json_integer(-1));
		play_set_output(o, r, true);
	}
	return o;
}

/* Frees what was under way and goes on. */
void
play_finish(struct play_job *j, json_t *result)
{
	j->result = result;
	play_work_free(j);
	j->done(j);
}

/* "WORD exists" and its like: what the script found out itself. */
bool
play_says(const struct play_job *j, const struct task_result *r,
    const char *what)
{
	struct span s = { r->out, r->out_len }, word;

	return span_word(&s, &word) && span_is(word, j->work->word) &&
	    span_word(&s, &word) && span_is(word, what);
}
