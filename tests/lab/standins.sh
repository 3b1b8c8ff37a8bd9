#!/bin/sh
# Do the stand-ins of SmartOS nodes say what the kernel has?  All that is tested
# on such nodes rests on it: tests/lab/selfcheck-illumos, in a lab of its own.
# shellcheck disable=SC2317 # begin comes back
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/harness.sh
begin lab-standins

tests/lab/selfcheck-illumos >"$work/out" 2>"$work/err"
status=$?
passed=$(grep -c '^ok: ' "$work/out")
failed=$(grep -c '^BAD: ' "$work/out")
# Less than this, and it did not come to its end.
if [ $status -ne 0 ] && [ "$failed" -eq 0 ] || [ "$passed" -lt 35 ]; then
	failed=$((failed + 1))
fi
[ "$failed" -eq 0 ] || {
	sed 's/^BAD/FAILED/' "$work/out"
	cat "$work/err"
}
end lab-standins
