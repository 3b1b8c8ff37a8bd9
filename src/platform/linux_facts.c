/*
 * The script that asks a Linux node for facts.  Forks are dear on small nodes,
 * so one process a section is the rule, and /proc is read by a single cat.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/quote.h"
#include "platform/linux.h"
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
    /* show FILE...: those that exist, by a single cat */
    "show() {\n"
    "	for f do\n"
    "		shift\n"
    "		[ ! -r \"$f\" ] || set -- \"$@\" \"$f\"\n"
    "	done\n"
    "	[ $# -gt 0 ] && cat \"$@\"\n"
    "}\n";

/*
 * Asking netlink for what is not in the kernel would load its module, and a
 * reading command must not change the node.  modules.builtin knows what is
 * compiled in; a kernel without /proc/modules has nothing to load.
 */
static const char modules[] =
    "read -r release </proc/sys/kernel/osrelease\n"
    "builtin=/lib/modules/$release/modules.builtin\n"
    "modules=$(grep -hsE '(^|/)(esp[46]|esp[46]_offload|xfrm_user|af_key|"
    "nf_tables|ip_tables)( |[.]ko)' /proc/modules \"$builtin\")\n"
    "nl='\n'\n"
    "in_kernel() {\n"
    "	[ -r /proc/modules ] && [ -r \"$builtin\" ] || return 0\n"
    "	case $nl$modules in\n"
    "	*\"$nl$1 \"* | *\"/$1.ko\"*) return 0 ;;\n"
    "	esac\n"
    "	return 1\n"
    "}\n"
    "list_modules() {\n"
    "	[ ! -r /proc/modules ] || echo 'read modules'\n"
    "	[ ! -r \"$builtin\" ] || echo 'read builtin'\n"
    "	[ -z \"$modules\" ] || echo \"$modules\"\n"
    "}\n";

static const char clock[] = "clock() {\n"
			    "	read -r up idle </proc/uptime\n"
			    "	echo \"$(date +%s.%N) $up\"\n"
			    "}\n";

/*
 * The list without its keys, and then without anything that could be one:
 * hex digits in a long run.  Replay bitmaps come in groups of eight.
 */
static const char sas[] =
    "sas() {\n"
    "	in_kernel xfrm_user || in_kernel af_key || return 0\n"
    "	list=$(ip -s xfrm state list nokeys)\n"
    "	st=$?\n"
    "	printf '%s\\n' \"$list\" |\n"
    "	    sed 's/[0-9a-fA-F]\\{24,\\}/removed/g'\n"
    "	return $st\n"
    "}\n";

static const char policies[] =
    "policies() {\n"
    "	in_kernel xfrm_user || in_kernel af_key || return 0\n"
    "	ip xfrm policy list nosock\n"
    "}\n";

/* A process that ends meanwhile makes grep's status 2: once more, then. */
static const char ike[] =
    "ike_once() {\n"
    "	grep -Hsx -e charon -e charon-systemd -e charon-nm -e pluto \\\n"
    "	    -e racoon -e iked -e openiked /proc/[0-9]*/comm\n"
    "}\n"
    "ike() {\n"
    "	ike_once\n"
    "	[ $? -ne 2 ] || ike_once\n"
    "}\n";

static const char route[] = "route() {\n"
			    "	echo \"? $*\"\n"
			    "	ip route get \"$@\" 2>&1\n"
			    "	echo \"= $?\"\n"
			    "}\n";

/*
 * GRO takes packets in at the hardware, whatever link is on top, so the
 * devices of hardware are asked; the links given where there are none.
 */
static const char offload[] =
    "offload() {\n"
    "	devices=\n"
    "	for d in /sys/class/net/*/device; do\n"
    "		[ -e \"$d\" ] || continue\n"
    "		d=${d%/device}\n"
    "		devices=\"$devices ${d##*/}\"\n"
    "	done\n"
    "	[ -z \"$devices\" ] || set -- $devices\n"
    "	rc=0 left=16\n"
    "	for d do\n"
    "		[ -e \"/sys/class/net/$d\" ] && [ $left -gt 0 ] || continue\n"
    "		left=$((left - 1))\n"
    "		echo \"? $d\"\n"
    "		ethtool -k \"$d\" || rc=$?\n"
    "	done\n"
    "	return $rc\n"
    "}\n";

/* Rules of the old iptables stay out of nft's sight, and the other way. */
static const char firewall[] =
    "nft_rules() {\n"
    "	in_kernel nf_tables || return 0\n"
    "	nft -jt list ruleset || nft -j list ruleset\n"
    "}\n"
    "old_rules() {\n"
    "	names=/proc/net/ip_tables_names\n"
    "	if [ -r $names ] && read -r table <$names; then\n"
    "		iptables-legacy-save -c || iptables-save -c\n"
    "	elif ! command -v nft >/dev/null && in_kernel nf_tables; then\n"
    "		iptables-save -c\n"
    "	fi\n"
    "}\n";

static void
put_settings(const struct facts_ask *ask, struct buf *b)
{
	static const char *const of_link[] = { "rp_filter", "forwarding",
		"arp_ignore", "accept_local", "disable_xfrm",
		"disable_policy" };
	static const char conf[] = "/proc/sys/net/ipv4/conf/";

	buf_puts(b,
	    "say settings grep -Hs . /proc/sys/net/ipv4/ip_forward \\\n"
	    "    /proc/sys/net/ipv4/icmp_echo_ignore_all \\\n"
	    "    /proc/sys/net/ipv4/ip_no_pmtu_disc \\\n"
	    "    /proc/sys/net/ipv6/icmp/echo_ignore_all \\\n"
	    "    /proc/sys/net/core/xfrm_acq_expires");
	for (size_t i = 0; i < sizeof(of_link) / sizeof(of_link[0]); i++) {
		if (ask->n_links == 0) {
			buf_printf(b, " \\\n    %s*/%s", conf, of_link[i]);
			continue;
		}
		buf_printf(b, " \\\n    %sall/%s", conf, of_link[i]);
		for (size_t l = 0; l < ask->n_links; l++) {
			buf_printf(b, " %s", conf);
			quote_word(b, ask->links[l]);
			buf_printf(b, "/%s", of_link[i]);
		}
	}
	buf_puts(b, "\n");
}

static void
put_offload(const struct facts_ask *ask, struct buf *b)
{
	buf_puts(b, "say offload offload");
	for (size_t i = 0; i < ask->n_links; i++)
		script_word(b, ask->links[i]);
	buf_puts(b, "\n");
}

static void
put_routes(const struct facts_ask *ask, struct buf *b)
{
	buf_puts(b, "begin routes\n");
	for (size_t i = 0; i < ask->n_routes; i++) {
		buf_puts(b, "route");
		script_ip(b, &ask->routes[i].dst);
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
	buf_puts(b, "say fdb bridge -j fdb show");
	if (ask->fdb_link != NULL) {
		buf_puts(b, " dev");
		script_word(b, ask->fdb_link);
	}
	buf_puts(b, "\n");
}

/*
 * In the order of enum platform_section: what can grow without end is last.
 * What is not here, Linux does not have.
 */
static const struct {
	const char *define; /* functions, before all calls */
	const char *call;
	void (*put)(const struct facts_ask *ask, struct buf *b);
} parts[SECTIONS] = {
	[SECTION_UNAME] = { NULL, "say uname uname -srm\n", NULL },
	[SECTION_CLOCK] = { clock, "say clock clock\n", NULL },
	[SECTION_COUNTERS] = { NULL,
	    "say counters show /proc/net/snmp /proc/net/netstat "
	    "/proc/net/snmp6\n",
	    NULL },
	[SECTION_XFRM_STAT] = { NULL, "say xfrm_stat cat /proc/net/xfrm_stat\n",
	    NULL },
	[SECTION_SOFTNET] = { NULL, "say softnet cat /proc/net/softnet_stat\n",
	    NULL },
	[SECTION_MODULES] = { NULL, "say modules list_modules\n", NULL },
	[SECTION_IKE] = { ike, "say ike ike\n", NULL },
	[SECTION_SAS] = { sas, "say sas sas\n", NULL },
	[SECTION_POLICIES] = { policies, "say policies policies\n", NULL },
	[SECTION_LINKS] = { NULL, "say links ip -d -s -j addr\n", NULL },
	[SECTION_ROUTES] = { route, NULL, put_routes },
	[SECTION_NEIGHS] = { NULL, "say neighs ip -j neigh\n", NULL },
	[SECTION_OFFLOAD] = { offload, NULL, put_offload },
	[SECTION_SETTINGS] = { NULL, NULL, put_settings },
	[SECTION_QDISC] = { NULL, "say qdisc tc -s -j qdisc show\n", NULL },
	[SECTION_NFT] = { firewall, "say nft nft_rules\n", NULL },
	[SECTION_IPTABLES] = { firewall, "say iptables old_rules\n", NULL },
	[SECTION_SOCKETS] = { NULL,
	    "say sockets show /proc/net/udp /proc/net/udp6\n", NULL },
	[SECTION_FDB] = { NULL, NULL, put_fdb },
};

static void
put_definitions(unsigned sections, struct buf *b)
{
	const char *last = NULL;

	buf_puts(b, tools);
	buf_puts(b, modules);
	for (size_t i = 0; i < SECTIONS; i++) {
		if ((sections & SECTION_BIT(i)) == 0)
			continue;
		if (parts[i].define != NULL && parts[i].define != last)
			buf_puts(b, parts[i].define);
		last = parts[i].define;
	}
}

int
linux_facts_script(const struct facts_ask *ask, struct buf *ret, struct err *e)
{
	if (script_head(ret, ask->nonce, e) < 0)
		return -1;
	put_definitions(ask->sections, ret);
	buf_puts(ret, "main() {\n");
	for (size_t i = 0; i < SECTIONS; i++) {
		if ((ask->sections & SECTION_BIT(i)) == 0)
			continue;
		if (parts[i].call != NULL)
			buf_puts(ret, parts[i].call);
		else if (parts[i].put != NULL)
			parts[i].put(ask, ret);
	}
	/* Nothing may read the rest of the script, or print without end. */
	buf_printf(ret, ":\n}\nmain </dev/null | head -c %d\nexit\n",
	    PLATFORM_OUTPUT_MAX);
	return script_done(ret, "facts", e);
}
