/*
 * esplen: how long an ESP packet gets, from what it carries.  ESP hides the
 * inner packet but not its length (RFC 4303 section 2.4: padding to the
 * cipher's block), so a probe's size tells which ESP packet may hold it.
 */
#ifndef ESPY_CORRELATE_ESPLEN_H
#define ESPY_CORRELATE_ESPLEN_H
#include <stddef.h>
#include <stdint.h>

/* Lengths in bytes. */
struct esp_suite {
	const char *name;
	uint8_t iv, block, icv;
	uint8_t extra; /* of tunnel mode: the inner IP header */
};

/* All that are known; esp_suite(i) for i below esp_suites(). */
size_t esp_suites(void);
const struct esp_suite *esp_suite(size_t i);

/*
 * The outer IP packet's length (header included, ip_header bytes of it) for a
 * VXLAN frame of `frame` bytes as the overlay device shows it.
 */
uint32_t esp_length(const struct esp_suite *s, uint32_t frame,
    uint32_t ip_header, int natt);

#endif
