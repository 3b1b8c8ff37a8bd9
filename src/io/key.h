/*
 * key: private keys, read once and used for every host.  OpenSSH's own format
 * (PROTOCOL.key) and what OpenSSL reads (PEM, PKCS #8); Ed25519, ECDSA on the
 * NIST curves, RSA.
 */
#ifndef ESPY_IO_KEY_H
#define ESPY_IO_KEY_H
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct buf;
struct err;
struct key;

enum {
	KEY_FILE_MAX = 65536 /* bytes of a key file */
};

/*
 * text is a key file's content.  *ret is the caller's.  One with a passphrase
 * is a key as well, but locked: it has a public half at most, and cannot sign.
 */
int key_parse(struct span text, struct key **ret, struct err *e);
bool key_is_locked(const struct key *k);
/*
 * A locked PEM key does not show its public half: takes it from a line as in
 * id_*.pub.  -1 when it is none.
 */
int key_set_public(struct key *k, struct span line);
/* Accepts NULL. */
void key_free(struct key *k);

/*
 * The public half as SSH sends it; lives as long as the key.  Empty when a
 * locked key does not show it.
 */
struct span key_blob(const struct key *k);

/*
 * Appends the signature of data, without the name of its algorithm: what
 * stands in the signature blob's second string (RFC 8709, 5656, 8332).
 */
int key_sign(const struct key *k, struct span data, struct buf *ret,
    struct err *e);

/*
 * The blob to authenticate with.  An RSA key's name in it becomes
 * "rsa-sha2-512": libssh2 1.10 takes the algorithm from there, and "ssh-rsa"
 * would mean SHA-1, which servers refuse.  Appends to ret.
 */
void key_auth_blob(struct span blob, struct buf *ret);

/* The blob of a line as in id_*.pub, appended to ret; -1 when it is none. */
int key_parse_public(struct span line, struct buf *ret);

#endif
