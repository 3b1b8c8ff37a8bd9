/*
 * The greatest overlay MTU that needs no fragments.  An inner IP packet gets
 * Ethernet (and a tag), VXLAN and UDP in front; ESP (RFC 4303 section 2) adds
 * its header, the IV, padding up to the cipher's block behind two bytes of
 * trailer, and the ICV.
 */
#include <string.h>

#include "cluster/survey.h"

enum {
	IP_HEADER = 20,
	ESP_HEADER = 8,
	ESP_TRAILER = 2,
	NATT_HEADER = 8,
	INNER = 8 + 8 + 14, /* UDP, VXLAN, Ethernet */
	TAG = 4
};

static const struct {
	const char *name;
	uint8_t iv, block, icv; /* icv: of AEAD */
} ciphers[] = {
	{ "cbc(aes)", 16, 16, 0 },
	{ "aes-cbc", 16, 16, 0 },
	{ "rfc4106(gcm(aes))", 8, 4, 16 },
	{ "rfc7539esp(chacha20,poly1305)", 8, 4, 16 },
	/* ipsecalgs(1M) gives GCM the block of AES there. */
	{ "aes-gcm16", 8, 16, 16 },
};

/* What each is cut to (RFC 4868, RFC 2404, RFC 2403). */
static const struct {
	const char *name;
	uint8_t icv;
} auths[] = {
	{ "hmac(sha512)", 32 },
	{ "hmac-sha512", 32 },
	{ "hmac(sha384)", 24 },
	{ "hmac-sha384", 24 },
	{ "hmac(sha256)", 16 },
	{ "hmac-sha256", 16 },
	{ "hmac(sha1)", 12 },
	{ "hmac-sha1", 12 },
	{ "hmac(md5)", 12 },
	{ "hmac-md5", 12 },
};

/* Bytes, or 0 when it is not known. */
static uint32_t
icv_of(const struct sa *sa, uint8_t of_cipher)
{
	if (sa->icv_bits != 0)
		return sa->icv_bits / 8;
	if (of_cipher != 0)
		return of_cipher;
	for (size_t i = 0; i < sizeof(auths) / sizeof(auths[0]); i++)
		if (strcmp(sa->auth, auths[i].name) == 0)
			return auths[i].icv;
	return 0;
}

static uint32_t
less(uint32_t a, uint32_t b)
{
	return a > b ? a - b : 0;
}

uint32_t
survey_mtu_fits(const struct sa *sa, uint32_t underlay_mtu, bool tagged)
{
	uint32_t inner = INNER + (tagged ? TAG : 0), room, icv;

	if (sa == NULL)
		return less(underlay_mtu, IP_HEADER + inner);
	for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
		if (strcmp(sa->crypt, ciphers[i].name) != 0)
			continue;
		icv = icv_of(sa, ciphers[i].icv);
		if (icv == 0)
			return 0;
		room = less(underlay_mtu,
		    IP_HEADER + ESP_HEADER + ciphers[i].iv + icv +
			(sa->encap ? NATT_HEADER : 0) +
			(sa->mode == SA_TUNNEL ? IP_HEADER : 0));
		room -= room % ciphers[i].block;
		return less(room, inner + ESP_TRAILER);
	}
	return 0;
}
