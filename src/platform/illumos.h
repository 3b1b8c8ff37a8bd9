/* illumos: the pieces of the SmartOS row; only src/platform/ includes this. */
#ifndef ESPY_PLATFORM_ILLUMOS_H
#define ESPY_PLATFORM_ILLUMOS_H
#include "platform/platform.h"

extern const struct platform platform_illumos;

/* illumos_ops.c */
extern const struct op_text illumos_ops[OPS];
/* $awk: one that knows functions, which /usr/bin/awk may not. */
#define ILLUMOS_AWK \
	"awk=/usr/bin/nawk\n" \
	"[ -x $awk ] || awk=/usr/bin/awk\n"
/* illumos_logs.c */
extern const struct logs_text illumos_logs;
/* illumos_config.c */
extern const char illumos_config[];
extern const char illumos_sa_keys[]; /* sa_keys.c */
/* illumos_mend.c */
extern const struct mend illumos_mend;
/* illumos_services.c */
/* illumos_debug.c */
extern const char illumos_debug_tools[], illumos_debug[];
extern const char illumos_flush[]; /* illumos_flush.c */
extern const char illumos_services[], illumos_services_do[];
int illumos_read_services(struct span text, struct services *ret,
    struct err *e);

/* illumos_facts.c, illumos_watch.c: members of struct platform. */
int illumos_facts_script(const struct facts_ask *ask, struct buf *ret,
    struct err *e);
int illumos_capture_script(const struct capture_ask *ask, struct buf *ret,
    struct err *e);
int illumos_reasons_script(const struct reasons_ask *ask, struct buf *ret,
    struct err *e); /* illumos_reasons.c */
int illumos_probe_script(const struct probe_ask *ask, struct buf *ret,
    struct err *e);

/* illumos_filter.c */
int illumos_filter_underlay(const struct underlay_filter *f, struct buf *ret,
    struct err *e);
int illumos_filter_overlay(const struct ip *a, const struct ip *b,
    struct buf *ret, struct err *e);

/*
 * Parsers of sections: members of a table in illumos.c, which has made sure
 * that the section is whole.  What they set replaces what was there; on failure
 * f is untouched.
 */
int illumos_parse_sas(const struct section *s, struct facts *f, struct err *e);
/* illumos_ipf.c */
int illumos_parse_ipf(const struct section *s, struct facts *f, struct err *e);
/* illumos_policy.c */
int illumos_parse_policies(const struct section *s, struct facts *f,
    struct err *e);
/* illumos_links.c */
int illumos_parse_links(const struct section *s, struct facts *f,
    struct err *e);
int illumos_parse_fdb(const struct section *s, struct facts *f, struct err *e);
/* illumos_kstat.c */
int illumos_parse_counters(const struct section *s, struct facts *f,
    struct err *e);
int illumos_parse_ipsec_stat(const struct section *s, struct facts *f,
    struct err *e);
/* illumos_text.c */
int illumos_parse_uname(const struct section *s, struct facts *f,
    struct err *e);
int illumos_parse_clock(const struct section *s, struct facts *f,
    struct err *e);
int illumos_parse_sysinfo(const struct section *s, struct facts *f,
    struct err *e);
int illumos_parse_services(const struct section *s, struct facts *f,
    struct err *e);
/* illumos_net.c */
int illumos_parse_routes(const struct section *s, struct facts *f,
    struct err *e);
int illumos_parse_neighs(const struct section *s, struct facts *f,
    struct err *e);

/* illumos_reasons.c */
int illumos_parse_drops(const struct section *s, struct facts *f,
    struct err *e);

/* illumos_tools.c */
void illumos_parse_capstat(struct span err, struct capstat *ret);
bool illumos_probe_has_pattern(struct span tool);
void illumos_parse_pings(struct span out, struct pingstat *ret);

#endif
