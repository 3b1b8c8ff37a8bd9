/*
 * proto: one protocol's header each.  Every function takes its header off the
 * cursor and leaves the cursor on the payload, narrowed to the length that the
 * header states.  On DEC_SHORT and DEC_BAD *ret is untouched.
 */
#ifndef ESPY_DECODE_PROTO_H
#define ESPY_DECODE_PROTO_H
#include <stdbool.h>
#include <stdint.h>

#include "decode/decode.h"

struct arp_hdr;
struct cursor;
struct esp_hdr;
struct eth_hdr;
struct icmp_hdr;
struct ike_hdr;
struct ip_hdr;
struct udp_hdr;

/* IEEE 802.3, 802.1Q; more than four tags are left as payload. */
enum decode_result eth_decode(struct cursor *c, struct eth_hdr *ret);
/* https://www.tcpdump.org/linktypes: LINKTYPE_LINUX_SLL, LINUX_SLL2 */
enum decode_result sll_decode(struct cursor *c, struct eth_hdr *ret);
enum decode_result sll2_decode(struct cursor *c, struct eth_hdr *ret);

/* RFC 826; DEC_BAD for any but IPv4 addresses on Ethernet. */
enum decode_result arp_decode(struct cursor *c, struct arp_hdr *ret);

/* RFC 791; the payload of a fragment that is not the last is open. */
enum decode_result ip4_decode(struct cursor *c, struct ip_hdr *ret);
/* RFC 8200, with its extension headers. */
enum decode_result ip6_decode(struct cursor *c, struct ip_hdr *ret);

/*
 * RFC 792 (family 4) or RFC 4443 (family 6).  The cursor is left on the echo
 * data or the quoted packet, of which RFC 4884's extensions are no part.
 */
enum decode_result icmp_decode(struct cursor *c, int family,
    struct icmp_hdr *ret);
/* Does such a message quote the packet that caused it? */
bool icmp_is_error(int family, uint8_t type);

/* RFC 768 */
enum decode_result udp_decode(struct cursor *c, struct udp_hdr *ret);

/* RFC 7348 section 5; the payload is an Ethernet frame. */
enum decode_result vxlan_decode(struct cursor *c, uint32_t *ret);

/* RFC 4303 section 2; natt is stored as given. */
enum decode_result esp_decode(struct cursor *c, bool natt, struct esp_hdr *ret);

/* What a datagram on UDP port 4500 carries (RFC 3948 section 2). */
enum natt_kind { NATT_ESP, NATT_IKE, NATT_KEEPALIVE };
/* Takes only the non-ESP marker, or the keepalive, off the cursor. */
enum decode_result natt_decode(struct cursor *c, enum natt_kind *ret);

/* RFC 2408 section 3.1, RFC 7296 section 3.1 */
enum decode_result ike_decode(struct cursor *c, struct ike_hdr *ret);

#endif
