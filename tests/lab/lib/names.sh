# names: what the lab's parts are called and numbered.
# Sourced by the command and, inside the nodes, by what it sends there.
# shellcheck shell=sh disable=SC2034

NODES="1 2 3 4"
VNI=2
VXLAN_PORT=4790
OVERLAY_MTU=1300

# Nodes 1 and 2 are site one, 3 and 4 site two.
site_of()
{
	echo $((($1 + 1) / 2))
}

same_site()
{
	[ "$(site_of "$1")" = "$(site_of "$2")" ]
}

# The first three octets of site N's underlay.
site_net()
{
	case $1 in
	1) echo 192.0.2 ;;
	2) echo 198.51.100 ;;
	esac
}

underlay_of()
{
	echo "$(site_net "$(site_of "$1")").1$1"
}

gateway_of()
{
	echo "$(site_net "$(site_of "$1")").1"
}

overlay_of()
{
	echo "203.0.113.1$1"
}

underlay_mac_of()
{
	echo "02:00:5e:00:02:1$1"
}

overlay_mac_of()
{
	echo "02:00:5e:00:71:1$1"
}

peers_of()
{
	for p in $NODES; do
		[ "$p" = "$1" ] || echo "$p"
	done
}

# The peers that IPsec stands between.
remote_peers_of()
{
	for p in $NODES; do
		same_site "$p" "$1" || echo "$p"
	done
}

# One secret a pair; the lab is on no network, so it may be derived.
psk_of()
{
	if [ "$1" -lt "$2" ]; then
		echo "lab-psk-node$1-node$2"
	else
		echo "lab-psk-node$2-node$1"
	fi
}
