#!/bin/sh
# The commands that watch all nodes for a while.
# shellcheck disable=SC2317 # begin comes back
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/harness.sh
. tests/lab/answers.sh
begin watch

# pings A ADDRESS: node A asks it for a while; whoever waits need not.
pings()
{
	"$lab" ssh "$1" "ping -q -c 150 -i 0.1 $2" >/dev/null 2>&1 &
}

# ---- drops ------------------------------------------------------------------

pings node1 203.0.113.13
say drops --json -t 2
expect "drops: none on a healthy lab" 0 \
    '.drops == [] and .failed == [] and .seconds >= 2'

"$lab" platform illumos node3 >"$work/out" 2>&1 || bad "the lab: illumos"
"$lab" break F51 node1 node3 >"$work/out" 2>&1 || bad "the lab: F51"
"$lab" break F51 node2 node4 >"$work/out" 2>&1 || bad "the lab: F51 again"
lost='[.drops[] | select(.reason == "XfrmInNoStates" or
    .reason == "ipdrop.esp_no_sa") | "\(.host) \(.reason)"] | sort'
pings node1 203.0.113.13
pings node2 203.0.113.14
say drops --json -t 2
expect "drops: F51, on Linux and on SmartOS" 1 ".failed == [] and
    ($lost) == [\"node3 ipdrop.esp_no_sa\", \"node4 XfrmInNoStates\"] and
    all(.drops[]; .count > 0 and .means != \"\")"

# Once all have told their counters, ^C shows what rose since.
ip netns exec "$ESPY_LAB_NS" "$espy" drops --json -t 60 node1,node4 \
    -i "$top/inventory/lab.cfg" -F "$ESPY_LAB_DIR/ssh_config" \
    -o "$work/kept" >"$work/out" 2>"$work/err" &
pid=$!
pings node2 203.0.113.14
i=0
while [ $i -lt 150 ] && ! { [ -e "$work/kept/nodes/node1/drops-0/links.txt" ] &&
    [ -e "$work/kept/nodes/node4/drops-0/links.txt" ]; }; do
	sleep 0.2
	i=$((i + 1))
done
sleep 1
kill -INT $pid
status=0
wait $pid || status=$?
expect "drops: Ctrl-C shows what is known" 130 ".failed == [] and
    .seconds < 30 and ($lost) == [\"node4 XfrmInNoStates\"]"

say diagnose --dtrace --json -c 20 -o "$work/traced" node1 node3
expect "diagnose: what DTrace counted meanwhile is a note" 1 \
    '.verdict == "fault" and .findings[0].node == "node3" and
    .findings[0].rule == "sa-unknown-inbound" and any(.notes[];
	test("^node3.s kernel dropped .* [1-9][0-9]* esp_no_sa .in, IPsec ESP"))'

# ---- logs -------------------------------------------------------------------

say logs --debug -n node2,node3
if [ "$status" -eq 0 ] && grep -q "^would turn on IPsec's debug logging on \
node\[2-3\], follow the logs for 3600 s, and set again" "$work/out"; then
	passed=$((passed + 1))
else
	bad "logs: -n"
fi

# node2's clock is 30 s ahead, node3 is SmartOS, "gone" is not there.
sed 's/^node4 .*/&\
gone ansible_ssh_host=192.0.2.99/' inventory/lab.cfg >"$work/gone.cfg"
"$lab" heal >"$work/out" 2>&1 || bad "the lab: heal"
# shellcheck disable=SC2016 # for the node's shell
"$lab" ssh node2 'date -s @$(($(date +%s) + 30))' >/dev/null 2>&1

# journal_start NODE: systemd's, without systemd; false where there is none.
# shellcheck disable=SC2016 # for the node's shell
journal_start()
{
	"$lab" ssh "$1" 'daemon=/lib/systemd/systemd-journald
	    [ -x $daemon ] && command -v journalctl || exit
	    mount -t cgroup2 none /sys/fs/cgroup
	    mkdir -p /run/systemd /run/log/journal/$(cat /etc/machine-id)
	    setsid $daemon </dev/null >/dev/null 2>&1 &
	    i=0
	    until [ -S /run/systemd/journal/stdout ]; do
		i=$((i + 1))
		[ $i -lt 100 ] || exit
		sleep 0.1
	    done' >/dev/null 2>&1
}

# follow WORDS...: espy logs --debug as $pid, once all three have turned it on.
follow()
{
	# What the one before said must not be taken for this one's.
	: >"$work/out"
	ip netns exec "$ESPY_LAB_NS" "$espy" logs --debug --yes --json \
	    --lines 0 --connect-timeout 3 -i "$work/gone.cfg" \
	    -F "$ESPY_LAB_DIR/ssh_config" "$@" >"$work/out" 2>"$work/err" &
	pid=$!
	i=0
	while [ $i -lt 300 ] && kill -0 $pid 2>/dev/null &&
	    [ "$(grep -c '"debug now"' "$work/out")" -lt 4 ]; do
		sleep 0.1
		i=$((i + 1))
	done
}

# finish: the exit status of espy, as $status.
finish()
{
	status=0
	wait "$pid" 2>/dev/null || status=$?
}

# debug_is WANT: of node2 (a file), node3 (a level) and node4.
# shellcheck disable=SC2016 # for the node's shell
debug_is()
{
	file='[ -e /etc/strongswan.d/zz-espy-debug.conf ] && echo on || echo off'
	level='set -- $(/usr/sbin/ikeadm -n get debug); echo $5'
	now=$(for n in node2 node4; do
		"$lab" ssh $n "$file"
	done 2>/dev/null; "$lab" ssh node3 "$level" 2>/dev/null)
	[ "$(echo "$now" | paste -sd ' ' -)" = "$1" ]
}

# runs: what is left on the nodes of what followed and guarded.
runs()
{
	for n in node2 node3 node4; do
		"$lab" ssh $n 'pgrep -lx tail; pgrep -lf "[e]spy-debug"'
	done 2>/dev/null
}

# leaves NAME WANT SECONDS: so soon debugging is as WANT, and nothing runs.
leaves()
{
	until=$(($(date +%s) + $3))
	while ! debug_is "$2" || [ -n "$(runs)" ]; do
		if [ "$(date +%s)" -ge "$until" ]; then
			bad "$1: not so: $2; but $now $(runs)"
			return
		fi
		sleep 0.2
	done
	passed=$((passed + 1))
	echo "| $1"
}

journal=charon
if journal_start node4; then
	journal=journal
else
	echo "skipped: logs: node4 has no journal"
fi

# A key in a log of either platform, as nothing there should write it.
say debug on node4 --yes
"$lab" ssh node2 "sed -n 's/.*secret = \"\(.*\)\"/\1/p' \
    /etc/swanctl/conf.d/lab.conf" 2>/dev/null | head -n 1 >"$work/psk"
"$lab" ssh node3 "sed -n 's/.*key \"*\([0-9a-f]*\).*/\1/p' \
    /etc/inet/secret/ike.preshared" 2>/dev/null | head -n 1 >"$work/hex"
follow node2,node3,node4,gone
"$lab" ssh node2 "echo 'they say $(cat "$work/psk")' >>/var/log/charon.log
    swanctl --rekey --child node4" >/dev/null 2>&1
"$lab" ssh node3 "echo 'I heard $(cat "$work/hex")' >>/var/adm/messages" \
    2>/dev/null
i=0
while [ $i -lt 200 ] && ! { [ "$(grep -c 'may hold a key' "$work/out")" -ge 2 ] &&
    grep -q "node4.*$journal.*parsed CREATE_CHILD_SA request" "$work/out"
}; do
	sleep 0.1
	i=$((i + 1))
done
kill -INT $pid
finish
jq -s . "$work/out" >"$work/all" && mv "$work/all" "$work/out"
# shellcheck disable=SC2016 # for jq
expect "logs: a rekey of two, one clock; a key, a node gone; Ctrl-C" 130 '
    def at($host; $source; $text): [.[] | select(.kind == "line" and
	.host == $host and .source == $source and
	(.line | contains($text))).time[:19] + "Z" | fromdate][-1];
    def debug($kind): [.[] | select(.kind == $kind) |
	"\(.host) \(.log) \(.state)"] | sort;
    (at("node2"; "charon"; "generating CREATE_CHILD_SA request") -
	at("node4"; "'$journal'"; "parsed CREATE_CHILD_SA request") | fabs) <= 3 and
    ([.[] | select(.kind == "line" and (.line | contains("may hold a key"))) |
	.host] | unique) == ["node2", "node3"] and
    debug("debug now") == ["node2 charon on", "node3 in.iked on",
	"node3 policy on", "node4 charon on"] and
    debug("debug after") == debug("debug before") and
    [.[] | select(.kind == "failed") | .host, .class] ==
	["gone", "unreachable"]'
if ! grep -q '^......' "$work/psk" || ! grep -q '^......' "$work/hex"; then
	bad "logs: there are no keys to look for"
elif grep -qF -f "$work/psk" -f "$work/hex" "$work/out" "$work/err"; then
	bad "logs: a key has left its node"
fi
leaves "logs: Ctrl-C: what was on stays on, the rest goes off" "off on 0x4" 1

follow node2,node3,node4
debug_is "on on 0x7ff" || bad "logs: debugging is not on: $now"
kill -KILL $pid
leaves "logs: kill -9 likewise" "off on 0x4" 5
finish

follow -t 1 gone
finish
jq -s . "$work/out" >"$work/all" && mv "$work/all" "$work/out"
expect "logs: nobody there" 3 '[.[] | .kind, .host] == ["failed", "gone"]'

end watch
