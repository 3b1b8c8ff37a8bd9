/* espy play: a playbook, of the subset of Ansible's that espy-playbook(5)
 * names. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/confirm.h"
#include "cmd/fold.h"
#include "cmd/load.h"
#include "cmd/opt.h"
#include "cmd/play_impl.h"
#include "cmd/remote.h"
#include "inventory/hostrange.h"
#include "inventory/inventory.h"
#include "io/fanout.h"
#include "io/file.h"
#include "io/log.h"
#include "io/random.h"
#include "play/tags.h"

enum { SENTENCE_MAX = 65536 };

/* ---- reading ------------------------------------------------------------ */

static int
read_book(const char *path, struct playbook **ret, struct err *e)
{
	struct buf text;
	int r;

	buf_init(&text, PLAYBOOK_TEXT_MAX);
	r = file_read(path, &text, e);
	if (r == 0)
		r = playbook_parse(path, (struct span){ text.data, text.len },
		    ret, e);
	buf_free(&text);
	return r;
}

static char *
directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return xstrdup(".");
	return slash == path ? xstrdup("/")
			     : xstrndup(path, (size_t)(slash - path));
}

/* ---- hosts -------------------------------------------------------------- */

/* A pattern, or several that are joined. */
static int
pattern_of(struct player *p, const struct play *play, struct buf *ret,
    struct err *e)
{
	struct play_scope s = { .p = p };
	json_t *v;

	p->play = play;
	if (play_value(&s, &play->hosts, &v, e) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(v); i++)
		buf_printf(ret, "%s%s", i > 0 ? "," : "",
		    json_string_value(json_array_get(v, i)) != NULL
			? json_string_value(json_array_get(v, i))
			: "");
	if (json_is_string(v))
		buf_puts(ret, json_string_value(v));
	json_decref(v);
	if (ret->len > 0)
		return 0;
	err_set(e, ERR_INPUT, "\"hosts\" comes out empty");
	return play_place_wrap(e, play->hosts.at);
}

/* A play whose hosts are all beyond --limit is left out, as in Ansible. */
static int
pick_hosts(struct player *p, const struct play *play, struct inv_pick *ret,
    struct err *e)
{
	struct inv_pick all = { 0 };
	struct buf pattern;
	struct err beyond;
	int r;

	buf_init(&pattern, SENTENCE_MAX);
	r = pattern_of(p, play, &pattern, e);
	p->play = NULL;
	if (r == 0) {
		r = load_pick(p->inv, pattern.data, NULL, &all, e);
		if (r < 0)
			play_place_wrap(e, play->hosts.at);
	}
	if (r == 0 && p->common->limit != NULL)
		load_pick(p->inv, pattern.data, p->common->limit, ret, &beyond);
	else if (r == 0)
		*ret = all;
	if (r == 0 && p->common->limit != NULL)
		inv_pick_free(&all);
	buf_free(&pattern);
	return r;
}

static int
pick_all(struct player *p, struct err *e)
{
	struct inv_pick limit = { 0 };

	if (p->common->limit != NULL &&
	    load_pick(p->inv, p->common->limit, NULL, &limit, e) < 0)
		return err_wrap(e, "--limit");
	inv_pick_free(&limit);
	p->picks = xcalloc(playbook_n_plays(p->book), sizeof(*p->picks));
	for (size_t i = 0; i < playbook_n_plays(p->book); i++)
		if (pick_hosts(p, playbook_play(p->book, i), &p->picks[i], e) <
		    0)
			return -1;
	return 0;
}

static void
make_hosts(struct player *p)
{
	p->n_hosts = inv_n_hosts(p->inv);
	p->hosts = xcalloc(p->n_hosts + 1, sizeof(*p->hosts));
	for (size_t i = 0; i < p->n_hosts; i++) {
		p->hosts[i].host = inv_host(p->inv, i);
		p->hosts[i].registered = json_object();
		map_put(&p->by_name, span_of(p->hosts[i].host->name), i);
	}
}

/* ---- asking ------------------------------------------------------------- */

/* How many of the tasks that were chosen a dry run would not do. */
static size_t
count_changing(const struct player *p, size_t *n)
{
	size_t changing = 0;

	*n = 0;
	for (size_t i = 0; i < playbook_n_plays(p->book); i++) {
		const struct play *play = playbook_play(p->book, i);

		for (size_t t = 0; t < play->n_tasks; t++) {
			if (!tags_choose(&play->tasks[t]->said.tags, p->tags,
				p->skip_tags))
				continue;
			(*n)++;
			changing += play_task_changes(play->tasks[t]);
		}
		for (size_t h = 0; h < play->n_handlers; h++)
			changing += play_task_changes(play->handlers[h]);
	}
	return changing;
}

static void
put_all_hosts(const struct player *p, struct buf *b)
{
	bool *in = xcalloc(p->n_hosts + 1, sizeof(*in));
	const char **names = xcalloc(p->n_hosts + 1, sizeof(*names));
	size_t n = 0, at;

	for (size_t i = 0; i < playbook_n_plays(p->book); i++)
		for (size_t h = 0; h < p->picks[i].n; h++)
			if (map_get(&p->by_name,
				span_of(p->picks[i].hosts[h]->name), &at))
				in[at] = true;
	for (size_t i = 0; i < p->n_hosts; i++)
		if (in[i])
			names[n++] = p->hosts[i].host->name;
	hostrange_fold(names, n, b);
	free(names);
	free(in);
}

static enum confirm
ask(const struct player *p, struct err *e)
{
	enum confirm c;
	size_t n;
	struct buf b;

	if (p->check || count_changing(p, &n) == 0)
		return CONFIRM_YES;
	buf_init(&b, SENTENCE_MAX);
	buf_printf(&b, "play %s (%zu task%s) on ", p->file, n,
	    n == 1 ? "" : "s");
	put_all_hosts(p, &b);
	c = confirm(p->common, b.data, e);
	buf_free(&b);
	return c;
}

/* ---- playing ------------------------------------------------------------ */

static int
open_record(struct player *p, struct err *e)
{
	const char *dir = p->common->outdir;
	char *path;
	int fd;

	if (dir == NULL)
		return 0;
	if (mkdir(dir, 0700) < 0)
		return err_sys(e, "make directory %s", dir);
	path = xasprintf("%s/play.jsonl", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		p->record = fdopen(fd, "w");
	if (p->record == NULL)
		err_sys(e, "create %s", path);
	free(path);
	return p->record != NULL ? 0 : -1;
}

static int
status_of(const struct player *p)
{
	enum exit_status status = EXIT_CLEAN;

	if (p->interrupted)
		return EXIT_INTERRUPTED;
	for (size_t i = 0; i < p->n_hosts; i++) {
		if (p->hosts[i].failed)
			return EXIT_FAULT;
		if (p->hosts[i].unreachable)
			status = EXIT_INCOMPLETE;
	}
	return (int)status;
}

static int
perform(struct player *p, struct err *e)
{
	int r;

	if (open_record(p, e) < 0 || remote_open(p->common, &p->fanout, e) < 0)
		return cmd_fail(e);
	p->failures = fold_new();
	r = play_run(p, e);
	fanout_free(p->fanout);
	p->fanout = NULL;
	play_out_recap(p);
	if (r < 0)
		return cmd_fail(e);
	if (p->record != NULL && ferror(p->record)) {
		err_set(e, ERR_SYS, "%s: not all could be written",
		    p->common->outdir);
		return cmd_fail(e);
	}
	return status_of(p);
}

static int
play(struct player *p, bool list, struct err *e)
{
	if (random_word(p->word, PLAY_WORD_BYTES, e) < 0 || pick_all(p, e) < 0)
		return cmd_fail(e);
	make_hosts(p);
	if (play_check(p, e) < 0)
		return cmd_fail(e);
	if (list) {
		play_out_list(p);
		return EXIT_CLEAN;
	}
	switch (ask(p, e)) {
	case CONFIRM_YES:
		return perform(p, e);
	case CONFIRM_NO:
		fputs("espy: nothing was done\n", stderr);
		return EXIT_CLEAN;
	case CONFIRM_FAILED:
		break;
	}
	return cmd_fail(e);
}

static void
free_hosts(struct player *p)
{
	for (size_t i = 0; i < p->n_hosts; i++) {
		struct play_login *l = p->hosts[i].logins, *next;

		for (; l != NULL; l = next) {
			next = l->next;
			free(l);
		}
		json_decref(p->hosts[i].registered);
	}
	free(p->hosts);
	map_free(&p->by_name);
}

static void
player_free(struct player *p)
{
	for (size_t i = 0; p->picks != NULL && i < playbook_n_plays(p->book);
	     i++)
		inv_pick_free(&p->picks[i]);
	free(p->picks);
	free_hosts(p);
	fanout_free(p->fanout);
	fold_free(p->failures);
	if (p->record != NULL)
		fclose(p->record);
	json_decref(p->extra);
	json_decref(p->groups);
	free(p->dir);
}

/* ---- the command line --------------------------------------------------- */

static int
play_file(struct player *p, const struct args *a, bool list,
    const struct opt_list *extra, struct err *e)
{
	struct playbook *book = NULL;
	struct inv *inv = NULL;
	int status, r = 0;

	if (a->n_words != 1) {
		err_set(e, ERR_USAGE, "play: one playbook, not %d words",
		    a->n_words);
		return cmd_fail(e);
	}
	p->file = a->words[0];
	p->dir = directory_of(p->file);
	p->extra = json_object();
	for (size_t i = 0; i < extra->n; i++)
		if (r == 0)
			r = play_extra(p->extra, extra->v[i], e);
	if (r < 0 || read_book(p->file, &book, e) < 0 ||
	    load_inventory(a->common.inventory, &inv, e) < 0) {
		status = cmd_fail(e);
	} else {
		p->book = book;
		p->inv = inv;
		status = play(p, list, e);
	}
	player_free(p);
	playbook_free(book);
	inv_free(inv);
	return status;
}

int
cmd_play(int argc, char **argv)
{
	struct opt_list extra = { .n = 0 };
	struct player p = { .file = NULL };
	bool list = false;
	const struct opt own[] = {
		{ "tags", '\0', OPT_TEXT, &p.tags, "TAGS",
		    "only tasks with one of these tags", 0, 0 },
		{ "skip-tags", '\0', OPT_TEXT, &p.skip_tags, "TAGS",
		    "no task with one of these tags", 0, 0 },
		{ "extra-vars", 'e', OPT_LIST, &extra, "NAME=VALUE",
		    "a variable; may be repeated", 0, 0 },
		{ "list-tasks", '\0', OPT_FLAG, &list, NULL,
		    "print the tasks, do nothing", 0, 0 },
	};
	const struct opt_table table = { own, sizeof(own) / sizeof(own[0]) };
	struct args a;
	struct err e;
	int status = EXIT_CLEAN;

	if (cmd_args(argc, argv, &table, &a, &e) < 0) {
		status = cmd_fail(&e);
	} else if (!a.common.help) {
		log_set_level(a.common.verbose);
		p.common = &a.common;
		p.check = a.common.dry_run;
		status = play_file(&p, &a, list, &extra, &e);
	}
	cmd_args_free(&a);
	return status;
}
