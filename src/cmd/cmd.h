/* cmd: the table of subcommands, and what they share. */
#ifndef ESPY_CMD_CMD_H
#define ESPY_CMD_CMD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ESPY_VERSION "0.1"

struct err;

/* Exit statuses, as espy(1) documents them. */
enum exit_status {
	EXIT_CLEAN = 0,
	EXIT_FAULT = 1,	     /* a fault was found, or a command failed */
	EXIT_USAGE = 2,	     /* wrong use or input */
	EXIT_INCOMPLETE = 3, /* evidence missing, and nothing worse found */
	EXIT_LOCAL = 4,	     /* the local system failed */
	EXIT_INTERRUPTED = 130
};

/* The options that every subcommand takes. */
struct common {
	const char *inventory; /* NULL: the search order of espy-inventory(5) */
	const char *ssh_config;
	const char *limit;
	const char *outdir;
	const char *host_keys, *transport;
	uint64_t forks, timeout_s, connect_s;
	const char *become_user;
	bool become, ask_become;
	bool json, dry_run, yes, help;
	int verbose;
};

struct opt_table;

/* What a subcommand is given: its words, options already taken out. */
struct args {
	struct common common;
	char **words;
	int n_words;
	int n_behind; /* see opt_parse() */
};

/* Parses argv with the common options and the command's own. */
int cmd_args(int argc, char **argv, const struct opt_table *own,
    struct args *ret, struct err *e);
void cmd_args_free(struct args *a);
/* ERR_USAGE when there is more than one word. */
int cmd_one_pattern(const struct args *a, const char *command, struct err *e);

/* Prints "espy: " and the error to stderr; returns the exit status. */
int cmd_fail(const struct err *e);

int cmd_main(int argc, char **argv);

/* One file each; return an enum exit_status. */
int cmd_hosts(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_diagnose(int argc, char **argv);
int cmd_analyze(int argc, char **argv);
int cmd_capture(int argc, char **argv);
int cmd_services(int argc, char **argv);
int cmd_play(int argc, char **argv);
int cmd_flush(int argc, char **argv);
int cmd_drops(int argc, char **argv);
int cmd_update(int argc, char **argv);
int cmd_sadb(int argc, char **argv);
int cmd_debug(int argc, char **argv);
int cmd_survey(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_logs(int argc, char **argv);

#endif
