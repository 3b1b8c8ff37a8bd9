#!/bin/sh
# The script that has a Linux kernel tell why it drops packets, run by every
# shell that there is, with this machine's own kernel: it counts the drops of a
# network namespace of its own among all others', leaves nothing in tracefs
# however it ends, and does not touch what others trace.
#   reasons.sh ESPY DIRECTORY-OF-TOOLS
# shellcheck disable=SC2086,SC2317 # $shell is words; called through check
set -u
[ "${3:-}" = inside ] || {
	skip() {
		echo "SKIPPED: reasons of drops: $1"
		exit 77
	}
	command -v perl >/dev/null || skip "no perl"
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	# Mounted where nobody else sees it.
	unshare -m -n sh -c 'mount -t tracefs tracefs /sys/kernel/tracing &&
	    mkdir /sys/kernel/tracing/instances/test$$ &&
	    rmdir /sys/kernel/tracing/instances/test$$ &&
	    grep -q "[[:space:]]reason;" \
		/sys/kernel/tracing/events/skb/kfree_skb/format' 2>/dev/null ||
		skip "no tracefs with reasons here"
	exec unshare -m -n sh "$0" "$1" "$2" inside
}
tools=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
t=/sys/kernel/tracing

check() { # WHAT COMMAND...
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $shell: $what"
		cat "$work/out"
	fi
}

# What others would notice.
mine() {
	cat $t/tracing_on $t/set_event $t/current_tracer \
	    $t/events/skb/kfree_skb/enable $t/events/skb/kfree_skb/filter
	for i in "$t"/instances/*; do
		case $i in
		*/espy-*) ;;
		*) echo "$i" ;;
		esac
	done
}

empty() {
	i=0
	while [ $i -lt 80 ] && ls -d $t/instances/espy-* >/dev/null 2>&1; do
		sleep 0.1
		i=$((i + 1))
	done
	[ $i -lt 80 ]
}

up() {
	i=0
	while [ $i -lt 100 ] &&
	    ! grep -q 1 $t/instances/espy-*/events/skb/kfree_skb/enable \
		2>/dev/null; do
		sleep 0.1
		i=$((i + 1))
	done
}

ended() {
	i=0
	while [ $i -lt 150 ] && [ ! -s "$work/status" ]; do
		sleep 0.1
		i=$((i + 1))
	done
	[ $i -lt 150 ]
}

# Datagrams that nobody takes.
send() {
	perl -MSocket -e 'socket(my $s, PF_INET, SOCK_DGRAM, 0) or die;
		send($s, "x", 0, sockaddr_in(4790, inet_aton("127.0.0.1")))
		    for 1 .. 23' 2>/dev/null
}

# counted WHY WHICH: how many.
counted() {
	awk -F '\t' -v why="$1" -v which="$2" '
		$2 == why && $3 == which && $4 != "-" { n += $1 }
		END { print n + 0 }' "$work/out"
}

# run SECONDS: the script, its input held open until $work/close is there.
run() {
	rm -f "$work/close" "$work/status"
	"$tools/script" reasons "$1" >"$work/script" || exit 1
	{
		cat "$work/script"
		while [ ! -e "$work/close" ]; do sleep 0.1; done
	} | {
		sh -c 'echo $$ >"$1"; shift; exec "$@"' - "$work/pid" $shell -s
		echo $? >"$work/status"
	} >"$work/out" 2>&1 &
}

one_shell() {
	before=$(mine)
	mkdir -p $t/instances/espy-x-4194305 # as of a process that has gone
	run 30
	up
	send
	: >"$work/close"
	wait
	check "the end of input ends it" \
	    grep -q '^@@espy .* end reasons 0$' "$work/out"
	check "it counts" test "$(counted NO_SOCKET 2048)" -ge 23
	check "it says what it left out" grep -q '	unseen	' "$work/out"
	check "nothing stays" empty
	check "others' tracing is as it was" test "$before" = "$(mine)"

	run 1
	check "it ends by itself" ended
	: >"$work/close"
	wait
	check "well" grep -q '^@@espy .* end reasons 0$' "$work/out"
	check "nothing stays then" empty

	for sig in HUP KILL; do
		run 30
		up
		kill -s $sig "$(cat "$work/pid")"
		check "nothing stays after $sig" empty
		: >"$work/close"
		wait
	done
}

mount -t tracefs tracefs $t && ip link set lo up || exit 1
for shell in dash 'bash --posix' ksh 'busybox sh'; do
	command -v "${shell%% *}" >/dev/null || continue
	one_shell
done
umount $t
shell="sh"
run 2
sleep 1
: >"$work/close"
wait
check "without tracefs it says so" grep -q '^tracefs is not mounted' "$work/out"
check "as a failure" grep -q '^@@espy .* end reasons 1$' "$work/out"
echo "integration-reasons: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
