/* remote: the common options to a fan-out. */
#ifndef ESPY_CMD_REMOTE_H
#define ESPY_CMD_REMOTE_H

struct common;
struct err;
struct fanout;

/*
 * With -K, sudo's password is asked for first.  *ret is the caller's, for
 * fanout_free().
 */
int remote_open(const struct common *c, struct fanout **ret, struct err *e);

#endif
