#!/bin/sh
# What the tests of espy run share: an sshd that plays many hosts, servers that
# are none, and an inventory of them all; sourced as sshd.sh is.
# shellcheck shell=sh disable=SC2034,SC2154 # what the scripts use
# shellcheck source=tests/integration/lib/sshd.sh
. "$(dirname "$0")/lib/sshd.sh"
# Where sockets of ssh(1) are: to see that none is left.
mkdir "$d/run" "$d/tmp" || exit 1
export XDG_RUNTIME_DIR="$d/run"

# both NAME STATUS REGEX OPTION...: check, through libssh2 and through ssh(1).
both() {
	n=$1 s=$2 r=$3
	shift 3
	check "$n" "$s" "$r" --transport libssh2 "$@"
	check "ssh(1): $n" "$s" "$r" --transport ssh "$@"
}

# start OPTION...: espy run in the background; $t is to be waited for, $e espy.
start() {
	timeout -k 5 40 "$espy" run -i "$d/hosts" -F "$d/config" "$@" \
	    >"$d/out" 2>&1 </dev/null &
	t=$!
	i=0
	until e=$(pgrep -P "$t"); do
		i=$((i + 1))
		[ "$i" -le 50 ] || break
		sleep 0.05
	done
}

# ended STATUS REGEX: what was started ends so.
ended() {
	wait "$t"
	got=$?
	if [ "$got" -ne "$1" ]; then
		bad "exit status $got, not $1"
	elif ! grep -qE -- "$2" "$d/out"; then
		bad "nothing matches $2"
	else
		good
	fi
}

# $2 processes (one, unless said) whose whole command line is $1 are there within
# 5 s: not espy, whose own words hold the command.
there() {
	i=0
	until [ "$(pgrep -cfx "$1")" -ge "${2:-1}" ]; do
		i=$((i + 1))
		[ "$i" -le 50 ] || return 1
		sleep 0.1
	done
	return 0
}

# server KIND [ARGUMENT]: starts one, which is also its name in the inventory;
# $server is its pid.
server() {
	mkfifo "$d/port.$1"
	perl "$here/servers.pl" "$@" >"$d/port.$1" &
	server=$!
	pids="$pids $server"
	read -r port <"$d/port.$1"
	echo "$1 ansible_host=127.0.0.1 ansible_port=$port" >>"$d/servers"
}

# ---- keys, sshd, inventory --------------------------------------------------
make_key host ed25519
make_key host_ec ecdsa
make_key host_rsa rsa
make_key other ed25519
for k in ed25519 ecdsa rsa; do
	make_key "user_$k" "$k"
done
make_key user_pem rsa -m PEM
make_key user_wrong ed25519
make_key user_locked ed25519 -N secret
make_key user_forced ed25519
{
	cat "$d/user_ed25519.pub" "$d/user_ecdsa.pub" "$d/user_rsa.pub" \
	    "$d/user_pem.pub"
	printf 'command="echo forced" '
	cat "$d/user_forced.pub"
} >"$d/authorized"
sport=$((20000 + $$ % 10000))
rport=$((sport + 1))
oport=$((sport + 2))
environment=TMPDIR=$d/tmp
start_sshd sshd $sport host "HostKey $d/host_ec" "MaxSessions 3"
start_sshd rsa $rport host_rsa "MaxSessions 3"
start_sshd one $oport host "HostKey $d/host_ec" "MaxSessions 1"

{
	known 127.0.0.1 $sport host
	known 127.0.0.1 $oport host
	known 127.0.0.2 $sport other
	known 127.0.0.3 $sport host_ec
	printf '@revoked '
	known 127.0.0.5 $sport host
	echo "this line makes no sense"
	known '127.1.0.*' $sport host
} >"$d/known_hosts"
known 127.0.0.6 $sport host >"$d/hashed"
ssh-keygen -q -H -f "$d/hashed" >/dev/null 2>&1
known 127.0.0.1 $rport host_rsa >>"$d/hashed"
# ssh's own key exchange takes ten times the processor, and tests nothing of ours.
cat >"$d/config" <<END
Host *
	KexAlgorithms curve25519-sha256,ecdh-sha2-nistp256
	UserKnownHostsFile $d/known_hosts $d/hashed
	GlobalKnownHostsFile /dev/null
	IdentitiesOnly yes
END
for s in silent http closes banner garbage endless full midway; do
	server $s
done
server relay "$sport"
relay=$server
known 127.0.0.1 "$port" host >>"$d/hashed"
{
	echo "[all:vars]"
	echo "ansible_port=$sport"
	echo "ansible_user=$(id -un)"
	echo "ansible_ssh_private_key_file=$d/user_ed25519"
	echo "[one]"
	echo "good ansible_host=127.0.0.1"
	echo "[odd]"
	echo "changed ansible_host=127.0.0.2"
	echo "ecdsa ansible_host=127.0.0.3"
	echo "unknown ansible_host=127.0.0.4"
	echo "revoked ansible_host=127.0.0.5"
	echo "hashed ansible_host=127.0.0.6"
	echo "stranger ansible_host=127.0.0.7"
	echo "refused ansible_host=127.0.0.1 ansible_port=1"
	for k in ecdsa rsa pem wrong locked forced missing; do
		printf 'key-%s ansible_host=127.0.0.1 ' "$k"
		echo "ansible_ssh_private_key_file=$d/user_$k"
	done
	cat "$d/servers"
	echo "rsa-only ansible_host=127.0.0.1 ansible_port=$rport"
	echo "one-channel ansible_host=127.0.0.1 ansible_port=$oport"
	echo "noaddress ansible_host=None"
	echo "noname ansible_host=no-such-host.invalid"
	echo "[many]"
	i=1
	while [ "$i" -le 20 ]; do
		printf 'm%02d ansible_host=127.1.0.%d\n' "$i" "$i"
		i=$((i + 1))
	done
} >"$d/hosts"

enter "$sport" user_ed25519
