/* Debug logging of IPsec on SmartOS: the kernel's, and in.iked's. */
#include "platform/illumos.h"

/*
 * The kernel tells of policy failures every ipsec_policy_log_interval
 * milliseconds at most, never when that is 0; in.iked of what the bits of its
 * level say (ikeadm(8)), of which Danube Cloud's default is 0x4.
 *
 * debug_state prints "on policy" and "on in.iked", the latter only where the
 * daemon runs; debug_set takes "on" or "off".
 */
const char illumos_debug_tools[] =
    "interval() {\n"
    "	/usr/sbin/ndd -get /dev/ip ipsec_policy_log_interval\n"
    "}\n"
    "level() {\n"
    "	/usr/sbin/ikeadm -n get debug 2>/dev/null |\n"
    "	    /usr/bin/sed -n 's/^Current debug level is "
    "\\(0x[0-9a-f]*\\).*/\\1/p'\n"
    "}\n"
    "debug_state() {\n"
    "	i=$(interval) || return\n"
    "	case $i in\n"
    "	0) echo 'off policy' ;;\n"
    "	*) echo 'on policy' ;;\n"
    "	esac\n"
    "	case $(level) in\n"
    "	'') ;;\n"
    "	0x0 | 0x4) echo 'off in.iked' ;;\n"
    "	*) echo 'on in.iked' ;;\n"
    "	esac\n"
    "}\n"
    /* set_raw INTERVAL LEVEL: the latter where in.iked runs. */
    "set_raw() {\n"
    "	/usr/sbin/ndd -set /dev/ip ipsec_policy_log_interval \"$1\" ||\n"
    "	    return\n"
    "	[ -z \"$(level)\" ] || /usr/sbin/ikeadm -n set debug \"$2\" "
    ">/dev/null\n"
    "}\n"
    "debug_set() {\n"
    "	case $1 in\n"
    "	on) word=enable raw='1 all' ;;\n"
    "	*) word=disable raw='0 0x0004' ;;\n"
    "	esac\n"
    "	script=/opt/erigones/bin/debug/ipsec_logging_$word.sh\n"
    "	if [ -x $script ]; then\n"
    "		$script\n"
    "	else\n"
    "		set_raw $raw\n"
    "	fi\n"
    "}\n";

const char illumos_debug[] = "op() {\n"
			     "	say before debug_state\n"
			     "	[ $# -eq 0 ] || say do debug_set \"$1\"\n"
			     "	say debug debug_state\n"
			     "}\n";
