/*
 * The script that asks a SmartOS node for facts.  Tools by their full paths:
 * what PATH a session gets there is not known, and pkgsrc has tools of the same
 * names that print other things.  The output's cap is the reader's: head(1) of
 * old releases counts lines only.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "platform/illumos.h"
#include "platform/script.h"

static const char tools[] =
    /* say NAME COMMAND...: a section */
    "say() {\n"
    "	name=$1\n"
    "	shift\n"
    "	begin \"$name\"\n"
    "	\"$@\"\n"
    "	end \"$name\" \"$?\"\n"
    "}\n"
    /* part NAME COMMAND...: one of several answers within a section */
    "part() {\n"
    "	echo \"? $1\"\n"
    "	shift\n"
    "	\"$@\"\n"
    "	echo \"= $?\"\n"
    "}\n";

/* Seconds are all that every date(1) there can say. */
static const char clock[] =
    "clock() {\n"
    "	/usr/bin/date -u '+%Y-%m-%dT%H:%M:%SZ' &&\n"
    "	    /usr/bin/kstat -p unix:0:system_misc:boot_time\n"
    "}\n";

/*
 * -p masks the keys; sed takes away what stands where a key would, and all that
 * is as long as one.  PF_KEY loses answers when its socket is full, so a long
 * list is asked for twice, and each SA counts that came once.
 */
static const char sas[] =
    "dump() {\n"
    "	list=$(/usr/sbin/ipseckey -np dump esp)\n"
    "	st=$?\n"
    "	printf '%s\\n' \"$list\" | /usr/bin/sed \\\n"
    "	    -e 's/^\\([AE]KY:\\).*\\(\\/[0-9][0-9+]*\\).*$/\\1 removed\\2/' \\\n"
    "	    -e 's/[0-9a-fA-FX]\\{24,\\}/removed/g'\n"
    "	return $st\n"
    "}\n"
    "sas() {\n"
    "	dump || return $st\n"
    "	[ ${#list} -lt 65536 ] || dump\n"
    "}\n";

static const char links[] =
    "links() {\n"
    "	part link /usr/sbin/dladm show-link -p -o link,class,mtu,state,over\n"
    "	part vnic /usr/sbin/dladm show-vnic -p \\\n"
    "	    -o link,over,macaddress,vid,zone\n"
    "	part overlay /usr/sbin/dladm show-overlay -p "
    "-o link,property,value\n"
    "	part addr /usr/sbin/ipadm show-addr -p -o addrobj,type,state,addr\n"
    "	part kstat /usr/bin/kstat -p link:0::ipackets64 link:0::opackets64 \\\n"
    "	    link:0::ierrors link:0::oerrors link:0::norcvbuf "
    "link:0::noxmtbuf\n"
    "}\n";

static const char fdb[] =
    "fdb() {\n"
    "	part vnic /usr/sbin/dladm show-vnic -p \\\n"
    "	    -o link,over,macaddress,vid,zone\n"
    "	part target /usr/sbin/dladm show-overlay -t -p \\\n"
    "	    -o link,target,destination \"$@\"\n"
    "}\n";

/* -p masks keys; no line of one leaves the node in any case. */
static const char ike[] =
    "ike_dump() {\n"
    "	list=$(/usr/sbin/ikeadm -np dump $1)\n"
    "	st=$?\n"
    "	printf '%s\\n' \"$list\" | /usr/bin/sed -e '/^ *KEY:/d' \\\n"
    "	    -e 's/[0-9a-fA-FX]\\{24,\\}/removed/g'\n"
    "	return $st\n"
    "}\n";

/* The end of a log, for people; with debugging on, it may hold anything. */
static const char log_tail[] =
    "log_tail() {\n"
    "	/usr/bin/tail -100 \"$1\" | /usr/bin/sed \\\n"
    "	    -e 's/[0-9a-fA-FX]\\{24,\\}/removed/g'\n"
    "}\n";

static const char route[] = "route() {\n"
			    "	echo \"? $*\"\n"
			    "	/usr/sbin/route -n get \"$1\" 2>&1\n"
			    "	echo \"= $?\"\n"
			    "}\n";

static void
put_routes(const struct facts_ask *ask, struct buf *b)
{
	buf_puts(b, "begin routes\n");
	for (size_t i = 0; i < ask->n_routes; i++) {
		buf_puts(b, "route");
		script_ip(b, &ask->routes[i].dst);
		/* Only noted: route(1M) cannot be told a source. */
		if (ip_is_set(&ask->routes[i].src)) {
			buf_puts(b, " from");
			script_ip(b, &ask->routes[i].src);
		}
		buf_puts(b, "\n");
	}
	buf_puts(b, "end routes 0\n");
}

static void
put_fdb(const struct facts_ask *ask, struct buf *b)
{
	buf_puts(b, "say fdb fdb");
	if (ask->fdb_link != NULL)
		script_word(b, ask->fdb_link);
	buf_puts(b, "\n");
}

/* In the order of enum platform_section; what is not here, illumos lacks. */
static const struct {
	const char *define; /* functions, before all calls */
	const char *call;
	void (*put)(const struct facts_ask *ask, struct buf *b);
} parts[SECTIONS] = {
	[SECTION_UNAME] = { NULL, "say uname /usr/bin/uname -srv\n", NULL },
	[SECTION_CLOCK] = { clock, "say clock clock\n", NULL },
	[SECTION_COUNTERS] = { NULL,
	    "say counters /usr/bin/kstat -p ip:0:ip ip:0:icmp udp:0:udp\n",
	    NULL },
	[SECTION_XFRM_STAT] = { NULL,
	    "say xfrm_stat /usr/bin/kstat -p ip:0:ipdrop ip:0:ipsec_stat "
	    "ipsecesp:0:esp_stat\n",
	    NULL },
	[SECTION_IKE] = { NULL,
	    "say ike /usr/bin/svcs -Ho state,fmri "
	    "svc:/network/ipsec/ipsecalgs:default \\\n"
	    "    svc:/network/ipsec/policy:default "
	    "svc:/network/ipsec/ike:default\n",
	    NULL },
	[SECTION_SAS] = { sas, "say sas sas\n", NULL },
	[SECTION_POLICIES] = { NULL, "say policies /usr/sbin/ipsecconf -ln\n",
	    NULL },
	[SECTION_LINKS] = { links, "say links links\n", NULL },
	[SECTION_ROUTES] = { route, NULL, put_routes },
	[SECTION_NEIGHS] = { NULL, "say neighs /usr/sbin/arp -an\n", NULL },
	[SECTION_FDB] = { fdb, NULL, put_fdb },
	[SECTION_IPF] = { NULL, "say ipf /usr/sbin/ipfstat -hio\n", NULL },
	[SECTION_IKE_SAS] = { ike, "say ike_sas ike_dump p1\n", NULL },
	[SECTION_IKE_RULES] = { ike, "say ike_rules ike_dump rule\n", NULL },
	[SECTION_IKE_LOG] = { log_tail,
	    "say ike_log log_tail /var/log/in.iked.log\n", NULL },
	[SECTION_MESSAGES] = { log_tail,
	    "say messages log_tail /var/adm/messages\n", NULL },
	[SECTION_SYSINFO] = { NULL, "say sysinfo /usr/bin/sysinfo -p\n", NULL },
};

int
illumos_facts_script(const struct facts_ask *ask, struct buf *ret,
    struct err *e)
{
	if (script_head(ret, ask->nonce, e) < 0)
		return -1;
	buf_puts(ret, tools);
	for (size_t i = 0; i < SECTIONS; i++)
		if ((ask->sections & SECTION_BIT(i)) != 0 &&
		    parts[i].define != NULL)
			buf_puts(ret, parts[i].define);
	buf_puts(ret, "main() {\n");
	for (size_t i = 0; i < SECTIONS; i++) {
		if ((ask->sections & SECTION_BIT(i)) == 0)
			continue;
		if (parts[i].call != NULL)
			buf_puts(ret, parts[i].call);
		else if (parts[i].put != NULL)
			parts[i].put(ask, ret);
	}
	/* Nothing may read the rest of the script. */
	buf_puts(ret, ":\n}\nmain </dev/null\nexit\n");
	return script_done(ret, "facts", e);
}
