#include "model/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
run_init(struct run *r)
{
	*r = (struct run){ 0 };
	for (size_t i = 0; i < SIDES; i++)
		for (size_t p = 0; p < POINTS; p++)
			r->nodes[i].captures[p].status = -1;
}

static void
node_free(struct run_node *n)
{
	for (size_t i = 0; i < n->n_texts; i++) {
		free(n->texts[i].name);
		free(n->texts[i].text);
	}
	free(n->texts);
	for (size_t p = 0; p < POINTS; p++) {
		free(n->captures[p].filter);
		free(n->captures[p].log);
	}
	free(n->name);
	free(n->site);
	free(n->platform);
	free(n->failure);
}

void
run_free(struct run *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < SIDES; i++)
		node_free(&r->nodes[i]);
	free(r->tool);
	free(r->kind);
	free(r->why);
	*r = (struct run){ 0 };
}

void
run_add_text(struct run_node *n, const char *name, const char *text, size_t len,
    int status)
{
	struct run_text *t;

	n->texts =
	    mem_grow(n->texts, n->n_texts, &n->room_texts, sizeof(*n->texts));
	t = &n->texts[n->n_texts++];
	t->name = xstrdup(name);
	t->text = xcalloc(len + 1, 1);
	if (len > 0)
		memcpy(t->text, text, len);
	t->len = len;
	t->status = status;
}

const struct run_text *
run_text(const struct run_node *n, const char *name)
{
	for (size_t i = 0; i < n->n_texts; i++)
		if (strcmp(n->texts[i].name, name) == 0)
			return &n->texts[i];
	return NULL;
}
