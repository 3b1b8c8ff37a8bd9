/*
 * hostkey: known_hosts as sshd(8), SSH_KNOWN_HOSTS FILE FORMAT, has it: plain
 * and hashed names, [host]:port, wildcards, negation, @revoked and
 * @cert-authority.  A bad line costs that line alone.
 */
#ifndef ESPY_IO_HOSTKEY_H
#define ESPY_IO_HOSTKEY_H
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct buf;
struct hostkeys;

enum {
	HOSTKEY_FILE_MAX = 64 * 1024 * 1024, /* bytes of one file */
	HOSTKEY_LINE_MAX = 65536
};

enum hostkey_verdict {
	HOSTKEY_OK,
	HOSTKEY_UNKNOWN, /* no line speaks of this host */
	HOSTKEY_CHANGED, /* a line has another key of this type */
	HOSTKEY_OTHER,	 /* lines have keys of other types only */
	HOSTKEY_CA_ONLY, /* only certificate authorities, which we cannot use */
	HOSTKEY_REVOKED
};

/* file and line say what decided; NULL and 0 when nothing did. */
struct hostkey_answer {
	enum hostkey_verdict verdict;
	const char *file; /* lives as long as the hostkeys */
	size_t line;
};

struct hostkeys *hostkeys_new(void);
/* Accepts NULL. */
void hostkeys_free(struct hostkeys *h);

/*
 * Adds a file's lines; text is copied.  warn is called once for each bad line,
 * with "file:line: what".
 */
void hostkeys_parse(struct hostkeys *h, struct span text, const char *file,
    void (*warn)(void *arg, const char *what), void *arg);

/*
 * Adds a key we have just come to trust.  Appends its line, newline included,
 * to ret.
 */
void hostkeys_add(struct hostkeys *h, const char *host, uint16_t port,
    struct span blob, struct buf *ret);

/* Judges the key a host has shown.  host is an address or a name. */
void hostkeys_check(const struct hostkeys *h, const char *host, uint16_t port,
    struct span blob, struct hostkey_answer *ret);

/*
 * Appends the host key algorithms to offer, best first and comma-separated, so
 * that a host shows the key we know.  Lines with hashed names are not searched
 * for it, which would cost a hash each: their types go first as a whole.  With
 * thorough, they are searched, and only known types are offered.  Nothing is
 * appended when nothing is known.
 */
void hostkeys_algorithms(const struct hostkeys *h, const char *host,
    uint16_t port, bool thorough, struct buf *ret);

/* "SHA256:...", as ssh-keygen -l prints it. */
void hostkey_fingerprint(struct span blob, struct buf *ret);
/* The key's type: "ssh-ed25519"; "?" when the blob is none. */
struct span hostkey_type(struct span blob);

#endif
