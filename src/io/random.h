/* random: bytes that nobody can guess. */
#ifndef ESPY_IO_RANDOM_H
#define ESPY_IO_RANDOM_H
#include <stddef.h>

struct err;

/* Fills n bytes from /dev/urandom; -1 and ERR_SYS when it does not give them.
 */
int random_bytes(void *ret, size_t n, struct err *e);
/* n random bytes as 2 n hexadecimal digits, terminated: ret has 2 n + 1. */
int random_word(char *ret, size_t n, struct err *e);

#endif
