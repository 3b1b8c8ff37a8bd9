#!/bin/sh
# Every lint in this directory; one line each, and what it complained of.
set -u
cd "$(dirname "$0")" || exit 1
passed=0 failed=0
for l in *.sh; do
	[ "$l" = run.sh ] && continue
	if out=$(sh "$l" 2>&1); then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED: lint %s:\n%s\n' "${l%.sh}" "$out"
	fi
done
echo "lint: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
