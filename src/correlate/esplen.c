#include "correlate/esplen.h"

enum {
	UDP_AND_VXLAN = 16, /* RFC 768, RFC 7348 section 5 */
	SPI_AND_SEQ = 8,    /* RFC 4303 section 2 */
	TRAILER = 2,	    /* pad length and next header */
	NATT_UDP = 8	    /* RFC 3948 section 2.1 */
};

/*
 * RFC 3602 (CBC), RFC 4106 (GCM), RFC 4868 (HMAC-SHA-2 truncation), RFC 2404.
 * Linux pads AEAD to 4 bytes, illumos to the block of its ipsecalgs entry, 16.
 */
static const struct esp_suite suites[] = {
	{ "AES-CBC, HMAC-SHA-512-256", 16, 16, 32, 0 },
	{ "AES-CBC, HMAC-SHA-384-192", 16, 16, 24, 0 },
	{ "AES-CBC, HMAC-SHA-256-128", 16, 16, 16, 0 },
	{ "AES-CBC, HMAC-SHA-1-96", 16, 16, 12, 0 },
	{ "AES-GCM-16", 8, 4, 16, 0 },
	{ "AES-GCM-16, padded to 16", 8, 16, 16, 0 },
	{ "AES-GCM-8", 8, 4, 8, 0 },
	/* A VLAN tag inside that the overlay device does not show. */
	{ "AES-GCM-16, tagged", 8, 4, 16, 4 },
	{ "AES-GCM-8, tagged", 8, 4, 8, 4 },
	{ "AES-CBC, HMAC-SHA-512-256, tunnel", 16, 16, 32, 20 },
	{ "AES-CBC, HMAC-SHA-384-192, tunnel", 16, 16, 24, 20 },
	{ "AES-CBC, HMAC-SHA-256-128, tunnel", 16, 16, 16, 20 },
	{ "AES-CBC, HMAC-SHA-1-96, tunnel", 16, 16, 12, 20 },
	{ "AES-GCM-16, tunnel", 8, 4, 16, 20 },
	{ "AES-GCM-8, tunnel", 8, 4, 8, 20 },
};

size_t
esp_suites(void)
{
	return sizeof(suites) / sizeof(suites[0]);
}

const struct esp_suite *
esp_suite(size_t i)
{
	return &suites[i];
}

uint32_t
esp_length(const struct esp_suite *s, uint32_t frame, uint32_t ip_header,
    int natt)
{
	uint32_t clear = frame + UDP_AND_VXLAN + s->extra + TRAILER;
	uint32_t padded = (clear + s->block - 1) / s->block * s->block;

	return ip_header + SPI_AND_SEQ + s->iv + padded + s->icv +
	    (natt ? NATT_UDP : 0U);
}
