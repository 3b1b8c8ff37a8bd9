#!/bin/sh
# Runs unit test programs one after another; the last line counts them.
#   run-units.sh PROGRAM...
set -u
passed=0 failed=0
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
for t; do
	if CMOCKA_MESSAGE_OUTPUT=stdout "$t" >"$out" 2>&1; then
		n=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$out" |
		    tail -n 1)
		passed=$((passed + ${n:-0}))
	else
		failed=$((failed + 1))
		echo "FAILED: $t"
		cat "$out"
	fi
done
echo "unit: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
