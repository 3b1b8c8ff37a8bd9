/* confirm: nothing is changed before somebody has said yes. */
#ifndef ESPY_CMD_CONFIRM_H
#define ESPY_CMD_CONFIRM_H

struct common;
struct err;

enum confirm { CONFIRM_YES, CONFIRM_NO, CONFIRM_FAILED };

/*
 * Asks on the terminal whether to do what ("flush the SADB of node[1-4]"), in
 * one line; only "y" and "yes" are a yes.  With --yes it is one unasked.
 * Without a terminal to ask on it fails: ERR_USAGE, naming --yes.
 */
enum confirm confirm(const struct common *c, const char *what, struct err *e);

#endif
