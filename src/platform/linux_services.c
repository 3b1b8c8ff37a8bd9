/*
 * IPsec's services on Linux: the IKE daemon's unit, by systemd where it runs
 * the node and by /etc/init.d elsewhere, the daemon itself, and the policies
 * that the kernel holds.
 */
#include "platform/linux.h"
#include "platform/services.h"

/*
 * strongSwan (its units differ by distribution), Libreswan, racoon.  A unit
 * that is not there is not printed.  A daemon that nobody's unit started is
 * printed as a process.
 */
const char linux_services_tools[] =
    "names='strongswan strongswan-swanctl strongswan-starter ipsec "
    "racoon'\n"
    "by_systemd() { [ -d /run/systemd/system ]; }\n"
    "unit_state() {\n"
    "	if by_systemd; then\n"
    "		systemctl show -p LoadState -p ActiveState \"$1\" |\n"
    "		    awk -F= '$1 == \"LoadState\" { load = $2 }\n"
    "			$1 == \"ActiveState\" { state = $2 }\n"
    "			END { if (load == \"loaded\") print state }'\n"
    "	elif [ -x \"/etc/init.d/$1\" ]; then\n"
    "		if \"/etc/init.d/$1\" status >/dev/null 2>&1; then\n"
    "			echo active\n"
    "		else\n"
    "			echo inactive\n"
    "		fi\n"
    "	fi\n"
    "}\n"
    "list() {\n"
    "	for u in $names; do\n"
    "		state=$(unit_state \"$u\")\n"
    "		[ -z \"$state\" ] || echo \"$state $u\"\n"
    "	done\n"
    "	grep -hsE '^(charon|charon-systemd|charon-nm|pluto|racoon|"
    "iked)$' /proc/[0-9]*/comm |\n"
    "	    sort -u | sed 's/.*/process &/'\n"
    "	if [ -e /proc/net/xfrm_stat ]; then\n"
    "		n=$(ip xfrm policy list | grep -c '^src ')\n"
    "		if [ \"$n\" -gt 0 ]; then\n"
    "			echo \"loaded policies\"\n"
    "		else\n"
    "			echo \"none policies\"\n"
    "		fi\n"
    "	fi\n"
    "}\n";

const char linux_services[] = "op() { say services list; }\n";

/*
 * Only units that run, or that systemd would start, are restarted; a node with
 * none says so.
 */
const char linux_services_do[] =
    "control() {\n"
    "	if by_systemd; then\n"
    "		systemctl \"$2\" \"$1\"\n"
    "	else\n"
    "		\"/etc/init.d/$1\" \"$2\"\n"
    "	fi\n"
    "}\n"
    "wanted() {\n"
    "	state=$(unit_state \"$1\")\n"
    "	case $state in\n"
    "	'') return 1 ;;\n"
    "	active | activating | reloading | failed) return 0 ;;\n"
    "	esac\n"
    "	! by_systemd || systemctl -q is-enabled \"$1\"\n"
    "}\n"
    "each() {\n"
    "	st=0 found=\n"
    "	for u in $names; do\n"
    "		wanted \"$u\" || continue\n"
    "		found=1\n"
    "		control \"$u\" \"$1\" || st=$?\n"
    "	done\n"
    "	[ -n \"$found\" ] && return $st\n"
    "	echo 'no unit of an IKE daemon is there'\n"
    "	return 1\n"
    "}\n"
    "restart() { each restart; }\n"
    /* strongSwan's configuration and secrets are read by swanctl. */
    "refresh() {\n"
    "	if [ -d /etc/swanctl ] && command -v swanctl >/dev/null &&\n"
    "	    swanctl --stats >/dev/null 2>&1; then\n"
    "		swanctl --load-all --noprompt\n"
    "	else\n"
    "		each reload\n"
    "	fi\n"
    "}\n"
    "clear() {\n"
    "	by_systemd || return 0\n"
    "	for u in $names; do\n"
    "		[ \"$(unit_state \"$u\")\" != failed ] ||\n"
    "		    systemctl reset-failed \"$u\"\n"
    "	done\n"
    "}\n"
    "op() {\n"
    "	say do \"$1\"\n"
    "	say services list\n"
    "}\n";

int
linux_read_services(struct span text, struct services *ret, struct err *e)
{
	static const struct service_word words[] = {
		{ "active", SERVICE_RUNS },
		{ "process", SERVICE_RUNS },
		{ "loaded", SERVICE_RUNS },
		{ "inactive", SERVICE_STOPPED },
		{ "none", SERVICE_STOPPED },
		{ "activating", SERVICE_CHANGING },
		{ "deactivating", SERVICE_CHANGING },
		{ "reloading", SERVICE_CHANGING },
		{ "maintenance", SERVICE_BROKEN },
		{ "failed", SERVICE_BROKEN },
	};

	return services_parse(text, words, sizeof(words) / sizeof(words[0]),
	    ret, e);
}
