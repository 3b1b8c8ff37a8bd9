#!/bin/sh
# What changes all nodes at once: services, SADBs and logging, on real daemons.
# Two nodes are Linux and two SmartOS, so that there are pairs of each, and
# mixed ones.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lab/harness.sh
. tests/lab/harness.sh

# expect NAME STATUS PATTERN WORDS...: espy's exit status, and a line of it.
expect()
{
	name=$1 wanted=$2 pattern=$3
	shift 3
	(cd "$work" && ask_here "$@") >"$work/out" 2>"$work/err"
	status=$?
	if [ $status -eq "$wanted" ] &&
	    cat "$work/out" "$work/err" | grep -qE -- "$pattern"; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "FAILED: $name: status $status, not $wanted, or no \"$pattern\""
	sed 's/^/  /' "$work/out" "$work/err"
}

# As ask, but without a directory to keep.
ask_here()
{
	"$lab" exec "$espy" "$@" -i "$top/inventory/lab.cfg" \
	    -F "$ESPY_LAB_DIR/ssh_config"
}

# spis NODE: the SPIs that it has now, sorted; SmartOS says no leading zeros.
spis()
{
	case $1 in
	node2 | node4) "$lab" ssh "$1" ipseckey -np dump esp ;;
	*) "$lab" ssh "$1" ip xfrm state list nokeys ;;
	esac | sed -n 's/.*spi[ =]0x0*\([0-9a-f]*\).*/\1/p' | sort
}

# check NAME COMMAND...: a condition.
check()
{
	name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $name"
	fi
}

# shellcheck disable=SC2317 # by check
# differ FILE FILE: they have no line in common, and neither is empty.
differ()
{
	[ -s "$1" ] && [ -s "$2" ] && [ -z "$(comm -12 "$1" "$2")" ]
}

begin lab-operations
"$lab" platform illumos node2 node4 >"$work/up.log" 2>&1 || {
	cat "$work/up.log"
	check "the lab: SmartOS nodes" false
	end lab-operations
}

ike=svc:/network/ipsec/ike:default
expect "services" 0 '^node3 +charon-systemd +process +runs' services
expect "services on SmartOS" 0 "^node4 +$ike +online +runs" services node4
spis node1 >"$work/spis"
spis node4 >"$work/spis4"
# Nobody to ask, and nobody asked.
expect "flush unasked" 2 'no terminal to ask on; --yes' flush </dev/null
expect "flush -n" 0 'would flush the SADB of node\[1-4\]' flush -n
spis node1 >"$work/same"
check "nothing was flushed" cmp -s "$work/spis" "$work/same"

expect "flush" 0 '^node1 +node3 +4 +4 +[123] of 3 +renegotiated$' flush --yes
for pair in 'node1 +node4' 'node2 +node3' 'node2 +node4'; do
	check "flush: $pair" grep -Eq \
	    "^$pair +4 +4 +[123] of 3 +renegotiated\$" "$work/out"
done
spis node1 >"$work/new"
check "all SAs are new" differ "$work/spis" "$work/new"
spis node4 >"$work/new"
check "all SAs of SmartOS are new" differ "$work/spis4" "$work/new"

# pair A B: only what A and B have with each other is new.
pair()
{
	spis node1 >"$work/spis1"
	spis node2 >"$work/spis2"
	expect "flush --pair $1 $2" 0 "^$1 +$2 +4 +4 .* renegotiated\$" \
		flush --yes --pair "$1" "$2"
	spis node1 >"$work/new1"
	spis node2 >"$work/new2"
}
kept()
{
	comm -12 "$work/spis$1" "$work/new$1" | wc -l
}
pair node1 node3
check "node1 keeps what it has with node4" test "$(kept 1)" -ge 2
check "other pairs are as before" cmp -s "$work/spis2" "$work/new2"
pair node2 node3
check "SmartOS keeps what it has with node4" test "$(kept 2)" -ge 2
check "other pairs are as before, again" cmp -s "$work/spis1" "$work/new1"
expect "flush --pair in clear" 3 'no SAs with each other' \
	flush --yes --pair node1 node2

"$lab" break F07psk node1 node3 >/dev/null
expect "flush, and the secrets differ" 1 \
	'node1 node3: node1: .*pre-shared keys or identities differ' \
	flush --yes node1,node3
expect "... in JSON" 1 '"state": "none"' flush --yes --json node1,node3
"$lab" heal >/dev/null

# steps NODE: the lines that its charon logs only when it is told to debug, of
# a negotiation more.
steps()
{
	case $1 in
	node1) "$lab" ssh node1 'swanctl --rekey --ike node3 >/dev/null' ;;
	*) "$lab" ssh node1 "swanctl --rekey --ike $1 >/dev/null" ;;
	esac
	sleep 1
	logged "$1"
}

logged()
{
	"$lab" ssh "$1" 'grep -c "state change:" /var/log/charon.log'
}

# debugs: what SmartOS node4's daemon and kernel are told to say.
debugs()
{
	"$lab" ssh node4 'ikeadm -n get debug
		ndd -get /dev/ip ipsec_policy_log_interval' |
		sed 's/.* //' | paste -sd ' ' -
}

expect "debug status" 0 '^node3 +charon +off +off$' debug status
check "debug status of SmartOS" grep -Eq '^node4 +in.iked +off +off$' \
	"$work/out"
before=$(steps node1) before4=$(steps node4)
expect "debug on" 0 '^node1 +charon +off +on$' debug on node1,node4 --yes
check "debug on SmartOS" grep -Eq '^node4 +in.iked +off +on$' "$work/out"
check "the daemon and the kernel are told" test "$(debugs)" = "0x7ff 1"
during=$(steps node1) during4=$(steps node4)
check "debugging tells each step" test "$during" -gt "$before"
check "so it does on SmartOS" test "$during4" -gt "$before4"
expect "debug off" 0 '^node1 +charon +on +off$' debug off node1,node4 --yes
check "debug off SmartOS" grep -Eq '^node4 +in.iked +on +off$' "$work/out"
check "the daemon and the kernel are told to be silent" \
	test "$(debugs)" = "0x4 0"
during=$(logged node1) during4=$(logged node4)
check "as before" test "$(steps node1)" -eq "$during"
check "as before on SmartOS" test "$(steps node4)" -eq "$during4"
check "nothing of it stays" "$lab" ssh node1 \
	'! [ -e /etc/strongswan.d/zz-espy-debug.conf ]'

# By hand: a daemon that is not there any more, one that was switched off, and
# one that SMF gave up restarting.
"$lab" ssh node3 /etc/init.d/strongswan stop
"$lab" ssh node4 svcadm disable ike
"$lab" ssh node2 'pkill charon; while pgrep charon >/dev/null; do sleep 0.1; done'
expect "services, one is down" 0 '^node3 +strongswan +inactive +stopped' \
	services node3
expect "services, two of SmartOS are" 1 "^node2 +$ike +maintenance +WRONG" \
	services node2,node4
check "one is switched off" grep -Eq "^node4 +$ike +disabled +stopped" \
	"$work/out"
expect "services --clear" 0 "^node2 +$ike +online +runs" \
	services --clear --yes node2
"$lab" ssh node3 /etc/init.d/strongswan start

spis node1 >"$work/spis"
spis node4 >"$work/spis4"
expect "services --restart" 0 '^node1 +strongswan +active +runs' \
	services --restart --yes node1,node4
check "one of SmartOS runs again" grep -Eq "^node4 +$ike +online +runs" \
	"$work/out"
check "svcs says so" test online = "$("$lab" ssh node4 svcs -Ho state $ike)"
spis node1 >"$work/new"
spis node4 >"$work/new4"
check "a restart drops all SAs" test -z "$(comm -12 "$work/spis" "$work/new")"
check "a restart of SmartOS does" test -s "$work/spis4" -a \
	-z "$(comm -12 "$work/spis4" "$work/new4")"
# What survives a reboot is in effect again.
"$lab" ssh node2 'sed -i /raddr.198.51.100.14/d /etc/inet/ipsecinit.conf
	svcadm refresh policy'
expect "services --refresh" 0 '^node3 +strongswan +active +runs' \
	services --refresh --yes
check "what was lost is back" "$lab" ssh node2 \
	'ipsecconf -l | grep -q 198.51.100.14'

end lab-operations
