/* keyfile: OpenSSH's own private key format, openssh-key-v1 (PROTOCOL.key). */
#ifndef ESPY_IO_KEYFILE_H
#define ESPY_IO_KEYFILE_H
#include <stdbool.h>

#include <openssl/types.h>

#include "base/str.h"

struct err;

bool keyfile_is_openssh(struct span text);

/* The caller's to EVP_PKEY_free(); NULL on failure. */
EVP_PKEY *keyfile_parse(struct span text, struct err *e);

#endif
