# faults: what can be broken on a node.  Each takes the peer's number.
# shellcheck shell=sh disable=SC2154

# This kernel has nftables, but not for IPv4.
firewall_drop()
{
	iptables-legacy -A "$@" -j DROP
}

drop_vxlan_out()
{
	describe "$1" its
	firewall_drop OUTPUT -d "$its_underlay" -p udp --dport "$VXLAN_PORT"
}

drop_esp_out()
{
	describe "$1" its
	firewall_drop OUTPUT -d "$its_underlay" -p esp
}

drop_esp_in()
{
	describe "$1" its
	firewall_drop INPUT -s "$its_underlay" -p esp
}

drop_vxlan_in()
{
	describe "$1" its
	firewall_drop INPUT -s "$its_underlay" -p udp --dport "$VXLAN_PORT"
}

drop_echo_in()
{
	describe "$1" its
	firewall_drop INPUT -i ov0 -s "$its_overlay" -p icmp \
	    --icmp-type echo-request
}

drop_reply_in()
{
	describe "$1" its
	firewall_drop INPUT -i ov0 -s "$its_overlay" -p icmp \
	    --icmp-type echo-reply
}

overlay_down()
{
	ip link set ov0 down
}

# Full packets to the peer, for a minute: in ESP they have 1420 bytes.
overlay_fill()
{
	describe "$1" its
	ping -q -i 0.2 -c 300 -s 1272 "$its_overlay" </dev/null >/dev/null 2>&1 &
	echo $! >"$FILL_PID"
}

overlay_forget()
{
	ip addr del "$my_overlay/24" dev ov0
}

# It answers in that VLAN, and knows its peer there.
overlay_tag()
{
	describe "$1" its
	ip -batch - <<-END
	link add ov0.5 link ov0 type vlan id 5
	link set ov0.5 up
	addr del $my_overlay/24 dev ov0
	addr add $my_overlay/24 dev ov0.5
	neigh replace $its_overlay lladdr $its_overlay_mac dev ov0.5 nud reachable
	END
}

neighbour_forget()
{
	describe "$1" its
	ip neigh del "$its_overlay" dev ov0
}

neighbour_pin()
{
	describe "$1" its
	ip neigh replace "$its_overlay" lladdr "$its_overlay_mac" dev ov0 \
	    nud permanent
}

neighbour_mislead()
{
	describe "$1" its
	mac=02:00:5e:00:71:99
	ip neigh replace "$its_overlay" lladdr $mac dev ov0 nud permanent
	bridge fdb append $mac dev ov0 dst "$its_underlay" \
	    port "$VXLAN_PORT" vni "$VNI" self permanent
}

fdb_forget()
{
	describe "$1" its
	for mac in "$its_overlay_mac" 00:00:00:00:00:00; do
		bridge fdb delete "$mac" dev ov0 dst "$its_underlay" \
		    port "$VXLAN_PORT" vni "$VNI" self
	done
}

# Without a default entry there is nowhere to ask either.
fdb_empty()
{
	for p in $NODES; do
		[ "$p" = "$ME" ] || describe "$p" its
		[ "$p" = "$ME" ] || echo "fdb delete 00:00:00:00:00:00" \
		    "dev ov0 dst $its_underlay port $VXLAN_PORT vni $VNI self"
	done | bridge -batch -
	describe "$1" its
	bridge fdb delete "$its_overlay_mac" dev ov0 dst "$its_underlay" \
	    port "$VXLAN_PORT" vni "$VNI" self
}

# To the other node of B's site, or of the other site if A is that node.
fdb_mislead()
{
	for other in $NODES; do
		[ "$other" != "$ME" ] || continue
		[ "$other" != "$1" ] || continue
		same_site "$ME" "$other" || break
	done
	describe "$1" its
	mac=$its_overlay_mac
	bridge fdb delete "$mac" dev ov0 dst "$its_underlay" \
	    port "$VXLAN_PORT" vni "$VNI" self
	describe "$other" its
	bridge fdb append "$mac" dev ov0 dst "$its_underlay" \
	    port "$VXLAN_PORT" vni "$VNI" self permanent
}

route_block()
{
	describe "$1" its
	ip route add unreachable "$its_underlay/32"
}

hop_forget()
{
	describe "$1" its
	hop=$my_gateway
	! same_site "$ME" "$1" || hop=$its_underlay
	ip neigh flush dev eth0 to "$hop"
}

overlay_reroute()
{
	describe "$1" its
	ip route add "$its_overlay/32" via "$my_gateway"
}

source_doubt()
{
	echo 1 >/proc/sys/net/ipv4/conf/ov0/rp_filter
	overlay_reroute "$1"
}

echo_off()
{
	echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all
}

# vxlan_change VNI PORT: with the neighbours that the old device knew.
vxlan_change()
{
	ip link delete ov0
	ov0_make "$1" "$2"
	neighbours_know
}

vxlan_port_change()
{
	vxlan_change "$VNI" $((VXLAN_PORT + 1))
}

vxlan_vni_change()
{
	vxlan_change $((VNI + 1)) "$VXLAN_PORT"
}
