/* Debug logging of IPsec on Linux: strongSwan's. */
#include "platform/linux.h"

/*
 * One file of ours in strongswan.d raises the level of every logger that is
 * configured, and goes away again; nothing of the node's is rewritten.  Level 2
 * tells each step; 3 would add dumps of packets, 4 keys.  At level 2 enc tells
 * of every field that it parses.  What strongswan.conf says behind its include
 * of the directory would win over our file.
 *
 * debug_state prints "on charon"; debug_set takes "on" or "off".
 */
const char linux_debug_tools[] =
    "conf=/etc/strongswan.conf dir=/etc/strongswan.d\n"
    "drop=$dir/zz-espy-debug.conf\n"
    "include='^[[:space:]]*include[[:space:]]+(/etc/)?strongswan[.]d/[*][.]conf'"
    "\n"
    "debug_state() {\n"
    "	if [ -e $drop ]; then\n"
    "		echo 'on charon'\n"
    "	else\n"
    "		echo 'off charon'\n"
    "	fi\n"
    "}\n"
    /* "charon filelog LOGGER" for each; sections are NAME { ... }. */
    "loggers() {\n"
    "	cat $conf $dir/*.conf 2>/dev/null | awk '{\n"
    "		sub(/#.*/, \"\")\n"
    "		gsub(/[{}]/, \" & \")\n"
    "		for (i = 1; i <= NF; i++) {\n"
    "			if ($i == \"}\") {\n"
    "				depth--\n"
    "			} else if ($i == \"{\") {\n"
    "				at[++depth] = name\n"
    "				if (depth == 3 && at[2] ~ "
    "/^(filelog|syslog)$/)\n"
    "					print at[1], at[2], at[3]\n"
    "			} else {\n"
    "				name = $i\n"
    "			}\n"
    "		}\n"
    "	}'\n"
    "}\n"
    /* A value goes to the end of its line. */
    "raised() {\n"
    "	{\n"
    "		echo 'charon-systemd journal'\n"
    "		echo 'charon syslog daemon'\n"
    "		loggers\n"
    "	} | while read -r daemon kind name; do\n"
    "		echo \"$daemon { $kind { ${name:+$name {}\"\n"
    "		printf 'default = 2\\nenc = 1\\n'\n"
    "		echo \"${name:+\\}} } }\"\n"
    "	done\n"
    "}\n"
    "debug_set() {\n"
    "	if ! swanctl --stats >/dev/null 2>&1; then\n"
    "		echo 'no strongSwan that swanctl reaches'\n"
    "		return 1\n"
    "	fi\n"
    "	if [ \"$1\" = off ]; then\n"
    "		rm -f $drop\n"
    "	elif ! grep -Eqs \"$include\" $conf; then\n"
    "		echo \"$conf does not include strongswan.d/*.conf\"\n"
    "		return 1\n"
    "	elif awk -v include=\"$include\" 'after { print }\n"
    "	    $0 ~ include { after = 1 }' $conf |\n"
    "	    grep -Eq 'filelog|syslog|journal'; then\n"
    "		echo \"$conf sets loggers behind its include\"\n"
    "		return 1\n"
    "	else\n"
    "		text=$(raised)\n"
    "		printf '%s\\n' \"$text\" >$drop || return\n"
    "	fi\n"
    "	swanctl --reload-settings >/dev/null 2>&1 && return\n"
    "	echo 'swanctl --reload-settings failed'\n"
    "	return 1\n"
    "}\n";

const char linux_debug[] = "op() {\n"
			   "	say before debug_state\n"
			   "	[ $# -eq 0 ] || say do debug_set \"$1\"\n"
			   "	say debug debug_state\n"
			   "}\n";
