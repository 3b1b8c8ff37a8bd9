# faults: what can be broken between two nodes, and where.
# shellcheck shell=sh disable=SC2154

# Columns: id (faults that users meet by that number in the manual); pairs it
# makes sense for (ipsec: across sites; any); steps as PLACE:FUNCTION, done in
# order; what is then the case.  A fault hits the direction A>B.  Places: A and
# B run a function of node/*.sh on that node, R one of this file, in the router.
faults_table()
{
	cat <<-END
	F01 any A:overlay_down the overlay device is down at A
	F02a any B:overlay_forget,A:neighbour_forget B lost its overlay address, A asks for it
	F02b any A:fdb_forget,A:neighbour_forget A cannot ask B for its address
	F03 any A:fdb_mislead A's VXLAN device sends for B to another node
	F04 any A:fdb_empty A's VXLAN device does not know where B is
	F05 any A:route_block A has no underlay route to B
	F06 ipsec A:policy_block_out A's IPsec policy blocks traffic to B
	F07 ipsec A:charon_lose A's key daemon is dead and its SAs with B are gone
	F07psk ipsec A:ike_terminate,B:psk_change the pair's secrets differ and its SAs are gone
	F07peer ipsec A:ike_terminate,B:charon_lose B's key daemon is dead and the pair has no SAs
	F07wait ipsec A:ike_terminate,B:charon_lose,A:ike_wait the same, and A's daemon waits long to ask again
	F08wait ipsec A:ike_terminate,R:drop_ike,A:ike_wait the network drops IKE, and A's daemon waits long to ask again
	F10 any A:drop_vxlan_out A's firewall drops VXLAN to B before encryption
	F11 ipsec A:drop_esp_out A's firewall drops ESP to B
	F12 any R:arp_mute,A:hop_forget A gets no ARP answer from the next hop to B
	F13 ipsec A:policy_delete A has no policy for B and sends in clear
	F13b ipsec A:policies_delete,B:policies_delete neither has a policy: all well, but in clear
	F15 ipsec A:ike_terminate cold start: no SAs, the next packet negotiates
	F20 any R:drop_forth the network drops what A sends to B
	F20r any R:drop_back the network drops what B sends to A
	F21 ipsec R:reject_forth the router rejects A's ESP with an ICMP error
	F22 ipsec R:unreach_forth the router answers A's ESP with host unreachable
	F24 any R:drop_some the network drops a tenth of what A sends to B
	F26 ipsec R:corrupt_some the network changes a tenth of what A sends to B
	F28 any R:drop_big the network drops what A sends to B over 900 bytes
	F29 ipsec R:way_narrow,A:overlay_fill what A sends to B is too big for the way and goes in fragments
	F50 ipsec B:drop_esp_in B's firewall drops ESP from A
	F51 ipsec B:sa_in_delete B lost its SA from A, A still sends on it
	F51b ipsec B:charon_forget B lost all its SAs, as in a reboot
	F54 ipsec B:sa_in_spoil B's SA from A has another authentication key
	F55 ipsec B:sa_in_garble B's SA from A has another encryption key
	F58 ipsec A:sa_out_restart A's sequence numbers start again on the same SPI
	F61 ipsec B:policy_mismatch_in B's policy wants other SAs than A's
	F62 ipsec B:policy_block_in B's IPsec policy blocks traffic from A
	F65 ipsec B:drop_vxlan_in B's firewall drops A's VXLAN after decryption
	F70 any B:vxlan_port_change B's VXLAN device listens on another port
	F71 any B:vxlan_vni_change B's VXLAN device has another VNI
	F73 any B:overlay_tag B has its overlay address in a VLAN of the overlay, A in none
	F74 any A:neighbour_mislead A has a MAC for B that is not B's
	F80 any B:overlay_forget,A:neighbour_pin B lost its overlay address, A knows its MAC
	F81 any B:source_doubt B's rp_filter drops A's overlay address
	F82 any B:drop_echo_in B's firewall drops A's pings on the overlay
	F83 any B:echo_off B answers no pings
	F85 any B:overlay_reroute B's replies to A leave by the underlay
	F90 any A:drop_reply_in A's firewall drops B's replies on the overlay
	M1late any B:tcpdump_late captures on B start a second late
	M1cut any B:tcpdump_cut underlay captures on B die after 1.5 s
	M2 any B:tcpdump_lossy captures on B lose packets
	M3 ipsec B:gro_on,A:child_rekey B takes ESP before the tap sees it
	M3F54 ipsec B:gro_on,A:child_rekey,B:sa_in_spoil the same, and keys differ
	rekey ipsec A:child_rekey not a fault: the pair's child SAs are rekeyed
	END
}

faults_list()
{
	faults_table | while read -r id pairs _ text; do
		printf '%-7s %-6s %s\n' "$id" "$pairs" "$text"
	done
}

# way_match A B WHAT: what of that A sends to B.
way_match()
{
	describe "$1" from
	describe "$2" to
	echo "ip saddr $from_underlay ip daddr $to_underlay $3"
}

# What carries the overlay: ESP across sites, VXLAN within one.
carrier_match()
{
	match="ip protocol esp"
	! same_site "$1" "$2" || match="udp dport $VXLAN_PORT"
	way_match "$1" "$2" "$match"
}

drop_forth()
{
	tap_rule "$1" "$(carrier_match "$1" "$2") counter drop"
}

drop_back()
{
	drop_forth "$2" "$1"
}

drop_ike()
{
	tap_rule "$1" "$(way_match "$1" "$2" "udp dport { 500, 4500 }")" \
	    "counter drop"
}

drop_some()
{
	tap_rule "$1" "$(carrier_match "$1" "$2")" \
	    "numgen random mod 100 < 10 counter drop"
}

# What A asks for the next hop to B is not heard.
arp_mute()
{
	describe "$1" from
	describe "$2" to
	hop=$from_gateway
	! same_site "$1" "$2" || hop=$to_underlay
	tap_rule "$1" "arp daddr ip $hop counter drop"
}

drop_big()
{
	tap_rule "$1" "$(carrier_match "$1" "$2") ip length > 900 counter drop"
}

# For what is forwarded an MTU counts when it is locked.
way_narrow()
{
	describe "$2" to
	in_ns ip route replace "$to_underlay/32" dev "site$to_site" \
	    mtu lock 1400
}

reject_forth()
{
	forward_rule "$(carrier_match "$1" "$2")" \
	    "counter reject with icmp type admin-prohibited"
}

unreach_forth()
{
	forward_rule "$(carrier_match "$1" "$2")" \
	    "counter reject with icmp type host-unreachable"
}

# Sixteen bits of the encrypted part: 20 bytes past the ESP header's start.
corrupt_some()
{
	tap_rule "$1" "$(carrier_match "$1" "$2")" \
	    "numgen random mod 100 < 10 counter @th,320,16 set 0x4242"
}

node_number()
{
	case $1 in
	node[1-4]) echo "${1#node}" ;;
	*) die "$1 is not a node: node1 to node4" ;;
	esac
}

fault_step()
{
	case $1 in
	A:*) on "$2" "${1#*:}" "$3" ;;
	B:*) on "$3" "${1#*:}" "$2" ;;
	R:*) "${1#*:}" "$2" "$3" ;;
	esac
}

# SAs are renegotiated every 150 s, which mends some faults.  So the first
# fault after a heal begins with young ones.
faults_freshen()
{
	[ ! -s "$DIR/faults" ] || return 0
	read -r healed <"$DIR/healed"
	[ $(($(now) - healed)) -lt 60 ] || heal
}

fault_break()
{
	a=$(node_number "$2") && b=$(node_number "$3") || exit 1
	[ "$a" != "$b" ] || die "$2 and $3 are one node"
	faults_table | grep "^$1 " >"$DIR/fault" ||
		die "no fault $1: see 'lab list'"
	read -r id pairs steps text <"$DIR/fault"
	[ "$pairs" = any ] || ! same_site "$a" "$b" ||
		die "$id needs IPsec: $2 and $3 are on one site"
	faults_freshen
	echo "$id $2 $3 $text" >>"$DIR/faults"
	for step in $(echo "$steps" | tr , ' '); do
		fault_step "$step" "$a" "$b" || die "$id failed at $step"
	done
}
