/* run_steps: the commands of `espy run --each`, one a line. */
#ifndef ESPY_CMD_RUN_STEPS_H
#define ESPY_CMD_RUN_STEPS_H
#include <stddef.h>

#include "base/str.h"

struct err;

enum { RUN_STEPS_MAX = 1000 };

/* All zero is none. */
struct run_steps {
	char **v; /* NULL: the script, which standard input brings */
	size_t n, cap;
};

/* Takes the command over. */
void run_steps_add(struct run_steps *s, char *command);

/*
 * Adds a command for each line that is not blank and does not begin with "#";
 * blanks at both ends are dropped.  name is the file's, for errors: ERR_INPUT
 * when there is no command, or a NUL in one, or more than RUN_STEPS_MAX.
 */
int run_steps_parse(struct run_steps *s, struct span text, const char *name,
    struct err *e);

void run_steps_free(struct run_steps *s);

#endif
