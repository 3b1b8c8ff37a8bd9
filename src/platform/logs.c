#include "platform/logs.h"

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/quote.h"
#include "platform/op.h"
#include "platform/platform.h"
#include "platform/script.h"
#include "platform/watch.h"

enum { CLOCK_MAX_S = 0x7fffffff };

/* ---- the script --------------------------------------------------------- */

/*
 * Patterns of sh, so that no line waits in a filter's buffer.  In the order of
 * secret(): digits as long as a key; bytes of a dump, whole lines and the last
 * one; digits in pairs, with colons or blanks, in fours, in eights;
 * strongSwan's base64; a number behind a telling word; a value behind one.
 * known() has the pre-shared keys of the node; they are in no command line and
 * in no file.
 */
static const char hide[] =
    "h=[0-9a-fA-F] h2=$h$h h4=$h2$h2 h8=$h4$h4 h16=$h8$h8 h32=$h16$h16\n"
    "c=$h2: c2=$c$c c4=$c2$c2 c8=$c4$c4\n"
    "p=\"$h2 \" p2=$p$p p4=$p2$p2 p8=$p4$p4\n"
    "b='[A-Za-z0-9+/]' b4=$b$b$b$b b16=$b4$b4$b4$b4\n"
    "key='[Kk][Ee][Yy]' sec='[Ss][Ee][Cc][Rr][Ee][Tt]'\n"
    "psk='[Pp][Ss][Kk]' pass='[Pp][Aa][Ss][Ss][Ww][Oo][Rr][Dd]'\n"
    "secret() {\n"
    "	case $1 in\n"
    "	*$h32* | *[0-9]:' '$h2' '$h2* | *[0-9]:' '$h2'  '* | *$c8* |\\\n"
    "	    *$p8* | *$h4' '$h4' '$h4' '$h4* | *$h8' '$h8' '$h8* |\\\n"
    "	    *0s$b16* | *$key*$h16* | *$sec*$h16* | *$psk*$h8* |\\\n"
    "	    *${key}[:=]* | *$key' '[:=]* | *$key' \"'* |\\\n"
    "	    *${sec}[:=]* | *$sec' '[:=]* | *$sec' \"'* |\\\n"
    "	    *${psk}[:=]* | *$psk' '[:=]* | *$psk' \"'* |\\\n"
    "	    *${pass}[:=]* | *$pass' '[:=]* | *$pass' \"'*) return 0 ;;\n"
    "	esac\n"
    "	known \"$1\"\n"
    "}\n"
    "learn() {\n"
    "	list=$(secrets 2>/dev/null |\n"
    "	    sed -n \"s/'/'\\\\\\\\''/g; /....../s/.*/|*'&'*/p\" | tr -d '\\n')\n"
    "	eval \"known() { case \\$1 in \\\"\\$nonce\\\"$list) return 0 ;; esac; return 1; }\"\n"
    "	list=\n"
    "}\n"
    /* The time of a line that stays here, as $stamp. */
    "stamp() {\n"
    "	stamp=\n"
    "	case $1 in\n"
    "	[A-Z][a-z][a-z]' '[0-9\\ ][0-9]' '[0-9][0-9]:[0-9][0-9]:[0-9][0-9]*)\n"
    "		stamp=${1#???????????????} ;;\n"
    "	20[0-9][0-9]-[0-9][0-9]-[0-9][0-9][T\\ ][0-9][0-9]:[0-9][0-9]:[0-9]*)\n"
    "		stamp=${1#???????????????????} ;;\n"
    "	*) return ;;\n"
    "	esac\n"
    "	stamp=${1%\"$stamp\"}' '\n"
    "}\n";

/*
 * Each source is a pipe from the tool that follows it to pass(), which runs
 * beside relay(): traps run in the midst of `wait` in every shell.  Told to
 * end, relay ends the tool; what that has printed is still passed on.  A line
 * is one write, and short enough that none comes between.
 */
static const char follow[] =
    "control() {\n"
    "	printf '@@espy %s %s\\n' \"$nonce\" \"$*\"\n"
    "}\n"
    "pass() {\n"
    "	while IFS= read -r l || [ -n \"$l\" ]; do\n"
    "		if secret \"$l\"; then\n"
    "			stamp \"$l\"\n"
    "			l=\"$stamp[may hold a key: it stays on the node]\"\n"
    "		elif [ ${#l} -gt 2000 ]; then\n"
    "			n=$((${#l} - 2000))\n"
    "			l=$(printf '%.2000s' \"$l\")\" [$n bytes more]\"\n"
    "		fi\n"
    "		printf '%s %s\\n' \"$1\" \"$l\"\n"
    "	done\n"
    "}\n"
    "relay() {\n"
    "	told=\n"
    "	read -r feeder\n"
    "	trap 'told=1; kill $feeder' HUP INT TERM\n"
    "	exec 8<&0 </dev/null\n"
    "	pass \"$1\" <&8 8<&- &\n"
    "	passer=$!\n"
    "	exec 8<&-\n"
    "	wait $passer\n"
    "	while kill -0 $passer; do\n"
    "		wait $passer\n"
    "	done 2>/dev/null\n"
    "	kill $feeder 2>/dev/null\n"
    "	[ -n \"$told\" ] || control ended \"$1\"\n"
    "}\n"
    /* follow NAME PATH COMMAND... */
    "follow() {\n"
    "	name=$1\n"
    "	control source \"$1\" \"$2\"\n"
    "	shift 2\n"
    "	sh -c 'echo $$; exec \"$@\"' espy \"$@\" </dev/null 2>/dev/null 3<&- |\n"
    "	    relay \"$name\" 3<&- &\n"
    "	kids=\"$kids $!\"\n"
    "}\n"
    "missing() {\n"
    "	control missing \"$1\" \"$2\"\n"
    "}\n"
    "file() {\n"
    "	if [ -r \"$2\" ]; then\n"
    "		follow \"$1\" \"$2\" $tail \"$2\"\n"
    "	else\n"
    "		missing \"$1\" \"$2\"\n"
    "	fi\n"
    "}\n"
    "ticker() {\n"
    "	n=0\n"
    "	while :; do\n"
    "		[ $n -ge 5 ] && [ $((n % 10)) -ne 0 ] ||\n"
    "		    control clock \"$(now)\" \"$zone\"\n"
    "		sleep 1 >/dev/null 2>&1\n"
    "		n=$((n + 1))\n"
    "	done\n"
    "}\n";

/*
 * The guardian: its own script, handed the script's id, how long to wait at
 * most, and what debug_back wants.
 */
static const char guard[] =
    "main=$1 left=$2 now=\n"
    "shift 2\n"
    "trap now=1 HUP INT TERM\n"
    "while [ -z \"$now\" ] && [ $left -gt 0 ] && kill -0 $main; do\n"
    "	sleep 1 &\n"
    "	wait $!\n"
    "	left=$((left - 1))\n"
    "done\n"
    "trap '' HUP INT TERM\n"
    "n=0\n"
    "until debug_back \"$@\"; do\n"
    "	n=$((n + 1))\n"
    "	[ $n -lt 5 ] || exit 1\n"
    "	sleep 1\n"
    "done\n";

/*
 * A signal that is trapped breaks off "$(...)" in ksh93: once watchers may send
 * one, such things are done in the background, where no trap is.  A guardian
 * that was told before it could listen has not done it.
 */
static const char debug[] =
    "guardian= kept=\n"
    "states() {\n"
    "	debug_state | while read -r state log; do\n"
    "		control $1 \"$log\" \"$state\"\n"
    "	done\n"
    "}\n"
    "keep() {\n"
    "	kept=$(debug_keep 2>&1) && return\n"
    "	control failed debug: what is set now is not known: $kept\n"
    "	kept=\n"
    "}\n"
    "switch() {\n"
    "	states was\n"
    "	why=$(debug_raise 2>&1) || control failed debug: $why\n"
    "	states now\n"
    "	control raised\n"
    "}\n"
    "raise() {\n"
    "	[ $ticks -eq 0 ] && [ -n \"$kept\" ] || return 0\n"
    "	if apart sh -c \"$guard\" espy-debug $$ $((limit + 10)) $kept; then\n"
    "		switch 3<&- &\n"
    "		reap $!\n"
    "	else\n"
    "		control failed debug: nothing there could turn it off again\n"
    "	fi\n"
    "}\n"
    "settle() {\n"
    "	[ $1 -eq 0 ] || debug_back $kept >/dev/null 2>&1 ||\n"
    "	    control failed debug: it could not be put back\n"
    "	states back\n"
    "	control lowered\n"
    "}\n"
    "lower() {\n"
    "	[ -n \"$guardian\" ] || return 0\n"
    "	kill -s TERM $guardian\n"
    "	reap $guardian\n"
    "	settle $st 3<&- &\n"
    "	reap $!\n"
    "}\n";

static const char no_debug[] = "keep() { :; }\n"
			       "raise() { :; }\n"
			       "lower() { :; }\n";

/*
 * Who could not be ended by less than KILL may have left others behind; all
 * are of our process group.
 */
static const char body[] =
    "main() {\n"
    "	learn\n"
    "	zone=$(unset TZ; date +%z)\n"
    "	control clock \"$(now)\" \"$zone\"\n"
    "	sources\n"
    "	control ready\n"
    "	if [ -z \"$kids\" ]; then\n"
    "		control failed none of its logs is there\n"
    "		exit 1\n"
    "	fi\n"
    "	logs=$kids\n"
    "	ticker 3<&- &\n"
    "	clock=$!\n"
    "	kids=\"$kids $clock\"\n"
    "	keep\n"
    "	begin_watch\n"
    "	raise\n"
    "	for k in $logs; do\n"
    "		reap $k\n"
    "	done\n"
    "	slay $clock\n"
    "	hard=$ticks\n"
    "	lower\n"
    "	[ $hard -le 4 ] || kill -s KILL 0\n"
    "	finish 0\n"
    "}\n"
    "main\n";

static void
put_debug(const struct platform *p, struct buf *ret)
{
	struct buf text;

	buf_init(&text, PLATFORM_SCRIPT_MAX);
	buf_puts(&text, p->ops[OP_DEBUG].tools);
	buf_puts(&text, p->logs->debug);
	buf_puts(ret, text.data);
	buf_puts(ret, p->logs->apart);
	buf_puts(&text, guard);
	buf_puts(ret, "guard=");
	quote_word(ret, text.data);
	buf_puts(ret, "\n");
	buf_puts(ret, debug);
	buf_free(&text);
}

int
logs_script(const struct platform *p, const struct logs_ask *ask,
    struct buf *ret, struct err *e)
{
	if (ask->lines > LOGS_LINES_MAX)
		return err_set(e, ERR_USAGE,
		    "script: %u lines: at most %d wanted", ask->lines,
		    LOGS_LINES_MAX);
	if (script_head(ret, ask->nonce, e) < 0 ||
	    watch_put(ret, "1 | 2 | 3 | 4) sig=TERM ;; *) sig=KILL ;;",
		ask->limit_s, e) < 0)
		return -1;
	buf_printf(ret, "lines=%u\n", ask->lines);
	buf_puts(ret, hide);
	buf_puts(ret, follow);
	buf_puts(ret, p->logs->sources);
	if (ask->debug)
		put_debug(p, ret);
	else
		buf_puts(ret, no_debug);
	buf_puts(ret, body);
	return script_done(ret, "logs", e);
}

/* ---- what it prints ----------------------------------------------------- */

/* "1795551866.958994795"; a fraction that is none is none. */
static bool
read_clock(struct span word, struct log_record *ret)
{
	struct span seconds, fraction = word;
	uint64_t s, ns;

	if (!span_until(&fraction, '.', &seconds) ||
	    span_u64(seconds, CLOCK_MAX_S, &s) < 0)
		return false;
	ret->coarse =
	    fraction.n != 9 || span_u64(fraction, NS_PER_S - 1, &ns) < 0;
	ret->clock = (struct wall){ (int64_t)s * NS_PER_S +
		(ret->coarse ? 0 : (int64_t)ns) };
	return true;
}

/* "+0130"; what is none is UTC. */
static int32_t
read_zone(struct span s)
{
	uint64_t hhmm;
	int32_t zone;

	if (s.n != 5 || (s.p[0] != '+' && s.p[0] != '-') ||
	    span_u64((struct span){ s.p + 1, 4 }, 1459, &hhmm) < 0)
		return 0;
	zone = (int32_t)(hhmm / 100 * 3600 + hhmm % 100 * 60);
	return s.p[0] == '-' ? -zone : zone;
}

static bool
read_words(struct span rest, struct log_record *ret)
{
	struct span word = { rest.p, 0 };

	if (ret->kind == LOG_FAILED) {
		ret->text = rest;
		return rest.n > 0;
	}
	if (ret->kind == LOG_CLOCK) {
		if (!span_word(&rest, &word) || !read_clock(word, ret))
			return false;
		ret->zone_s = span_word(&rest, &word) ? read_zone(word) : 0;
		return true;
	}
	if (ret->kind == LOG_READY || ret->kind == LOG_RAISED ||
	    ret->kind == LOG_LOWERED)
		return rest.n == 0;
	if (!span_word(&rest, &ret->name))
		return false;
	ret->text = span_trim(rest);
	return (ret->kind == LOG_ENDED) == (ret->text.n == 0);
}

static bool
read_control(struct span rest, struct log_record *ret)
{
	static const char *const words[] = {
		[LOG_SOURCE] = "source",
		[LOG_MISSING] = "missing",
		[LOG_READY] = "ready",
		[LOG_ENDED] = "ended",
		[LOG_CLOCK] = "clock",
		[LOG_WAS] = "was",
		[LOG_NOW] = "now",
		[LOG_RAISED] = "raised",
		[LOG_BACK] = "back",
		[LOG_LOWERED] = "lowered",
		[LOG_FAILED] = "failed",
	};
	struct span word;

	if (!span_word(&rest, &word))
		return false;
	for (size_t i = LOG_SOURCE; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!span_is(word, words[i]))
			continue;
		ret->kind = (enum log_kind)i;
		return read_words(span_trim(rest), ret);
	}
	return false;
}

bool
log_record_read(struct span line, const char *nonce, struct log_record *ret)
{
	struct log_record r = {
		.kind = LOG_LINE, .name = { line.p, 0 }, .text = { line.p, 0 }
	};
	struct span rest = line, word;

	if (!span_until(&rest, ' ', &word) || word.n == 0)
		return false;
	if (span_is(word, "@@espy")) {
		if (!span_until(&rest, ' ', &word) || !span_is(word, nonce) ||
		    !read_control(rest, &r))
			return false;
	} else {
		r.name = word;
		r.text = rest;
	}
	*ret = r;
	return true;
}
