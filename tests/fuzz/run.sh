#!/bin/sh
# Runs fuzz targets for a while each, from their seeds; nothing found is kept
# but the input that crashed, in build/fuzz/.
#   run.sh SECONDS TARGET...
set -u
seconds=$1
shift
passed=0 failed=0
for t; do
	name=${t##*/fuzz_}
	corpus=build/fuzz/corpus-$name
	mkdir -p "$corpus"
	if "$t" -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=10 \
	    -max_len=65536 -artifact_prefix="build/fuzz/$name-" \
	    "$corpus" "tests/fuzz/seeds/$name" >"build/fuzz/$name.log" 2>&1
	then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $t"
		tail -n 40 "build/fuzz/$name.log"
	fi
done
echo "fuzz: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
