/*
 * packet: a frame's decoded headers.  Plain values and borrowed pointers into
 * the frame; nothing to free.
 */
#ifndef ESPY_MODEL_PACKET_H
#define ESPY_MODEL_PACKET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "model/addr.h"

/* What the innermost decoded header of a layer is. */
enum packet_kind {
	PACKET_OTHER,	 /* nothing that espy tells apart */
	PACKET_ARP,	 /* RFC 826 */
	PACKET_FRAGMENT, /* IP, offset above 0: no transport header here */
	PACKET_ICMP,	 /* RFC 792, RFC 4443 */
	PACKET_UDP,	 /* none of the kinds below */
	PACKET_TCP,
	PACKET_ESP,	       /* RFC 4303, or RFC 3948 when natt is set */
	PACKET_NATT_KEEPALIVE, /* RFC 3948 section 2.3 */
	PACKET_IKE,	       /* RFC 2408, RFC 7296 */
	PACKET_VXLAN	       /* RFC 7348; the inner frame is packet.inner */
};

enum { PACKET_NO_VLAN = 0xffff };

struct eth_hdr {
	struct mac src, dst;
	uint16_t type; /* behind the VLAN tags */
	uint16_t vlan; /* VLAN id of the innermost tag, or PACKET_NO_VLAN */
};

struct arp_hdr {
	uint16_t op; /* 1 request, 2 reply */
	struct mac sender_mac, target_mac;
	struct ip sender, target;
};

struct ip_hdr {
	struct ip src, dst; /* src.family is 0 when there is no IP header */
	uint8_t proto;	    /* of the payload, behind IPv6 extension headers */
	uint8_t ttl, tos;
	uint32_t id; /* fragment identification; 16 bits in IPv4 */
	bool df, more_fragments;
	uint16_t offset;    /* fragment offset in bytes */
	uint32_t total_len; /* header and payload, as the header says */
};

struct udp_hdr {
	uint16_t sport, dport;
	uint16_t len;
};

struct esp_hdr {
	uint32_t spi, seq;
	bool natt; /* came in UDP */
};

/* RFC 7296 section 3.1; IKEv1 (RFC 2408 section 3.1) shares the layout. */
struct ike_hdr {
	uint64_t initiator_spi, responder_spi;
	uint8_t next_payload, version; /* version: 0x10 or 0x20 */
	uint8_t exchange, flags;
	uint32_t message_id, length;
	uint16_t notify; /* type of a clear first NOTIFY payload, or 0 */
};

struct icmp_hdr {
	uint8_t type, code;
	uint16_t id, seq; /* echo only */
	uint32_t mtu;	  /* 3/4, or ICMPv6 2 */
	/* Echo: the data, as far as captured.  Error: the quoted packet. */
	const uint8_t *data;
	size_t data_len;
	uint32_t wire_data_len; /* data bytes on the wire */
};

/* One stack of headers, from Ethernet up. */
struct layer {
	enum packet_kind kind;
	struct eth_hdr eth;
	struct arp_hdr arp;
	struct ip_hdr ip;
	struct udp_hdr udp; /* also of IKE, VXLAN and ESP in UDP */
	struct icmp_hdr icmp;
	struct esp_hdr esp;
	struct ike_hdr ike;
};

struct packet {
	struct wall time;
	uint32_t length; /* the frame's, on the wire */
	struct layer outer;
	bool has_inner; /* outer.kind is PACKET_VXLAN and it was whole */
	uint32_t vni;	/* 24 bits */
	struct layer inner;
	/* An ICMP error quotes the start of what it complains about. */
	bool has_quote;
	struct layer quote; /* kind, ip, udp and esp only */
};

#endif
