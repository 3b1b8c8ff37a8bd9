/* The illumos (SmartOS) row, and which parser reads which section. */
#include "platform/illumos.h"

#include "model/facts.h"
#include "platform/config.h"
#include "platform/parser.h"

/* Evidence for people: it is kept as it is, and nothing is concluded. */
static int
keep(const struct section *s, struct facts *f, struct err *e)
{
	(void)s, (void)f, (void)e;
	return 0;
}

static const struct section_parser parsers[] = {
	{ SECTION_UNAME, 0, 0, illumos_parse_uname },
	{ SECTION_CLOCK, HAVE_CLOCK, 0, illumos_parse_clock },
	{ SECTION_COUNTERS, HAVE_COUNTERS, 0, illumos_parse_counters },
	{ SECTION_XFRM_STAT, HAVE_XFRM_STAT, 0, illumos_parse_ipsec_stat },
	/* svcs: a service is not there, the others are printed */
	{ SECTION_IKE, HAVE_IKE, 1, illumos_parse_services },
	{ SECTION_SAS, HAVE_SAS, 0, illumos_parse_sas },
	{ SECTION_POLICIES, HAVE_POLICIES, 0, illumos_parse_policies },
	{ SECTION_LINKS, HAVE_LINKS | HAVE_ADDRS, 0, illumos_parse_links },
	{ SECTION_ROUTES, HAVE_ROUTES, 0, illumos_parse_routes },
	{ SECTION_NEIGHS, HAVE_NEIGHS, 0, illumos_parse_neighs },
	{ SECTION_FDB, HAVE_FDB, 0, illumos_parse_fdb },
	{ SECTION_IPF, HAVE_FIREWALL, 0, illumos_parse_ipf },
	{ SECTION_SYSINFO, 0, 0, illumos_parse_sysinfo },
	{ SECTION_IKE_SAS, 0, 0, keep },
	{ SECTION_IKE_RULES, 0, 0, keep },
	{ SECTION_IKE_LOG, 0, 0, keep },
	{ SECTION_MESSAGES, 0, 0, keep },
	{ SECTION_REASONS, HAVE_DROPS, 0, illumos_parse_drops },
};

static int
parse_section(const struct section *s, struct facts *f, struct err *e)
{
	return platform_read_section(parsers,
	    sizeof(parsers) / sizeof(parsers[0]), s, f, e);
}

const struct platform platform_illumos = {
	.name = "illumos",
	.sysname = "SunOS",
	.snoop = true,
	/* snoop speaks before its filter and buffer are set. */
	.capture_warm_ms = 500,
	/* Two seconds of waiting for bufmod, then its signals. */
	.capture_end_ms = 6000,
	/* Of those two, bufmod may keep the last one's packets. */
	.capture_tail_ms = 1000,
	.ping_interval_ms = 1000,
	/* Four packets wait for an SA (sadb_acquire_toofull). */
	.ping_warms = true,
	.facts_script = illumos_facts_script,
	.capture_script = illumos_capture_script,
	.probe_script = illumos_probe_script,
	.reasons_script = illumos_reasons_script,
	.filter_underlay = illumos_filter_underlay,
	.filter_overlay = illumos_filter_overlay,
	.parse_section = parse_section,
	.parse_capstat = illumos_parse_capstat,
	.probe_has_pattern = illumos_probe_has_pattern,
	.parse_pings = illumos_parse_pings,
	.ops = illumos_ops,
	.logs = &illumos_logs,
	.read_services = illumos_read_services,
	.read_config = config_parse,
	.mend = &illumos_mend,
};
