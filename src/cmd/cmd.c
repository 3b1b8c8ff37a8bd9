#include "cmd/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/opt.h"
#include "io/sig.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *args;
	const char *what;
} commands[] = {
	{ "hosts", cmd_hosts, "[PATTERN]", "what the inventory says" },
	{ "run", cmd_run, "PATTERN -- COMMAND",
	    "one command everywhere, equal answers folded" },
	{ "diagnose", cmd_diagnose, "A B",
	    "name the node and stage that drops" },
	{ "analyze", cmd_analyze, "RUN | CAPTURE CAPTURE",
	    "judge a run again, or compare two captures" },
	{ "survey", cmd_survey, "[PATTERN]",
	    "every node's facts; what is wrong or differs" },
	{ "sadb", cmd_sadb, "[PATTERN]",
	    "all SADBs together: which SAs lack a half" },
	{ "drops", cmd_drops, "[PATTERN]",
	    "what the kernels drop meanwhile, and why" },
	{ "capture", cmd_capture, "A B",
	    "both ends at once, one pcapng, one clock" },
	{ "logs", cmd_logs, "[PATTERN]",
	    "follow all nodes' logs, in one stream" },
	{ "config", cmd_config, "[PATTERN]",
	    "IPsec's configuration on disk and in effect" },
	{ "services", cmd_services, "[PATTERN]",
	    "IPsec's services: state, restart, refresh" },
	{ "flush", cmd_flush, "[PATTERN] | --pair A B",
	    "empty SADBs, and watch the SAs come back" },
	{ "debug", cmd_debug, "on|off|status [PATTERN]",
	    "IPsec's debug logging" },
	{ "update", cmd_update, "",
	    "run Danube Cloud's update; what it changed" },
	{ "play", cmd_play, "PLAYBOOK",
	    "a playbook: Ansible's syntax, a subset" },
	{ NULL, NULL, NULL, NULL },
};

enum { COMMON_OPTIONS = 17 };

/* A table of options that every subcommand takes; dst points into c. */
static void
common_options(struct common *c, struct opt ret[COMMON_OPTIONS])
{
	const struct opt t[COMMON_OPTIONS] = {
		{ "inventory", 'i', OPT_TEXT, &c->inventory, "PATH",
		    "inventory file, directory or program", 0, 0 },
		{ "ssh-config", 'F', OPT_TEXT, &c->ssh_config, "FILE",
		    "ssh_config(5) to ask, as ssh -F", 0, 0 },
		{ "limit", 'l', OPT_TEXT, &c->limit, "PATTERN",
		    "only these hosts of the pattern", 0, 0 },
		{ "forks", 'f', OPT_NUMBER, &c->forks, "N",
		    "connections set up at once (256)", 1, 65535 },
		{ "timeout", 't', OPT_NUMBER, &c->timeout_s, "SECONDS",
		    "limit of one command (60)", 1, 86400 },
		{ "connect-timeout", '\0', OPT_NUMBER, &c->connect_s, "SECONDS",
		    "limit of connecting (10)", 1, 600 },
		{ "host-key-policy", '\0', OPT_TEXT, &c->host_keys, "WORD",
		    "strict, accept-new or off (strict)", 0, 0 },
		{ "transport", '\0', OPT_TEXT, &c->transport, "WORD",
		    "auto, libssh2 or ssh (auto)", 0, 0 },
		{ "become", 'b', OPT_FLAG, &c->become, NULL,
		    "run commands through sudo", 0, 0 },
		{ "become-user", '\0', OPT_TEXT, &c->become_user, "USER",
		    "as whom (root)", 0, 0 },
		{ "ask-become-pass", 'K', OPT_FLAG, &c->ask_become, NULL,
		    "ask once for sudo's password", 0, 0 },
		{ "output", 'o', OPT_TEXT, &c->outdir, "DIR",
		    "the run directory to make", 0, 0 },
		{ "json", '\0', OPT_FLAG, &c->json, NULL, "answer in JSON", 0,
		    0 },
		{ "dry-run", 'n', OPT_FLAG, &c->dry_run, NULL,
		    "print what would run where", 0, 0 },
		{ "yes", '\0', OPT_FLAG, &c->yes, NULL, "do not ask", 0, 0 },
		{ "verbose", 'v', OPT_COUNT, &c->verbose, NULL,
		    "say more on stderr; twice: still more", 0, 0 },
		{ "help", 'h', OPT_FLAG, &c->help, NULL, "print this and leave",
		    0, 0 },
	};

	memcpy(ret, t, sizeof(t));
}

static const struct command *
find(const char *name)
{
	for (const struct command *c = commands; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static void
usage(FILE *to)
{
	fputs("usage: espy COMMAND [OPTION...] [ARGUMENT...]\n\n", to);
	for (const struct command *c = commands; c->name != NULL; c++)
		fprintf(to, "  %-9s %-23s %s\n", c->name, c->args, c->what);
	fputs("\nespy COMMAND --help lists its options; espy(1) has the rest\n",
	    to);
}

static void
command_usage(const struct command *c, const struct opt_table *tables)
{
	struct buf b;

	buf_init(&b, 65536);
	opt_usage(tables, &b);
	printf("usage: espy %s [OPTION...] %s\n%s\n\n%s", c->name, c->args,
	    c->what, b.data);
	buf_free(&b);
}

int
cmd_args(int argc, char **argv, const struct opt_table *own, struct args *ret,
    struct err *e)
{
	struct opt common[COMMON_OPTIONS];
	struct opt_table tables[] = { *own, { common, COMMON_OPTIONS },
		{ NULL, 0 } };
	const struct opt_table *from = own->n > 0 ? tables : tables + 1;

	*ret = (struct args){ .words = xcalloc((size_t)argc, sizeof(char *)) };
	common_options(&ret->common, common);
	if (opt_parse(from, argc, argv, ret->words, &ret->n_words,
		&ret->n_behind, e) < 0)
		return -1;
	if (ret->common.help)
		command_usage(find(argv[0]), from);
	return 0;
}

int
cmd_one_pattern(const struct args *a, const char *command, struct err *e)
{
	if (a->n_words <= 1)
		return 0;
	return err_set(e, ERR_USAGE,
	    "%s takes one pattern; write several as a,b", command);
}

void
cmd_args_free(struct args *a)
{
	free(a->words);
	*a = (struct args){ 0 };
}

int
cmd_fail(const struct err *e)
{
	static const enum exit_status status[] = {
		[ERR_NONE] = EXIT_CLEAN,
		[ERR_USAGE] = EXIT_USAGE,
		[ERR_INPUT] = EXIT_USAGE,
		[ERR_HOST] = EXIT_INCOMPLETE,
		[ERR_LIMIT] = EXIT_INCOMPLETE,
		[ERR_SYS] = EXIT_LOCAL,
	};

	fprintf(stderr, "espy: %s\n", e->text);
	if (sig_interrupted())
		return EXIT_INTERRUPTED;
	return (int)status[e->kind];
}

int
cmd_main(int argc, char **argv)
{
	const struct command *c;
	int status;

	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return EXIT_CLEAN;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("espy " ESPY_VERSION);
		return EXIT_CLEAN;
	}
	c = find(argv[1]);
	if (c == NULL) {
		fprintf(stderr, "espy: no such command: %s\n", argv[1]);
		usage(stderr);
		return EXIT_USAGE;
	}
	status = c->run(argc - 1, argv + 1);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("espy: write");
		return EXIT_LOCAL;
	}
	return status;
}
