/* The Linux row, and which parser reads which section. */
#include "platform/linux.h"

#include <string.h>

#include "base/err.h"
#include "model/facts.h"
#include "platform/section.h"

enum { FIREWALL_HALVES = HAVE_NFT | HAVE_IPTABLES };

static const struct {
	enum platform_section section;
	unsigned have;	/* set when the parser was content */
	int max_status; /* of the command; above it has failed */
	int (*parse)(const struct section *s, struct facts *f, struct err *e);
} parsers[] = {
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
	for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++) {
		const char *name = platform_section_name(parsers[i].section);

		if (!span_is(s->name, name))
			continue;
		if (!s->whole)
			return err_set(e, ERR_INPUT, "%s: cut short", name);
		/* No tool prints NULs, and names end at them. */
		if (s->text.n > 0 && memchr(s->text.p, '\0', s->text.n) != NULL)
			return err_set(e, ERR_INPUT, "%s: not text", name);
		if (s->status > parsers[i].max_status)
			return err_set(e, ERR_INPUT,
			    "%s: the node's command failed, status %d", name,
			    s->status);
		if (parsers[i].parse(s, f, e) < 0)
			return err_wrap(e, "%s", name);
		f->have |= parsers[i].have;
		if ((f->have & FIREWALL_HALVES) == FIREWALL_HALVES)
			f->have |= HAVE_FIREWALL;
		return 0;
	}
	return err_set(e, ERR_INPUT, "%.*s: no such section",
	    (int)(s->name.n < 64 ? s->name.n : 64), s->name.p);
}

const struct platform platform_linux = {
	.name = "linux",
	.sysname = "Linux",
	.facts_script = linux_facts_script,
	.capture_script = linux_capture_script,
	.probe_script = linux_probe_script,
	.filter_underlay = linux_filter_underlay,
	.filter_overlay = linux_filter_overlay,
	.parse_section = parse_section,
	.parse_capstat = linux_parse_capstat,
	.probe_has_pattern = linux_probe_has_pattern,
	.parse_pings = linux_parse_pings,
};
