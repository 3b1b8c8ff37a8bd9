#!/bin/sh
# What decode says of every packet of every capture in tests/golden/decode is
# what tshark says.
#   decode_tshark.sh ESPY DIRECTORY-OF-TOOLS
set -u
fields=$2/decode_fields
cd "$(dirname "$0")/../golden/decode" || exit 1
if ! command -v tshark >/dev/null; then
	echo "SKIPPED: decode against tshark: tshark is not installed"
	exit 77
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# Without state from packet to packet, and with espy's ports.
tshark_fields() { # FILE
	# shellcheck disable=SC2046 # a list of words
	tshark -n -r "$1" -T fields -E occurrence=a -E aggregator=, \
	    -o ip.defragment:FALSE -o ipv6.defragment:FALSE \
	    -d udp.port==4790,vxlan -d udp.port==4799,vxlan \
	    -d udp.port==8472,vxlan -d udp.port==4500,udpencap \
	    $("$fields" | sed 's/^/-e /') 2>"$work/err"
}

failed=0 packets=0
for f in *.pcap *.snoop; do
	"$fields" "$f" >"$work/ours" || failed=1
	tshark_fields "$f" >"$work/theirs" || { cat "$work/err"; failed=1; }
	awk -F '\t' -v OFS='\t' -v names="$("$fields" | tr '\n' ' ')" '
	BEGIN {
		n = split(names, name, " ")
		for (i = 1; i <= n; i++)
			at[name[i]] = i
	}
	{
		# tshark lists every notification, decode only the gravest.
		n = at["isakmp.notify.msgtype"]
		k = split($n, v, ",")
		for (i = 1; i <= k; i++)
			if (i == 1 || v[i] + 0 < $n + 0)
				$n = v[i]
		# Of ICMP timestamps decode does not look at the id.
		if ($at["icmp.type"] == 13)
			$at["icmp.ident"] = $at["icmp.seq"] = ""
		gsub(/True/, "1")
		gsub(/False/, "0")
		print
	}' "$work/theirs" >"$work/want"
	if ! diff -u "$work/want" "$work/ours" >"$work/diff"; then
		echo "FAILED: $f (-tshark +decode):"
		head -n 60 "$work/diff"
		failed=1
	fi
	packets=$((packets + $(wc -l <"$work/ours")))
done
echo "decode against tshark: $packets packets compared"
[ "$failed" -eq 0 ] && [ "$packets" -gt 100 ]
