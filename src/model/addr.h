/* addr: MAC and IP addresses: read, written, compared. */
#ifndef ESPY_MODEL_ADDR_H
#define ESPY_MODEL_ADDR_H
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum {
	IP_TEXT_MAX = 48, /* bytes, NUL included, for any address as text */
	MAC_TEXT_MAX = 18
};

struct mac {
	uint8_t b[6];
};

/* family 0 means "none"; an IPv4 address uses the first 4 bytes of b. */
struct ip {
	uint8_t family; /* 0, 4 or 6 */
	uint8_t b[16];	/* network order; unused bytes are zero */
};

struct ip ip_v4(const uint8_t b[4]);
struct ip ip_v6(const uint8_t b[16]);
bool ip_is_set(const struct ip *a);
bool ip_equal(const struct ip *a, const struct ip *b);
/* Do the first `bits` bits agree?  False when the families differ. */
bool ip_in_prefix(const struct ip *a, const struct ip *net, unsigned bits);
/* Dotted quad or RFC 5952; "-" when not set. */
const char *ip_text(const struct ip *a, char out[IP_TEXT_MAX]);
/* The whole span is an address (RFC 4291 text or dotted quad), or -1. */
int ip_parse(struct span s, struct ip *ret);

bool mac_equal(const struct mac *a, const struct mac *b);
const char *mac_text(const struct mac *a, char out[MAC_TEXT_MAX]);
/*
 * Six groups of hex digits between colons, one digit or two (illumos drops
 * leading zeros), or -1.
 */
int mac_parse(struct span s, struct mac *ret);

#endif
