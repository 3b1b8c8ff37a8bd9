/*
 * sa_keys: the section "keys" that OP_SA_KEYS prints on every platform, a line
 * an ESP SA:
 *
 *	sa SPI DST FORM DIGEST		DIGEST "-": no tool for it
 *
 * The keys stay on the node: what leaves it is SHA-256 of nonce, keys, nonce,
 * the first half, and the nonce is the run's.  FORM is "plain" (cipher and
 * integrity), "aead" (Linux: key and salt in one) or "salted" (illumos: the
 * same, told apart); only digests of one form can be compared.
 */
#ifndef ESPY_PLATFORM_SA_KEYS_H
#define ESPY_PLATFORM_SA_KEYS_H
#include "base/str.h"

struct err;
struct facts;

/*
 * Sets the digests of f's ESP SAs; those of others are passed over, for SADBs
 * change.  ERR_INPUT, and f untouched, when a line is none of those, or the
 * node has no tool for digests.
 */
int sa_keys_read(struct span text, struct facts *f, struct err *e);

#endif
