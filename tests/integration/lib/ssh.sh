#!/bin/sh
# What the tests of espy run share: an sshd that plays many hosts, servers that
# are none, an inventory of them all, and ways to look.  Everything listens on
# 127.0.0.0/8, needs no privilege, and ends with the script.  Sourced, with
# $espy and $suite set.
# shellcheck disable=SC2034,SC2154 # what the scripts set, and what they use
here=$(cd "$(dirname "$0")" && pwd) || exit 1
sshd=$(command -v sshd || echo /usr/sbin/sshd)
passed=0 failed=0 skipped=0
d=$(mktemp -d) || exit 1
pids=
unset SSH_AUTH_SOCK
# Where sockets of ssh(1) are: to see that none is left.
mkdir "$d/run" || exit 1
export XDG_RUNTIME_DIR="$d/run"

# shellcheck disable=SC2317 # called by the trap
cleanup() {
	for p in $pids $(cat "$d"/ssh?.pid 2>/dev/null); do
		kill -s CONT "$p" 2>/dev/null
		kill "$p" 2>/dev/null
	done
	rm -rf "$d"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

finish() {
	echo "integration-$suite: $passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
	exit
}

good() {
	passed=$((passed + 1))
}

bad() {
	failed=$((failed + 1))
	echo "FAILED: $name: $1"
	[ ! -s "$d/out" ] || sed 's/^/  | /' "$d/out" | cut -c 1-200 | head -n 20
}

# check NAME STATUS REGEX OPTION...: runs espy, compares status and output.
check() {
	name=$1 want=$2 regex=$3
	shift 3
	timeout -k 5 40 "$espy" run -i "$d/hosts" -F "$d/config" "$@" \
	    >"$d/out" 2>&1 </dev/null
	got=$?
	if [ "$got" -ne "$want" ]; then
		bad "exit status $got, not $want"
	elif ! grep -qE -- "$regex" "$d/out"; then
		bad "nothing matches $regex"
	elif grep -qE 'AddressSanitizer|runtime error' "$d/out"; then
		bad "sanitizer"
	else
		good
	fi
}

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

# says NAME REGEX: it is in the last output, too.
says() {
	name=$1
	if grep -qE -- "$2" "$d/out"; then good; else bad "nothing matches $2"; fi
}

# No process whose command line matches $1 is left within $2 seconds.
left() {
	i=0
	while pgrep -f "$1" >"$d/left"; do
		i=$((i + 1))
		if [ "$i" -gt $(($2 * 10)) ]; then
			bad "processes lived on: $(ps -o pid,ppid,pgid,etime,args \
			    -p "$(paste -sd, "$d/left")" | cut -c 1-200)"
			return
		fi
		sleep 0.1
	done
	good
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
if [ ! -x "$sshd" ] || ! command -v ssh-keygen >/dev/null; then
	skipped=1
	echo "skipped: no sshd here"
	finish
fi
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
for k in host other; do
	ssh-keygen -q -t ed25519 -N '' -f "$d/$k" || exit 1
done
ssh-keygen -q -t ecdsa -N '' -f "$d/host_ec" || exit 1
for k in ed25519 ecdsa rsa; do
	ssh-keygen -q -t "$k" -N '' -f "$d/user_$k" || exit 1
done
ssh-keygen -q -t rsa -m PEM -N '' -f "$d/user_pem" || exit 1
ssh-keygen -q -t ed25519 -N '' -f "$d/user_wrong" || exit 1
ssh-keygen -q -t ed25519 -N secret -f "$d/user_locked" || exit 1
ssh-keygen -q -t ed25519 -N '' -f "$d/user_forced" || exit 1
{
	cat "$d/user_ed25519.pub" "$d/user_ecdsa.pub" "$d/user_rsa.pub" \
	    "$d/user_pem.pub"
	printf 'command="echo forced" '
	cat "$d/user_forced.pub"
} >"$d/authorized"
mkdir "$d/home" "$d/tmp"
sport=$((20000 + $$ % 10000))
cat >"$d/sshd_config" <<END
ListenAddress 0.0.0.0:$sport
HostKey $d/host
HostKey $d/host_ec
PidFile $d/sshd.pid
AuthorizedKeysFile $d/authorized
StrictModes no
UsePAM no
UseDNS no
MaxStartups 500
MaxSessions 3
PermitRootLogin yes
PasswordAuthentication no
SetEnv HOME=$d/home TMPDIR=$d/tmp
END
# Another one: a single channel a session, and only an RSA host key.
rport=$((sport + 1))
ssh-keygen -q -t rsa -N '' -f "$d/host_rsa" || exit 1
sed -e "s/:$sport/:$rport/" -e "/^HostKey.*_ec/d" -e "s/sshd.pid/sshr.pid/" \
    -e "s|^HostKey .*|HostKey $d/host_rsa|" "$d/sshd_config" >"$d/sshr_config"
# And one with one channel a session.
oport=$((sport + 2))
sed -e "s/:$sport/:$oport/" -e "s/sshd.pid/ssho.pid/" \
    -e "s/^MaxSessions.*/MaxSessions 1/" "$d/sshd_config" >"$d/ssho_config"
for s in sshd sshr ssho; do
	"$sshd" -f "$d/${s}_config" -E "$d/$s.log" || exit 1
	i=0
	until [ -s "$d/$s.pid" ]; do
		i=$((i + 1))
		[ "$i" -lt 50 ] || exit 1
		sleep 0.1
	done
done

{
	printf '[127.0.0.1]:%s ' "$sport"
	cat "$d/host.pub"
	printf '[127.0.0.1]:%s ' "$oport"
	cat "$d/host.pub"
	printf '[127.0.0.2]:%s ' "$sport"
	cat "$d/other.pub"
	printf '[127.0.0.3]:%s ' "$sport"
	cat "$d/host_ec.pub"
	printf '@revoked [127.0.0.5]:%s ' "$sport"
	cat "$d/host.pub"
	echo "this line makes no sense"
	printf '[127.1.0.*]:%s ' "$sport"
	cat "$d/host.pub"
} >"$d/known_hosts"
printf '[127.0.0.6]:%s ' "$sport" >"$d/hashed"
cat "$d/host.pub" >>"$d/hashed"
ssh-keygen -q -H -f "$d/hashed" >/dev/null 2>&1
printf '[127.0.0.1]:%s ' "$rport" >>"$d/hashed"
cat "$d/host_rsa.pub" >>"$d/hashed"
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
{
	printf '[127.0.0.1]:%s ' "$port"
	cat "$d/host.pub"
} >>"$d/hashed"
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

# A user without a shell, or one that sshd does not like, can test nothing.
if ! ssh -F "$d/config" -i "$d/user_ed25519" -p "$sport" 127.0.0.1 true \
    </dev/null >/dev/null 2>"$d/out"; then
	skipped=1
	echo "skipped: sshd does not let $(id -un) in: $(tail -n 1 "$d/out")"
	finish
fi

