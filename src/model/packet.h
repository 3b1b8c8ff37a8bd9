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

/* The headers of a layer, as bits. */
enum packet_hdr {
	PACKET_HDR_ETH = 1,
	PACKET_HDR_ARP = 2,
	PACKET_HDR_IP = 4,
	PACKET_HDR_ICMP = 8,
	PACKET_HDR_UDP = 16,
	PACKET_HDR_VXLAN = 32,
	PACKET_HDR_ESP = 64,
	PACKET_HDR_IKE = 128
};

enum { PACKET_NO_VLAN = 0xffff };

struct eth_hdr {
	struct mac src, dst; /* Linux cooked: dst is zero */
	uint16_t type;	     /* behind the VLAN tags */
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
	/*
	 * Of the NOTIFY payloads in clear: the type of the first error (below
	 * 16384), else of the first; 0 when there is none.
	 */
	uint16_t notify;
	bool cut; /* the captured bytes end before the clear payloads do */
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

/*
 * One stack of headers, from Ethernet up.  Only the members that `has` names
 * hold anything, ip.src.family excepted: it is 0 when there is no IP header.
 * kind speaks of headers that are whole: an ESP packet cut within its ESP
 * header is PACKET_OTHER, with ESP in `broken`.
 */
struct layer {
	enum packet_kind kind;
	uint8_t has;	/* enum packet_hdr: headers that are whole and sane */
	uint8_t broken; /* the one header that is cut or malformed, or 0 */
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
	bool has_inner; /* outer.kind is PACKET_VXLAN; inner.has tells more */
	uint32_t vni;	/* 24 bits */
	struct layer inner;
	/* An ICMP error quotes the start of what it complains about. */
	bool has_quote;
	struct layer quote; /* kind, ip, udp, esp; icmp but for its data */
};

#endif
