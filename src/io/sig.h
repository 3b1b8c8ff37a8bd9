/* sig: signals as a descriptor to poll and a count to read. */
#ifndef ESPY_IO_SIG_H
#define ESPY_IO_SIG_H
#include <stdbool.h>
#include <stdint.h>

struct err;

/*
 * Catches SIGINT, SIGTERM, SIGHUP and SIGUSR1 for the rest of the process's
 * life and ignores SIGPIPE.  A second SIGINT or SIGTERM leaves the program at
 * once with status 130.  Calls after the first do nothing.
 */
int sig_catch(struct err *e);

/* Readable when a signal came; -1 before sig_catch(). */
int sig_fd(void);
/* Empties the descriptor. */
void sig_drain(void);

/* SIGINT, SIGTERM or SIGHUP came; stays true. */
bool sig_interrupted(void);
/*
 * The same, once: what came is forgotten, so that the next signal is the first
 * again.
 */
bool sig_take_interrupt(void);
/* Waits; true, and at once, when sig_interrupted(). */
bool sig_sleep(int64_t ms);
/* SIGUSR1 came since the last call. */
bool sig_asked(void);

#endif
