/*
 * connstep: what a conn does in each state; conn drives it.  STEP_REFUSED and
 * STEP_FAIL leave the reason in c->why.
 */
#ifndef ESPY_IO_CONNSTEP_H
#define ESPY_IO_CONNSTEP_H
#include "io/conn.h"
#include "io/transport.h"

enum step connstep_config(struct conn *c);
enum step connstep_jump(struct conn *c);
enum step connstep_resolve(struct conn *c);
enum step connstep_dial(struct conn *c);
enum step connstep_handshake(struct conn *c);
enum step connstep_verify(struct conn *c);
enum step connstep_auth(struct conn *c);

/* How long the set-up may take. */
int64_t connstep_limit_ms(const struct conn *c);

/* ServerAliveInterval and ServerAliveCountMax, or our own. */
int64_t connstep_alive_s(const struct conn *c);
int64_t connstep_alive_max(const struct conn *c);

/* ---- conn's, for the steps alone ---- */

/* Only this writes c->state; it logs, and sets the deadline. */
void conn_enter(struct conn *c, enum conn_state s);
void conn_drop_session(struct conn *c);
/* The set-up's time begins anew: what passed was not the host's fault. */
void conn_grant(struct conn *c);
/* Has the loop look at the session's descriptor. */
void conn_watch(struct conn *c);
/*
 * Says why, which is in c->why, and has the conn begin anew with the other
 * transport.  False: there is none, and c->unable says that it would do.
 */
bool conn_fall_back(struct conn *c);

#endif
