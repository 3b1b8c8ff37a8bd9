#include "platform/platform.h"

#include <string.h>

#include "base/err.h"
#include "model/facts.h"
#include "platform/illumos.h"
#include "platform/linux.h"
#include "platform/parser.h"
#include "platform/section.h"

const char platform_hello[] = "uname -s\n";

static const struct platform *const platforms[] = {
	&platform_linux,
	&platform_illumos,
};

const struct platform *
platform_find(struct span sysname)
{
	sysname = span_trim(sysname);
	for (size_t i = 0; i < sizeof(platforms) / sizeof(platforms[0]); i++)
		if (span_is(sysname, platforms[i]->sysname))
			return platforms[i];
	return NULL;
}

const struct platform *
platform_named(const char *name)
{
	for (size_t i = 0; i < sizeof(platforms) / sizeof(platforms[0]); i++)
		if (strcmp(name, platforms[i]->name) == 0)
			return platforms[i];
	return NULL;
}

static const char *const section_names[SECTIONS] = {
	[SECTION_UNAME] = "uname",
	[SECTION_CLOCK] = "clock",
	[SECTION_COUNTERS] = "counters",
	[SECTION_XFRM_STAT] = "xfrm_stat",
	[SECTION_SOFTNET] = "softnet",
	[SECTION_MODULES] = "modules",
	[SECTION_IKE] = "ike",
	[SECTION_SAS] = "sas",
	[SECTION_POLICIES] = "policies",
	[SECTION_LINKS] = "links",
	[SECTION_ROUTES] = "routes",
	[SECTION_NEIGHS] = "neighs",
	[SECTION_OFFLOAD] = "offload",
	[SECTION_SETTINGS] = "settings",
	[SECTION_QDISC] = "qdisc",
	[SECTION_NFT] = "nft",
	[SECTION_IPTABLES] = "iptables",
	[SECTION_SOCKETS] = "sockets",
	[SECTION_FDB] = "fdb",
	[SECTION_IPF] = "ipf",
	[SECTION_SYSINFO] = "sysinfo",
	[SECTION_IKE_SAS] = "ike_sas",
	[SECTION_IKE_RULES] = "ike_rules",
	[SECTION_IKE_LOG] = "ike_log",
	[SECTION_MESSAGES] = "messages",
	[SECTION_DROPS] = "drops",
};

const char *
platform_section_name(enum platform_section s)
{
	return section_names[s];
}

bool
platform_nonce_good(const char *nonce)
{
	static const char good[] =
	    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t n = strspn(nonce, good);

	return nonce[n] == '\0' && n >= 8 && n <= 64;
}

int
platform_read_section(const struct section_parser *parsers, size_t n,
    const struct section *s, struct facts *f, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
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
		return 0;
	}
	return err_set(e, ERR_INPUT, "%.*s: no such section",
	    (int)(s->name.n < 64 ? s->name.n : 64), s->name.p);
}
