/* run_files: what each host of an `espy run` printed, in files of its own. */
#ifndef ESPY_CMD_RUN_FILES_H
#define ESPY_CMD_RUN_FILES_H
#include <stddef.h>

struct err;
struct run_steps;
struct task_result;

/*
 * Makes the directory, mode 0700, which must not be there yet; with steps also
 * DIR/N, counted from 1, for each of them, and the command in DIR/N/command.
 */
int run_files_create(const char *dir, const struct run_steps *steps,
    struct err *e);

/*
 * Writes HOST.out and HOST.err, mode 0600, byte for byte, and HOST.end: the
 * result's kind and, in words, why; into DIR/STEP, or DIR when step is 0.
 * ERR_INPUT when the host's name cannot be a file's.
 */
int run_files_write(const char *dir, size_t step, const char *host,
    const struct task_result *r, struct err *e);

#endif
