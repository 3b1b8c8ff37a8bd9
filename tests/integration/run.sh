#!/bin/sh
# Every integration test in this directory; 77 means skipped, said aloud.
#   run.sh ESPY DIRECTORY-OF-TOOLS
set -u
espy=$(realpath "$1")
tools=$(realpath "$2")
cd "$(dirname "$0")" || exit 1
passed=0 failed=0 skipped=0
for t in *.sh; do
	[ "$t" = run.sh ] && continue
	sh "$t" "$espy" "$tools"
	case $? in
	0) passed=$((passed + 1)) ;;
	77) skipped=$((skipped + 1)) ;;
	*)
		failed=$((failed + 1))
		echo "FAILED: integration ${t%.sh}"
		;;
	esac
done
echo "integration: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
