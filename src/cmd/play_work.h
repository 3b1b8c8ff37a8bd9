/* play_work: what the modules that run on a host are made from. */
#ifndef ESPY_CMD_PLAY_WORK_H
#define ESPY_CMD_PLAY_WORK_H
#include "base/buf.h"
#include "cmd/play_impl.h"
#include "io/fanout.h"
#include "io/remote.h"

struct newfile;

/* What is under way on the host. */
struct play_work {
	char *word; /* the player's, and a number: hosts may share files */
	struct remote_as as;
	char *become_user;
	char *shown; /* the command, for the result */
	struct buf script, command, input;
	struct newfile *file; /* what is fetched */
	char *dest;
	struct err local; /* why it could not be kept */
};

/* {"changed", "failed"}, and its kin; the caller's. */
json_t *play_result(bool changed, bool failed);
json_t *play_skipped(const char *why);
void play_set_string(json_t *o, const char *key, const char *s);
/* Python's splitlines(), for the line ends that programs write. */
json_t *play_lines(const char *p, size_t n);
/* stdout, stderr and their lines; strip: without line ends at the end. */
void play_set_output(json_t *o, const struct task_result *r, bool strip);

/* The argument as text, the caller's; NULL when the task lacks it. */
int play_arg(struct play_job *j, enum module_arg_id a, char **ret,
    struct err *e);
bool play_has(const struct play_job *j, enum module_arg_id a);
bool play_flag(const struct play_job *j, enum module_arg_id a, bool otherwise);

/* Sets j->work, for play_launch(); freed by play_finish() at the latest. */
struct play_work *play_work_new(struct play_job *j);
void play_work_free(struct play_job *j);
/* Runs work->script with work->input; returns what play_do() is to. */
int play_launch(struct play_job *j,
    int (*sink)(void *arg, enum task_stream s, const void *p, size_t n),
    void (*done)(void *arg, const struct task_result *r), struct err *e);
/* The result when the host itself gave none; NULL when it did. */
json_t *play_no_answer(struct play_job *j, const struct task_result *r);
/* Did the script say "WORD what"? */
bool play_says(const struct play_job *j, const struct task_result *r,
    const char *what);
/* Ends the work and goes on; result is taken. */
void play_finish(struct play_job *j, json_t *result);

int play_do_command(struct play_job *j, struct err *e);
int play_do_copy(struct play_job *j, struct err *e);
int play_do_fetch(struct play_job *j, struct err *e);

#endif
