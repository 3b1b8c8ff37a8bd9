# What the tests that run espy against sshd share: a directory, counters, sshd
# on 127.0.0.0/8, ways to look.  All of it ends with the script.  Sourced, with
# $espy and $suite set; gives $here, the directory of the script, and $d.
# shellcheck shell=sh disable=SC2034,SC2154,SC2317 # what the scripts use
here=$(cd "$(dirname "$0")" && pwd) || exit 1
sshd=$(command -v sshd || echo /usr/sbin/sshd)
passed=0 failed=0 skipped=0
name='' pids=''
d=$(mktemp -d) || exit 1
shown=$d/out # what bad shows
unset SSH_AUTH_SOCK

cleanup() {
	for p in $pids $(cat "$d"/*.pid 2>/dev/null); do
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

bad() { # WHY
	failed=$((failed + 1))
	echo "FAILED: $name: $1"
	[ ! -s "$shown" ] || sed 's/^/  | /' "$shown" | cut -c 1-200 |
	    head -n 40
}

skip() { # WHY
	skipped=$((skipped + 1))
	echo "skipped: $name: $1"
}

# need PROGRAM...: or there is nothing to test.
need() {
	for p; do
		command -v "$p" >/dev/null && continue
		name=$suite
		skip "no $p here"
		finish
	done
}

# judge GOT WANT REGEX: the exit status and what was shown.
judge() {
	if [ "$1" -ne "$2" ]; then
		bad "exit status $1, not $2"
	elif ! grep -qE -- "$3" "$shown"; then
		bad "nothing matches $3"
	elif grep -qE 'AddressSanitizer|runtime error' "$shown"; then
		bad "sanitizer"
	else
		good
	fi
}

# check NAME STATUS REGEX OPTION...: runs espy, compares status and output.
check() {
	name=$1 want=$2 regex=$3
	shift 3
	timeout -k 5 60 "$espy" run -i "$d/hosts" -F "$d/config" "$@" \
	    >"$d/out" 2>&1 </dev/null
	judge $? "$want" "$regex"
}

# says [NAME] REGEX: it is in the last output, too.
says() {
	[ $# -eq 1 ] || name=$1
	[ $# -eq 1 ] || shift
	if grep -qE -- "$1" "$shown"; then
		good
	else
		bad "nothing matches $1"
	fi
}

# No process whose command line matches $1 is left within $2 seconds, or five.
left() {
	i=0
	while pgrep -f -- "$1" >"$d/left"; do
		i=$((i + 1))
		if [ "$i" -gt $((${2:-5} * 10)) ]; then
			bad "processes lived on: $(ps -o pid,ppid,pgid,etime,args \
			    -p "$(paste -sd, "$d/left")" | cut -c 1-200)"
			return
		fi
		sleep 0.1
	done
	good
}

# make_key NAME TYPE [OPTION...]
make_key() {
	k=$1 type=$2
	shift 2
	ssh-keygen -q -t "$type" -f "$d/$k" -N '' "$@" || exit 1
}

# make_user: user, a key that every sshd takes.
make_user() {
	make_key user ed25519
	cp "$d/user.pub" "$d/authorized"
}

# run_sshd NAME: as $d/NAME.conf says, until it listens.
run_sshd() {
	if ! "$sshd" -f "$d/$1.conf" -E "$d/$1.log"; then
		cat "$d/$1.log"
		exit 1
	fi
	i=0
	until [ -s "$d/$1.pid" ]; do
		i=$((i + 1))
		[ "$i" -lt 50 ] || exit 1
		sleep 0.1
	done
}

# start_sshd NAME PORT HOSTKEY LINE...: one more sshd, with these lines behind
# its own; of a repeated MaxStartups the last counts, of others the first.
# $environment is more than HOME, $authorized another file of keys.
start_sshd() {
	s=$1
	{
		cat <<END
ListenAddress 0.0.0.0:$2
HostKey $d/$3
PidFile $d/$s.pid
AuthorizedKeysFile ${authorized:-$d/authorized}
StrictModes no
UsePAM no
UseDNS no
MaxStartups 500
PermitRootLogin yes
PasswordAuthentication no
SetEnv HOME=$d/home ${environment-}
END
		shift 3
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$d/$s.conf"
	run_sshd "$s"
}

# known NAME PORT HOSTKEY: a line for known_hosts.
known() {
	printf '[%s]:%s ' "$1" "$2"
	cat "$d/$3.pub"
}

# enter PORT KEY: ends where sshd does not let us in, which tests nothing.
enter() {
	ssh -F "$d/config" -i "$d/$2" -p "$1" 127.0.0.1 true \
	    </dev/null >/dev/null 2>"$d/out" && return
	name=$suite
	skip "sshd does not let $(id -un) in: $(tail -n 1 "$d/out")"
	finish
}

need "$sshd" ssh-keygen
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
mkdir "$d/home"
