#!/bin/sh
# The commands that watch all nodes for a while.
# shellcheck disable=SC2317 # begin comes back
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/harness.sh
begin watch

# say WORDS...: espy, its answer in $work/out, its exit status as $status.
say()
{
	status=0
	"$lab" exec "$espy" "$@" -i "$top/inventory/lab.cfg" \
	    -F "$ESPY_LAB_DIR/ssh_config" >"$work/out" 2>"$work/err" ||
	    status=$?
}

# pings A ADDRESS: node A asks it for a while; whoever waits need not.
pings()
{
	"$lab" ssh "$1" "ping -q -c 150 -i 0.1 $2" >/dev/null 2>&1 &
}

bad()
{
	failed=$((failed + 1))
	echo "FAILED: $1"
	cat "$work/out" "$work/err"
}

# expect NAME STATUS JQ: was the JSON answer such, and the exit status?
expect()
{
	if [ "$status" -ne "$2" ]; then
		bad "$1: exit status $status, not $2"
	elif ! jq -e "$3" "$work/out" >/dev/null; then
		bad "$1: not so: $3"
	else
		passed=$((passed + 1))
		echo "| $1"
	fi
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

end watch
