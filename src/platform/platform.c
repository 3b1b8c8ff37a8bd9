#include "platform/platform.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
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
	[SECTION_REASONS] = "reasons",
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

/* dash adds 128 to the signal, ksh93 256. */
struct status_text
platform_status_text(int status)
{
	struct status_text t;

	if (status == 127)
		snprintf(t.s, sizeof(t.s), "is not there (status 127)");
	else if (status > 256 && status < 256 + 64)
		snprintf(t.s, sizeof(t.s), "was killed by signal %d",
		    status - 256);
	else if (status > 128 && status < 128 + 64)
		snprintf(t.s, sizeof(t.s), "was killed by signal %d",
		    status - 128);
	else
		snprintf(t.s, sizeof(t.s), "failed, status %d", status);
	return t;
}

static int
read_section(const struct section_parser *p, const struct section *s,
    struct facts *f, struct err *e)
{
	const char *name = platform_section_name(p->section);

	if (!s->whole)
		return err_set(e, ERR_INPUT, "%s: cut short", name);
	/* No tool prints NULs, and names end at them. */
	if (s->text.n > 0 && memchr(s->text.p, '\0', s->text.n) != NULL)
		return err_set(e, ERR_INPUT, "%s: not text", name);
	if (s->status > p->max_status)
		return err_set(e, ERR_INPUT, "%s: the node's command %s", name,
		    platform_status_text(s->status).s);
	if (p->parse(s, f, e) < 0)
		return err_wrap(e, "%s", name);
	f->have |= p->have;
	return 0;
}

static void
note_unsaid(const struct section_parser *p, const char *why, struct facts *f)
{
	struct unsaid *u;

	if (p->have == 0 || f->n_unsaid == SECTIONS)
		return;
	f->unsaid =
	    xreallocarray(f->unsaid, f->n_unsaid + 1, sizeof(*f->unsaid));
	u = &f->unsaid[f->n_unsaid++];
	u->have = p->have;
	snprintf(u->why, sizeof(u->why), "%.*s", (int)sizeof(u->why) - 1, why);
}

int
platform_read_section(const struct section_parser *parsers, size_t n,
    const struct section *s, struct facts *f, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (!span_is(s->name,
			platform_section_name(parsers[i].section)))
			continue;
		if (read_section(&parsers[i], s, f, e) == 0)
			return 0;
		note_unsaid(&parsers[i], e->text, f);
		return -1;
	}
	return err_set(e, ERR_INPUT, "%.*s: no such section",
	    (int)(s->name.n < 64 ? s->name.n : 64), s->name.p);
}
