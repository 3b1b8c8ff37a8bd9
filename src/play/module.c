#include "play/module.h"

#define BIT(a) MODULE_ARG_BIT(a)
#define RUN_ARGS \
	(BIT(ARG_CMD) | BIT(ARG_CHDIR) | BIT(ARG_CREATES) | BIT(ARG_REMOVES))

static const struct module modules[] = {
	{ MODULE_COMMAND, "command", true, false, RUN_ARGS, BIT(ARG_CMD) },
	{ MODULE_SHELL, "shell", true, false, RUN_ARGS | BIT(ARG_EXECUTABLE),
	    BIT(ARG_CMD) },
	{ MODULE_SCRIPT, "script", true, false, RUN_ARGS | BIT(ARG_EXECUTABLE),
	    BIT(ARG_CMD) },
	{ MODULE_RAW, "raw", true, false, BIT(ARG_CMD) | BIT(ARG_EXECUTABLE),
	    BIT(ARG_CMD) },
	{ MODULE_COPY, "copy", false, false,
	    BIT(ARG_SRC) | BIT(ARG_DEST) | BIT(ARG_CONTENT) | BIT(ARG_MODE) |
		BIT(ARG_OWNER) | BIT(ARG_GROUP),
	    BIT(ARG_DEST) },
	{ MODULE_FETCH, "fetch", false, false,
	    BIT(ARG_SRC) | BIT(ARG_DEST) | BIT(ARG_FLAT) |
		BIT(ARG_FAIL_ON_MISSING),
	    BIT(ARG_SRC) | BIT(ARG_DEST) },
	{ MODULE_ASSERT, "assert", false, false,
	    BIT(ARG_THAT) | BIT(ARG_MSG) | BIT(ARG_FAIL_MSG) |
		BIT(ARG_SUCCESS_MSG) | BIT(ARG_QUIET),
	    BIT(ARG_THAT) },
	{ MODULE_PAUSE, "pause", false, true,
	    BIT(ARG_SECONDS) | BIT(ARG_MINUTES), 0 },
	{ MODULE_DEBUG, "debug", false, false, BIT(ARG_MSG) | BIT(ARG_VAR), 0 },
};

static const struct {
	const char *name;
	enum module_arg_kind kind;
} args[MODULE_ARGS] = {
	[ARG_CMD] = { "cmd", KIND_TEXT },
	[ARG_CHDIR] = { "chdir", KIND_TEXT },
	[ARG_CREATES] = { "creates", KIND_TEXT },
	[ARG_REMOVES] = { "removes", KIND_TEXT },
	[ARG_EXECUTABLE] = { "executable", KIND_TEXT },
	[ARG_SRC] = { "src", KIND_TEXT },
	[ARG_DEST] = { "dest", KIND_TEXT },
	[ARG_CONTENT] = { "content", KIND_TEXT },
	[ARG_MODE] = { "mode", KIND_TEXT },
	[ARG_OWNER] = { "owner", KIND_TEXT },
	[ARG_GROUP] = { "group", KIND_TEXT },
	[ARG_FLAT] = { "flat", KIND_FLAG },
	[ARG_FAIL_ON_MISSING] = { "fail_on_missing", KIND_FLAG },
	[ARG_THAT] = { "that", KIND_CONDITIONS },
	[ARG_FAIL_MSG] = { "fail_msg", KIND_ANY },
	[ARG_SUCCESS_MSG] = { "success_msg", KIND_ANY },
	[ARG_QUIET] = { "quiet", KIND_FLAG },
	[ARG_SECONDS] = { "seconds", KIND_TEXT },
	[ARG_MINUTES] = { "minutes", KIND_TEXT },
	[ARG_MSG] = { "msg", KIND_ANY },
	[ARG_VAR] = { "var", KIND_EXPR },
};

const struct module *
module_find(struct span name)
{
	static const char *const heads[] = { "ansible.builtin.",
		"ansible.legacy." };

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		if (span_starts(name, heads[i])) {
			size_t n = span_of(heads[i]).n;

			name = (struct span){ name.p + n, name.n - n };
			break;
		}
	}
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (span_is(name, modules[i].name))
			return &modules[i];
	return NULL;
}

int
module_arg_find(const struct module *m, struct span name,
    enum module_arg_id *ret)
{
	for (int a = 0; a < MODULE_ARGS; a++) {
		if ((m->args & BIT(a)) == 0 || !span_is(name, args[a].name))
			continue;
		*ret = (enum module_arg_id)a;
		return 0;
	}
	return -1;
}

const char *
module_arg_name(enum module_arg_id a)
{
	return args[a].name;
}

enum module_arg_kind
module_arg_kind(enum module_arg_id a)
{
	return args[a].kind;
}

const char *
module_names(void)
{
	return "command, shell, script, raw, copy, fetch, assert, pause, debug";
}
