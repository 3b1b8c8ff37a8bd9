#!/bin/sh
# Recorded runs of the lab, analyzed again: the same text and the same JSON,
# byte for byte.  `make golden-update` rewrites what is expected; read the diff.
#
#   run.sh [update]
set -u
cd "$(dirname "$0")/../.." || exit 1
espy=${ESPY:-build/san/espy}
[ -x "$espy" ] || espy=build/espy
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# expect NAME FORMAT OPTION: one report of one run against its file.
expect()
{
	file=tests/golden/runs/$1.$2
	# shellcheck disable=SC2086 # an option or nothing
	(cd tests/runs && "../../$espy" analyze $3 "$1") >"$work/out" 2>&1
	printf 'exit status %s\n' $? >>"$work/out"
	if [ "${update:-}" = 1 ]; then
		cp "$work/out" "$file"
	elif diff -u "$file" "$work/out" >"$work/diff"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $file"
		head -n 40 "$work/diff"
	fi
}

[ "${1:-}" = update ] && update=1
mkdir -p tests/golden/runs
for run in tests/runs/*/; do
	[ -e "$run/run.json" ] || continue
	name=$(basename "$run")
	expect "$name" txt ""
	expect "$name" json --json
done
if [ $((passed + failed)) -eq 0 ] && [ -z "${update:-}" ]; then
	echo "there is no recorded run in tests/runs"
	failed=1
fi
echo "golden: $passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
