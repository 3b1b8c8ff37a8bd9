#!/bin/sh
# What espy says to type is typed, as printed and where it says: then nothing
# may be wrong any more.
#
#   remedies.sh [FAULT...]
#
# Only faults whose first remedy is a command that mends; that of others is to
# look at something, or is somebody else's to do.
# shellcheck disable=SC2317 # begin comes back
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/harness.sh
begin remedies

bad()
{
	failed=$((failed + 1))
	echo "FAILED: $1: $2"
	[ ! -d "$work/run" ] || "$espy" analyze "$work/run"
}

# mend: types the first remedy of the run.
mend()
{
	remedy=$("$espy" analyze --json "$work/run" |
	    jq -r '.findings[0].remedies[0] | .node, .command')
	node=${remedy%%
*}
	command=${remedy#*
}
	timeout 20 "$lab" ssh "$node" "$command" >"$work/out" 2>&1
}

one()
{
	rm -rf "$work/run"
	if ! "$lab" heal >"$work/out" 2>&1 ||
	    ! "$lab" break "$1" node1 node3 >>"$work/out" 2>&1; then
		cat "$work/out"
		bad "$1" "the lab"
		return
	fi
	ask "$work/run" diagnose node1 node3 --count 20 >/dev/null 2>&1
	[ $? -eq 1 ] || {
		bad "$1" "no fault is found"
		return
	}
	mend || {
		bad "$1" "$node: $command: $(cat "$work/out")"
		return
	}
	rm -rf "$work/run"
	ask "$work/run" diagnose node1 node3 --count 100 >/dev/null 2>&1 || {
		bad "$1" "not mended by $command"
		return
	}
	passed=$((passed + 1))
	printf '| %-5s mended on %s: %s\n' "$1" "$node" "$command"
}

[ $# -gt 0 ] || set -- F01 F51 F51b F54 F58 F80 F83
for fault; do
	one "$fault"
done
end remedies
