# net: the lab's namespace.  It is the router between the two sites, and the
# place where the coordinator under test runs.
# shellcheck shell=sh disable=SC2154

in_ns()
{
	ip netns exec "$NS" "$@"
}

# The router's address is .1; the coordinator's, on the same bridge, .2, so
# that a fault of the router's leaves the way to sshd alone.
net_site_create()
{
	site_net "$1"
	cat <<-END
	link add site$1 type bridge forward_delay 0 mcast_snooping 0
	link set site$1 up
	addr add $net.2/24 dev site$1
	addr add $net.1/32 dev site$1
	END
}

net_tap_create()
{
	describe "$1" its
	cat <<-END
	tuntap add dev tap$1 mode tap
	link set tap$1 master site$its_site up
	END
}

net_create()
{
	ip netns add "$NS" || return 1
	{
		echo "link set lo up"
		net_site_create 1
		net_site_create 2
		for n in $NODES; do
			net_tap_create "$n"
		done
	} | ip -netns "$NS" -batch - || return 1
	in_ns sysctl -q -w net.ipv4.ip_forward=1 || return 1
	in_ns sysctl -q -e -w net.ipv6.conf.all.disable_ipv6=1
	# Where the bridge filter is loaded it would hand frames to nft.
	[ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ] ||
		in_ns sysctl -q -w net.bridge.bridge-nf-call-iptables=0
}

# Whatever runs in the namespace was put there by the lab or by its user.
net_delete()
{
	[ -e "/run/netns/$NS" ] || return 0
	for pid in $(ip netns pids "$NS" 2>/dev/null); do
		kill -KILL "$pid" 2>/dev/null
	done
	ip netns delete "$NS"
}

router_reset()
{
	in_ns nft flush ruleset
	in_ns ip route flush proto boot
}

# tap_rule NODE RULE...: about what NODE sends, before any bridge sees it.
tap_rule()
{
	tap=tap$1
	shift
	in_ns nft -f - <<-END
	table netdev lab {
		chain $tap {
			type filter hook ingress device $tap priority 0;
			$*
		}
	}
	END
}

# forward_rule RULE...: about what the router forwards.
forward_rule()
{
	in_ns nft -f - <<-END
	table ip lab {
		chain forward {
			type filter hook forward priority 0;
			$*
		}
	}
	END
}
