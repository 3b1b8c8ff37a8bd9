/* measure: a pair measured now, into a run directory of its own. */
#ifndef ESPY_CMD_MEASURE_H
#define ESPY_CMD_MEASURE_H
#include <stdbool.h>

struct err;
struct fanout;
struct gather_opts;
struct host;

/*
 * Makes the directory at path, or one named by time and hosts when that is
 * NULL, and fills it as gather_pair() does.  *dir is its path, the caller's to
 * free(3), also when -1 is returned after it was made; NULL before.
 */
int measure_pair(struct fanout *f, const struct host *const hosts[2],
    const struct gather_opts *o, const char *path, char **dir,
    bool *interrupted, struct err *e);

#endif
