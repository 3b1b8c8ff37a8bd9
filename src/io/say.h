/* say: our own output, when who reads it may stand still. */
#ifndef ESPY_IO_SAY_H
#define ESPY_IO_SAY_H
#include <stddef.h>

struct err;

/*
 * Writes all of it to fd, which may block: nothing is read from any host
 * meanwhile, and that is what bounds memory.  Yet an interrupt is heard.  0; 1
 * when one came while fd stood still, and the rest was dropped; -1 when fd
 * takes no more.
 */
int say(int fd, const char *p, size_t n, struct err *e);

#endif
