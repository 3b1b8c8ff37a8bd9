# base: the healthy state of a node, made from nothing each time.
# Needs names.sh, and ME: the number of the node it runs on.
# shellcheck shell=sh disable=SC2154

CHARON_PID=/run/lab/charon.pid
FILL_PID=/run/lab/fill.pid

describe "$ME" my

# The address stays where it is: the session that asks for this runs over it.
underlay_commands()
{
	cat <<-END
	link set eth0 up mtu 1500
	addr replace $my_underlay/24 dev eth0
	route flush table main proto boot
	route replace $my_net dev eth0 proto kernel src $my_underlay
	route replace default via $my_gateway
	neigh flush dev eth0 nud all
	END
}

sysctl_reset()
{
	cd /proc/sys/net || return 1
	echo 1 >ipv6/conf/all/disable_ipv6
	echo 1 >ipv6/conf/default/disable_ipv6
	echo 0 >ipv4/icmp_echo_ignore_all
	for i in all default eth0; do
		echo 0 >ipv4/conf/$i/rp_filter
	done
	cd /
}

ov0_commands()
{
	cat <<-END
	link add ov0 address $my_overlay_mac mtu $OVERLAY_MTU \
	    type vxlan id $1 dstport $2 local $my_underlay dev eth0 \
	    nolearning ttl 64
	addr add $my_overlay/24 dev ov0
	link set ov0 up
	END
}

# What ov0 sends is always for the lab's VNI and port; only what it accepts
# follows ov0_make's arguments.
ov0_entries()
{
	for p in $NODES; do
		[ "$p" != "$ME" ] || continue
		describe "$p" its
		for mac in $its_overlay_mac 00:00:00:00:00:00; do
			echo "fdb append $mac dev ov0 dst $its_underlay" \
			    "port $VXLAN_PORT vni $VNI self permanent"
		done
	done
}

# ov0_make VNI PORT
ov0_make()
{
	ov0_commands "$1" "$2" | ip -batch - || return 1
	ov0_entries | bridge -batch - || return 1
	echo 240000 >/proc/sys/net/ipv4/neigh/ov0/base_reachable_time_ms
}

# swan_peer PEER: the connection, with a trap that lets traffic start it.
swan_peer()
{
	describe "$1" its
	cat <<-END
	connections {
		node$1 {
			version = 2
			local_addrs = $my_underlay
			remote_addrs = $its_underlay
			proposals = aes128-sha256-modp1536
			rekey_time = 900s
			local {
				auth = psk
				id = $my_underlay
			}
			remote {
				auth = psk
				id = $its_underlay
			}
			children {
				node$1 {
					mode = transport
					local_ts = $my_underlay/32[udp]
					remote_ts = $its_underlay/32[udp]
					esp_proposals = aes128-sha512
					reqid = $1
					rekey_time = 150s
					rand_time = 10s
					life_time = 300s
					start_action = trap
				}
			}
		}
	}
	END
}

# swan_secret PEER SECRET
swan_secret()
{
	describe "$1" its
	cat <<-END
	secrets {
		ike-node$1 {
			id-1 = $my_underlay
			id-2 = $its_underlay
			secret = "$2"
		}
	}
	END
}

# One secret a pair; the lab is on no network, so it may be derived.
swan_connections()
{
	for p in $NODES; do
		! same_site "$p" "$ME" || continue
		swan_peer "$p"
		if [ "$p" -gt "$ME" ]; then
			swan_secret "$p" "lab-psk-$ME-$p"
		else
			swan_secret "$p" "lab-psk-$p-$ME"
		fi
	done
}

swan_configure()
{
	rm -f /etc/strongswan.d/*.conf
	: >/etc/strongswan.d/lab.conf
	cat >/etc/strongswan.conf <<-END
	swanctl {
		load = random nonce
	}
	charon-systemd {
		load = random drbg nonce aes sha1 sha2 hmac kdf gmp \
		    kernel-netlink socket-default vici updown
		install_routes = no
		plugins {
			kernel-netlink {
				xfrm_acq_expires = 15
			}
		}
		filelog {
			log {
				path = /var/log/charon.log
				time_format = %b %e %T
				default = 1
				flush_line = yes
			}
		}
	}
	include strongswan.d/*.conf
	END
	(umask 077 && swan_connections >/etc/swanctl/conf.d/lab.conf)
}

swan_stop()
{
	[ -s $CHARON_PID ] || return 0
	read -r pid <$CHARON_PID
	rm -f $CHARON_PID /run/charon.vici
	kill -KILL "$pid" 2>/dev/null || return 0
	while [ -e "/proc/$pid" ]; do
		sleep 0.02
	done
}

# Returns once the connections are loaded and their traps installed.
swan_start()
{
	/usr/sbin/charon-systemd </dev/null >/var/log/charon.out 2>&1 &
	pid=$!
	echo $pid >$CHARON_PID
	i=0
	while [ ! -S /run/charon.vici ]; do
		i=$((i + 1))
		[ $i -lt 250 ] && [ -e /proc/$pid ] || return 1
		sleep 0.02
	done
	swanctl --load-all >/var/log/swanctl.out 2>&1
}

# The daemon as a service: nothing like systemd runs a node.  Stopping asks the
# daemon, which then tells its peers, as a unit's stop does.
service_install()
{
	mkdir -p /etc/init.d
	cat >/etc/init.d/strongswan <<-'END'
	#!/bin/sh
	case $1 in
	start) exec /run/lab/on swan_start ;;
	stop) exec /run/lab/on swan_quit ;;
	restart) /run/lab/on swan_quit; exec /run/lab/on swan_start ;;
	reload) exec swanctl --load-all --noprompt ;;
	status) exec /run/lab/on swan_runs ;;
	esac
	exit 2
	END
	chmod 755 /etc/init.d/strongswan
}

swan_runs()
{
	[ -s $CHARON_PID ] && read -r pid <$CHARON_PID && [ -e "/proc/$pid" ]
}

swan_quit()
{
	swan_runs || return 0
	kill -TERM "$pid"
	i=0
	while [ $i -lt 200 ] && [ -e "/proc/$pid" ]; do
		i=$((i + 1))
		sleep 0.02
	done
	swan_stop
}

# SAs hold the module until some time after they are gone.
offload_remove()
{
	i=0
	while grep -q '^esp4_offload ' /proc/modules; do
		i=$((i + 1))
		[ $i -lt 100 ] || return 1
		/run/lab/modprobe -r -q esp4_offload || sleep 0.02
	done
}

# What a fault lets run goes, too.
fill_stop()
{
	[ -s $FILL_PID ] || return 0
	read -r pid <$FILL_PID
	rm -f $FILL_PID
	kill "$pid" 2>/dev/null
	return 0
}

baseline()
{
	swan_stop
	fill_stop
	rm -f /run/lab/bin/*
	iptables-legacy -F
	sysctl_reset
	! illumos_is || swan_configure
	[ ! -e /sys/class/net/ov0 ] || ip link delete ov0
	{
		echo "xfrm state flush"
		echo "xfrm policy flush"
		underlay_commands
	} | ip -batch -
	offload_remove || return 1
	swan_start || return 1
	ov0_make "$VNI" "$VXLAN_PORT" || return 1
	! illumos_is || illumos_baseline
}

# All SAs between this node and those with higher numbers; only one end of a
# pair asks, so that no two exchanges cross.
sas_raise()
{
	for p in $NODES; do
		[ "$p" -gt "$ME" ] || continue
		! same_site "$p" "$ME" || continue
		swanctl --initiate --child "node$p" --timeout 5 \
		    >"/var/log/initiate-$p.out" 2>&1 &
	done
	wait
}

# Asks every peer with a higher number; prints those that do not answer.
overlay_check()
{
	for p in $NODES; do
		[ "$p" -gt "$ME" ] || continue
		describe "$p" its
		ping -n -q -c 1 -W 2 "$its_overlay" >/dev/null 2>&1 ||
			echo "node$ME-node$p" &
	done
	wait
}

# All peers are known, and stay so for minutes, as the traffic of a busy
# overlay would have it.  Else, in a broken direction, an entry that was
# merely stale would fail eight seconds after its next use.
neighbours_know()
{
	if illumos_is; then
		illumos_neighbours
		return
	fi
	for p in $NODES; do
		[ "$p" != "$ME" ] || continue
		describe "$p" its
		echo "neigh replace $its_overlay lladdr $its_overlay_mac" \
		    "dev ov0 nud reachable"
	done | ip -batch -
}

node_status()
{
	sas=$(swanctl --list-sas --raw 2>/dev/null | grep -c state=INSTALLED)
	read -r up _ </proc/uptime
	echo "node$ME $my_underlay $my_overlay: up $up s, $sas SAs"
}
