/* A Linux node's logs: the journal or what syslog writes, and charon's own. */
#include "platform/linux.h"

#include "platform/logs.h"

/*
 * What the journal has is in syslog's files once more; only where there is no
 * journal are they, and charon's own file, looked for.  The latter is followed
 * wherever it is.
 */
static const char sources[] =
    "secrets() {\n"
    "	cat /etc/swanctl/swanctl.conf /etc/swanctl/conf.d/*.conf \\\n"
    "	    /etc/ipsec.secrets /etc/ipsec.d/*.secrets |\n"
    "	    sed -n -e '/^[[:space:]]*#/d' -e 's/[[:space:]]*$//' \\\n"
    "		-e 's/.*secret[-_[:alnum:]]*[[:space:]]*=[[:space:]]*/=/' \\\n"
    "		-e 's/.*:[[:space:]]*PSK[[:space:]]*/=/' -e 's/^=0[xs]/=/' \\\n"
    "		-e 's/^=\"*\\([^\"]*\\).*/\\1/p'\n"
    "}\n"
    "now() {\n"
    "	date +%s.%N\n"
    "}\n"
    "journal() {\n"
    "	form=short-iso-precise\n"
    "	journalctl -q -n 0 -o $form >/dev/null 2>&1 || form=short-iso\n"
    "	follow journal journalctl \\\n"
    "	    journalctl -q -f --no-pager -n $lines -o $form\n"
    "}\n"
    "sources() {\n"
    "	tail=\"tail -n $lines -F\"\n"
    "	charon=/var/log/charon.log\n"
    "	if [ -S /run/systemd/journal/socket ] &&\n"
    "	    command -v journalctl >/dev/null; then\n"
    "		journal\n"
    "		[ ! -r $charon ] || file charon $charon\n"
    "		return\n"
    "	fi\n"
    "	if [ -r /var/log/syslog ]; then\n"
    "		file syslog /var/log/syslog\n"
    "	else\n"
    "		file messages /var/log/messages\n"
    "	fi\n"
    "	file charon $charon\n"
    "}\n";

/* What is on already stays as it is, and on; no daemon has nothing to undo. */
static const char debug[] = "debug_keep() {\n"
			    "	debug_state\n"
			    "}\n"
			    "debug_raise() {\n"
			    "	[ -e $drop ] || debug_set on\n"
			    "}\n"
			    "debug_back() {\n"
			    "	[ \"$1\" != on ] || return 0\n"
			    "	rm -f $drop || return\n"
			    "	! swanctl --stats >/dev/null 2>&1 ||\n"
			    "	    swanctl --reload-settings >/dev/null 2>&1\n"
			    "}\n";

static const char apart[] =
    "apart() {\n"
    "	command -v setsid >/dev/null || return\n"
    "	setsid \"$@\" </dev/null >/dev/null 2>&1 3<&- &\n"
    "	guardian=$!\n"
    "}\n";

const struct logs_text linux_logs = {
	.sources = sources,
	.debug = debug,
	.apart = apart,
};
