#!/bin/sh
# Every benchmark: one directory each.
#   run.sh ESPY DIRECTORY-OF-TOOLS
set -u
espy=$(realpath "$1")
tools=$(realpath "$2")
cd "$(dirname "$0")" || exit 1
passed=0 failed=0
for b in */run.sh; do
	if sh "$b" "$espy" "$tools"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: bench ${b%/run.sh}"
	fi
done
echo "bench: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
