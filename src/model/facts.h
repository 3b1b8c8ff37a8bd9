/*
 * facts: what one node said about itself at one moment.  Filled by a platform
 * parser, read by plan and diagnose.  Arrays are the struct's own; facts_free()
 * ends them.
 */
#ifndef ESPY_MODEL_FACTS_H
#define ESPY_MODEL_FACTS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "model/addr.h"
#include "model/reason.h"

enum { FACT_NAME_MAX = 64, FACT_TEXT_MAX = 256 };

/* A section that was asked for, answered and understood sets its bit. */
enum facts_have {
	HAVE_LINKS = 1 << 0,
	HAVE_ADDRS = 1 << 1,
	HAVE_SAS = 1 << 2,
	HAVE_POLICIES = 1 << 3,
	HAVE_NEIGHS = 1 << 4,
	HAVE_FDB = 1 << 5,
	HAVE_COUNTERS = 1 << 6,	 /* IP, UDP, ICMP */
	HAVE_XFRM_STAT = 1 << 7, /* IPsec drop reasons */
	HAVE_ROUTES = 1 << 8,
	HAVE_MODULES = 1 << 9,
	HAVE_FIREWALL = 1 << 10,
	HAVE_SETTINGS = 1 << 11,
	HAVE_OFFLOAD = 1 << 12,
	HAVE_CLOCK = 1 << 13,
	HAVE_SOCKETS = 1 << 14,
	HAVE_IKE = 1 << 15,
	/* Two halves of a Linux firewall; both make HAVE_FIREWALL. */
	HAVE_NFT = 1 << 16,
	HAVE_IPTABLES = 1 << 17,
	HAVE_DROPS = 1 << 18 /* while the probes ran, and when asked only */
};

struct link {
	char name[FACT_NAME_MAX];
	char kind[FACT_NAME_MAX]; /* "vxlan", "bridge", ...; "" for a NIC */
	bool up;		  /* administratively */
	bool carrier;
	uint32_t mtu;
	struct mac mac;
	char lower[FACT_NAME_MAX];  /* the link below a VLAN or VXLAN; or "" */
	char master[FACT_NAME_MAX]; /* the bridge or bond above; or "" */
	uint16_t vlan;		    /* of a VLAN device; otherwise 0 */
	/* Of a VXLAN device; otherwise zero. */
	uint32_t vni;
	uint16_t vxlan_port;
	struct ip vxlan_local;
	struct ip vxlan_remote;
	uint64_t rx_packets, rx_errors, rx_dropped;
	uint64_t tx_packets, tx_errors, tx_dropped, tx_carrier_errors;
};

struct ifaddr {
	char link[FACT_NAME_MAX];
	struct ip ip;
	uint8_t prefix;
};

enum sa_mode { SA_TRANSPORT, SA_TUNNEL, SA_OTHER_MODE };

/* One security association; never its keys. */
enum { SA_DIGEST_DIGITS = 32, SA_KEYS_MAX = 48 };

struct sa {
	struct ip src, dst;
	uint8_t proto; /* 50 ESP, 51 AH */
	uint32_t spi;
	uint32_t reqid;
	enum sa_mode mode;
	bool larval; /* no keys yet: IKE is under way */
	bool encap;  /* in UDP (RFC 3948) */
	bool esn;    /* RFC 4304 extended sequence numbers */
	bool hw_offload;
	char crypt[FACT_NAME_MAX]; /* as the node names it: "cbc(aes)" */
	char auth[FACT_NAME_MAX];  /* "" with AEAD */
	uint32_t key_bits;	   /* of the cipher's key; 0: not said */
	uint32_t icv_bits;	   /* 0: not said */
	uint32_t replay_window;	   /* packets; 0 is off */
	uint64_t seq, oseq;	   /* last seen inbound, last used outbound */
	uint64_t bytes, packets;
	uint64_t stat_replay_window, stat_replay, stat_failed;
	uint64_t add_hard_s, add_soft_s;   /* lifetime in seconds; 0 is none */
	uint64_t hard_bytes, hard_packets; /* 0 is none */
	/* What may be inside; prefix 0, proto 0 and port 0 are any. */
	struct ip sel_src, sel_dst;
	uint8_t sel_src_prefix, sel_dst_prefix, sel_proto;
	uint16_t sel_sport, sel_dport;
	uint32_t mark, mark_mask; /* packets with this mark; mask 0: any */
	uint32_t if_id;		  /* of this XFRM interface; 0 is none */
	int64_t added_s;	  /* when, seconds since 1970 UTC; 0 unknown */
	/* A digest of its keys, platform/sa_keys.h's "FORM DIGEST"; "": none.
	 */
	char keys[SA_KEYS_MAX];
};

enum policy_dir { POLICY_IN, POLICY_OUT, POLICY_FWD };

struct policy {
	enum policy_dir dir;
	struct ip src, dst;
	uint8_t src_prefix, dst_prefix;
	uint8_t proto;	       /* 0 is any */
	uint16_t sport, dport; /* 0 is any */
	bool block;
	bool has_tmpl; /* traffic must be protected, by tmpl_proto */
	uint8_t tmpl_proto;
	enum sa_mode tmpl_mode;
	uint32_t reqid;
	uint32_t priority;  /* smaller wins */
	bool tmpl_optional; /* clear traffic passes too ("level use") */
	uint32_t mark, mark_mask, if_id; /* as those of struct sa */
};

struct neigh {
	char link[FACT_NAME_MAX];
	struct ip ip;
	bool has_mac;
	struct mac mac;
	char state[FACT_NAME_MAX]; /* "REACHABLE", "FAILED", ... */
};

struct fdb_entry {
	char link[FACT_NAME_MAX];
	struct mac mac;
	struct ip dst; /* the underlay address; not set for a local entry */
	uint32_t vni;  /* 0 when the device's own */
};

/* "How would you reach this address?" */
struct route {
	struct ip dst;
	bool reachable;
	char link[FACT_NAME_MAX];
	struct ip src;		 /* the local address that would be used */
	struct ip via;		 /* not set when on the link */
	char why[FACT_TEXT_MAX]; /* what the node said when unreachable */
};

/* A cumulative number, by the node's own name for it: "Udp.NoPorts". */
struct counter {
	char name[FACT_NAME_MAX];
	uint64_t value;
};

/*
 * A firewall rule that can drop, or a chain that drops what no rule accepts;
 * text is the node's own.
 */
struct fw_rule {
	char chain[FACT_NAME_MAX]; /* as the tool calls it: "inet filter in" */
	/* Where packets meet it, in lower case: "input", "output",
	 * "prerouting", ...; "" when no packet comes there. */
	char hook[FACT_NAME_MAX];
	char text[FACT_TEXT_MAX];
	char handle[FACT_NAME_MAX]; /* the tool's number for it, or "" */
	/* The command that takes it away; "" when it would be too long. */
	char undo[FACT_TEXT_MAX];
	bool counted;
	uint64_t packets;
};

/* A UDP port that somebody listens on. */
struct listener {
	uint16_t port;
	bool any_addr; /* at every address of the node */
};

/* A switch of the kernel's, by its name: "net.ipv4.icmp_echo_ignore_all". */
struct setting {
	char name[FACT_NAME_MAX];
	char value[FACT_NAME_MAX];
};

/* What was asked for and not understood. */
struct unsaid {
	unsigned have;		 /* enum facts_have that it would have been */
	char why[FACT_TEXT_MAX]; /* "sas: not found (status 127)" */
};

struct facts {
	unsigned have; /* enum facts_have */
	struct unsaid *unsaid;
	size_t n_unsaid;
	char platform[FACT_NAME_MAX]; /* "linux" */
	char release[FACT_NAME_MAX];
	struct wall clock;
	uint64_t uptime_s;
	struct link *links;
	size_t n_links;
	struct ifaddr *addrs;
	size_t n_addrs;
	struct sa *sas;
	size_t n_sas;
	struct policy *policies;
	size_t n_policies;
	struct neigh *neighs;
	size_t n_neighs;
	struct fdb_entry *fdb;
	size_t n_fdb;
	struct route *routes;
	size_t n_routes;
	struct counter *counters;
	size_t n_counters;
	struct fw_rule *fw_rules;
	size_t n_fw_rules;
	struct setting *settings;
	size_t n_settings;
	bool esp_offload; /* esp4_offload is loaded: ESP can be taken in GRO */
	/* Links on which GRO is on, by name. */
	char (*gro_links)[FACT_NAME_MAX];
	size_t n_gro_links;
	struct listener *listeners;
	size_t n_listeners;
	struct reasons drops; /* by the kernel's own words, while probes ran */
	char ike_daemon[FACT_NAME_MAX]; /* "" when none runs */
	char admin_link[FACT_NAME_MAX]; /* SmartOS's NIC_admin; or "" */
};

/* Ends everything that f owns; f itself is the caller's.  Accepts NULL. */
void facts_free(struct facts *f);

/* Why the node did not say one of these, borrowed; NULL: it was not asked, or
 * its answer did not come. */
const char *facts_why(const struct facts *f, unsigned have);
/* Borrowed, or NULL when there is none. */
const struct link *facts_link(const struct facts *f, const char *name);
const struct route *facts_route(const struct facts *f, const struct ip *dst);
/* Is the counter known?  *ret is set only then. */
bool facts_counter(const struct facts *f, const char *name, uint64_t *ret);
/* NULL when the node did not say. */
const char *facts_setting(const struct facts *f, const char *name);
bool facts_has_addr(const struct facts *f, const struct ip *ip);
/* It said so: no key daemon that we know the name of runs. */
bool facts_ike_stopped(const struct facts *f);
bool facts_gro(const struct facts *f, const char *link);
bool facts_listens(const struct facts *f, uint16_t udp_port);

#endif
