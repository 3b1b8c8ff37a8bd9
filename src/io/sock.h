/* sock: TCP sockets that never block. */
#ifndef ESPY_IO_SOCK_H
#define ESPY_IO_SOCK_H
#include <stdint.h>

#include <sys/socket.h>

struct err;

/* Starts to connect; *ret is the caller's to close(2). */
int sock_dial(const struct sockaddr *addr, socklen_t len, int *ret,
    struct err *e);
/* 1: connected; 0: not yet; -1: refused or unreachable. */
int sock_connected(int fd, struct err *e);
/*
 * From now on a peer that acknowledges nothing for about so many seconds ends
 * the connection, where the system can see to that.
 */
void sock_watch_peer(int fd, int64_t dead_s);
/* Acknowledges what was received at once, where the system can. */
void sock_ack_now(int fd);

#endif
