#include "cmd/run_steps.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

void
run_steps_add(struct run_steps *s, char *command)
{
	s->v = mem_grow(s->v, s->n, &s->cap, sizeof(*s->v));
	s->v[s->n++] = command;
}

int
run_steps_parse(struct run_steps *s, struct span text, const char *name,
    struct err *e)
{
	size_t number = 0;
	struct span line;

	while (span_line(&text, &line)) {
		number++;
		line = span_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (memchr(line.p, '\0', line.n) != NULL)
			return err_set(e, ERR_INPUT,
			    "%s:%zu: a NUL, which no command can hold", name,
			    number);
		if (s->n >= RUN_STEPS_MAX)
			return err_set(e, ERR_INPUT,
			    "%s:%zu: more than %d commands; split the file",
			    name, number, (int)RUN_STEPS_MAX);
		run_steps_add(s, xstrndup(line.p, line.n));
	}
	if (s->n == 0)
		return err_set(e, ERR_INPUT,
		    "%s: no command in it, only blank lines and comments",
		    name);
	return 0;
}

void
run_steps_free(struct run_steps *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	*s = (struct run_steps){ 0 };
}
