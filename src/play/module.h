/* module: the table of the modules that a task may run, and their arguments. */
#ifndef ESPY_PLAY_MODULE_H
#define ESPY_PLAY_MODULE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum module_id {
	MODULE_COMMAND,
	MODULE_SHELL,
	MODULE_SCRIPT,
	MODULE_RAW,
	MODULE_COPY,
	MODULE_FETCH,
	MODULE_ASSERT,
	MODULE_PAUSE,
	MODULE_DEBUG
};

enum module_arg_id {
	ARG_CMD,
	ARG_CHDIR,
	ARG_CREATES,
	ARG_REMOVES,
	ARG_EXECUTABLE,
	ARG_SRC,
	ARG_DEST,
	ARG_CONTENT,
	ARG_MODE,
	ARG_OWNER,
	ARG_GROUP,
	ARG_FLAT,
	ARG_FAIL_ON_MISSING,
	ARG_THAT,
	ARG_FAIL_MSG,
	ARG_SUCCESS_MSG,
	ARG_QUIET,
	ARG_SECONDS,
	ARG_MINUTES,
	ARG_MSG,
	ARG_VAR,
	MODULE_ARGS
};

enum module_arg_kind {
	KIND_TEXT, /* a word or text; numbers and truths are texts, too */
	KIND_FLAG, /* a truth, no template */
	KIND_CONDITIONS,
	KIND_EXPR, /* the name of a variable, or an expression */
	KIND_ANY
};

struct module {
	enum module_id id;
	const char *name;
	bool free_form;	 /* "shell: ls -l", with KEY=VALUE words taken off */
	bool once;	 /* for all hosts together */
	unsigned args;	 /* bits: MODULE_ARG_BIT() */
	unsigned needed; /* likewise */
};

#define MODULE_ARG_BIT(a) (1U << (a))

/* By name, with or without "ansible.builtin."; NULL when espy has none. */
const struct module *module_find(struct span name);
/* Of a module's own arguments; -1 when it has none of that name. */
int module_arg_find(const struct module *m, struct span name,
    enum module_arg_id *ret);
const char *module_arg_name(enum module_arg_id a);
enum module_arg_kind module_arg_kind(enum module_arg_id a);

/* "command, shell, ...": for messages. */
const char *module_names(void);

#endif
