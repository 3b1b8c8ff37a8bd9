# base: the healthy state of a node, made from nothing each time.
# Needs names.sh, and ME: the number of the node it runs on.
# shellcheck shell=sh

CHARON_PID=/run/lab/charon.pid

underlay_start()
{
	ip link set vec0 name eth0 address "$(underlay_mac_of "$ME")"
	ip link set lo up
	underlay_reset
}

# The addresses stay where they are: the session that asks for this runs
# over them.
underlay_reset()
{
	u=$(underlay_of "$ME")
	ip -force -batch - 2>/dev/null <<-END
	link set eth0 up mtu 1500
	addr add $u/24 dev eth0
	route flush table main proto boot
	route replace $(site_net "$(site_of "$ME")").0/24 dev eth0 src $u
	route replace default via $(gateway_of "$ME")
	neigh flush dev eth0 nud all
	END
	ip route get "$(underlay_of "$(remote_peers_of "$ME" | head -n 1)")" \
	    >/dev/null
}

sysctl_reset()
{
	sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 \
	    net.ipv6.conf.default.disable_ipv6=1 \
	    net.ipv4.conf.all.rp_filter=0 \
	    net.ipv4.conf.default.rp_filter=0 \
	    net.ipv4.conf.eth0.rp_filter=0 \
	    net.ipv4.icmp_echo_ignore_all=0 \
	    net.ipv4.ip_forward=0
}

# ov0_make VNI PORT: what it sends is always for the lab's VNI and port;
# only what it accepts follows the arguments.
ov0_make()
{
	ip link add ov0 address "$(overlay_mac_of "$ME")" mtu "$OVERLAY_MTU" \
	    type vxlan id "$1" dstport "$2" local "$(underlay_of "$ME")" \
	    dev eth0 nolearning ttl 64 || return 1
	for p in $(peers_of "$ME"); do
		for m in "$(overlay_mac_of "$p")" 00:00:00:00:00:00; do
			echo "fdb append $m dev ov0 dst $(underlay_of "$p")" \
			    "port $VXLAN_PORT vni $VNI self permanent"
		done
	done | bridge -batch - || return 1
	# Entries stay reachable for minutes, as the traffic of a busy
	# overlay would keep them.
	sysctl -q -w net.ipv4.conf.ov0.rp_filter=0 \
	    net.ipv4.neigh.ov0.base_reachable_time_ms=240000
	ip addr add "$(overlay_of "$ME")/24" dev ov0
	ip link set ov0 up
}

ov0_delete()
{
	[ ! -e /sys/class/net/ov0 ] || ip link delete ov0
}

# swanctl_peer PEER SECRET
swanctl_peer()
{
	cat <<-END
	connections {
		node$1 {
			version = 2
			local_addrs = $(underlay_of "$ME")
			remote_addrs = $(underlay_of "$1")
			proposals = aes128-sha256-modp1536
			rekey_time = 900s
			local {
				auth = psk
				id = $(underlay_of "$ME")
			}
			remote {
				auth = psk
				id = $(underlay_of "$1")
			}
			children {
				node$1 {
					mode = transport
					local_ts = $(underlay_of "$ME")/32[udp]
					remote_ts = $(underlay_of "$1")/32[udp]
					esp_proposals = aes128-sha512
					rekey_time = 150s
					rand_time = 10s
					life_time = 300s
					start_action = trap
				}
			}
		}
	}
	secrets {
		ike-node$1 {
			id-1 = $(underlay_of "$ME")
			id-2 = $(underlay_of "$1")
			secret = "$2"
		}
	}
	END
}

swan_configure()
{
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
				flush_line = yes
			}
		}
	}
	END
	rm -f /etc/swanctl/conf.d/*
	for p in $(remote_peers_of "$ME"); do
		swanctl_peer "$p" "$(psk_of "$ME" "$p")"
	done >/etc/swanctl/conf.d/lab.conf
}

swan_stop()
{
	[ -s $CHARON_PID ] || return 0
	read -r pid <$CHARON_PID
	rm -f $CHARON_PID /run/charon.vici
	kill -KILL "$pid" 2>/dev/null || return 0
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.02
	done
}

# Returns once the connections are loaded and their traps installed.
swan_start()
{
	/usr/sbin/charon-systemd </dev/null >/var/log/charon.out 2>&1 &
	echo $! >$CHARON_PID
	i=0
	while [ ! -S /run/charon.vici ]; do
		i=$((i + 1))
		[ $i -lt 250 ] && kill -0 "$(cat $CHARON_PID)" || return 1
		sleep 0.02
	done
	swanctl --load-all >/var/log/swanctl.out 2>&1
}

baseline()
{
	swan_stop
	ip xfrm state flush
	ip xfrm policy flush
	nft flush ruleset
	rm -f /run/lab/bin/*
	ov0_delete
	! grep -q '^esp4_offload ' /proc/modules ||
		/run/lab/modprobe -r esp4_offload
	sysctl_reset
	underlay_reset
	swan_configure
	swan_start || return 1
	ov0_make "$VNI" "$VXLAN_PORT"
}

# All SAs between this node and those with higher numbers; only one end of a
# pair asks, so that no two exchanges cross.
sas_raise()
{
	for p in $(remote_peers_of "$ME"); do
		[ "$p" -lt "$ME" ] ||
			swanctl --initiate --child "node$p" --timeout 5 \
			    >"/var/log/initiate-$p.out" 2>&1 &
	done
	wait
}

# Asks every peer with a higher number; prints those that do not answer.
overlay_check()
{
	for p in $(peers_of "$ME"); do
		[ "$p" -gt "$ME" ] || continue
		ping -n -q -c 1 -W 1 "$(overlay_of "$p")" >/dev/null 2>&1 ||
			echo "node$ME-node$p" &
	done
	wait
}

node_status()
{
	swanctl --list-sas --raw 2>/dev/null | grep -c 'state=INSTALLED' |
		tr '\n' ' '
	echo "SAs, up $(cut -d ' ' -f 1 /proc/uptime) s"
}
