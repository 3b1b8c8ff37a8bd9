/* espy run: one command, a script, or a list of commands on many hosts. */
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/load.h"
#include "cmd/opt.h"
#include "cmd/run_impl.h"
#include "inventory/inventory.h"
#include "io/file.h"
#include "io/log.h"

enum { COMMAND_MAX = 1024 * 1024, INPUT_MAX = 64 * 1024 * 1024 };

/* ---- what is asked ---- */

static int
check_use(const struct run_ask *ask, int n_behind, struct err *e)
{
	const char *dir = ask->args->common.outdir;
	int what = (ask->script != NULL) + (ask->each != NULL) + (n_behind > 0);
	const struct {
		bool wrong;
		const char *what;
	} rules[] = {
		{ what == 0, "no command; write: espy run PATTERN -- COMMAND" },
		{ what > 1, "one of --script, --each and a command behind --" },
		{ ask->script != NULL && ask->use_stdin,
		    "a script takes up standard input; no --stdin" },
		{ ask->each != NULL && strcmp(ask->each, "-") == 0 &&
			ask->use_stdin,
		    "--each - takes up standard input; no --stdin" },
		{ ask->keep_going && ask->each == NULL,
		    "--keep-going is for --each" },
		{ ask->prefix && ask->live,
		    "--live shows lines as they come, as --prefix does, and "
		    "the answers at the end; one of both" },
		{ ask->prefix && ask->diff,
		    "--prefix keeps nothing to compare; use --live --diff" },
		{ ask->prefix && ask->args->common.json,
		    "--prefix keeps nothing; use --live --json" },
		{ ask->prefix && dir != NULL,
		    "--prefix keeps nothing; use --live --output" },
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].wrong)
			return err_set(e, ERR_USAGE, "run: %s", rules[i].what);
	if (ask->args->n_words - n_behind != 1)
		return err_set(e, ERR_USAGE,
		    "run: one pattern before --, not %d words",
		    ask->args->n_words - n_behind);
	return 0;
}

/* The words behind "--", joined as ssh joins them. */
static int
add_command(struct run_ask *ask, int n_behind, struct err *e)
{
	const struct args *a = ask->args;
	struct buf b;
	int r = 0;

	buf_init(&b, COMMAND_MAX);
	for (int i = a->n_words - n_behind; i < a->n_words; i++) {
		buf_puts(&b, i > a->n_words - n_behind ? " " : "");
		buf_puts(&b, a->words[i]);
	}
	if (b.cut)
		r = err_set(e, ERR_USAGE, "run: the command is too long");
	else
		run_steps_add(&ask->steps, xstrdup(b.data));
	buf_free(&b);
	return r;
}

static int
read_stdin(struct buf *b, struct err *e)
{
	char chunk[16384];
	ssize_t n;

	while ((n = read(STDIN_FILENO, chunk, sizeof(chunk))) > 0)
		if (buf_add(b, chunk, (size_t)n) < 0)
			return err_set(e, ERR_LIMIT,
			    "standard input: longer than %zu bytes", b->max);
	return n < 0 ? err_sys(e, "read standard input") : 0;
}

static int
read_file(const char *path, struct buf *b, struct err *e)
{
	return strcmp(path, "-") == 0 ? read_stdin(b, e)
				      : file_read(path, b, e);
}

static int
read_each(struct run_ask *ask, struct err *e)
{
	struct buf text;
	int r;

	buf_init(&text, COMMAND_MAX);
	r = read_file(ask->each, &text, e);
	if (r == 0)
		r = run_steps_parse(&ask->steps,
		    (struct span){ text.data, text.len },
		    strcmp(ask->each, "-") == 0 ? "standard input" : ask->each,
		    e);
	buf_free(&text);
	return r;
}

static int
fill(struct run_ask *ask, struct err *e)
{
	int n_behind = ask->args->n_behind > 0 ? ask->args->n_behind : 0;

	if (check_use(ask, n_behind, e) < 0)
		return -1;
	if (ask->script != NULL) {
		run_steps_add(&ask->steps, NULL);
		return read_file(ask->script, &ask->input, e);
	}
	if ((ask->each != NULL ? read_each(ask, e)
			       : add_command(ask, n_behind, e)) < 0)
		return -1;
	return ask->use_stdin ? read_stdin(&ask->input, e) : 0;
}

static int
run(struct run_ask *ask, struct err *e)
{
	const struct args *a = ask->args;
	struct inv_pick pick = { 0 };
	struct inv *inv;
	int status = EXIT_CLEAN;

	if (fill(ask, e) < 0 ||
	    load_hosts(&a->common, a->words[0], &inv, &pick, e) < 0)
		return cmd_fail(e);
	if (a->common.dry_run)
		run_show_plan(ask, &pick);
	else
		status = run_hosts(ask, &pick, e);
	inv_pick_free(&pick);
	inv_free(inv);
	return status;
}

/* ---- the command line ---- */

int
cmd_run(int argc, char **argv)
{
	struct run_ask ask = { .out_max = 1024 * 1024 };
	const struct opt own[] = {
		{ "script", 's', OPT_TEXT, &ask.script, "FILE",
		    "run this script with sh; -: from standard input", 0, 0 },
		{ "each", 'e', OPT_TEXT, &ask.each, "FILE",
		    "run each line of it, one after the other", 0, 0 },
		{ "keep-going", 'k', OPT_FLAG, &ask.keep_going, NULL,
		    "--each: go on after a command that failed", 0, 0 },
		{ "stdin", '\0', OPT_FLAG, &ask.use_stdin, NULL,
		    "give every command our standard input", 0, 0 },
		{ "prefix", 'p', OPT_FLAG, &ask.prefix, NULL,
		    "print lines as they come, each with its host", 0, 0 },
		{ "live", '\0', OPT_FLAG, &ask.live, NULL,
		    "the same on stderr, and the answers at the end", 0, 0 },
		{ "diff", '\0', OPT_FLAG, &ask.diff, NULL,
		    "print what differs from the commonest answer", 0, 0 },
		{ "serial", '\0', OPT_NUMBER, &ask.serial, "N",
		    "no more than N hosts at once", 1, 65535 },
		{ "stop-after", '\0', OPT_NUMBER, &ask.stop_after, "N",
		    "begin no host once N have failed", 1, 65535 },
		{ "failed", '\0', OPT_TEXT, &ask.failed_file, "FILE",
		    "write who failed to FILE, for -l @FILE", 0, 0 },
		{ "max-output", '\0', OPT_NUMBER, &ask.out_max, "BYTES",
		    "kept of each host's output (1048576)", 1, 1 << 28 },
	};
	const struct opt_table table = { own, sizeof(own) / sizeof(own[0]) };
	struct args a;
	struct err e;
	int status = EXIT_CLEAN;

	buf_init(&ask.input, INPUT_MAX);
	ask.args = &a;
	if (cmd_args(argc, argv, &table, &a, &e) < 0) {
		status = cmd_fail(&e);
	} else if (!a.common.help) {
		log_set_level(a.common.verbose);
		status = run(&ask, &e);
	}
	cmd_args_free(&a);
	run_steps_free(&ask.steps);
	buf_free(&ask.input);
	return status;
}
