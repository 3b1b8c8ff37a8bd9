#!/bin/sh
# The scripts for SmartOS nodes, run by every shell that there is, with
# stand-ins for three tools: no key leaves the node, a capture hands on what
# snoop still holds when it is told to end, and a dead peer does not hold up
# the pings.  What the tools print is the unit tests' business.
#   illumos_scripts.sh ESPY DIRECTORY-OF-TOOLS
set -u
tools=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
command -v perl >/dev/null || {
	echo "SKIPPED: scripts of SmartOS nodes: no perl"
	exit 77
}

# The scripts call tools by their full paths.
script() { # NAME ARGUMENT...
	name=$1
	shift
	"$tools/script" -p illumos "$@" >"$work/plain" || exit 1
	sed "s,/usr/s*bin/\(snoop\|ping\|ipseckey\) ,$work/\1 ,g" \
	    "$work/plain" >"$work/$name"
}

check() { # WHAT COMMAND...
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $shell: $what"
	fi
}

key=00112233445566778899aabbccddeeff
cat >"$work/ipseckey" <<EOF
#!/bin/sh
echo 'AKY: $key$key/512'
echo 'EKY: ${key}[0011aabb]/128+32'
echo 'EKY: 0123456789abcdef/64'
echo 'Dump succeeded for SA type 3.'
EOF
# Hands a last packet on at the first signal, as late as bufmod might.
cat >"$work/snoop" <<'EOF'
#!/bin/sh
echo 'Using device lo (promiscuous mode)' >&2
trap 'echo; exit 0' TERM
n=0
while [ $n -lt 100 ]; do
	sleep 0.1
	n=$((n + 1))
	[ $n -ne 20 ] || echo late
done
EOF
# Waits ten seconds for an answer that does not come.
cat >"$work/ping" <<'EOF'
#!/usr/bin/perl
$SIG{INT} = sub {
	print "2 packets transmitted, 0 packets received, 100% packet loss\n";
	exit 1;
};
select undef, undef, undef, 0.1 for 1 .. 100;
EOF
# There is no such link.
printf '#!/bin/sh\nexit 3\n' >"$work/no-snoop"
chmod +x "$work/ipseckey" "$work/snoop" "$work/no-snoop" "$work/ping"
script facts facts
script capture capture lo icmp 30
sed "s,$work/snoop,$work/no-snoop," "$work/capture" >"$work/failing"
script probe probe 127.0.0.1 127.0.0.2 2 30

# Holds the input open; `stop` a second after the script.
one_shell() {
	$shell -s <"$work/facts" >"$work/out" 2>/dev/null
	check "the dump is whole" grep -q '^Dump succeeded' "$work/out"
	check "no key is in it" sh -c \
	    "! grep -q '$key\|0011aabb\|0123456789abcdef/' '$work/out'"
	{
		cat "$work/capture"
		sleep 1
		echo stop
		sleep 3
	} | $shell -s >"$work/out" 2>/dev/null
	check "a capture ends by itself" test $? -eq 0
	check "what snoop held came" grep -q late "$work/out"
	# The watchers have hardly begun when it is over.
	for i in 1 2 3 4; do
		{
			cat "$work/failing"
			sleep 4
		} | {
			# shellcheck disable=SC2086 # words
			timeout -k 1 3 $shell -s >/dev/null 2>&1
			echo $? >"$work/status.$i"
		} &
	done
	wait
	check "a capture that fails at once is over at once" test \
	    "$(cat "$work"/status.? | tr -d '\n')" = 3333
	{
		cat "$work/probe"
		sleep 10
	} | $shell -s >"$work/out" 2>/dev/null
	check "five pings ended" test "$(grep -c '^= ' "$work/out")" -eq 5
	check "with their statistics" \
	    test "$(grep -c '^2 packets' "$work/out")" -eq 5
}

for shell in dash 'bash --posix' ksh; do
	command -v "${shell%% *}" >/dev/null || continue
	one_shell
done
echo "integration-illumos-scripts: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
