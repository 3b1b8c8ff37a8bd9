/*
 * Why a Linux node drops packets: the trace event kfree_skb, which names a
 * reason since Linux 5.17 (include/net/dropreason-core.h), in an instance of
 * tracefs of our own (Documentation/trace/ftrace.rst, "Instances").  What
 * others trace there is in other buffers, and stays as it is.
 */
#include "base/buf.h"
#include "platform/linux.h"
#include "platform/reasons.h"
#include "platform/script.h"
#include "platform/watch.h"

/*
 * The kernel's buffer is small and keeps what came first, so that not even a
 * flood of drops costs the node much: what had no room is counted alone.  What
 * is harmless, or no packet, does not get into it.
 */
static const char tools[] =
    "harmless='OTHERHOST SOCKET_FILTER UNIX_DISCONNECT UNIX_SKIP_OOB\n"
    "TCP_OFOMERGE TCP_OLD_DATA TCP_OLD_ACK'\n"
    "instance=\n"
    "undo() {\n"
    "	[ -z \"$instance\" ] || rmdir \"$instance\" 2>/dev/null\n"
    "}\n"
    /* Asked for by its path, debugfs would mount it. */
    "tracefs() {\n"
    "	while read -r dev dir type rest; do\n"
    "		[ \"$type\" != tracefs ] || {\n"
    "			echo \"$dir\"\n"
    "			return\n"
    "		}\n"
    "	done </proc/mounts\n"
    "	return 1\n"
    "}\n"
    /* The kernel's numbers of the reasons differ from release to release. */
    "filter() {\n"
    "	awk -v harmless=\"$harmless\" '\n"
    "	/^print fmt:/ {\n"
    "		while (match($0, /[{] [0-9]+, \"[A-Z0-9_]+\" [}]/)) {\n"
    "			split(substr($0, RSTART + 2, RLENGTH - 5), w, /, \"/)\n"
    "			number[w[2]] = w[1]\n"
    "			$0 = substr($0, RSTART + RLENGTH)\n"
    "		}\n"
    "	}\n"
    "	END {\n"
    "		f = \"reason != 0\"\n"
    "		if (\"NOT_SPECIFIED\" in number)\n"
    "			f = f \" && (protocol != 0 || reason != \" \\\n"
    "			    number[\"NOT_SPECIFIED\"] \")\"\n"
    "		n = split(harmless, name, \" \")\n"
    "		for (i = 1; i <= n; i++)\n"
    "			if (name[i] in number)\n"
    "				f = f \" && reason != \" number[name[i]]\n"
    "		print f\n"
    "	}' \"$1\"\n"
    "}\n"
    /* "skbaddr=... protocol=2048 location=ip_rcv+0x1/0x2 reason: NO_SOCKET" */
    "count() {\n"
    "	awk '\n"
    "	!sub(/^.*: kfree_skb: /, \"\") { next }\n"
    "	{\n"
    "		protocol = 0\n"
    "		place = \"-\"\n"
    "		for (i = 1; i <= NF && $i != \"reason:\"; i++) {\n"
    "			if ($i ~ /^protocol=/)\n"
    "				protocol = substr($i, 10)\n"
    /* Without a symbol it is a number that says nothing. */
    "			if ($i ~ /^location=.*[+]/) {\n"
    "				place = substr($i, 10)\n"
    "				sub(/[+].*/, \"\", place)\n"
    "			}\n"
    "		}\n"
    "		if (i < NF)\n"
    "			n[$(i + 1) \"\\t\" protocol \"\\t\" place]++\n"
    "	}\n"
    "	END {\n"
    "		for (k in n)\n"
    "			if (++rows < 900)\n"
    "				print n[k] \"\\t\" k\n"
    "			else\n"
    "				more += n[k]\n"
    "		print more + 0 \"\\tunseen\\t-\\t-\"\n"
    "	}'\n"
    "}\n"
    "unseen() {\n"
    "	cat \"$instance\"/per_cpu/cpu*/stats | awk '\n"
    "	/^dropped events: / { n += $3 }\n"
    "	END { print n + 0 \"\\tunseen\\t-\\t-\" }'\n"
    "}\n"
    /* Of a shell that was killed, together with its watch. */
    "sweep() {\n"
    "	for i in \"$1\"/instances/espy-*; do\n"
    "		[ ! -d \"$i\" ] || [ -d \"/proc/${i##*-}\" ] || rmdir \"$i\"\n"
    "	done 2>/dev/null\n"
    "}\n"
    "prepare() {\n"
    "	mkdir \"$instance\" && echo 256 >\"$instance\"/buffer_size_kb &&\n"
    "	    echo 0 >\"$instance\"/options/overwrite &&\n"
    "	    filter \"$event/format\" >\"$instance/$kfree\"/filter &&\n"
    "	    echo 1 >\"$instance/$kfree\"/enable\n"
    "}\n"
    "look() {\n"
    "	kfree=events/skb/kfree_skb\n"
    "	t=$(tracefs) || {\n"
    "		echo 'tracefs is not mounted; there: mount -t tracefs "
    "tracefs /sys/kernel/tracing'\n"
    "		return 1\n"
    "	}\n"
    "	event=$t/$kfree\n"
    "	[ -r \"$event/format\" ] || {\n"
    "		echo \"no $event/format: no root, or not in this kernel\"\n"
    "		return 1\n"
    "	}\n"
    "	grep -q '[ \t]reason;' \"$event/format\" || {\n"
    "		echo 'the kernel gives no reasons; Linux 5.17 does'\n"
    "		return 1\n"
    "	}\n"
    "	sweep \"$t\"\n"
    "	instance=$t/instances/espy-$nonce-$$\n"
    "	begin_watch\n"
    "	prepare 2>&1 || return\n"
    "	if [ $ticks -eq 0 ]; then\n"
    "		sleep $span >/dev/null 3<&- &\n"
    "		kids=\" $!\"\n"
    "		reap $!\n"
    "	fi\n"
    "	echo 0 >\"$instance\"/tracing_on\n"
    "	count <\"$instance\"/trace\n"
    "	unseen\n"
    "}\n"
    "main() {\n"
    "	begin reasons\n"
    "	look\n"
    "	st=$?\n"
    "	undo\n"
    "	end reasons $st\n"
    "	finish 0\n"
    "}\n"
    "main\n";

int
linux_reasons_script(const struct reasons_ask *ask, struct buf *ret,
    struct err *e)
{
	if (reasons_head(ask, WATCH_INT_TERM_KILL, ret, e) < 0)
		return -1;
	buf_puts(ret, tools);
	return script_done(ret, "reasons", e);
}
