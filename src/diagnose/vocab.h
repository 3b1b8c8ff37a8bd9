/*
 * vocab: what the rules speak of, in each platform's own words: counters,
 * commands, and the few things in which the kernels themselves differ.
 *
 * Rules are written in Linux's names.  A platform that counts the same by
 * another name has a row here; one that does not count it has none, and a rule
 * that asks for it then learns nothing.
 */
#ifndef ESPY_DIAGNOSE_VOCAB_H
#define ESPY_DIAGNOSE_VOCAB_H
#include <stdbool.h>
#include <stddef.h>

/* Counters that are several on every platform. */
#define COUNT_IPSEC_DROPS "(all that IPsec drops of what arrives)"
#define COUNT_POLICY_MISMATCH "(secure, but not as the policy asks)"

/* What a person is told to type. */
enum vocab_do {
	DO_ADDR_ADD,	 /* @ip @link */
	DO_ADDR_FIND,	 /* @ip */
	DO_FDB_LOOK,	 /* @link */
	DO_FDB_SET,	 /* @mac @link @ip */
	DO_FIREWALL,	 /* its rules */
	DO_FIREWALL_OLD, /* those of an older kind */
	DO_IKE_LOG,
	DO_IKE_RULES, /* what it was configured with */
	DO_IKE_SAS,
	DO_IKE_START,
	DO_IKE_STATUS,
	DO_IKE_LOAD,	/* what it was configured with, anew */
	DO_IKE_SECRETS, /* the secrets alone */
	DO_LINK_COUNTS, /* @link */
	DO_LINK_SHOW,	/* @link */
	DO_LINK_UP,	/* @link */
	DO_NEIGH,	/* @ip */
	DO_NEIGH_DROP,	/* @ip @link */
	DO_OVERLAY,	/* @link: its port, VNI */
	DO_PATH,	/* @ip: how far packets get */
	DO_PATH_ESP,	/* @ip */
	DO_PATH_LOSS,	/* @ip */
	DO_PATH_UDP,	/* @ip @port */
	DO_PING,	/* @ip: three */
	DO_POLICY_IN,
	DO_POLICY_LOAD,
	DO_POLICY_OUT,
	DO_ROUTE,	/* @ip */
	DO_ROUTE_MATCH, /* @ip */
	DO_SA_DELETE,	/* @src @ip @spi */
	DO_ALL
};

/* What stands for the words with an @; those a command has must be there. */
struct vocab_args {
	const char *link, *ip, *src, *mac, *spi, *port;
};

enum { VOCAB_COUNTERS_MAX = 16 };

struct vocab_counter {
	const char *name;
	const char *own[VOCAB_COUNTERS_MAX];
};

struct vocab {
	const char *platform;
	/* Packets that wait for an SA, uncounted, before any is dropped. */
	unsigned acquire_queue;
	/* ARP is answered by the node itself, from the overlay's map. */
	bool arp_is_local;
	/* What was decrypted needs a policy, in transport mode, too. */
	bool secure_needs_policy;
	/* SAs have no counts of what failed: the node's have to do. */
	bool sas_uncounted;
	const char
	    *firewall; /* its text of the run; NULL: by the rule's kind */
	const struct vocab_counter *counters; /* ended by an empty one */
	bool names_are_own; /* a name without a row is the platform's own */
	const char *const *commands; /* by enum vocab_do; NULL: it has none */
};

/* The row; Linux's for what is not known. */
const struct vocab *vocab_of(const char *platform);

/* The platform's counters whose sum is the one that rules call name: how many,
 * 0 when it has none.  The name is kept. */
size_t vocab_counters(const struct vocab *v, const char *name,
    const char *ret[VOCAB_COUNTERS_MAX]);

/*
 * The command, its words filled in, in out, which is size bytes.  False when
 * the platform has none, or when it does not fit.
 */
bool vocab_command(const struct vocab *v, enum vocab_do what,
    const struct vocab_args *args, char *out, size_t size);

#endif
