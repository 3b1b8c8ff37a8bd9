#!/bin/sh
# SmartOS nodes in trouble: tools that are missing, print garbage or nothing,
# are killed, stop half-way, answer backwards or never; an adminoverlay_0 that is
# not there, an address that two nodes claim, a node that reboots in mid-run.
# Each is one row that says so: no crash, no wrong verdict, nothing left behind.
# shellcheck disable=SC2317 # begin comes back
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/harness.sh
begin trouble
"$lab" platform illumos node1 node2 node3 >"$work/out" 2>&1 || {
	cat "$work/out"
	failed=1
	end trouble
}

# broken_tool NAME WAY: the body of a script that stands for a tool, by the way
# in which it is broken; the tool itself is /lab/real/NAME.
# shellcheck disable=SC2016 # it is the node's sh that expands
broken_tool()
{
	case $2 in
	garbage) echo 'head -c 20000 /dev/urandom' ;;
	silent) echo 'exit 0' ;;
	killed) echo 'kill -9 $$' ;;
	forever) echo 'exec sleep 1000' ;;
	half)
		echo "/lab/real/$1 \"\$@\" >/tmp/half.\$\$"
		echo 'n=$(wc -c </tmp/half.$$)'
		echo 'head -c $((n / 2)) /tmp/half.$$; rm /tmp/half.$$'
		;;
	backwards)
		echo "/lab/real/$1 \"\$@\" |"
		echo "awk '{ l[NR] = \$0 } END { while (NR > 0) print l[NR--] }'"
		;;
	*) echo "/lab/real/$1 \"\$@\" | $2" ;;
	esac
}

# node_script [WAY PATH...]: what puts these tools of a node so, and all others
# right again.
node_script()
{
	cat <<-'END'
	mkdir -p /lab/real && cd /lab/real && touch replaced || exit 1
	while read -r path real; do
		ln -sf "$real" "$path" || exit 1
	done <replaced
	: >replaced
	END
	way=${1:-}
	[ $# -eq 0 ] || shift
	for path; do
		name=${path##*/}
		case $name in
		snoop) real=/lab/illumos/snoop ;;
		ping) real=/lab/ping ;;
		*) real=/lab/tool ;;
		esac
		echo "ln -sf $real $name; rm $path; echo $path $real >>replaced"
		[ "$way" != missing ] || continue
		echo "{ echo '#!/bin/sh'; cat; } >$path <<'END'"
		broken_tool "$name" "$way"
		echo END
		echo "chmod 755 $path"
	done
}

# trouble NODE [WAY PATH...]: in the background; `settled` waits for all.
trouble()
{
	node=$1
	shift
	node_script "$@" | "$lab" ssh "$node" sh -s >>"$work/trouble.log" 2>&1 &
	changes="$changes $!"
}

changes=
settled()
{
	for pid in $changes; do
		wait "$pid" || fail "the lab: trouble" "$work/trouble.log"
	done
	changes=
}

# fail WHAT FILE...
fail()
{
	failed=$((failed + 1))
	echo "FAILED: $1"
	shift
	cat "$@"
}

# check NAME FILE JQ STATUS WANTED: was the JSON such, and the exit status?
check()
{
	if [ "$4" -ne "$5" ]; then
		fail "$1: exit status $4, not $5" "$2" "$2.err"
	elif ! jq -e "$3" "$2" >/dev/null; then
		fail "$1: not so: $3" "$2" "$2.err"
	else
		passed=$((passed + 1))
		echo "| $1"
	fi
}

# say OUT WORDS...: espy, its answer in OUT, its exit status in OUT.status.
say()
{
	to=$1
	shift
	status=0
	"$lab" exec "$espy" "$@" --json -i "$top/inventory/lab.cfg" \
	    -F "$ESPY_LAB_DIR/ssh_config" >"$to" 2>"$to.err" || status=$?
	echo $status >"$to.status"
}

# ask_all: the survey, then the SADBs.
ask_all()
{
	say "$work/survey" survey
	surveyed=$status
	say "$work/sadb" sadb
	sadb=$status
}

# row NODE TEXT: one row is of the node that failed, and says why.
row()
{
	echo "([.failed[] | select(.host == \"$1\")] | length == 1 and
	    (.[0].why | contains(\"$2\")))"
}

# note NODE TEXT: the survey goes on without, and one row says so.
note()
{
	echo "([.findings[] | select(.node == \"$1\")] | length == 1 and
	    .[0].kind == \"silent\" and (.[0].what | contains(\"$2\")))"
}

# ended NODE TOOL: does none that would take for ever run on?
ended()
{
	if "$lab" ssh "$1" pgrep -f "'sleep 100[0]'" >"$work/out" 2>&1; then
		fail "$1: $2 still runs" "$work/out"
	else
		passed=$((passed + 1))
	fi
}

# Of nodes that said nothing nothing is said.
unjudged='all(.sas[]; .word == "fine" or .word == "unknown" or
    .word == "not-asked") and .complaints == []'

# ---- ipseckey ---------------------------------------------------------------

ipseckey=/usr/sbin/ipseckey
trouble node1 missing $ipseckey
trouble node2 garbage $ipseckey
trouble node3 silent $ipseckey
settled
ask_all
check "sadb: ipseckey missing, garbage, silent" "$work/sadb" "$unjudged and
    $(row node1 "not there") and $(row node2 "not ") and
    $(row node3 "not a whole dump")" "$sadb" 3
check "survey: ipseckey missing, garbage, silent" "$work/survey" \
    "(.nodes | length == 4) and $(note node1 "not there") and
    $(note node2 "not ") and $(note node3 "not a whole dump")" "$surveyed" 0

trouble node1 killed $ipseckey
trouble node2 half $ipseckey
trouble node3 backwards $ipseckey
settled
ask_all
check "sadb: ipseckey killed, half, backwards" "$work/sadb" "$unjudged and
    $(row node1 "signal 9") and $(row node2 "not a whole dump") and
    $(row node3 "not a whole dump")" "$sadb" 3
check "survey: ipseckey killed, half, backwards" "$work/survey" \
    "(.nodes | length == 4) and $(note node1 "signal 9") and
    $(note node2 "not a whole dump") and
    $(note node3 "not a whole dump")" "$surveyed" 0

# ---- what tells of devices --------------------------------------------------

trouble node1 missing /usr/sbin/dladm
trouble node2 garbage /usr/sbin/ipadm
trouble node3 killed /usr/bin/kstat
settled
ask_all
check "survey: dladm missing, ipadm garbage, kstat killed" "$work/survey" \
    "(.nodes | length == 1) and .findings == [] and
    $(row node1 "dladm show-link is not there") and
    $(row node2 "links: not text") and
    $(row node3 "kstat link was killed by signal 9")" "$surveyed" 3
check "sadb: without devices" "$work/sadb" "$unjudged and .failed == []" \
    "$sadb" 0

trouble node1 silent /usr/bin/svcs
trouble node2 backwards /usr/sbin/dladm /usr/sbin/ipadm
trouble node3 garbage /usr/bin/uname
settled
say "$work/survey" survey
check "survey: svcs silent, dladm and ipadm backwards, uname garbage" \
    "$work/survey" "([.nodes[].host] == [\"node1\", \"node2\", \"node4\"]) and
    (.findings | length == 1) and $(note node1 "ike") and
    $(row node3 "platform")" "$status" 3

# ---- the overlay itself; and one node's tool never ends ---------------------

trouble node1 'grep -v adminoverlay_0' /usr/sbin/dladm /usr/sbin/ipadm
trouble node2 'sed s/203.0.113.12/203.0.113.14/' /usr/sbin/ipadm
trouble node3 forever $ipseckey
settled
say "$work/sadb" sadb -t 20 node3,node4 &
never=$!
say "$work/d1" diagnose node1 node3 -c 10 -o "$work/run1" &
others=$!
say "$work/d2" diagnose node2 node4 -c 10 -o "$work/run2"
wait $others
say "$work/survey" survey 'all,!node3'
check "survey: no adminoverlay_0, and an address twice" "$work/survey" \
    '[.findings[] | select(.wrong) | .kind] | sort ==
    ["no-overlay", "same-address"]' "$status" 1
check "diagnose: no adminoverlay_0" "$work/d1" '.verdict == "unknown" and
    (.sentence | contains("node1: no VNIC of the global zone is over"))' \
    "$(cat "$work/d1.status")" 3
check "diagnose: an address that both claim" "$work/d2" '.verdict ==
    "unknown" and (.sentence | contains("both claim the overlay address"))' \
    "$(cat "$work/d2.status")" 3
wait $never
check "sadb: ipseckey takes for ever" "$work/sadb" "$unjudged and
    $(row node3 "no end within 20 s")" "$(cat "$work/sadb.status")" 3
ended node3 ipseckey

# ---- while it is measured ---------------------------------------------------

trouble node1 garbage /usr/sbin/snoop
trouble node2 killed /usr/sbin/ping
trouble node3 half $ipseckey
settled
say "$work/d1" diagnose node1 node3 -c 10 -o "$work/run3" &
others=$!
say "$work/d2" diagnose node2 node4 -c 10 -o "$work/run4"
wait $others
check "diagnose: snoop prints garbage, ipseckey stops half-way" "$work/d1" \
    '.verdict == "unknown" and .findings == [] and
    ([.notes[] | select(contains("node3") and
	contains("not a whole dump"))] | length == 1)' \
    "$(cat "$work/d1.status")" 3
check "diagnose: ping is killed" "$work/d2" '.verdict == "unknown" and
    .findings == [] and (.sentence | contains("signal 9"))' \
    "$(cat "$work/d2.status")" 3

# What the order of lines tells, a tool that turns them round does not.
trouble node1 backwards /usr/bin/kstat
trouble node2 backwards /usr/sbin/ping
trouble node3 forever /usr/sbin/dtrace
settled
say "$work/d1" diagnose node1 node3 -c 10 --dtrace -o "$work/run6" &
others=$!
say "$work/d2" diagnose node2 node4 -c 10 -o "$work/run7"
wait $others
check "diagnose: kstat backwards, dtrace forever" "$work/d1" '.verdict ==
    "healthy" and .findings == [] and
    ([.notes[] | select(contains("DTrace"))] | length == 2 and
	(.[0] | test("^node1.s kernel dropped nothing")) and
	(.[1] | test("^node3 .*had not begun when the probes were sent")))' \
    "$(cat "$work/d1.status")" 0
ended node3 dtrace
check "diagnose: ping backwards" "$work/d2" '.findings == []' \
    "$(cat "$work/d2.status")" 0

# The node does not come back: the lab's network is not there after a reboot.
trouble node1
trouble node3
settled
printf 'Host *\n\tServerAliveInterval 2\n' >"$work/ssh_config"
cat "$ESPY_LAB_DIR/ssh_config" >>"$work/ssh_config"
(
	sleep 6
	"$lab" ssh node3 'echo b >/proc/sysrq-trigger'
) >/dev/null 2>&1 &
others=$!
say "$work/d1" diagnose node1 node3 -c 50 -o "$work/run5" \
    -F "$work/ssh_config"
kill $others 2>/dev/null
check "diagnose: a node reboots amid the run" "$work/d1" '.verdict ==
    "unknown" and .findings == [] and (.sentence | contains("node3"))' \
    "$(cat "$work/d1.status")" 3
say "$work/sadb" sadb
check "sadb: without the node that rebooted" "$work/sadb" "$unjudged and
    ([.failed[].host] == [\"node3\"])" "$status" 3
end trouble
