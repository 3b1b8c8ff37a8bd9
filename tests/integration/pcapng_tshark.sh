#!/bin/sh
# What capture/pcapng writes is what tshark and capinfos read: each packet of
# each interface as in the captures that it came from.
#   pcapng_tshark.sh ESPY DIRECTORY-OF-TOOLS
set -u
tool=$2/pcapng_write
cd "$(dirname "$0")/../golden/decode" || exit 1
if ! command -v tshark >/dev/null || ! command -v capinfos >/dev/null; then
	echo "SKIPPED: pcapng against tshark: tshark is not installed"
	exit 77
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

fail()
{
	echo "FAILED: pcapng: $1"
	failed=1
}

# packets FILE [FILTER]: times and all bytes, a line a packet
packets()
{
	tshark -n -r "$1" ${2:+-Y "$2"} -T fields -e frame.time_epoch \
	    -e frame.len -e frame.cap_len 2>"$work/err" || cat "$work/err"
	tshark -n -r "$1" ${2:+-Y "$2"} -x 2>/dev/null
}

"$tool" ethernet.pcap real.pcap >"$work/both.pcapng" || fail "not written"
# Reads all blocks strictly, with their options.
capinfos -M "$work/both.pcapng" >"$work/infos" 2>"$work/err" ||
    fail "capinfos: $(cat "$work/err")"
[ -s "$work/err" ] && fail "capinfos: $(cat "$work/err")"
for want in 'Capture application: espy' 'Capture comment: *both ends' \
    'Number of interfaces in file: 2' 'Name = real.pcap' \
    'Description = a description' 'Filter string = ip or arp' \
    'Operating system = linux' 'Time precision = nanoseconds (9)' \
    'Number of stat entries = 1'; do
	grep -q "$want" "$work/infos" || fail "capinfos does not say $want"
done
i=0
for f in ethernet.pcap real.pcap; do
	packets "$f" >"$work/want"
	packets "$work/both.pcapng" "frame.interface_id == $i" >"$work/got"
	[ -s "$work/want" ] || fail "$f: tshark reads nothing"
	diff "$work/want" "$work/got" >"$work/diff" || {
		fail "$f"
		head -n 20 "$work/diff"
	}
	i=$((i + 1))
done
n=$(tshark -n -r "$work/both.pcapng" -Y 'frame.comment == "a comment" &&
    frame.packet_flags_direction == 2' 2>/dev/null | wc -l)
all=$(tshark -n -r "$work/both.pcapng" 2>/dev/null | wc -l)
if [ "$n" -eq 0 ] || [ "$n" -ne "$all" ]; then
	fail "$n of $all packets have their comment and direction"
fi
echo "pcapng against tshark: $all packets compared"
[ $failed -eq 0 ]
