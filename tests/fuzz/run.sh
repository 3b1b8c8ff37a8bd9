#!/bin/sh
# Runs fuzz targets for a while each, from their seeds, two at a time; nothing
# found is kept but the input that crashed, in build/fuzz/.
#   run.sh SECONDS TARGET...
set -u

# one SECONDS TARGET: its own log says how it went.
if [ "$1" = one ]; then
	name=${3##*/fuzz_}
	corpus=build/fuzz/corpus-$name
	mkdir -p "$corpus"
	rm -f "build/fuzz/$name.passed"
	"$3" -max_total_time="$2" -rss_limit_mb=1024 -timeout=10 \
	    -max_len=65536 -artifact_prefix="build/fuzz/$name-" \
	    "$corpus" "tests/fuzz/seeds/$name" >"build/fuzz/$name.log" 2>&1 &&
		: >"build/fuzz/$name.passed"
	exit 0
fi

seconds=$1
shift
passed=0 failed=0
printf '%s\n' "$@" | xargs -P 2 -n 1 sh "$0" one "$seconds"
for t; do
	name=${t##*/fuzz_}
	if [ -e "build/fuzz/$name.passed" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $t"
		tail -n 40 "build/fuzz/$name.log"
	fi
done
echo "fuzz: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
