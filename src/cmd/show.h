/* show: an analysis to the terminal, and to an exit status. */
#ifndef ESPY_CMD_SHOW_H
#define ESPY_CMD_SHOW_H

struct analysis;
struct common;
struct err;

/*
 * Prints the report of the run at dir, as text or with --json, and returns the
 * exit status that the verdict asks for.
 */
int show_analysis(const struct analysis *a, const struct common *c,
    const char *dir);

#endif
