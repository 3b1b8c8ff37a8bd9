/* sock: TCP sockets that never block. */
#ifndef ESPY_IO_SOCK_H
#define ESPY_IO_SOCK_H
#include <sys/socket.h>

struct err;

/* Starts to connect; *ret is the caller's to close(2). */
int sock_dial(const struct sockaddr *addr, socklen_t len, int *ret,
    struct err *e);
/* 1: connected; 0: not yet; -1: refused or unreachable. */
int sock_connected(int fd, struct err *e);
/* Acknowledges what was received at once, where the system can. */
void sock_ack_now(int fd);

#endif
