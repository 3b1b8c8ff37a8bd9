#!/bin/sh
# espy capture in the lab, with one node's clock three seconds off: every ping
# is at all four points, in the order in which it passed them; each way to end
# leaves what it should, and nothing on the nodes.  First both are Linux, then
# one is SmartOS, then both.
# shellcheck disable=SC2317 # begin comes back
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/harness.sh
begin lab-capture

# expect NAME WANT GOT
expect()
{
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "FAILED: $1: expected $2, found $3"
	sed 's/^/    /' "$work/err"
}

yes_if()
{
	if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi
}

# start A B OPTION...: espy as $pid, once all that can capture does.
start()
{
	# What the one before said must not be taken for this one's.
	: >"$work/err"
	ip netns exec "$ESPY_LAB_NS" "$espy" capture \
	    -i "$top/inventory/lab.cfg" -F "$ESPY_LAB_DIR/ssh_config" "$@" \
	    >"$work/out" 2>"$work/err" &
	pid=$!
	i=0
	while [ $i -lt 200 ] && ! grep -q 'capturing on' "$work/err"; do
		sleep 0.2
		i=$((i + 1))
	done
	expect "captures run" yes "$(yes_if [ $i -lt 200 ])"
}

# finish: the exit status of espy, as $status.
finish()
{
	status=0
	wait "$pid" 2>/dev/null || status=$?
}

# pings N: as many, one after the other, from node1 to node3.
pings()
{
	"$lab" ssh node1 "ping -c $1 -i 0.25 203.0.113.13" >"$work/ping" 2>&1
}

# gone NAME A B: within 5 s nothing captures on either node.
gone()
{
	i=0
	while [ $i -lt 10 ]; do
		"$lab" ssh "$2" 'pgrep "tcpdump|snoop"' >/dev/null 2>&1 ||
		    "$lab" ssh "$3" 'pgrep "tcpdump|snoop"' >/dev/null 2>&1 ||
		    break
		sleep 0.5
		i=$((i + 1))
	done
	expect "$1: nothing stays on the nodes" yes "$(yes_if [ $i -lt 10 ])"
}

# order: reads packets, prints how many pings passed all eight points in order.
order()
{
	tshark -n -r "$1" -Y 'icmp or esp' -T fields -E separator=' ' \
	    -e frame.interface_id -e icmp.type -e icmp.seq -e esp.sequence \
	    2>/dev/null | awk '
	# A line of ESP has two fields: its interface and its number.
	{ here = NF == 2 ? "esp" $1 : $2 "." $1 "." $3; at[here] = NR }
	NF == 2 { esp[NR] = $1 }
	NF == 3 && $2 == 8 && $1 == 0 { seqs[$3] = 1 }
	function hop(from, to, a, b,    i, step) {
		step = 0
		for (i = from + 1; i < to; i++) {
			if (step == 0 && i in esp && esp[i] == a) step = 1
			else if (step == 1 && i in esp && esp[i] == b) step = 2
		}
		return step == 2
	}
	END {
		for (s in seqs) {
			r0 = at["8.0." s]; r2 = at["8.2." s]
			p2 = at["0.2." s]; p0 = at["0.0." s]
			if (r0 && r0 < r2 && r2 < p2 && p2 < p0 &&
			    hop(r0, r2, 1, 3) && hop(p2, p0, 3, 1))
				good++
		}
		print good + 0
	}'
}

# spooled: how many packets of A's underlay can be read already.
spooled()
{
	tshark -n -r "$work/killed.pcapng.part/A-underlay.pcap" 2>/dev/null |
	    wc -l
}

# shellcheck disable=SC2016 # for the node's shell
"$lab" ssh node3 'date -s @$(($(date +%s) + 3))' >/dev/null 2>&1
start node1 node3 -w "$work/both.pcapng" -P
pings 12
sleep 0.5
kill -INT "$pid"
finish
expect "exit status after Ctrl-C" 0 $status
gone "Ctrl-C" node1 node3
got=$(sed -n 's/\([0-9]*\) packets transmitted, \1 .*/\1/p' "$work/ping")
expect "pings that were answered" 12 "$got"
expect "pings in order at all points" 12 "$(order "$work/both.pcapng")"
expect "what capinfos calls its order" True "$(capinfos -o \
    "$work/both.pcapng" 2>/dev/null | sed -n 's/Strict time order: *//p')"
capinfos "$work/both.pcapng" >"$work/infos" 2>/dev/null
for name in 'node1 overlay ov0' 'node1 underlay eth0' 'node3 overlay ov0' \
    'node3 underlay eth0'; do
	expect "interface $name" yes \
	    "$(yes_if grep -q "Name = $name\$" "$work/infos")"
done
# Whole seconds were set: up to one is missing, and what a busy node took.
expect "the offset is told" yes "$(yes_if grep -Eq \
    "node3's clock is (1\.[5-9]|[23]\.)[0-9]* s ahead of node1's \(between" \
    "$work/err")"
expect "lines printed" "$(tshark -n -r "$work/both.pcapng" 2>/dev/null |
    wc -l)" "$(wc -l <"$work/out")"
expect "the directory has gone" no "$(yes_if [ -e "$work/both.pcapng.part" ])"

# A device that is down: the three others, and exit status 3.
"$lab" ssh node3 'ip link set ov0 down' >/dev/null 2>&1
start node1 node3 -c 4 --filter 'esp or arp'
pings 8
finish
expect "exit status with a device down" 3 $status
expect "lines after -c" 4 "$(wc -l <"$work/out")"
expect "what is down is named" yes \
    "$(yes_if grep -q 'node3 overlay ov0: not captured: ' "$work/err")"
"$lab" ssh node3 'ip link set ov0 up' >/dev/null 2>&1

"$lab" platform illumos node2 node3 node4 >"$work/err" 2>&1
expect "the lab: SmartOS nodes" 0 $?

# snoop hands up what it has after a second.
start node1 node3 -w "$work/mixed.pcapng"
pings 6
sleep 2
kill -INT "$pid"
finish
expect "mixed: exit status after Ctrl-C" 0 $status
gone "mixed: Ctrl-C" node1 node3
expect "mixed: pings in order at all points" 6 "$(order "$work/mixed.pcapng")"
expect "mixed: what capinfos calls its order" True "$(capinfos -o \
    "$work/mixed.pcapng" 2>/dev/null | sed -n 's/Strict time order: *//p')"
capinfos "$work/mixed.pcapng" >"$work/infos" 2>/dev/null
for name in 'node1 overlay ov0' 'node1 underlay eth0' \
    'node3 overlay adminoverlay_0' 'node3 underlay external0'; do
	expect "mixed: interface $name" yes \
	    "$(yes_if grep -q "Name = $name\$" "$work/infos")"
done

# What comes while node3's captures stand still is more than they have room
# for: snoop's records say how much is missing.
start node1 node3 -s 65535
"$lab" ssh node3 'pkill -STOP tcpdump'
"$lab" ssh node1 'ping -q -s 60000 -c 50 -i 0.02 203.0.113.13' >"$work/ping" 2>&1
"$lab" ssh node3 'pkill -CONT tcpdump'
sleep 1
pings 2
sleep 2
kill -INT "$pid"
finish
# Seen or lost, both ends had the same fragments.
expect "mixed: what snoop lost is told" yes "$(sed -n \
    's/^espy: \(node.\) overlay .*: \([0-9]*\) packets, \([0-9]*\) lost.*/\1 \2 \3/p' \
    "$work/err" | awk '{ all[$1] = $2 + $3; lost[$1] = $3 }
    END { d = all["node1"] - all["node3"]
	same = d * d * 400 < all["node1"] * all["node1"]
	print (lost["node3"] > 100 && same ? "yes" : "no") }')"

# Killed: what came until then can be read, and is not written over.
start node2 node4 -w "$work/killed.pcapng"
"$lab" ssh node2 'ping -s 203.0.113.14 56 4' >"$work/ping" 2>&1
i=0
until [ "$(spooled)" -ge 6 ] || [ $i -ge 40 ]; do
	sleep 0.5
	i=$((i + 1))
done
kill -KILL "$pid"
finish
cat "$work/ping" >>"$work/err"
expect "packets after kill -9" "6 and more" \
    "$(n=$(spooled); [ "$n" -ge 6 ] && echo "6 and more" || echo "$n")"
"$espy" capture node2 node4 -i "$top/inventory/lab.cfg" \
    -w "$work/killed.pcapng" >/dev/null 2>"$work/err"
expect "exit status when packets lie there" 2 $?
gone "kill -9" node2 node4
echo "| capture: 12 pings in order at four points, a clock 3 s off; 6 by snoop"
end lab-capture
