/* Captures and probes on a SmartOS node, under a watch that ends them. */
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "platform/illumos.h"
#include "platform/script.h"
#include "platform/watch.h"

/*
 * bufmod(7M) hands packets up once a second, and what it still holds at the
 * signal is lost: so none comes in the first two seconds after the end.  A
 * second TERM would make snoop leave in the midst of its leaving.
 */
static const char snoop_signals[] =
    "1 | 2) sig= ;; 3) sig=TERM ;; *) sig=KILL ;;";

/*
 * Promiscuous, for otherwise snoop does not see what the node itself sends; the
 * filters keep to the hosts asked for.  "-o -" would make a file of that name;
 * the open of /dev/stdout is a dup.  snoop gets no SIGPIPE on a quiet link: the
 * watch ends it when the channel has gone.
 */
int
illumos_capture_script(const struct capture_ask *ask, struct buf *ret,
    struct err *e)
{
	unsigned snaplen = ask->snaplen > 0 ? ask->snaplen : 160;

	if (script_head(ret, ask->nonce, e) < 0 ||
	    watch_put(ret, snoop_signals, ask->limit_s, e) < 0)
		return -1;
	buf_printf(ret,
	    "main() {\n"
	    "	/usr/sbin/snoop -q -r -s %u -o /dev/stdout -d",
	    snaplen);
	script_word(ret, ask->link);
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
 * ping(1M) sends once a second at most, has no pattern, and waits ten seconds
 * for an answer of a dead host: the ringer ends the wave after a time, upon
 * which ping prints its statistics.  It rings again, for a busy node may not
 * have come to listen to the first.  Several at once mix their lines, for
 * ping does not buffer: what cannot be read then is not counted.
 */
static const char probe[] =
    "begin tool\n"
    "echo illumos\n"
    "end tool 0\n"
    /* go SIZE COUNT SECONDS LAST SOURCE DESTINATION */
    "go() {\n"
    "	[ $ticks -eq 0 ] || return 0\n"
    "	size=$1 count=$2 last=$4 src=$5 dst=$6\n"
    "	[ $last -le $longest ] || longest=$last\n"
    "	set -- -s -n -I $3\n"
    "	[ -z \"$src\" ] || set -- \"$@\" -i \"$src\"\n"
    "	/usr/sbin/ping \"$@\" \"$dst\" $size $count 2>&1 3<&- &\n"
    "	kids=\"$kids $!\" sizes=\"$sizes $size\"\n"
    "}\n"
    "ringer() {\n"
    "	s=\n"
    "	trap 'kill $s; exit 0' HUP INT TERM\n"
    "	while [ $longest -gt 0 ]; do\n"
    "		nap\n"
    "		longest=$((longest - 1))\n"
    "	done\n"
    "	kill -s INT $kids\n"
    "	nap\n"
    "	kill -s INT $kids\n"
    "	nap\n"
    "	kill -s INT $kids\n"
    "}\n"
    "wave() {\n"
    "	name=ping.$1 sizes= longest=0\n"
    "	begin $name\n"
    "}\n"
    "join() {\n"
    "	set -- $sizes\n"
    "	ringer >/dev/null 2>&1 3<&- &\n"
    "	bell=$!\n"
    "	others=$watchers\n"
    "	watchers=\"$watchers $bell\"\n"
    "	for k in $kids; do\n"
    "		reap $k\n"
    "		echo \"= $1 $st\"\n"
    "		shift\n"
    "	done\n"
    "	slay $bell\n"
    "	watchers=$others\n"
    "	end $name 0\n"
    "	[ $ticks -eq 0 ] || finish 1\n"
    "}\n";

static int
put_ping(const struct ping_ask *p, struct buf *b, struct err *e)
{
	unsigned every_s = (p->interval_ms + 999) / 1000;

	if (p->count == 0 || p->count > 86400 || p->interval_ms < 2 ||
	    p->interval_ms > 60000 || p->wait_ms == 0 || p->wait_ms > 60000 ||
	    p->size > 65507 || !ip_is_set(&p->dst))
		return err_set(e, ERR_USAGE,
		    "probe script: a ping of size %u makes no sense", p->size);
	buf_printf(b, "	go %u %u %u %u", p->size, p->count, every_s,
	    (p->count - 1) * every_s + (p->wait_ms + 999) / 1000 + 1);
	if (ip_is_set(&p->src))
		script_ip(b, &p->src);
	else
		script_word(b, "");
	script_ip(b, &p->dst);
	buf_puts(b, "\n");
	return 0;
}

int
illumos_probe_script(const struct probe_ask *ask, struct buf *ret,
    struct err *e)
{
	if (script_head(ret, ask->nonce, e) < 0 ||
	    watch_put(ret, WATCH_INT_TERM_KILL, ask->limit_s, e) < 0)
		return -1;
	buf_puts(ret, probe);
	buf_puts(ret, "main() {\n	begin_watch\n");
	if (script_waves(ask, put_ping, ret, e) < 0)
		return -1;
	buf_puts(ret, "	finish 0\n}\nmain\n");
	return script_done(ret, "probe", e);
}
