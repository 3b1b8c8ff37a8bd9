/* keyfile: OpenSSH's own private key format, openssh-key-v1 (PROTOCOL.key). */
#ifndef ESPY_IO_KEYFILE_H
#define ESPY_IO_KEYFILE_H
#include <stdbool.h>

#include <openssl/types.h>

#include "base/str.h"

struct buf;
struct err;

bool keyfile_is_openssh(struct span text);

/*
 * The caller's to EVP_PKEY_free(); NULL on failure.  A key with a passphrase is
 * one: *locked is set then, and its public half, which stands there in clear,
 * appended to public.
 */
EVP_PKEY *keyfile_parse(struct span text, struct buf *public, bool *locked,
    struct err *e);

#endif
