/* frames: a saved capture of any format that espy reads, frame by frame. */
#ifndef ESPY_CMD_FRAMES_H
#define ESPY_CMD_FRAMES_H
#include <stdbool.h>

struct err;
struct frame;
struct frames;

/* pcap, pcapng or snoop; errors as io/savefile.h has them. */
int frames_open(const char *path, struct frames **ret, struct err *e);
/* 1 and the next frame, valid until the next call; 0 at the end; or -1. */
int frames_next(struct frames *f, struct frame *ret, struct err *e);
/* Did the capture end within a record?  After frames_next() returned 0. */
bool frames_were_cut(const struct frames *f);
/* Packets that the capture itself says it lost; 0 when it does not say. */
unsigned long frames_drops(const struct frames *f);
/* Accepts NULL. */
void frames_close(struct frames *f);

#endif
