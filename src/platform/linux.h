/* linux: the pieces of the Linux row; only src/platform/ includes this. */
#ifndef ESPY_PLATFORM_LINUX_H
#define ESPY_PLATFORM_LINUX_H
#include "platform/platform.h"

extern const struct platform platform_linux;

/* linux_ops.c */
extern const struct op_text linux_ops[OPS];
/* linux_logs.c */
extern const struct logs_text linux_logs;
/* linux_config.c */
extern const char linux_config[];
extern const char linux_sa_keys[]; /* sa_keys.c */
/* linux_mend.c */
extern const struct mend linux_mend;
/* linux_services.c */
extern const char linux_services_tools[];
/* linux_debug.c */
extern const char linux_debug_tools[], linux_debug[];
extern const char linux_flush[]; /* linux_flush.c */
extern const char linux_services[], linux_services_do[];
int linux_read_services(struct span text, struct services *ret, struct err *e);

/* linux_facts.c, linux_watch.c: members of struct platform. */
int linux_facts_script(const struct facts_ask *ask, struct buf *ret,
    struct err *e);
int linux_capture_script(const struct capture_ask *ask, struct buf *ret,
    struct err *e);
int linux_reasons_script(const struct reasons_ask *ask, struct buf *ret,
    struct err *e); /* linux_reasons.c */
int linux_probe_script(const struct probe_ask *ask, struct buf *ret,
    struct err *e);

/* linux_filter.c */
int linux_filter_underlay(const struct underlay_filter *f, struct buf *ret,
    struct err *e);
int linux_filter_overlay(const struct ip *a, const struct ip *b,
    struct buf *ret, struct err *e);

/*
 * Parsers of sections: members of a table in linux.c, which has made sure that
 * the section is whole.  What they set replaces what was there; on failure f is
 * untouched.
 */
int linux_parse_sas(const struct section *s, struct facts *f, struct err *e);
int linux_parse_policies(const struct section *s, struct facts *f,
    struct err *e);
/* linux_links.c */
int linux_parse_links(const struct section *s, struct facts *f, struct err *e);
/* linux_net.c */
int linux_parse_neighs(const struct section *s, struct facts *f, struct err *e);
int linux_parse_fdb(const struct section *s, struct facts *f, struct err *e);
int linux_parse_qdisc(const struct section *s, struct facts *f, struct err *e);
/* linux_proc.c */
int linux_parse_counters(const struct section *s, struct facts *f,
    struct err *e);
int linux_parse_xfrm_stat(const struct section *s, struct facts *f,
    struct err *e);
int linux_parse_softnet(const struct section *s, struct facts *f,
    struct err *e);
int linux_parse_sockets(const struct section *s, struct facts *f,
    struct err *e);
int linux_parse_settings(const struct section *s, struct facts *f,
    struct err *e);
int linux_parse_modules(const struct section *s, struct facts *f,
    struct err *e);
/* linux_text.c */
int linux_parse_uname(const struct section *s, struct facts *f, struct err *e);
int linux_parse_clock(const struct section *s, struct facts *f, struct err *e);
int linux_parse_ike(const struct section *s, struct facts *f, struct err *e);
int linux_parse_routes(const struct section *s, struct facts *f, struct err *e);
int linux_parse_offload(const struct section *s, struct facts *f,
    struct err *e);
/* linux_nft.c, linux_iptables.c: they add to the rules that are there. */
int linux_parse_nft(const struct section *s, struct facts *f, struct err *e);
int linux_parse_iptables(const struct section *s, struct facts *f,
    struct err *e);

/* linux_tools.c */
void linux_parse_capstat(struct span err, struct capstat *ret);
bool linux_probe_has_pattern(struct span tool);
void linux_parse_pings(struct span out, struct pingstat *ret);

#endif
