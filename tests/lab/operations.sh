#!/bin/sh
# What changes all nodes at once: services and SADBs, on real daemons.
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

# spis NODE: the SPIs that it has now, sorted.
spis()
{
	"$lab" ssh "$1" ip xfrm state list nokeys |
		sed -n 's/.*spi \(0x[0-9a-f]*\).*/\1/p' | sort
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

expect "services" 0 '^node3 +charon-systemd +process +runs' services
spis node1 >"$work/spis"
# Nobody to ask, and nobody asked.
expect "flush unasked" 2 'no terminal to ask on; --yes' flush </dev/null
expect "flush -n" 0 'would flush the SADB of node\[1-4\]' flush -n
spis node1 >"$work/same"
check "nothing was flushed" cmp -s "$work/spis" "$work/same"

expect "flush" 0 '^node2 +node4 +4 +4 +[23] of 3 +renegotiated$' flush --yes
spis node1 >"$work/new"
check "all SAs are new" differ "$work/spis" "$work/new"

spis node2 >"$work/spis"
expect "flush --pair" 0 '^node1 +node3 +4 +4 .* renegotiated$' \
	flush --yes --pair node1 node3
spis node2 >"$work/same"
check "other pairs are as before" cmp -s "$work/spis" "$work/same"
expect "flush --pair in clear" 3 'no SAs with each other' \
	flush --yes --pair node1 node2

"$lab" break F07psk node1 node3 >/dev/null
expect "flush, and the secrets differ" 1 \
	'node1 node3: node1: .*pre-shared keys or identities differ' \
	flush --yes node1,node3
expect "... in JSON" 1 '"state": "none"' flush --yes --json node1,node3
"$lab" heal >/dev/null

# steps: the lines that node1's charon logs only when it is told to debug.
steps()
{
	"$lab" ssh node1 'swanctl --rekey --ike node3 >/dev/null; sleep 1
		grep -c "state change:" /var/log/charon.log'
}

expect "debug status" 0 '^node2 +charon +off +off$' debug status
before=$(steps)
expect "debug on" 0 '^node1 +charon +off +on$' debug on node1 --yes
during=$(steps)
check "debugging tells each step" test "$during" -gt "$before"
expect "debug off" 0 '^node1 +charon +on +off$' debug off node1 --yes
check "as before" test "$(steps)" -eq "$during"
check "nothing of it stays" "$lab" ssh node1 \
	'! [ -e /etc/strongswan.d/zz-espy-debug.conf ]'

# By hand: a daemon that is not there any more.
"$lab" ssh node3 /etc/init.d/strongswan stop
expect "services, one is down" 0 '^node3 +strongswan +inactive +stopped' \
	services
"$lab" ssh node3 /etc/init.d/strongswan start
spis node1 >"$work/spis"
expect "services --restart" 0 '^node1 +strongswan +active +runs' \
	services --restart --yes node1
spis node1 >"$work/new"
check "a restart drops all SAs" test -z "$(comm -12 "$work/spis" "$work/new")"
expect "services --refresh" 0 '^node4 +strongswan +active +runs' \
	services --refresh --yes

end lab-operations
