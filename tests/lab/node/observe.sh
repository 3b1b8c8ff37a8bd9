# observe: what a node sees and counts while it is being tested; for selfcheck.
# shellcheck shell=sh disable=SC2154

# Every counter by name, one a line.
counters()
{
	describe "$1" its
	ip -s xfrm state list nokeys | awk -v me="$my_underlay" \
	    -v it="$its_underlay" '
	FILENAME == "-" {
		if ($1 == "src")
			way = $2 == me && $4 == it ? "sa_out" : \
			    $2 == it && $4 == me ? "sa_in" : "sa_other"
		if (sub(/\(packets\).*/, ""))
			packets[way] += $NF
		next
	}
	$1 ~ /^Xfrm/ { print; next }
	FILENAME ~ /tx_/ { sub(".*/", "", FILENAME); print FILENAME, $1; next }
	!($1 in names) { names[$1] = $0; next }
	{
		n = split(names[$1], name)
		sub(":", "", $1)
		for (i = 2; i <= n; i++)
			print $1 name[i], $i
	}
	END {
		print "sa_out", packets["sa_out"] + 0
		print "sa_in", packets["sa_in"] + 0
	}' - /proc/net/xfrm_stat /proc/net/snmp /proc/net/netstat \
	    /sys/class/net/ov0/statistics/tx_errors \
	    /sys/class/net/ov0/statistics/tx_dropped
}

# The real tcpdump, whatever the PATH now says.
observe_tap()
{
	: >"/run/lab/$1.err"
	/usr/bin/tcpdump -i "$1" -n -U --immediate-mode -s 128 \
	    -w "/run/lab/$1.pcap" "$2" </dev/null >/dev/null 2>"/run/lab/$1.err" &
	echo $! >"/run/lab/$1.pid"
	i=0
	while [ $i -lt 50 ] && [ ! -s "/run/lab/$1.err" ]; do
		sleep 0.02
		i=$((i + 1))
	done
}

observe_start()
{
	describe "$1" its
	counters "$1" >/run/lab/before
	rm -f /run/lab/*.pcap /run/lab/*.err
	observe_tap eth0 "host $its_underlay or icmp" &
	observe_tap ov0 "icmp or arp" &
	wait
}

seen()
{
	/usr/bin/tcpdump -n -r "/run/lab/$1.pcap" "$2" 2>/dev/null | wc -l
}

# Prints what was seen and what was counted, as NAME=N.
observe_stop()
{
	describe "$1" its
	for i in eth0 ov0; do
		read -r pid <"/run/lab/$i.pid" && kill "$pid" 2>/dev/null
		while [ -e "/proc/$pid" ]; do
			sleep 0.02
		done
	done
	counters "$1" | awk 'NR == FNR { was[$1] = $2; next }
	$2 > was[$1] { print $1 "=" $2 - was[$1] }' /run/lab/before -
	to="src $my_underlay and dst $its_underlay"
	from="src $its_underlay and dst $my_underlay"
	echo "out_esp=$(seen eth0 "$to and esp")"
	echo "in_esp=$(seen eth0 "$from and esp")"
	echo "out_clear=$(seen eth0 "$to and udp port $VXLAN_PORT")"
	echo "in_clear=$(seen eth0 "$from and udp port $VXLAN_PORT")"
	echo "errors=$(seen eth0 "icmp[icmptype] == icmp-unreach")"
	echo "requests=$(seen ov0 'icmp[icmptype] == icmp-echo')"
	echo "replies=$(seen ov0 'icmp[icmptype] == icmp-echoreply')"
	echo "echos=$(observe_echos)"
	echo "arps=$(seen ov0 arp)"
}

# observe_ping PEER N SIZE: prints how many were answered.
observe_ping()
{
	describe "$1" its
	ping -n -q -c "$2" -s "$3" -i 0.02 -W 1 "$its_overlay" 2>&1 |
		awk '/received/ { n = $4 } END { print n + 0 }'
}

observe_echos()
{
	sed -n 's/^Icmp: \([0-9]* \)\{8\}\([0-9]*\).*/\2/p' /proc/net/snmp
}
