/* Flushing the SADB of a Linux node. */
#include "platform/linux.h"

/*
 * The kernel's SADB is the key daemon's, which would go on believing in SAs
 * that are gone, and strongSwan then refuses new ones as duplicates.  So the
 * daemon is asked first, and what it leaves is taken away from the kernel.
 * Words: none, or the two addresses of a pair.
 *
 * swanctl --list-sas: "NAME: #5, ESTABLISHED, ..." and, behind it, "  remote
 * 'ID' @ 198.51.100.13[4500]".
 */
const char linux_flush[] =
    "ids() {\n"
    "	swanctl --list-sas | awk -v peer=\"$1\" '\n"
    "	/^[^ ].*: #[0-9]+,/ {\n"
    "		id = $0\n"
    "		sub(/.*: #/, \"\", id)\n"
    "		sub(/,.*/, \"\", id)\n"
    "	}\n"
    "	/^  remote / {\n"
    "		at = $0\n"
    "		sub(/.* @ /, \"\", at)\n"
    "		sub(/\\[.*/, \"\", at)\n"
    "		if (peer == \"\" || at == peer)\n"
    "			print id\n"
    "	}'\n"
    "}\n"
    /* A peer that does not answer may not keep us: the SA goes anyway. */
    "terminate() {\n"
    "	for id in $(ids \"$1\"); do\n"
    "		swanctl --terminate --ike-id \"$id\" --force --timeout 3 "
    ">/dev/null 2>&1 &\n"
    "	done\n"
    "	wait\n"
    "}\n"
    "by_swanctl() {\n"
    "	command -v swanctl >/dev/null && swanctl --stats >/dev/null 2>&1\n"
    "}\n"
    "flush() {\n"
    "	if by_swanctl; then\n"
    "		terminate \"$2\"\n"
    "	elif command -v ipsec >/dev/null && ipsec status >/dev/null 2>&1; "
    "then\n"
    "		echo 'the IKE daemon was not told: it is no swanctl'\n"
    "	fi\n"
    "	if [ $# -eq 0 ]; then\n"
    "		ip xfrm state flush proto esp\n"
    "	else\n"
    "		ip xfrm state deleteall src \"$1\" dst \"$2\" proto esp &&\n"
    "		    ip xfrm state deleteall src \"$2\" dst \"$1\" proto esp\n"
    "	fi\n"
    "}\n"
    "op() { say do flush \"$@\"; }\n";
