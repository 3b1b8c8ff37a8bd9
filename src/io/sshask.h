/*
 * sshask: asks ssh what the user's configuration says of a host.  Not at all
 * when there is no configuration, and once for all hosts when it makes no
 * difference between hosts.
 */
#ifndef ESPY_IO_SSHASK_H
#define ESPY_IO_SSHASK_H

struct loop;
struct sshask;
struct sshconfig_answer;

/* file as with ssh -F; NULL: the user's and the system's. */
struct sshask *sshask_new(struct loop *l, const char *file);
/* Accepts NULL. */
void sshask_free(struct sshask *c);

/*
 * The answer for a host, which lives as long as c; NULL: ready will be called
 * when there is one, failed or not.  Some are asked for at once, the others
 * wait for their turn; each is bounded to 10 s.
 */
const struct sshconfig_answer *sshask_get(struct sshask *c, const char *host,
    void (*ready)(void *arg), void *arg);

#endif
