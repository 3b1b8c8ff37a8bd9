/* A SmartOS node's logs: syslog's, and in.iked's own. */
#include "platform/illumos.h"

#include "platform/logs.h"

/*
 * tail(1) has -F since it came from FreeBSD, and its usage says so.  sh is
 * ksh93, which knows fractions of a second; date(1) there does not.
 */
static const char sources[] =
    "secrets() {\n"
    "	/usr/bin/cat /etc/inet/secret/ike.preshared \\\n"
    "	    /opt/custom/etc/ipsec/ike.preshared |\n"
    "	    /usr/bin/sed -n 's/.*key[ \t]\\{1,\\}\"*\\(0[xX]\\)*\\([^ \t\"}]*\\).*/\\2/p'\n"
    "}\n"
    "now() {\n"
    "	case ${KSH_VERSION-} in\n"
    "	*93*) printf '%(%s.%N)T' now ;;\n"
    "	*) /usr/bin/date +%s ;;\n"
    "	esac\n"
    "}\n"
    "sources() {\n"
    "	tail=\"/usr/bin/tail -n $lines -f\"\n"
    "	case $(/usr/bin/tail -Z </dev/null 2>&1) in\n"
    "	*-F*) tail=\"/usr/bin/tail -n $lines -F\" ;;\n"
    "	esac\n"
    "	file messages /var/adm/messages\n"
    "	file iked /var/log/in.iked.log\n"
    "}\n";

/*
 * The very numbers that were set.  An in.iked that has come since is as it
 * comes: its level is the default.
 */
static const char debug[] = "debug_keep() {\n"
			    "	i=$(interval) || return\n"
			    "	echo $i $(level)\n"
			    "}\n"
			    "debug_raise() {\n"
			    "	debug_set on\n"
			    "}\n"
			    "debug_back() {\n"
			    "	set_raw \"$1\" \"${2:-0x4}\"\n"
			    "}\n";

static const char apart[] = "apart() {\n"
			    "	set -m || return\n"
			    "	\"$@\" </dev/null >/dev/null 2>&1 3<&- &\n"
			    "	guardian=$!\n"
			    "	set +m\n"
			    "}\n";

const struct logs_text illumos_logs = {
	.sources = sources,
	.debug = debug,
	.apart = apart,
};
