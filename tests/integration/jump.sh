#!/bin/sh
# espy run through jump hosts: real sshd on 127.0.0.0/8, no privilege needed.
#   jump.sh ESPY DIRECTORY-OF-TOOLS
# shellcheck disable=SC2016 # what is quoted is for the hosts
set -u
espy=$1 suite=jump
# shellcheck source=tests/integration/lib/sshd.sh
. "$(dirname "$0")/lib/sshd.sh"
make_user

# ---- the hosts behind, and those in front ------------------------------------
p=$((12000 + $$ % 8000))
for k in host gate other; do
	make_key $k ed25519
done
make_key gate_rsa rsa
start_sshd target $p host
# The gate has one session; what goes through it does not count.
start_sshd gate $((p + 1)) gate "MaxSessions 1" "LogLevel DEBUG1"
start_sshd closed $((p + 2)) gate "AllowTcpForwarding no"
start_sshd rsa $((p + 3)) gate_rsa
start_sshd inner $((p + 4)) gate "LogLevel DEBUG1"
{
	known '127.*' $p host
	known 127.0.0.1 $((p + 1)) gate
	known ::1 $((p + 1)) gate
	known 127.0.0.1 $((p + 2)) gate
	known 127.0.0.1 $((p + 3)) gate_rsa
	known 127.0.0.1 $((p + 4)) gate
	known 127.0.0.9 $((p + 1)) other
} >"$d/known_hosts"
jump() { # NAME PORT OPTION...: how to reach a jump host
	echo "Host $1"
	echo "	HostName ${4-127.0.0.1}"
	echo "	Port $2"
	[ $# -lt 3 ] || echo "	$3"
}
{
	jump gate $((p + 1))
	jump closed $((p + 2))
	jump rsa $((p + 3))
	jump inner $((p + 4))
	jump behind $((p + 4)) "ProxyJump gate"
	jump loop1 $((p + 1)) "ProxyJump loop2"
	jump loop2 $((p + 1)) "ProxyJump loop1"
	jump proxied $((p + 1)) "ProxyCommand nc %h %p"
	jump changed $((p + 1)) "" 127.0.0.9
	jump unknown $((p + 1)) "" 127.0.0.8
	jump stranger $((p + 1)) "User espy-no-such-user"
	jump refused 1
	jump silent 2 "" 192.0.2.1
	cat <<END
Host 127.1.0.*
	ProxyJump gate
Host 127.2.0.1
	ProxyJump gate,inner
Host 127.2.0.2
	ProxyJump behind
Host 127.2.0.3
	ProxyJump $(id -un)@127.0.0.1:$((p + 1))
Host 127.2.0.4
	ProxyJump ssh://$(id -un)@127.0.0.1:$((p + 1))
Host 127.2.0.5
	ProxyJump loop1
Host 127.2.0.6
	ProxyJump [::1]:$((p + 1))
Host 127.3.0.1
	ProxyJump closed
Host 127.3.0.2
	ProxyJump rsa
Host 127.3.0.3
	ProxyJump changed
Host 127.3.0.4
	ProxyJump unknown
Host 127.3.0.5
	ProxyJump stranger
Host 127.3.0.6
	ProxyJump refused
Host 127.3.0.7
	ProxyJump silent
Host 127.3.0.8
	ProxyJump proxied
Host 127.3.0.9
	ProxyJump no-such-host.invalid
Host *
	User $(id -un)
	IdentityFile $d/user
	IdentitiesOnly yes
	UserKnownHostsFile $d/known_hosts
	GlobalKnownHostsFile /dev/null
END
} | grep -v '^	$' >"$d/config"
{
	echo "[all:vars]"
	echo "ansible_port=$p"
	echo "[many]"
	i=1
	while [ "$i" -le 100 ]; do
		printf 'm%03d ansible_host=127.1.0.%d\n' "$i" "$i"
		i=$((i + 1))
	done
	echo "[odd]"
	echo "chain ansible_host=127.2.0.1"
	echo "own ansible_host=127.2.0.2"
	echo "literal ansible_host=127.2.0.3"
	echo "uri ansible_host=127.2.0.4"
	echo "looped ansible_host=127.2.0.5"
	echo "six ansible_host=127.2.0.6"
	echo "direct ansible_host=127.0.0.1"
	i=1
	for n in closed rsa changed unknown stranger refused silent proxied \
	    noname; do
		echo "$n ansible_host=127.3.0.$i"
		i=$((i + 1))
	done
	echo "dead ansible_host=127.1.0.200 ansible_port=1"
} >"$d/hosts"
enter $p user

# logins NAME: how often somebody logged in there.
logins() {
	grep -c '^Accepted publickey' "$d/$1.log"
}

lib() { # NAME STATUS REGEX OPTION...: with libssh2, or not at all
	n=$1 s=$2 r=$3
	shift 3
	check "$n" "$s" "$r" --transport libssh2 "$@"
}

# ---- it works --------------------------------------------------------------
lib "one host" 0 '^m001: x$' m001 -- echo x
name="through the jump host"
if grep -q "direct_tcpip.*target 127.1.0.1" "$d/gate.log"; then
	good
else
	bad "it was reached otherwise"
fi
before=$(logins gate)
lib "a hundred hosts fold" 0 '^m\[001-100\]: x$' many -- echo x
name="they share sessions"
n=$(($(logins gate) - before))
if [ "$n" -ge 1 ] && [ "$n" -le 8 ]; then
	good
else
	bad "$n sessions to the jump host"
fi
lib "beside one without" 0 '^direct,m001: x$' direct,m001 -- echo x
lib "a chain" 0 '^chain: x$' chain -- echo x
name="all of the chain"
if grep -q "direct_tcpip.*target 127.2.0.1" "$d/inner.log" &&
    grep -q "direct_tcpip.*target 127.0.0.1 port $((p + 4))" "$d/gate.log"; then
	good
else
	bad "it was reached otherwise"
fi
lib "the jump host's own jump host" 0 '^own: x$' own -- echo x
lib "user, address and port" 0 '^literal: x$' literal -- echo x
lib "as a URI" 0 '^uri: x$' uri -- echo x
lib "a megabyte from each of twenty" 0 '^m\[001-020\]: 1000000$' -l 'm0[01-20]' \
    many -- 'head -c 1000000 /dev/zero | tee /dev/stderr 2>/dev/null | wc -c'
lib "much output" 0 'more was cut' m001,m002,m003 -- \
    'head -c 8000000 /dev/zero'
name="much input"
if [ "$(head -c 3000000 /dev/zero | timeout -k 5 30 "$espy" run -i "$d/hosts" \
    -F "$d/config" --transport libssh2 --stdin m001 -- wc -c 2>"$d/out")" = \
    "m001: 3000000" ]; then
	good
else
	bad "not all of it arrived"
fi

# ---- it fails, and says how ---------------------------------------------------
lib "one that leads back" 3 '^unreachable: looped: .*back to itself' \
    looped -- true
lib "forwarding forbidden" 3 \
    '^unreachable: closed: through jump host closed: no way from there' \
    closed -- true
lib "refused behind it" 3 \
    '^unreachable: dead: through jump host gate: .*Connection refused' \
    dead -- true
lib "changed key of the jump host" 3 \
    '^host key: changed: through jump host changed: .*known_hosts:7.*CHANGED' \
    changed -- true
lib "unknown key of the jump host" 3 \
    '^host key: unknown: through jump host unknown: .*not in known_hosts' \
    unknown -- true
lib "the jump host lets nobody in" 3 \
    '^auth: stranger: through jump host stranger: .*none of' stranger -- true
lib "the jump host is down" 3 \
    '^unreachable: refused: through jump host refused: .*refused' \
    refused -- true
lib "the jump host has no address" 3 \
    '^unreachable: noname: through jump host no-such.*resolve' noname -- true
lib "the jump host is silent" 3 \
    '^unreachable: silent: through jump host silent: ' --connect-timeout 1 \
    silent -- true
lib "none delays another" 3 '^m\[001-100\]: x$' --connect-timeout 2 \
    many,closed,refused,silent,dead -- echo x
lib "only ssh(1) could" 3 \
    '^unreachable: rsa: through jump host rsa: .*only an RSA host key' \
    rsa -- true
check "... and does" 0 '^rsa: x$' -v rsa -- echo x
says 'rsa: through jump host rsa: .*so through ssh'
lib "ProxyCommand of the jump host" 3 \
    '^unreachable: proxied: through jump host proxied: .*ProxyCommand' \
    proxied -- true

# ---- it breaks ------------------------------------------------------------------
# during OPTION... HOST: a command that lasts, and runs when this returns.
during() {
	timeout -k 5 40 "$espy" run -i "$d/hosts" "$@" -- \
	    'echo up; sleep 7782' >"$d/out" 2>&1 &
	t=$!
	i=0
	until pgrep -f 'sleep 778[2]' >/dev/null || [ "$i" -ge 50 ]; do
		i=$((i + 1))
		sleep 0.1
	done
	sleep 0.5
}
name="the jump host dies"
during -F "$d/config" m001,m002
kill "$(pgrep -P "$(cat "$d/gate.pid")" | tail -n 1)"
wait $t
got=$?
if [ "$got" -eq 1 ]; then
	good
else
	bad "exit status $got"
fi
says '^failed: m\[001-002\]: .*through jump host gate: connection lost'
left 'sleep 778[2]' 5

# ---- it falls silent --------------------------------------------------------
# stop NAME: its sessions hang, as a host does that is there no more.
stop() {
	for c in $(pgrep -P "$(cat "$d/$1.pid")"); do
		both="$c $(pgrep -P "$c" -x sshd)"
		# shellcheck disable=SC2086 # words
		kill -STOP $both
		stopped="$stopped $both"
	done
}
{
	echo "Host *"
	echo "	ServerAliveInterval 1"
	echo "	ServerAliveCountMax 2"
	cat "$d/config"
} >"$d/alive"
for who in direct m001; do
	name="$who vanishes while a command runs"
	stopped=
	start=$(date +%s)
	during -F "$d/alive" "$who"
	stop target
	wait $t
	got=$?
	took=$(($(date +%s) - start))
	# shellcheck disable=SC2086 # words
	kill -CONT $stopped
	if [ "$got" -eq 1 ] && [ "$took" -le 12 ]; then
		good
	else
		bad "exit status $got after $took s"
	fi
	says "^failed: $who: .*connection lost: no sign of life for 3 s"
	left 'sleep 778[2]' 5
done
finish
