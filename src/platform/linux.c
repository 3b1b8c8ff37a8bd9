/* The Linux row, and which parser reads which section. */
#include "platform/linux.h"

#include "model/facts.h"
#include "platform/config.h"
#include "platform/parser.h"

enum { FIREWALL_HALVES = HAVE_NFT | HAVE_IPTABLES };

static const struct section_parser parsers[] = {
	{ SECTION_UNAME, 0, 0, linux_parse_uname },
	{ SECTION_CLOCK, HAVE_CLOCK, 0, linux_parse_clock },
	{ SECTION_COUNTERS, HAVE_COUNTERS, 0, linux_parse_counters },
	{ SECTION_XFRM_STAT, HAVE_XFRM_STAT, 0, linux_parse_xfrm_stat },
	{ SECTION_SOFTNET, 0, 0, linux_parse_softnet },
	{ SECTION_MODULES, HAVE_MODULES, 0, linux_parse_modules },
	{ SECTION_IKE, HAVE_IKE, 2, linux_parse_ike },
	{ SECTION_SAS, HAVE_SAS, 0, linux_parse_sas },
	{ SECTION_POLICIES, HAVE_POLICIES, 0, linux_parse_policies },
	{ SECTION_LINKS, HAVE_LINKS | HAVE_ADDRS, 0, linux_parse_links },
	{ SECTION_ROUTES, HAVE_ROUTES, 0, linux_parse_routes },
	{ SECTION_NEIGHS, HAVE_NEIGHS, 0, linux_parse_neighs },
	{ SECTION_OFFLOAD, HAVE_OFFLOAD, 0, linux_parse_offload },
	/* grep: a file is missing where the kernel has no such switch */
	{ SECTION_SETTINGS, HAVE_SETTINGS, 2, linux_parse_settings },
	{ SECTION_QDISC, 0, 0, linux_parse_qdisc },
	{ SECTION_NFT, HAVE_NFT, 0, linux_parse_nft },
	{ SECTION_IPTABLES, HAVE_IPTABLES, 0, linux_parse_iptables },
	{ SECTION_SOCKETS, HAVE_SOCKETS, 0, linux_parse_sockets },
	{ SECTION_FDB, HAVE_FDB, 0, linux_parse_fdb },
};

static int
parse_section(const struct section *s, struct facts *f, struct err *e)
{
	if (platform_read_section(parsers, sizeof(parsers) / sizeof(parsers[0]),
		s, f, e) < 0)
		return -1;
	if ((f->have & FIREWALL_HALVES) == FIREWALL_HALVES)
		f->have |= HAVE_FIREWALL;
	return 0;
}

const struct platform platform_linux = {
	.name = "linux",
	.sysname = "Linux",
	.capture_warm_ms = 300,
	.capture_end_ms = 4000,
	.ping_interval_ms = 100,
	.facts_script = linux_facts_script,
	.capture_script = linux_capture_script,
	.probe_script = linux_probe_script,
	.reasons_script = linux_reasons_script,
	.filter_underlay = linux_filter_underlay,
	.filter_overlay = linux_filter_overlay,
	.parse_section = parse_section,
	.parse_capstat = linux_parse_capstat,
	.probe_has_pattern = linux_probe_has_pattern,
	.parse_pings = linux_parse_pings,
	.ops = linux_ops,
	.logs = &linux_logs,
	.read_services = linux_read_services,
	.read_config = config_parse,
	.mend = &linux_mend,
};
