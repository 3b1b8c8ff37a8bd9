#include "platform/watch.h"

#include "base/buf.h"
#include "base/err.h"

/*
 * The main shell does nothing but wait for its children ($kids): traps run in
 * the midst of `wait` in every shell, and in the midst of `read` in some only.
 * Two watchers tell it with USR1 that the end has come: one reads standard
 * input, one counts seconds.  They go on telling once a second, as a signal
 * that comes just before `wait` is lost; each time the main shell ends its
 * children with more force: harden() says by which signal.  Their descriptors
 * are their own, so that none keeps the channel open.  A sleep lasts a second,
 * so that none left alone matters.
 *
 * fd 3 is the caller's standard input: children in the background are given
 * /dev/null as fd 0.
 */
static const char watch[] =
    "kids= watchers= ticks=0 tolls=\n"
    "undo() { :; }\n"
    "tick() {\n"
    "	ticks=$((ticks + 1))\n"
    "	harden\n"
    "	[ -z \"$sig\" ] || [ -z \"$kids\" ] || kill -s $sig $kids 2>/dev/null\n"
    "}\n"
    "nap() {\n"
    "	sleep 1 &\n"
    "	s=$!\n"
    "	wait $s\n"
    "}\n"
    /* Tells the main shell; when it does not listen, does its duty. */
    "toll() {\n"
    "	s= tolled=0\n"
    "	trap 'kill $s; exit 0' HUP INT TERM\n"
    "	while kill -s USR1 $$ && [ $tolled -lt 5 ]; do\n"
    "		nap\n"
    "		tolled=$((tolled + 1))\n"
    "	done\n"
    "	[ -z \"$kids$watchers\" ] || kill -s KILL $kids $watchers\n"
    "	undo\n"
    "}\n"
    "watch_input() {\n"
    "	while read -r l && [ \"$l\" != stop ]; do :; done\n"
    "	toll\n"
    "}\n"
    "watch_time() {\n"
    "	s=\n"
    "	trap 'kill $s; exit 0' HUP INT TERM\n"
    "	while [ $limit -gt 0 ] && kill -0 $$; do\n"
    "		nap\n"
    "		limit=$((limit - 1))\n"
    "	done\n"
    "	toll\n"
    "}\n"
    /* A signal to the whole group ends the watchers: toll instead. */
    "signalled() {\n"
    "	tick\n"
    "	[ -z \"$tolls\" ] || return 0\n"
    "	toll >/dev/null 2>&1 3<&- &\n"
    "	tolls=$!\n"
    "}\n"
    "begin_watch() {\n"
    "	watch_input <&3 >/dev/null 2>&1 3<&- &\n"
    "	watchers=$!\n"
    "	watch_time >/dev/null 2>&1 3<&- &\n"
    "	watchers=\"$watchers $!\"\n"
    "}\n"
    /*
     * Waits for one child, whatever signals come between; $st is its status.
     * What an interrupted wait returns differs, so only a child that is gone
     * counts.  bash and ksh reap at any time and remember: ask once more.
     */
    "reap() {\n"
    "	wait $1\n"
    "	st=$?\n"
    "	while kill -0 $1 2>/dev/null; do\n"
    "		wait $1\n"
    "		st=$?\n"
    "	done\n"
    "	wait $1 2>/dev/null\n"
    "	rc=$?\n"
    "	[ $rc -eq 127 ] || st=$rc\n"
    "	kids=${kids#\" $1\"}\n"
    "}\n"
    /*
     * Our own shells are ended by KILL: one that was forked a moment ago still
     * has our traps, and forgets a lesser signal (dash, now and then bash).
     */
    "slay() {\n"
    "	kill -s KILL $1 2>/dev/null\n"
    "	reap $1 2>/dev/null\n"
    "}\n"
    "finish() {\n"
    "	trap '' HUP INT TERM USR1\n"
    "	kill -s KILL $watchers $tolls 2>/dev/null\n"
    "	wait 2>/dev/null\n"
    "	exit $1\n"
    "}\n"
    "trap tick USR1\n"
    "trap signalled HUP INT TERM\n"
    "trap : PIPE\n"
    "exec 3<&0\n";

int
watch_put(struct buf *b, const char *signals, unsigned limit_s, struct err *e)
{
	if (limit_s == 0 || limit_s > 86400)
		return err_set(e, ERR_USAGE,
		    "script: limit of %u s: 1 to 86400 wanted", limit_s);
	buf_printf(b,
	    "limit=%u\n"
	    "harden() {\n"
	    "	case $ticks in %s esac\n"
	    "}\n",
	    limit_s, signals);
	return buf_puts(b, watch);
}
