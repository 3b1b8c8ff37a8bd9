# names: what the lab's parts are called and numbered.
# Sourced by the command and, inside the nodes, by what it sends there.
# No function here starts a process: in a node that costs 10 ms.
# shellcheck shell=sh disable=SC2034

NODES="1 2 3 4"
VNI=2
VXLAN_PORT=4790
OVERLAY_MTU=1300

# Nodes 1 and 2 are site one, 3 and 4 site two.
same_site()
{
	[ $((($1 + 1) / 2)) -eq $((($2 + 1) / 2)) ]
}

# The first three octets of site N's underlay, as $net.
site_net()
{
	case $1 in
	1) net=192.0.2 ;;
	2) net=198.51.100 ;;
	esac
}

# describe NODE PREFIX: what NODE has, as $PREFIX_site and so on.
describe()
{
	eval "$2_site=$((($1 + 1) / 2))"
	site_net $((($1 + 1) / 2))
	eval "$2_net=$net.0/24
	$2_underlay=$net.1$1
	$2_gateway=$net.1
	$2_overlay=203.0.113.1$1
	$2_underlay_mac=02:00:5e:00:02:1$1
	$2_overlay_mac=02:00:5e:00:71:1$1"
}
