/* run_files: what each host of an `espy run` printed, in files of its own. */
#ifndef ESPY_CMD_RUN_FILES_H
#define ESPY_CMD_RUN_FILES_H

struct err;
struct task_result;

/* Makes the directory, mode 0700, which must not be there yet. */
int run_files_create(const char *dir, struct err *e);

/*
 * Writes DIR/HOST.out and DIR/HOST.err, mode 0600, byte for byte, and
 * DIR/HOST.end: the result's kind and, in words, why.  ERR_INPUT when the
 * host's name cannot be a file's.
 */
int run_files_write(const char *dir, const char *host,
    const struct task_result *r, struct err *e);

#endif
