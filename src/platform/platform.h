/*
 * platform: what espy must know about an operating system, one row each: the
 * scripts that run on a node and the parsers of what they print.  Nothing else
 * in espy knows what a platform calls things.
 *
 * A script is the standard input of `sh -s` on the node: POSIX sh and the
 * platform's own tools.  It installs nothing, writes no file, and frames what
 * it prints (platform/section.h).  Keys never leave the node.
 */
#ifndef ESPY_PLATFORM_PLATFORM_H
#define ESPY_PLATFORM_PLATFORM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/addr.h"
#include "platform/mend.h"
#include "platform/op.h"

struct buf;
struct capstat;
struct config;
struct err;
struct facts;
struct logs_text;
struct pingstat;
struct reasons_ask;
struct section;
struct services;

enum {
	PLATFORM_SCRIPT_MAX = 64 * 1024,      /* a cap for a script's buf */
	PLATFORM_OUTPUT_MAX = 4 * 1024 * 1024 /* bytes a facts script prints */
};

/*
 * What can be asked of a node; the names are in section_names.  A platform
 * leaves out what it does not have.
 */
enum platform_section {
	SECTION_UNAME,
	SECTION_CLOCK,
	SECTION_COUNTERS,
	SECTION_XFRM_STAT,
	SECTION_SOFTNET,
	SECTION_MODULES,
	SECTION_IKE,
	SECTION_SAS,
	SECTION_POLICIES,
	SECTION_LINKS, /* with their addresses */
	SECTION_ROUTES,
	SECTION_NEIGHS,
	SECTION_OFFLOAD,
	SECTION_SETTINGS,
	SECTION_QDISC,
	SECTION_NFT,
	SECTION_IPTABLES,
	SECTION_SOCKETS,
	SECTION_FDB,
	/* From here on SmartOS's alone. */
	SECTION_IPF,	   /* ipfilter's rules */
	SECTION_SYSINFO,   /* what it says of itself */
	SECTION_IKE_SAS,   /* phase 1 */
	SECTION_IKE_RULES, /* what in.iked was configured with */
	SECTION_IKE_LOG,
	SECTION_MESSAGES, /* of the kernel and of daemons */
	SECTION_REASONS,  /* of drops: what reasons_script prints */
	SECTIONS
};

#define SECTION_BIT(s) (1U << (s))
/* But for reasons, which no facts_script asks for. */
#define SECTIONS_ALL \
	((SECTION_BIT(SECTIONS) - 1U) & ~SECTION_BIT(SECTION_REASONS))
/* What changes while packets flow: asked before and after the probes. */
#define SECTIONS_SNAPSHOT \
	(SECTION_BIT(SECTION_CLOCK) | SECTION_BIT(SECTION_COUNTERS) | \
	    SECTION_BIT(SECTION_XFRM_STAT) | SECTION_BIT(SECTION_SOFTNET) | \
	    SECTION_BIT(SECTION_SAS) | SECTION_BIT(SECTION_LINKS) | \
	    SECTION_BIT(SECTION_NEIGHS) | SECTION_BIT(SECTION_QDISC) | \
	    SECTION_BIT(SECTION_NFT) | SECTION_BIT(SECTION_IPTABLES))

/* "How would you reach dst?"; src not set: by an address of your choice. */
struct route_ask {
	struct ip dst, src;
};

struct facts_ask {
	const char *nonce; /* 8 to 64 letters and digits, new in each run */
	unsigned sections; /* SECTION_BIT()s */
	const struct route_ask *routes;
	size_t n_routes;
	/* Of which links settings are wanted; none: of all. */
	const char *const *links;
	size_t n_links;
	const char *fdb_link; /* NULL: the forwarding entries of all links */
};

/*
 * One capture at one link.  The script prints the capture, and nothing else, on
 * standard output, and the tool's messages on standard error; its exit status
 * is the tool's.  It ends at a line "stop" on standard input, at the end of
 * standard input, and after limit_s; within the platform's capture_end_ms then
 * nothing of it is left.  Packets that were on their way are still handed on.
 * Standard input must therefore be held open, and "stop" must not be sent
 * before the tool's first message has come.
 */
struct capture_ask {
	const char *nonce;
	const char *link;
	const char *filter; /* in the tool's language: platform's filters */
	unsigned snaplen;   /* bytes; 0: 160 */
	unsigned limit_s;   /* at least 1 */
};

enum { PLATFORM_PATTERN_BYTES = 16 };

/* One ping process: count echo requests of one size. */
struct ping_ask {
	/* Pings of one wave run at the same time; a wave begins when the one
	 * before has ended.  Sorted by the caller. */
	unsigned wave;
	struct ip dst, src; /* src not set: the node chooses */
	unsigned size;	    /* ICMP data bytes; unique within its wave */
	unsigned count;
	unsigned interval_ms; /* at least 2 */
	unsigned wait_ms;     /* for the last answer */
};

/*
 * Pings.  Prints a section "tool", for probe_has_pattern(), then one section
 * "ping.WAVE" a wave, for parse_pings().  Ends as a capture does, and
 * standard input must be held open likewise.
 */
struct probe_ask {
	const char *nonce;
	/* In each packet's data from byte 16 on, again and again. */
	uint8_t pattern[PLATFORM_PATTERN_BYTES];
	const struct ping_ask *pings;
	size_t n_pings;
	unsigned limit_s; /* at least 1 */
};

/* What to see of the outer packets between a node and its peer. */
struct underlay_filter {
	struct ip peer;
	const uint16_t *vxlan_ports;
	size_t n_ports;
};

struct platform {
	const char *name;
	const char *sysname; /* what `uname -s` prints */
	/* Captures are snoop's (RFC 1761), for capture/convert; else pcap. */
	bool snoop;
	/*
	 * Of a capture: from the tool's word that it listens to the first
	 * packet that it is sure to see; from "stop" until it has surely ended.
	 */
	unsigned capture_warm_ms, capture_end_ms;
	/* What comes so long after "stop" is surely captured, too. */
	unsigned capture_tail_ms;
	/* The least interval between two packets of one ping. */
	unsigned ping_interval_ms;
	/*
	 * The first packets to a peer without an SA are lost but for a few, so
	 * one ping alone goes ahead of the probes; 0: no use.
	 */
	bool ping_warms;
	/* Scripts; -1 when an ask makes no sense or the buf is too small. */
	int (*facts_script)(const struct facts_ask *ask, struct buf *ret,
	    struct err *e);
	int (*capture_script)(const struct capture_ask *ask, struct buf *ret,
	    struct err *e);
	int (*probe_script)(const struct probe_ask *ask, struct buf *ret,
	    struct err *e);
	/* platform/reasons.h reads what it prints. */
	int (*reasons_script)(const struct reasons_ask *ask, struct buf *ret,
	    struct err *e);
	/* Capture filters, in the tool's language. */
	int (*filter_underlay)(const struct underlay_filter *f, struct buf *ret,
	    struct err *e);
	/* ICMP and ARP (or neighbour discovery) of the two. */
	int (*filter_overlay)(const struct ip *a, const struct ip *b,
	    struct buf *ret, struct err *e);
	/*
	 * Adds to f what one section says, and sets its have bit.  -1 when the
	 * section was cut, failed on the node, or makes no sense: f then holds
	 * nothing of it.  A section that is not known is ERR_INPUT too.
	 */
	int (*parse_section)(const struct section *s, struct facts *f,
	    struct err *e);
	/* What the capture tool said on standard error; never fails. */
	void (*parse_capstat)(struct span err, struct capstat *ret);
	/* Section "tool": will the packets carry the pattern?  Not all can. */
	bool (*probe_has_pattern)(struct span tool);
	/* The text of one section "ping.WAVE"; never fails. */
	void (*parse_pings)(struct span out, struct pingstat *ret);
	/* What can be done besides: OPS rows, for op_script(). */
	const struct op_text *ops;
	/* How its logs are followed: for logs_script(). */
	const struct logs_text *logs;
	/* The section "services" of those that print it; ERR_INPUT. */
	int (*read_services)(struct span text, struct services *ret,
	    struct err *e);
	/* The section "config" of OP_CONFIG, for config_free(); ERR_INPUT. */
	int (*read_config)(struct span text, struct config *ret, struct err *e);
	/* What an operator types there. */
	const struct mend *mend;
};

/* By what `uname -s` printed (white space around it is ignored), or NULL. */
const struct platform *platform_find(struct span sysname);
/* By espy's own name for it, as run.json has it, or NULL. */
const struct platform *platform_named(const char *name);
/* What to run first: prints the answer that platform_find() wants. */
extern const char platform_hello[];

/* What became of a command, by the status that a node's shell told: "was killed
 * by signal 9", "failed, status 1". */
struct status_text {
	char s[64];
};
struct status_text platform_status_text(int status);
/* "sas", "links", ...; also the names of the run directory's files. */
const char *platform_section_name(enum platform_section s);
/* 8 to 64 letters and digits? */
bool platform_nonce_good(const char *nonce);

#endif
