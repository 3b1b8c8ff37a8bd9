/* keyring: key files, each read and parsed once for all hosts. */
#ifndef ESPY_IO_KEYRING_H
#define ESPY_IO_KEYRING_H
#include "base/str.h"

struct buf;
struct err;
struct key;
struct keyring;

struct keyring *keyring_new(void);
/* Frees the keys.  Accepts NULL. */
void keyring_free(struct keyring *r);

/*
 * The key in a file, "~" expanded; borrowed from the ring.  NULL, with the
 * same error each time, when it cannot be used.  A locked one shows its public
 * half, if need be from FILE.pub.
 */
const struct key *keyring_get(struct keyring *r, const char *path,
    struct err *e);

/*
 * Appends the public half of the key in a file: of the private key when we can
 * read it, else what FILE.pub says.  -1 when there is neither.
 */
int keyring_public(struct keyring *r, const char *path, struct buf *ret);

/* path with a "~/" replaced by the home directory; the caller's to free. */
char *keyring_expand(const char *path);

#endif
