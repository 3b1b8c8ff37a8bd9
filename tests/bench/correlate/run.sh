#!/bin/sh
# Two captures of a million ESP packets each, with known losses: does espy find
# exactly those, how fast, in how much memory; against a bare libpcap read and
# tshark on the same files, all in this run, medians of three.
#   run.sh ESPY DIRECTORY-OF-TOOLS
set -u
espy=$1 tools=$2
packets=510000 losses=1234 # each way
least=1000000              # packets a second
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

"$tools/gen" $packets $losses a.pcap b.pcap || exit 1

# Lost packets by source, from the flows of the JSON.
lost_from() { # ADDRESS
	awk -v ip="\"$1\"," '
	$1 == "\"source\":" { mine = $2 == ip }
	$1 == "\"packets\":" && mine { n += $2 }
	END { print n + 0 }' espy.json
}

total=$("$tools/read" a.pcap b.pcap | cut -d ' ' -f 1)
"$tools/measure" espy.json "$espy" analyze --json a.pcap b.pcap >espy.m
status=$?
"$tools/measure" read.out "$tools/read" a.pcap b.pcap >read.m || exit 1
cat >tshark.sh <<'EOF'
for f in a.pcap b.pcap; do
	tshark -n -r $f -T fields -e frame.time_epoch -e ip.src -e ip.dst \
	    -e esp.spi -e esp.sequence 2>/dev/null || exit 1
done
EOF
command -v tshark >/dev/null &&
    { "$tools/measure" tshark.out sh tshark.sh >tshark.m || exit 1; }

there=$(lost_from 192.0.2.11) back=$(lost_from 198.51.100.13)
echo "correlate: two captures, $total packets in all, 160 bytes of each"
echo "  lost: $losses and $losses; found: $there and $back"
row() { # NAME FILE
	awk -v name="$1" -v total="$total" -v ref="$(cut -d ' ' -f 1 espy.m)" '{
		printf "  %-19s %7.3f s %7.3f s %9.0f/s %7d KiB %6.2f\n",
		    name, $1, $2, total / $1, $3, $1 / ref
	}' "$2"
}
echo "                         time  processor     packets      memory  ratio"
row "espy analyze" espy.m
row "libpcap, read only" read.m
if [ -f tshark.m ]; then
	row "tshark -T fields" tshark.m
else
	echo "  SKIPPED: tshark is not installed"
fi
[ "$status" -eq 1 ] && [ "$there" -eq $losses ] && [ "$back" -eq $losses ] ||
    exit 1
awk -v total="$total" -v least=$least '{ exit total / $1 < least }' espy.m
