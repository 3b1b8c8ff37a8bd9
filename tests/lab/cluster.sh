#!/bin/sh
# The commands that lay many nodes' answers together, on a lab that is healthy,
# and on one in which something is not: two nodes are Linux and two SmartOS, so
# that there are pairs of each, and mixed ones.
# shellcheck disable=SC2317 # begin comes back
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/harness.sh
. tests/lab/answers.sh
begin cluster

# break_lab FAULT A B: faults add up; each test looks for its own.
break_lab()
{
	"$lab" break "$@" >"$work/out" 2>&1 && return
	: >"$work/err"
	bad "the lab: break $*"
	return 1
}

"$lab" platform illumos node2 node4 >"$work/out" 2>"$work/err" || {
	bad "the lab: SmartOS nodes"
	end cluster
}

# ---- configurations ---------------------------------------------------------

# found FILTER: exactly one of the findings is so.
found()
{
	echo "[.findings[] | select($1)] | length == 1"
}

# silent NAME: not a byte of a key in what was printed and kept.
silent()
{
	if grep -rqF -e lab-psk- -e 6c61622d70736b "$work/out" "$work/err" \
	    "$work/kept"; then
		bad "$1: a pre-shared key left its node"
	else
		passed=$((passed + 1))
	fi
}

say config -vv --json -o "$work/kept"
expect "config: healthy" 0 '.findings == [] and (.pairs | length) == 4 and
    all(.pairs[]; .rule == "both" and .policy == "both" and
	.psk == "both" and .keys_equal != false) and
    ([.pairs[] | select(.keys_equal)] | length == 2)'
[ -s "$work/kept/nodes/node4/config/config.txt" ] ||
    bad "config: nothing is kept"
silent "config: healthy"

"$lab" ssh node3 sed -i s/lab-psk-1-3/lab-psk-another/ \
    /etc/swanctl/conf.d/lab.conf
"$lab" ssh node4 'cd /etc/inet && chmod 644 secret/ike.preshared &&
    sed -i /raddr.192.0.2.12/d ipsecinit.conf &&
    sed -i s/6c61622d70736b/6d61622d70736b/ secret/ike.preshared'
"$lab" ssh node1 'cat >/etc/swanctl/conf.d/new.conf' <<-'END'
	connections {
	node9 {
		local_addrs = 192.0.2.11
		remote_addrs = 198.51.100.19 # not there
		local { auth = psk }
		remote { auth = psk }
	}
	}
END
say config --json
expect "config: another key on Linux" 1 "$(found '.kind == "keys" and
    .node == "node1" and .peer == "node3"')"
expect "config: another key on SmartOS" 1 "$(found '.kind == "keys" and
    .node == "node2" and .peer == "node4"')"
expect "config: a policy at one end" 1 "$(found '.kind == "half" and
    .node == "node4" and .peer == "node2"')"
expect "config: who may read keys" 1 "$(found '.kind == "mode" and
    .node == "node4"')"
expect "config: in the files and not loaded" 1 "$(found '.kind ==
    "not-loaded" and .node == "node1" and (.what | contains(".19"))')"
rm -rf "$work/kept"
say config -vv --diff -o "$work/kept"
silent "config --diff"
for line in '-rule 192.0.2.11 198.51.100.19' '+psk 198.51.100.14 192.0.2.12' \
    '-{ ulp udp laddr 198.51.100.14 raddr 192.0.2.12 }'; do
	if grep -qF -e "$line" "$work/out"; then
		passed=$((passed + 1))
	else
		bad "config --diff: no line $line"
	fi
done
say config --refresh --yes --json node1
expect "config --refresh: in effect" 0 '.findings == []'
"$lab" ssh node3 sed -i s/lab-psk-another/lab-psk-1-3/ \
    /etc/swanctl/conf.d/lab.conf
"$lab" ssh node1 rm /etc/swanctl/conf.d/new.conf

# ---- what nodes are made of: healthy ----------------------------------------

say survey --json
expect "survey: healthy" 0 '.findings == [] and (.nodes | length) == 4 and
    all(.nodes[]; [.links[] | select(.role == "overlay" and .vni == 2)] |
	length == 1)'

# ---- SADBs ------------------------------------------------------------------

say sadb --keys --json
expect "sadb: healthy, keys too" 0 '.complaints == [] and .failed == [] and
    (.sas | length) >= 8 and all(.sas[]; .word == "fine")'

# Rekeys all the while: each answer is of another moment.
for n in 3 4 3 4; do
	"$lab" ssh node1 "/run/lab/on child_rekey $n" && echo rekeyed
done >"$work/rekeyed" 2>&1 &
rekeys=$!
for i in 1 2; do
	say sadb --json
	expect "sadb: rekeys meanwhile, $i" 0 \
	    'all(.complaints[]; .wrong | not)'
done
wait $rekeys
[ "$(grep -c rekeyed "$work/rekeyed")" -eq 4 ] || bad "the lab's rekeys"

# wrong FILTER: of what is wrong, exactly one is so.
wrong()
{
	echo "[.complaints[] | select(.wrong) | select($1)] | length == 1"
}

break_lab F51 node2 node4 && break_lab F58 node1 node3 && say sadb --json
expect "sadb: F51, one SA is stale" 1 "$(wrong '.kind == "stale" and
    .from == "node2" and .to == "node4" and .remedies[0].node == "node2"')"
expect "sadb: F58, a sequence number begins anew" 1 "$(wrong '.kind ==
    "sequence" and .from == "node1" and .to == "node3"')"
expect "sadb: nothing else is wrong" 1 \
    '[.complaints[] | select(.wrong)] | length == 2'
# Of a pair of both, and of one of either; the others have the same at both ends.
break_lab F54 node1 node4 && break_lab F54 node3 node1 && say sadb --keys --json
expect "sadb: F54, keys differ" 1 '[.complaints[] | select(.kind == "keys") |
    "\(.from) \(.to)"] | sort == ["node1 node4", "node3 node1"]'
say sadb --json
expect "sadb: keys are not asked for" 1 \
    'all(.complaints[]; .kind != "keys")'
# Of those that arrive meanwhile, SmartOS' kernel tells; the lab's Linux cannot.
"$lab" ssh node2 'ping -s -n 203.0.113.14 56 8' >"$work/ping" 2>&1 &
pings=$!
say drops --reasons --json -t 2 node1,node4
expect "drops: a kernel tells the reason, or why it does not" 1 \
    '([.reasons[] | select(.host == "node4" and .reason == "esp_no_sa" and
	.packet == "in" and .count > 0)] | length == 1) and
    all(.reasons[]; .host == "node4") and (.failed | length == 1) and
    (.failed[0] | .host == "node1" and (.why | contains("tracefs")))'
wait $pings
say sadb --json node1,node2
expect "sadb: peers are not asked" 0 '.complaints == []'

break_lab F51b node1 node3 && say sadb --json
expect "sadb: F51b, a SADB is lost" 1 '[.complaints[] |
    select(.wrong and .kind != "stale")] | length >= 2 and
    all(.[]; .kind == "lost" and .to == "node3")'

# ---- what nodes are made of: broken -----------------------------------------

break_lab F03 node1 node4
break_lab F71 node1 node3
"$lab" ssh node1 'ip addr del 203.0.113.11/24 dev ov0 &&
    ip addr add 203.0.113.14/24 dev ov0 && ip link set ov0 mtu 1400'
say survey --json
expect "survey: an address that two claim" 1 "$(found \
    '.kind == "same-address" and (.what | contains("node1") and
	contains("node4"))')"
expect "survey: another MTU" 1 "$(found '.kind == "differs" and
    .node == "node1" and (.what | contains("MTU 1400"))')"
expect "survey: F71, another VNI" 1 "$(found '.kind == "differs" and
    .node == "node3" and (.what | contains("VNI 3"))')"
expect "survey: F03, a map that leads astray" 1 "$(found '.kind == "map" and
    .node == "node1" and (.what | contains("is for node4"))')"
expect "survey: nothing else is wrong" 1 \
    '[.findings[] | select(.wrong)] | length == 4'

end cluster
