/*
 * config: the section that OP_CONFIG prints on every platform, a line a thing,
 * of words between blanks:
 *
 *	have WHERE KIND				all of these are listed
 *	rule WHERE LOCAL REMOTE
 *	psk WHERE FORM LOCAL REMOTE DIGEST	DIGEST "-": no tool for it
 *	policy WHERE LOCAL REMOTE
 *	file WHERE KIND PATH MODE		as ls -l prints the mode
 *	none WHERE KIND PATH			there is no such file
 *
 * WHERE is effective or persistent, KIND rule, psk or policy.  Secrets stay on
 * the node: a key is there as SHA-256 of nonce, key, nonce, the first half.
 * The nonce is the run's, so a digest says nothing in another run.
 */
#ifndef ESPY_PLATFORM_CONFIG_H
#define ESPY_PLATFORM_CONFIG_H
#include "base/str.h"

struct config;
struct err;

/* Functions for scripts: see platform/config.c. */
extern const char config_tools[];

/* ERR_INPUT, and *ret untouched, when a line is none of those. */
int config_parse(struct span text, struct config *ret, struct err *e);

#endif
