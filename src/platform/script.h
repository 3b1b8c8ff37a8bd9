/* script: what every script that runs on a node begins with. */
#ifndef ESPY_PLATFORM_SCRIPT_H
#define ESPY_PLATFORM_SCRIPT_H

struct buf;
struct err;
struct ip;
struct ping_ask;
struct probe_ask;

/*
 * Appends the first lines: the environment, nonce, begin() and end().  -1 when
 * the nonce is not one; what does not fit is script_done()'s to tell.
 */
int script_head(struct buf *b, const char *nonce, struct err *e);
/* Appends a blank and a word that comes from outside. */
void script_word(struct buf *b, const char *word);
void script_ip(struct buf *b, const struct ip *ip);
/*
 * Appends the calls of a probe script: "wave N" before the pings of each wave,
 * what put_ping writes for each, and "join" behind.  -1 when the waves are out
 * of order or put_ping says so.
 */
int script_waves(const struct probe_ask *ask,
    int (*put_ping)(const struct ping_ask *p, struct buf *b, struct err *e),
    struct buf *b, struct err *e);
/* -1 when the script did not fit into its buf. */
int script_done(const struct buf *b, const char *what, struct err *e);

#endif
