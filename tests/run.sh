#!/bin/sh
# make test: everything, and one line at the end.
#
# Each part prints a line "PART: N passed, N failed, N skipped"; the sums of
# those lines are the last line.  A part that prints none has failed.
set -u
cd "$(dirname "$0")/.." || exit 1
log=build/test
mkdir -p "$log"
passed=0 failed=0 skipped=0

# part NAME COMMAND...: runs it, shows it, adds what its last line says.
part()
{
	name=$1
	shift
	began=$(date +%s)
	printf '== %s\n' "$name"
	"$@" >"$log/$name.log" 2>&1
	status=$?
	line=$(grep -E '^[a-z0-9 -]+: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' \
	    "$log/$name.log" | tail -n 1)
	if [ -z "$line" ]; then
		line="$name: 0 passed, 1 failed, 0 skipped"
		tail -n 60 "$log/$name.log"
	elif [ $status -ne 0 ]; then
		grep -v '^  \(CC\|LD\|FUZZ\) ' "$log/$name.log" | tail -n 200
	else
		grep -Ei '^(skipped|\| )' "$log/$name.log"
	fi
	printf '%s (%s s)\n' "$line" $(($(date +%s) - began))
	# shellcheck disable=SC2046 # three numbers
	set -- $(printf '%s\n' "${line##*: }" | tr -dc '0-9 ')
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
	if [ "$2" -eq 0 ] && [ $status -ne 0 ]; then
		failed=$((failed + 1))
	fi
}

# A build that must print no warning is one test.
builds()
{
	make -j2 WERROR=-Werror "$@" && echo "build: 1 passed, 0 failed, 0 skipped"
}

if [ "$(id -u)" -eq 0 ] && [ -e /etc/debian_version ]; then
	sh tests/deps.sh || exit 1
fi

part build builds CC=gcc
part build-clang builds CC=clang B=build/clang ESPY=build/clang/espy
part lint sh tests/lint/run.sh
part unit make -j2 SAN=1 unit
part san builds SAN=1
part golden sh tests/golden/run.sh
part fuzz make -j2 fuzz FUZZ_S=5
part integration make -j2 integration
part lab-leaves sh tests/lab/leaves.sh
part lab-capture sh tests/lab/capture.sh
part lab-remedies sh tests/lab/remedies.sh
part lab-operations sh tests/lab/operations.sh
part lab-cluster sh tests/lab/cluster.sh
part lab-playbooks sh tests/lab/playbooks.sh
part lab-illumos sh tests/lab/illumos.sh
part lab-watch sh tests/lab/watch.sh
part lab sh tests/lab/faults.sh

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
