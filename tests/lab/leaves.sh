#!/bin/sh
# Nothing stays behind: however espy ends, within 5 s (or the limit that it set
# on the node) the nodes run the same processes and hold the same files.
# shellcheck disable=SC2317 # begin comes back
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/harness.sh
begin leaves

# What a node runs and holds, without the question itself.
# shellcheck disable=SC2016 # for the node's shell
state='ps -e -o ppid=,pid=,args= | awk -v me=$$ '\''
    { parent[$2] = $1; line[$2] = $0 }
    END {
	for (p in line) {
		for (q = p; q > 1 && q != me; q = parent[q]) ;
		if (q == me || line[p] ~ /\[|sshd: root@notty/) continue
		sub(/^ *[0-9]+ +[0-9]+ /, "", line[p])
		print line[p]
	}
    }'\'' | sort
find /tmp /var/tmp /root /dev/shm ! -type d 2>/dev/null | sort'

remember()
{
	for n in node1 node3; do
		"$lab" ssh "$n" "$state" >"$work/$n.before" 2>/dev/null
	done
}

# compare: is everything as it was?  What is not is left in $work/diff.
compare()
{
	: >"$work/diff"
	for n in node1 node3; do
		"$lab" ssh "$n" "$state" 2>/dev/null |
		    diff "$work/$n.before" - | sed "s/^/$n: /" >>"$work/diff"
	done
	[ ! -s "$work/diff" ]
}

# check NAME SECONDS: within so many seconds everything is as it was.
check()
{
	until=$(($(date +%s) + $2))
	while ! compare; do
		if [ "$(date +%s)" -ge "$until" ]; then
			echo "FAILED: $1: after $2 s there is still"
			cat "$work/diff"
			failed=$((failed + 1))
			return
		fi
		sleep 0.5
	done
	passed=$((passed + 1))
	echo "| $1: nothing stays behind"
}

# expect NAME WANT GOT
expect()
{
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1: expected $2, found $3"
	fi
}

# start: espy in the background as $pid, its captures running.
start()
{
	rm -rf "$work/run"
	ip netns exec "$ESPY_LAB_NS" "$espy" diagnose node1 node3 --count 1000 \
	    -i "$top/inventory/lab.cfg" -F "$ESPY_LAB_DIR/ssh_config" \
	    -o "$work/run" >"$work/out" 2>&1 &
	pid=$!
	i=0
	while [ $i -lt 100 ]; do
		"$lab" ssh node3 'pidof tcpdump' >/dev/null 2>&1 && break
		sleep 0.2
		i=$((i + 1))
	done
	expect "captures run" yes "$([ $i -lt 100 ] && echo yes || echo no)"
	sleep 1
	expect "what runs now is seen" yes \
	    "$(compare && echo no || echo yes)"
}

# finish: the exit status of espy, as $status.
finish()
{
	status=0
	wait "$pid" 2>/dev/null || status=$?
}

# secrets: every key and pre-shared key that the nodes hold.
secrets()
{
	for n in node1 node3; do
		"$lab" ssh "$n" 'ip xfrm state; cat /etc/swanctl/swanctl.conf \
		    /etc/swanctl/conf.d/*.conf' 2>/dev/null
	done | sed -n 's/.* 0x\([0-9a-f]\{32,\}\).*/\1/p; s/.*secret *= *//p' |
	    tr -d '"' | grep '^.\{8,\}$' | sort -u
}

# kept DIR: do the secrets of the nodes show in what espy wrote and printed?
kept()
{
	secrets >"$work/secrets"
	expect "secrets to look for" yes \
	    "$([ "$(wc -l <"$work/secrets")" -ge 5 ] && echo yes || echo no)"
	grep -rlF -f "$work/secrets" "$@" >"$work/leaked"
	expect "files that hold a secret" "" "$(cat "$work/leaked")"
}

remember

ask "$work/whole" diagnose node1 node3 >"$work/out" 2>&1
expect "exit status of a whole run" 0 $?
check "a whole run" 5
kept "$work/whole" "$work/out"

start
kill -INT "$pid"
finish
expect "exit status after Ctrl-C" 130 $status
"$espy" analyze "$work/run" >"$work/out"
expect "exit status of the analysis of a run cut short" 3 $?
check "Ctrl-C" 5

start
kill -KILL "$pid"
finish
"$espy" analyze "$work/run" >"$work/out"
expect "exit status of the analysis after kill -9" 3 $?
check "kill -9" 5

# The network goes away under espy's own connections, and espy with it: no FIN,
# no RST ever reaches the nodes.
start
ports=$(ip netns exec "$ESPY_LAB_NS" ss -tnpH state established |
    sed -n "s/.*:\([0-9]*\) .*:22 .*pid=$pid,.*/\1/p" | sort -u | paste -sd, -)
expect "espy's connections are known" yes \
    "$([ -n "$ports" ] && echo yes || echo no)"
ip netns exec "$ESPY_LAB_NS" nft -f - <<-END
	table inet cut {
		chain out {
			type filter hook output priority 0
			tcp sport { $ports } drop
		}
		chain in {
			type filter hook input priority 0
			tcp dport { $ports } drop
		}
	}
END
kill -KILL "$pid"
finish
# The limit on the node: 100 rounds of 100 ms, and 44 s; then four seconds until
# the hardest signal.  It counts sleeps, which take longer on a busy machine.
check "the network cut" 90
ip netns exec "$ESPY_LAB_NS" nft delete table inet cut

end leaves
