#!/bin/sh
# Every integration test in this directory, and the sum of what they count: a
# script that counts says "integration-NAME: N passed, N failed, N skipped",
# any other is one test.  Exit status 77 means skipped, said aloud.
#   run.sh ESPY DIRECTORY-OF-TOOLS
set -u
espy=$(realpath "$1")
tools=$(realpath "$2")
cd "$(dirname "$0")" || exit 1
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
passed=0 failed=0 skipped=0

# counts STATUS: the three numbers of the script that wrote $out.
counts()
{
	n='\([0-9][0-9]*\)'
	line=$(sed -n \
	    "s/^integration[a-z_-]*: $n passed, $n failed, $n skipped\$/\1 \2 \3/p" \
	    "$out" | tail -n 1)
	case $1 in
	0) echo "${line:-1 0 0}" ;;
	77) echo "${line:-0 0 1}" ;;
	*) echo "${line:-0 1 0}" ;;
	esac
}

for t in *.sh; do
	[ "$t" = run.sh ] && continue
	sh "$t" "$espy" "$tools" >"$out" 2>&1
	status=$?
	cat "$out"
	# shellcheck disable=SC2046 # three numbers
	set -- $(counts $status)
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
	case $status:$2 in
	0:* | 77:*) continue ;;
	*:0) failed=$((failed + 1)) ;;
	esac
	echo "FAILED: integration ${t%.sh}"
done
echo "integration: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
