# espy on a terminal of its own, for tests that answer its questions; sourced as
# sshd.sh is.  One sshd, sshd, listens on $port.
# shellcheck shell=sh disable=SC2034,SC2154 # what the scripts use
# shellcheck source=tests/integration/lib/sshd.sh
. "$(dirname "$0")/lib/sshd.sh"
shown=$d/tty
: >"$d/input"
unset DISPLAY WAYLAND_DISPLAY SSH_ASKPASS SSH_ASKPASS_REQUIRE
need script

# holds WHY COMMAND...: the command succeeds, or WHY.
holds() {
	why=$1
	shift
	if "$@"; then good; else bad "$why"; fi
}

# count N TEXT: whether TEXT stands N times on the terminal.
count() {
	[ "$(grep -oF -- "$2" "$d/tty" | wc -l)" -eq "$1" ]
}

# listen LINE...: sshd, with these lines, for the keys in $d/authorized.
listen() {
	port=$((20000 + $$ % 10000))
	make_key host ed25519
	start_sshd sshd "$port" host "$@"
	printf '* %s\n' "$(cut -d ' ' -f 1,2 "$d/host.pub")" >"$d/known"
	echo "UserKnownHostsFile $d/known" >"$d/config"
}

# on_tty WORD...: starts espy run on a terminal, which $d/tty shows, with
# $d/input to read.  $d/rc gets its status, $d/stty what the terminal is like
# afterwards.
on_tty() {
	rm -f "$d/keys" "$d/rc" "$d/stty"
	: >"$d/tty"
	mkfifo "$d/keys"
	{
		echo "trap : INT"
		printf "'%s' " "$espy" run -i "$d/hosts" -F "$d/config" "$@"
		echo "<'$d/input'"
		# After kill -9 it is somebody else who tidies up.
		echo "rc=\$?; [ \$rc -ne 137 ] || sleep 1; stty -a >'$d/stty'; echo \$rc >'$d/rc'"
	} >"$d/script"
	script -qfec "sh '$d/script'" "$d/tty" <"$d/keys" >/dev/null &
	script_pid=$!
	exec 7>"$d/keys"
}

# asked N TEXT: whether TEXT stands N times on the terminal within 10 s.
asked() {
	i=0
	until [ "$(grep -oF -- "$2" "$d/tty" | wc -l)" -ge "$1" ]; do
		i=$((i + 1))
		[ "$i" -le 100 ] || return 1
		sleep 0.1
	done
}

# types TEXT: with its newline, a while later: the echo is to be off by then.
types() {
	sleep 0.3
	printf '%b' "$1" >&7
}

# ended STATUS REGEX: espy ends within 20 s with that status, having said so.
ended() {
	i=0
	until [ -s "$d/rc" ]; do
		i=$((i + 1))
		if [ "$i" -gt 200 ]; then
			bad "does not end"
			kill "$script_pid"
			exec 7>&-
			return 1
		fi
		sleep 0.1
	done
	exec 7>&-
	wait "$script_pid"
	if [ "$(cat "$d/rc")" -ne "$1" ]; then
		bad "exit status $(cat "$d/rc"), not $1"
	elif ! tr -d '\r' <"$d/tty" | sed "s/.*$(printf '\033\[K')//" |
	    grep -qE -- "$2"; then
		bad "nothing matches $2"
	elif grep -qE 'AddressSanitizer|runtime error' "$d/tty"; then
		bad "sanitizer"
	elif ! grep -q '[; ]echo ' "$d/stty"; then
		bad "the terminal's echo is off"
	else
		good
	fi
}

# off_tty STATUS REGEX WORD...: espy run without a terminal.
off_tty() {
	want=$1 regex=$2
	shift 2
	setsid -w "$espy" run -i "$d/hosts" -F "$d/config" "$@" \
	    >"$d/tty" 2>&1 </dev/null
	judge $? "$want" "$regex"
}

# spy: from now on looks into every process for the words in $d/secrets.
spy() {
	: >"$d/spied"
	while [ -e "$d/spied" ]; do
		grep -alsF -f "$d/secrets" /proc/[0-9]*/cmdline \
		    /proc/[0-9]*/environ >>"$d/spied.found"
		echo >>"$d/spied.rounds"
		sleep 0.05
	done &
	spy_pid=$!
}

# rounds N: until spy has looked through all processes so many times, or 10 s.
rounds() {
	: >"$d/spied.rounds"
	i=0
	while [ "$(wc -l <"$d/spied.rounds")" -lt "$1" ] && [ $i -lt 100 ]; do
		i=$((i + 1))
		sleep 0.1
	done
}

# spy_sees: that spy would find what there is to find.
spy_sees() {
	: >"$d/shown"
	sh -c 'while [ -e "$1" ]; do sleep 0.1; done' \
	    "$(cat "$d/secrets")" "$d/shown" &
	shows=$!
	rounds 2
	holds "spy is blind" [ -s "$d/spied.found" ]
	rm "$d/shown"
	wait $shows
	rounds 2
	: >"$d/spied.found"
}

# spied: stops spy; no process had a secret word, nor has any file but those
# named, which keep it by intent.
spied() {
	rm -f "$d/spied"
	wait "$spy_pid"
	grep -rlF -f "$d/secrets" "$d" >"$d/spied.files" 2>/dev/null
	for f in secrets "$@"; do
		grep -vxF "$d/$f" "$d/spied.files" >"$d/spied.rest"
		mv "$d/spied.rest" "$d/spied.files"
	done
	if [ -s "$d/spied.found" ]; then
		bad "a process showed the secret: $(head -n 1 "$d/spied.found")"
	elif [ -s "$d/spied.files" ]; then
		bad "a file has the secret: $(head -n 1 "$d/spied.files")"
	else
		good
	fi
}
