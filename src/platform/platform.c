#include "platform/platform.h"

#include <string.h>

#include "platform/illumos.h"
#include "platform/linux.h"

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
