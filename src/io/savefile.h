/*
 * savefile: saved captures to frames, one after another: pcap (both byte
 * orders, micro- and nanoseconds) and pcapng, through libpcap.  Memory does
 * not grow with the file: 256 KiB of buffer and one packet of at most 256 KiB.
 */
#ifndef ESPY_IO_SAVEFILE_H
#define ESPY_IO_SAVEFILE_H
#include <stdbool.h>
#include <stdio.h>

struct err;
struct frame;
struct savefile;

/*
 * Errors begin with the path: ERR_INPUT when there is no such file, when it is
 * no capture, or of a link type that espy does not decode; ERR_SYS when it
 * cannot be read.
 */
int savefile_open(const char *path, struct savefile **ret, struct err *e);
/*
 * The same from an open file, which is the savefile's from here on, also when
 * this fails.  name is for errors, and borrowed during the call only.
 */
int savefile_open_file(FILE *file, const char *name, struct savefile **ret,
    struct err *e);

/*
 * 1 and the next frame, 0 at the end, -1 on an error, with *ret untouched but
 * for 1.  The frame's data is valid until the next call.
 */
int savefile_next(struct savefile *s, struct frame *ret, struct err *e);
/*
 * After savefile_next() returned 0: did the file end within a record?  So it
 * does when the capture was killed; all that stands before was delivered.
 */
bool savefile_was_cut(const struct savefile *s);

/* Accepts NULL. */
void savefile_close(struct savefile *s);

#endif
