#!/bin/sh
# The scripts that run on nodes, run here: by every shell that there is, in a
# network namespace of the test's own.  However a capture or a probe comes to
# its end, within 5 s nothing of it is left.
#   remote.sh ESPY DIRECTORY-OF-TOOLS
set -u
tools=$2

if [ "${3:-}" != inside ]; then
	for need in unshare setsid tcpdump ping ip; do
		command -v $need >/dev/null && continue
		echo "SKIPPED: scripts of nodes: no $need"
		exit 77
	done
	if ! unshare -n true 2>/dev/null; then
		echo "SKIPPED: scripts of nodes: no network namespaces here"
		exit 77
	fi
	exec unshare -n sh "$0" "$1" "$2" inside
fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
ip link set lo up || exit 1
"$tools/script" facts >"$work/facts" || exit 1
"$tools/script" capture lo icmp 30 >"$work/capture" || exit 1
"$tools/script" capture lo icmp 2 >"$work/capture2" || exit 1
"$tools/script" capture nolink icmp 30 >"$work/nolink" || exit 1
"$tools/script" probe 127.0.0.1 127.0.0.2 5 30 >"$work/probe" || exit 1
"$tools/script" probe 127.0.0.1 127.0.0.2 2000 30 >"$work/long" || exit 1

# ---- one shell --------------------------------------------------------------
ok() { # WHAT
	echo "ok $shell: $1" >>"$dir/results"
}

bad() { # WHAT
	echo "FAILED: remote, $shell: $1" | tee -a "$dir/results"
}

check() { # WHAT COMMAND...
	what=$1
	shift
	if "$@"; then ok "$what"; else bad "$what"; fi
}

# Runs SCRIPT as sshd would: in a session of its own, its input a pipe that
# stays open.  $sid is the session, $feeder who holds the input; `say` writes.
start() { # SCRIPT
	rm -f "$dir/in" "$dir/sid"
	mkfifo "$dir/in" || exit 1
	: >"$dir/err"
	# shellcheck disable=SC2086,SC2016 # a shell with its arguments
	setsid sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$dir/sid" \
	    $shell -s <"$dir/in" >"${out:-$dir/out}" 2>"$dir/err" &
	job=$!
	exec 9>"$dir/in"
	cat "$1" >&9
	wait_until 50 test -s "$dir/sid"
	sid=$(cat "$dir/sid")
}

wait_until() { # TENTHS COMMAND...
	tenths=$1
	shift
	while [ "$tenths" -gt 0 ]; do
		"$@" && return 0
		sleep 0.1
		tenths=$((tenths - 1))
	done
	return 1
}

in_session() {
	ps -eo sid=,pid=,stat=,args= | awk -v s="$sid" '$1 == s && $3 !~ /^Z/'
}

none_left() {
	[ -z "$(in_session)" ]
}

gone() { # WHAT: all of the session has ended, 5 s at most
	if wait_until 50 none_left; then
		ok "$1"
	else
		bad "$1: left behind:"
		in_session
		# Only what this test started, by number.
		# shellcheck disable=SC2046 # a list of numbers
		kill -9 $(in_session | awk '{ print $2 }') 2>/dev/null
	fi
	exec 9>&-
	wait "$job"
	st=$?
}

listening() {
	wait_until 50 grep -q 'listening on' "$dir/err"
}

# All three at once: 8 bytes of ICMP header, and 56, 72 and 88 of data.
pinging() {
	for size in 64 80 96; do
		wait_until 50 grep -q "^$size bytes from" "$dir/out"
	done
}

counted() {
	grep -q 'packets dropped by kernel' "$dir/err"
}

capture_ends() {
	start "$work/capture"
	listening
	ping -n -c 3 -i 0.05 127.0.0.3 >/dev/null
	sleep 0.1
	echo stop >&9
	gone "capture: a stop line ends it"
	check "capture: status 0" [ "$st" -eq 0 ]
	check "capture: tcpdump counts" counted
	n=$(tcpdump -nr "$dir/out" 2>/dev/null | wc -l)
	check "capture: all packets came" [ "$n" -ge 6 ]

	start "$work/capture"
	listening
	exec 9>&-
	gone "capture: the end of input ends it"
	check "capture: tcpdump counts at the end of input" counted

	start "$work/capture2"
	listening
	gone "capture: the limit ends it"
	check "capture: tcpdump counts at the limit" counted

	start "$work/nolink"
	gone "capture: a link that is not there ends it"
	check "capture: tcpdump's status" [ "$st" -eq 1 ]
}

# The feeder is killed as espy would be: the pipe closes and nothing is said.
capture_feeder_killed() {
	rm -f "$dir/in" "$dir/sid"
	mkfifo "$dir/in"
	: >"$dir/err"
	# shellcheck disable=SC2016 # for that shell
	sh -c 'exec >"$2"; cat "$1"; exec sleep 60' sh "$work/capture" \
	    "$dir/in" &
	feeder=$!
	# shellcheck disable=SC2086,SC2016
	setsid sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$dir/sid" \
	    $shell -s <"$dir/in" >"$dir/out" 2>"$dir/err" &
	job=$!
	listening
	sid=$(cat "$dir/sid")
	kill -9 "$feeder"
	wait "$feeder" 2>/dev/null
	gone "capture: kill -9 of who holds the input"
}

# Nobody reads what tcpdump writes: the network is cut, buffers are full.
capture_stuck() { # SCRIPT WHAT END-COMMAND...
	script=$1 what=$2
	shift 2
	rm -f "$dir/full"
	mkfifo "$dir/full"
	# shellcheck disable=SC2217 # it holds the pipe and does not read
	sleep 60 <"$dir/full" &
	reader=$!
	out=$dir/full
	start "$script"
	out=
	listening
	ping -n -q -f -c 2000 127.0.0.3 >/dev/null
	"$@"
	gone "capture, stuck in write: $what"
	kill "$reader"
	wait "$reader" 2>/dev/null
}

capture_signalled() {
	start "$work/capture"
	listening
	env kill -s TERM -- "-$sid"
	gone "capture: TERM to all of it"
	start "$work/capture"
	listening
	kill -HUP "$sid"
	gone "capture: HUP to the shell"
	start "$work/capture"
	listening
	kill -KILL "$sid"
	wait "$job" # sshd would
	gone "capture: kill -9 of the shell"
}

sections_end() { # FILE
	awk '$1 == "@@espy" && $3 == "begin" { n++ }
	    $1 == "@@espy" && $3 == "end" && $4 != "" && $5 ~ /^[0-9]+$/ { n-- }
	    END { exit n != 0 || NR == 0 }' "$1"
}

probes() {
	start "$work/probe"
	gone "probe: ends by itself"
	check "probe: status 0" [ "$st" -eq 0 ]
	check "probe: every section ends" sections_end "$dir/out"
	n=$(grep -c 'bytes from 127.0.0.2: icmp_seq=' "$dir/out")
	check "probe: all answers are there" [ "$n" -eq 17 ]
	n=$(grep -c '^= [0-9]* 0$' "$dir/out")
	check "probe: all pings say how they ended" [ "$n" -eq 5 ]

	start "$work/long"
	pinging
	echo stop >&9
	gone "probe: a stop line ends it"
	check "probe: every section ends after a stop" sections_end "$dir/out"
	n=$(grep -c 'packets transmitted' "$dir/out")
	check "probe: stopped pings count" [ "$n" -eq 4 ]

	start "$work/long"
	pinging
	exec 9>&-
	gone "probe: the end of input ends it"

	start "$work/long"
	pinging
	env kill -s TERM -- "-$sid"
	gone "probe: TERM to all of it"
}

# A node whose ip knows no nokeys: the keys do not leave it all the same.
no_keys() {
	mkdir "$dir/bin"
	cat >"$dir/bin/ip" <<-'END'
	#!/bin/sh
	printf 'enc cbc(aes) 0x%s (128 bits)\n' 00112233445566778899aabbccddeeff
	echo 'aead rfc4106(gcm(aes)) 00112233445566778899AABBCCDDEEFF00112233'
	echo ' 00000000 11111111 22222222 33333333'
	END
	chmod +x "$dir/bin/ip"
	# shellcheck disable=SC2086
	PATH=$dir/bin:$PATH $shell -s <"$work/facts" >"$dir/out" 2>"$dir/err"
	sed -n '/begin sas/,/end sas/p' "$dir/out" >"$dir/sas"
	check "sas: asked" grep -q 'enc cbc(aes)' "$dir/sas"
	n=$(grep -ciE '[0-9a-f]{24}' "$dir/sas")
	check "sas: no key leaves" [ "$n" -eq 0 ]
	check "sas: bitmaps do" grep -q '11111111 22222222' "$dir/sas"
}

facts() {
	# shellcheck disable=SC2086
	$shell -s <"$work/facts" >"$dir/out" 2>"$dir/err"
	check "facts: status 0" [ $? -eq 0 ]
	check "facts: every section ends" sections_end "$dir/out"
	n=$(grep -c '^@@espy [0-9a-f]* end' "$dir/out")
	check "facts: all sections" [ "$n" -ge 19 ]
	check "facts: links" grep -q '"ifname":"lo"' "$dir/out"
}

one_shell() {
	dir=$work/$(echo "$shell" | tr ' ' _)
	mkdir "$dir" "$dir/home"
	: >"$dir/results"
	cd "$dir/home" || exit 1
	HOME=$dir/home TMPDIR=$dir/home
	export HOME TMPDIR
	facts
	no_keys
	capture_ends
	capture_feeder_killed
	capture_stuck "$work/capture2" "the limit ends it" true
	capture_stuck "$work/capture" "the end of input ends it" \
	    eval 'exec 9>&-'
	capture_signalled
	probes
	check "no file is left" [ -z "$(ls -A "$dir/home")" ]
}

# ---- all shells -------------------------------------------------------------
skipped=0
for shell in dash 'bash --posix' bash 'busybox sh' ksh mksh; do
	if command -v "${shell%% *}" >/dev/null; then
		one_shell &
	else
		echo "SKIPPED: scripts of nodes under $shell: not installed"
		skipped=$((skipped + 1))
	fi
done
wait
passed=$(cat "$work"/*/results | grep -c '^ok ')
failed=$(cat "$work"/*/results | grep -c '^FAILED')
echo "integration-remote: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
