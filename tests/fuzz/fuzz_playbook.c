/*
 * Playbooks: any bytes give plays, whose every expression and name can then be
 * walked, or one error with its place.
 * links: play/
 * links: base/arena base/buf base/err base/map base/mem base/quote base/str
 * links: base/utf8 base/ytree
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "play/expr.h"
#include "play/playbook.h"
#include "play/tags.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
name(void *arg, const char *s, bool guarded)
{
	size_t *n = arg;

	*n += strlen(s) + guarded;
}

/* What was accepted once is accepted again. */
static void
walk(const struct play *play, struct play_task *const *tasks, size_t n)
{
	size_t all = 0;
	const struct expr_names names = { name, &all };
	struct err e;

	for (size_t i = 0; i < n; i++) {
		if (tasks[i]->module == NULL || tasks[i]->name == NULL ||
		    play_task_names(tasks[i], &names, &e) < 0)
			abort();
		tags_choose(&tasks[i]->said.tags, "a,tagged", "b");
		play_task_changes(tasks[i]);
	}
	if (play_names(play, &names, &e) < 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct playbook *p;
	struct err e;

	if (playbook_parse("f", text, &p, &e) < 0) {
		if (e.kind != ERR_INPUT || strncmp(e.text, "f", 1) != 0)
			abort();
		return 0;
	}
	for (size_t i = 0; i < playbook_n_plays(p); i++) {
		const struct play *play = playbook_play(p, i);

		walk(play, play->tasks, play->n_tasks);
		walk(play, play->handlers, play->n_handlers);
	}
	playbook_free(p);
	return 0;
}
