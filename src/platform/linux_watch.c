/*
 * Scripts whose commands outlast a moment: captures and probes.  They run under
 * a watch that ends them, whatever became of us.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "platform/linux.h"
#include "platform/script.h"
#include "platform/watch.h"

/*
 * Not promiscuous: what the link does not hand to this node did not reach it,
 * and the node keeps its settings.  Old releases have no immediate mode; the
 * program's own text tells in a tenth of the time that its --help takes.
 */
int
linux_capture_script(const struct capture_ask *ask, struct buf *ret,
    struct err *e)
{
	unsigned snaplen = ask->snaplen > 0 ? ask->snaplen : 160;

	if (script_head(ret, ask->nonce, e) < 0 ||
	    watch_put(ret, WATCH_INT_TERM_KILL, ask->limit_s, e) < 0)
		return -1;
	buf_puts(ret,
	    "main() {\n"
	    "	set -- --immediate-mode\n"
	    "	grep -q immediate-mode \"$(command -v tcpdump)\" "
	    "2>/dev/null ||\n"
	    "	    case $(tcpdump --help 2>&1) in\n"
	    "	    *immediate-mode*) ;;\n"
	    "	    *) set -- ;;\n"
	    "	    esac\n");
	buf_printf(ret, "	tcpdump \"$@\" -U -n -p -s %u -B 4096 -w - -i",
	    snaplen);
	script_word(ret, ask->link);
	buf_puts(ret, " --");
	script_word(ret, ask->filter);
	buf_puts(ret,
	    " 3<&- &\n"
	    "	kids=\" $!\"\n"
	    "	begin_watch\n"
	    "	reap ${kids# }\n"
	    "	finish $st\n"
	    "}\n"
	    "main\n");
	return script_done(ret, "capture", e);
}

/*
 * iputils and busybox print a line an answer and flush it, so those that run
 * at once cannot mix within a line.  A line says its size; "= SIZE STATUS" is
 * how a ping ended.
 */
static const char probe[] =
    "case $(ping -V 2>&1) in\n"
    "*iputils*) tool=iputils ;;\n"
    "*BusyBox*) tool=busybox ;;\n"
    "*) tool=other ;;\n"
    "esac\n"
    "begin tool\n"
    "echo $tool\n"
    "end tool 0\n"
    /* go SIZE COUNT INTERVAL WAIT WHOLE-SECONDS SOURCE DESTINATION */
    "go() {\n"
    "	[ $ticks -eq 0 ] || return 0\n"
    "	size=$1 count=$2 interval=$3 wait=$4 whole=$5 src=$6 dst=$7\n"
    "	set -- -c $count -s $size\n"
    "	[ -z \"$src\" ] || set -- \"$@\" -I \"$src\"\n"
    "	case $tool in\n"
    "	iputils) set -- \"$@\" -n -i $interval -W $wait -p $pattern ;;\n"
    "	busybox) set -- \"$@\" -i $interval -W $whole ;;\n"
    "	*) set -- \"$@\" -n -i $interval -W $whole ;;\n"
    "	esac\n"
    "	ping \"$@\" \"$dst\" 2>&1 3<&- &\n"
    "	kids=\"$kids $!\" sizes=\"$sizes $size\"\n"
    "}\n"
    "wave() {\n"
    "	name=ping.$1 sizes=\n"
    "	begin $name\n"
    "}\n"
    "join() {\n"
    "	set -- $sizes\n"
    "	for k in $kids; do\n"
    "		reap $k\n"
    "		echo \"= $1 $st\"\n"
    "		shift\n"
    "	done\n"
    "	end $name 0\n"
    "	[ $ticks -eq 0 ] || finish 1\n"
    "}\n";

static int
put_ping(const struct ping_ask *p, struct buf *b, struct err *e)
{
	if (p->count == 0 || p->interval_ms < 2 || p->interval_ms > 60000 ||
	    p->wait_ms == 0 || p->wait_ms > 60000 || p->size > 65507 ||
	    !ip_is_set(&p->dst))
		return err_set(e, ERR_USAGE,
		    "probe script: a ping of size %u makes no sense", p->size);
	buf_printf(b, "	go %u %u %u.%03u %u.%03u %u", p->size, p->count,
	    p->interval_ms / 1000, p->interval_ms % 1000, p->wait_ms / 1000,
	    p->wait_ms % 1000, (p->wait_ms + 999) / 1000);
	if (ip_is_set(&p->src))
		script_ip(b, &p->src);
	else
		script_word(b, "");
	script_ip(b, &p->dst);
	buf_puts(b, "\n");
	return 0;
}

int
linux_probe_script(const struct probe_ask *ask, struct buf *ret, struct err *e)
{
	if (script_head(ret, ask->nonce, e) < 0 ||
	    watch_put(ret, WATCH_INT_TERM_KILL, ask->limit_s, e) < 0)
		return -1;
	buf_puts(ret, "pattern=");
	for (size_t i = 0; i < PLATFORM_PATTERN_BYTES; i++)
		buf_printf(ret, "%02x", ask->pattern[i]);
	buf_puts(ret, "\n");
	buf_puts(ret, probe);
	buf_puts(ret, "main() {\n	begin_watch\n");
	if (script_waves(ask, put_ping, ret, e) < 0)
		return -1;
	buf_puts(ret, "	finish 0\n}\nmain\n");
	return script_done(ret, "probe", e);
}
