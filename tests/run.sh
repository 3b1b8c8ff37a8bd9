#!/bin/sh
# make test: everything, and one line at the end.
#
#   run.sh                all of it
#   run.sh PART...        only these, one after the other
#
# Each part prints a line "PART: N passed, N failed, N skipped"; the sums of
# those lines are the last line, and what failed is said again before it.  A
# part that prints none has failed.
#
# The program is built first, then AT_ONCE lanes take turns: most parts wait
# rather than work.  Names joined by commas share objects and stay in order; the
# longest are started first.
set -u
cd "$(dirname "$0")/.." || exit 1
at_once=${AT_ONCE:-2}
lanes="lab-faults build-clang,lint,unit,san,golden,fuzz integration lab-illumos
    lab-remedies lab-playbooks lab-leaves lab-operations lab-trouble lab-cluster
    lab-secrets lab-standins lab-watch lab-capture"
log=build/test

# A build that must print no warning is one test.
builds()
{
	make -j2 WERROR=-Werror "$@" && echo "build: 1 passed, 0 failed, 0 skipped"
}

work()
{
	case $1 in
	build) builds CC=gcc ;;
	build-clang) builds CC=clang B=build/clang ESPY=build/clang/espy ;;
	san) builds SAN=1 ;;
	unit) make -j2 SAN=1 WERROR=-Werror unit ;;
	fuzz) make -j2 fuzz FUZZ_S=5 ;;
	integration) make -j2 integration ;;
	lint | golden) sh "tests/$1/run.sh" ;;
	lab-*) sh "tests/lab/${1#lab-}.sh" ;;
	*) echo "there is no part $1" ;;
	esac
}

# part NAME: does it and says how it went, all at once, for others do so too;
# its three numbers are in $log/NAME.count.
part()
{
	began=$(date +%s)
	work "$1" >"$log/$1.log" 2>&1 </dev/null
	status=$?
	line=$(grep -E '^[a-z0-9 -]+: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' \
	    "$log/$1.log" | tail -n 1)
	more=
	if [ -z "$line" ]; then
		line="$1: 0 passed, 1 failed, 0 skipped"
		more=$(tail -n 60 "$log/$1.log")
	elif [ $status -ne 0 ]; then
		more=$(grep -v '^  \(CC\|LD\|FUZZ\) ' "$log/$1.log" | tail -n 200)
	else
		more=$(grep -Ei '^(skipped|\| )' "$log/$1.log")
	fi
	printf '== %s\n%s%s (%s s)\n' "$1" "${more:+$more
}" "$line" $(($(date +%s) - began))
	# shellcheck disable=SC2046 # three numbers
	set -- "$1" $(printf '%s\n' "${line##*: }" | tr -dc '0-9 ')
	if [ "$3" -eq 0 ] && [ $status -ne 0 ]; then
		set -- "$1" "$2" 1 "$4"
	fi
	echo "$2 $3 $4" >"$log/$1.count"
}

# failures PART...: what failed in each, so that the end of the output tells.
failures()
{
	for p; do
		count=$(cat "$log/$p.count" 2>/dev/null || echo "0 1 0")
		[ "${count#* 0 }" = "$count" ] || continue
		echo "== failed in $p"
		if grep -q '^FAILED' "$log/$p.log"; then
			grep -A12 '^FAILED' "$log/$p.log" | head -n 60
		else
			tail -n 20 "$log/$p.log"
		fi
	done
}

mkdir -p "$log"
if [ "${1:-}" = lane ]; then
	# One word of $lanes, for xargs below.
	for p in $(printf '%s\n' "$2" | tr , ' '); do
		part "$p"
	done
	exit 0
fi
rm -f "$log"/*.count
if [ $# -gt 0 ]; then
	for p; do
		part "$p"
	done
else
	if [ "$(id -u)" -eq 0 ] && [ -e /etc/debian_version ]; then
		sh tests/deps.sh || exit 1
	fi
	part build
	printf '%s\n' "$lanes" |
	    xargs -n 1 -P "$at_once" sh tests/run.sh lane
	# shellcheck disable=SC2046 # words
	set -- build $(printf '%s\n' "$lanes" | tr , ' ')
fi
failures "$@"
# A part that left no numbers was killed.
for p; do
	cat "$log/$p.count" 2>/dev/null || echo "0 1 0"
done | awk '{ passed += $1; failed += $2; skipped += $3 }
    END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed > 0 }'
