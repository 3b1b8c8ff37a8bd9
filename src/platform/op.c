#include "platform/op.h"

#include "base/buf.h"
#include "base/err.h"
#include "platform/platform.h"
#include "platform/script.h"

/* say NAME COMMAND...: a section, messages of the command among it. */
static const char say[] = "say() {\n"
			  "	name=$1\n"
			  "	shift\n"
			  "	begin \"$name\"\n"
			  "	\"$@\" 2>&1\n"
			  "	end \"$name\" \"$?\"\n"
			  "}\n";

static const char *const names[OPS] = {
	[OP_SERVICES] = "services",
	[OP_SERVICES_DO] = "services",
	[OP_FLUSH] = "flush",
	[OP_DEBUG] = "debug",
	[OP_CONFIG] = "config",
	[OP_SA_KEYS] = "sa-keys",
};

const char *
op_name(enum platform_op op)
{
	return names[op];
}

int
op_script(const struct platform *p, const struct op_ask *ask, const char *nonce,
    struct buf *ret, struct err *e)
{
	const struct op_text *text = &p->ops[ask->op];

	if (text->define == NULL)
		return err_set(e, ERR_HOST, "%s has no %s", p->name,
		    names[ask->op]);
	if (script_head(ret, nonce, e) < 0)
		return -1;
	buf_puts(ret, say);
	if (text->tools != NULL)
		buf_puts(ret, text->tools);
	buf_puts(ret, text->define);
	buf_puts(ret, "main() {\n	op");
	for (size_t i = 0; i < ask->n_words; i++)
		script_word(ret, ask->words[i]);
	/* Nothing may read the rest of the script. */
	buf_puts(ret, "\n}\nmain </dev/null\nexit\n");
	return script_done(ret, names[ask->op], e);
}
