#!/bin/sh
# For scripts that run espy against sshd on 127.0.0.0/8; sourced, with $espy
# set.  Everything is in $d and ends with the script.
# shellcheck disable=SC2154,SC2317 # espy is set there, and so much is used
sshd=$(command -v sshd || echo /usr/sbin/sshd)
passed=0 failed=0 skipped=0
name=
d=$(mktemp -d) || exit 1
pids=
unset SSH_AUTH_SOCK

cleanup() {
	for p in $pids $(cat "$d"/*.pid 2>/dev/null); do
		kill "$p" 2>/dev/null
	done
	rm -rf "$d"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

finish() { # NAME
	echo "integration-$1: $passed passed, $failed failed, $skipped skipped"
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

skip() { # WHY
	skipped=$((skipped + 1))
	echo "skipped: $name: $1"
}

# check NAME STATUS REGEX OPTION...: runs espy, compares status and output.
check() {
	name=$1 want=$2 regex=$3
	shift 3
	timeout -k 5 60 "$espy" run -i "$d/hosts" -F "$d/config" "$@" \
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

# says REGEX: so does the output of the last check.
says() {
	if grep -qE -- "$1" "$d/out"; then
		good
	else
		bad "nothing matches $1"
	fi
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

# make_key NAME TYPE
make_key() {
	ssh-keygen -q -t "$2" -N '' -f "$d/$1" || exit 1
}

# start_sshd NAME PORT HOSTKEY LINE...: one more sshd, with these lines behind
# its own; of a repeated MaxStartups the last counts, of others the first.
start_sshd() {
	s=$1
	{
		cat <<END
ListenAddress 0.0.0.0:$2
HostKey $d/$3
PidFile $d/$s.pid
AuthorizedKeysFile $d/user.pub
StrictModes no
UsePAM no
UseDNS no
MaxStartups 500
PermitRootLogin yes
PasswordAuthentication no
SetEnv HOME=$d/home
END
		shift 3
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$d/$s.conf"
	if ! "$sshd" -f "$d/$s.conf" -E "$d/$s.log"; then
		cat "$d/$s.log"
		exit 1
	fi
	i=0
	until [ -s "$d/$s.pid" ]; do
		i=$((i + 1))
		[ "$i" -lt 50 ] || exit 1
		sleep 0.1
	done
}

# known NAME PORT HOSTKEY: a line for known_hosts.
known() {
	printf '[%s]:%s ' "$1" "$2"
	cat "$d/$3.pub"
}

# begin NAME: a user key, or the end where there is no sshd.
begin() {
	if [ ! -x "$sshd" ] || ! command -v ssh-keygen >/dev/null; then
		skipped=1
		echo "skipped: no sshd here"
		finish "$1"
	fi
	[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
	mkdir "$d/home"
	make_key user ed25519
}

# enter NAME PORT: ends where sshd does not let us in, which tests nothing.
enter() {
	if ! ssh -F "$d/config" -i "$d/user" -p "$2" 127.0.0.1 true \
	    </dev/null >/dev/null 2>"$d/out"; then
		skipped=1
		echo "skipped: sshd does not let $(id -un) in:" \
		    "$(tail -n 1 "$d/out")"
		finish "$1"
	fi
}
