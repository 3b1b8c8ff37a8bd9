#!/bin/sh
# espy analyze CAPTURE CAPTURE: verdicts and exit statuses.
#   analyze_captures.sh ESPY DIRECTORY-OF-TOOLS
set -u
espy=$1 gen=$2/gen
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0

check() { # NAME STATUS PATTERN ARGUMENT...: what espy analyze must say
	name=$1 status=$2 pattern=$3
	shift 3
	"$espy" analyze "$@" >out 2>&1
	got=$?
	if [ "$got" -ne "$status" ] || ! grep -q -e "$pattern" out; then
		echo "FAILED: $name: status $got, not $status, or no '$pattern':"
		head -n 5 out
		bad=1
	fi
}

"$gen" 100000 37 a.pcap b.pcap || exit 1
"$gen" 100000 0 whole-a.pcap whole-b.pcap || exit 1
head -c 10000000 whole-b.pcap >cut.pcap
head -c 24 a.pcap >none.pcap
: >empty.pcap
echo "this is not a capture, whatever its name says" >text.pcap

lost='^network lost 37 of [0-9]* ESP packets 1.*, 37 of [0-9]* ESP packets 1'
check losses 1 "$lost" a.pcap b.pcap
check swapped 1 "$lost" b.pcap a.pcap
check clocks 1 '2 is 1.4998[0-9]* s to 1.5001[0-9]* s ahead of 1' a.pcap b.pcap
check "clocks, swapped" 1 '2 is 1.4998[0-9]* s to 1.5001[0-9]* s behind 1' b.pcap a.pcap
check healthy 0 '^nothing lost: ' whole-a.pcap whole-b.pcap
check itself 0 '^nothing lost: ' a.pcap a.pcap
check cut 0 'note: cut.pcap ends within a packet' whole-a.pcap cut.pcap
check "nothing in it" 3 '^unknown: none.pcap holds no ESP' a.pcap none.pcap
check "empty file" 2 'empty.pcap: empty' a.pcap empty.pcap
check text 2 'text.pcap: unknown file format' text.pcap a.pcap
check missing 2 'absent.pcap: open: No such file' a.pcap absent.pcap
check directory 2 'a directory, not a capture' a.pcap .
check "three captures" 2 '' a.pcap b.pcap a.pcap

"$espy" analyze --json a.pcap b.pcap >j1
"$espy" analyze --json a.pcap b.pcap >j2
cmp -s j1 j2 || { echo "FAILED: two runs differ"; bad=1; }
for key in '"version": 1' '"status": 1' '"lost": 74' '"two_way": true'; do
	grep -q "^ *$key" j1 || { echo "FAILED: no $key in the JSON"; bad=1; }
done
exit $bad
