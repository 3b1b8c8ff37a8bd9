# illumos: what makes a SmartOS node of this one, for whoever logs in.
#
# sshd then runs in a root of its own ($ILLUMOS_ROOT), where /usr/bin and
# /usr/sbin hold what SmartOS has and no more; the node's own tools, the lab's
# sessions and the key daemon stay in the real one.  What illumos has and Linux
# lacks by name is asked of the translator (illumos/).
# shellcheck shell=sh disable=SC2154

ILLUMOS=/run/lab/illumos
ILLUMOS_ROOT=$ILLUMOS/root
ILLUMOS_RULE="-e vxlan -p vxlan/listen_ip=0.0.0.0 \
-p vxlan/listen_port=$VXLAN_PORT -s files \
-p files/config=/opt/custom/networking/adminoverlay_overlay.json \
-p mtu=$OVERLAY_MTU"

illumos_is()
{
	[ -e $ILLUMOS/on ]
}

# As inventory/lab.cfg has it.
illumos_site()
{
	case $my_site in
	1) echo site_one ;;
	2) echo site_two ;;
	esac
}

# The same programs on both.  GNU's options are theirs, though.
illumos_programs()
{
	echo "[ awk basename bash cat chgrp chmod chown cmp comm cp cut dd df
	    diff dirname du echo egrep env expr false fgrep find getconf
	    grep gunzip gzip head id join kill ksh93 less ln logger ls mawk mkdir
	    mkfifo mktemp more mv nice nohup od paste perl pgrep pkill printf
	    ps pwd rm rmdir scp sed sleep sort ssh strings stty su sum sync
	    tail tar tee test touch tr true tty uniq wc who which xargs xxd
	    yes"
}

# Where espy and Danube's scripts look for the translator's tools.
illumos_tools()
{
	cat <<-END
	usr/bin uname hostname date kstat svcs sysinfo
	usr/sbin arp dladm dtrace ikeadm ipadm ipfstat ipsecconf ipseckey
	usr/sbin ndd route svcadm vmadm zlogin zoneadm
	END
}

illumos_directories()
{
	cd $ILLUMOS_ROOT || return 1
	mkdir -p dev etc lab/usr opt/local/bin proc root run/lab/bin run/sshd \
	    tmp usbkey usr/bin usr/sbin var /var/adm
	echo "SDC_DATACENTER_NAME='$(illumos_site)'" >.dcinfo
	ln -s charon.log /var/log/in.iked.log
	: >/var/adm/messages
	ln -s usr/bin bin
	ln -s usr/sbin sbin
	ln -s usr/lib lib
	ln -s usr/lib64 lib64
	for d in lib lib64 libexec share; do
		ln -s ../lab/usr/$d usr/$d
	done
	cd /
}

illumos_link()
{
	cd $ILLUMOS_ROOT || return 1
	set --
	for p in $(illumos_programs); do
		[ ! -e "/usr/bin/$p" ] || set -- "$@" "../../lab/usr/bin/$p"
	done
	ln -s "$@" usr/bin
	ln -s ../../lab/usr/bin/ksh93 usr/bin/sh
	ln -s ../../../lab/usr/bin/python3 opt/local/bin/python
	illumos_tools | while read -r d names; do
		for p in $names; do
			ln -s ../../lab/tool "$d/$p"
		done
	done
	ln -s tool lab/render
	ln -s ../../lab/illumos/snoop usr/sbin
	ln -s ../../lab/ping usr/sbin
	ln -s ../../lab/illumos/digest usr/bin/digest
	cd /
}

illumos_mount()
{
	cat >$ILLUMOS/fstab <<-END
	/usr $ILLUMOS_ROOT/lab/usr none bind 0 0
	/proc $ILLUMOS_ROOT/proc none bind 0 0
	/dev $ILLUMOS_ROOT/dev none bind 0 0
	/dev/pts $ILLUMOS_ROOT/dev/pts none bind 0 0
	/etc $ILLUMOS_ROOT/etc none bind 0 0
	/var $ILLUMOS_ROOT/var none bind 0 0
	/tmp $ILLUMOS_ROOT/tmp none bind 0 0
	/root $ILLUMOS_ROOT/root none bind 0 0
	/run/lab/bin $ILLUMOS_ROOT/run/lab/bin none bind 0 0
	END
	mount -a -T $ILLUMOS/fstab
}

# Once a node.
illumos_make()
{
	[ ! -e $ILLUMOS_ROOT/lab/tool ] || return 0
	mkdir -p $ILLUMOS/svc $ILLUMOS_ROOT
	illumos_directories && illumos_link && illumos_mount || return 1
	ln -s root/lab/illumos $ILLUMOS/src
	cp /run/lab/ssh_host_ed25519_key /run/lab/id_ed25519.pub \
	    $ILLUMOS_ROOT/lab
	sed 's|/run/lab/\([^:]*\)$|/lab/\1|
	    s|^SetEnv .*|SetEnv PATH=/usr/bin:/usr/sbin LAB_NODE=illumos|' \
	    /run/lab/sshd_config >$ILLUMOS_ROOT/lab/sshd_config
	ln -s illumos/root/run/lab/socket /run/lab/socket
	echo "$ILLUMOS_RULE" >$ILLUMOS/rule
	cp /run/lab/state/illumos/* $ILLUMOS_ROOT/lab
}

translator_stop()
{
	[ -s $ILLUMOS/pid ] || return 0
	read -r pid <$ILLUMOS/pid
	kill "$pid" 2>/dev/null
	rm -f $ILLUMOS/pid $ILLUMOS/log $ILLUMOS_ROOT/run/lab/socket
}

translator_start()
{
	translator_stop
	LAB_ME=$ME LAB_UNDERLAY=$my_underlay LAB_SITE=$(illumos_site) \
	    $ILLUMOS/src/translator $ILLUMOS_ROOT/run/lab/socket \
	    </dev/null >$ILLUMOS/log 2>&1 &
	echo $! >$ILLUMOS/pid
	i=0
	while [ ! -s $ILLUMOS/log ]; do
		i=$((i + 1))
		[ $i -lt 200 ] || return 1
		sleep 0.05
	done
	[ -S $ILLUMOS_ROOT/run/lab/socket ]
}

# sshd_replace PID COMMAND...: the sessions there are go on.  Not done before
# the new one has written its PID, by when it listens.
sshd_replace()
{
	for f in /run/sshd.pid $ILLUMOS_ROOT/run/sshd.pid; do
		[ -s $f ] || continue
		read -r pid <$f
		kill "$pid"
		while [ -e "/proc/$pid" ]; do
			sleep 0.02
		done
		rm -f $f
	done
	f=$1
	shift
	"$@"
	i=0
	while [ ! -s "$f" ]; do
		i=$((i + 1))
		[ $i -lt 200 ] || return 1
		sleep 0.02
	done
}

# What runs in ESP is counted and, in clear, kept off the way to the other
# site, as Danube's ipf.conf does.
illumos_filter()
{
	site_net $((3 - my_site))
	clear="-p udp --dport $VXLAN_PORT -m policy --pol none"
	iptables-legacy-restore -n <<-END
	*mangle
	:PREROUTING ACCEPT
	:OUTPUT ACCEPT
	-F
	-A PREROUTING -m policy --dir in --pol ipsec
	-A PREROUTING -s $net.0/24 $clear --dir in
	-A OUTPUT -p esp
	COMMIT
	*filter
	-A INPUT -i eth0 -s $net.0/24 $clear --dir in -j DROP
	-A OUTPUT -o eth0 -d $net.0/24 $clear --dir out -j DROP
	COMMIT
	END
}

# varpd answers ARP from the map, so no request goes out, and what the map
# lacks goes nowhere.
illumos_neighbours()
{
	for p in $NODES; do
		[ "$p" != "$ME" ] || continue
		describe "$p" its
		echo "neigh replace $its_overlay lladdr $its_overlay_mac" \
		    "dev ov0 nud permanent"
	done | ip -batch -
	for p in $NODES; do
		[ "$p" != "$ME" ] || continue
		describe "$p" its
		echo "fdb delete 00:00:00:00:00:00 dev ov0" \
		    "dst $its_underlay port $VXLAN_PORT vni $VNI self"
	done | bridge -force -batch - 2>/dev/null
	return 0
}

# illumos_render [persistent]: the files that would be there, of what is the
# case.
illumos_render()
{
	$ILLUMOS_ROOT/lab/render "$@"
}

# What the lab did to the overlay's map is in the file as well.
illumos_follow()
{
	illumos_render map
}

# illumos_map_lines PREFIX... of each "MAC" of the file: MAC ARP IP PORT.
illumos_map_lines()
{
	tr -d ' \n' <$ILLUMOS_ROOT/opt/custom/networking/adminoverlay_overlay.json |
		tr '}' '\n' | sed -n 's/^.*"\([0-9a-f:]\{17\}\)":{\("arp":"\([^"]*\)",\)*"ip":"\([^"]*\)","port":\([0-9]*\)$/\1 \4 \5 \3/p'
}

# What the kernel has becomes what the file says, as when varpd reads it anew.
illumos_map_load()
{
	{
		bridge fdb show dev ov0 |
			sed -n "s/^\([0-9a-f:]*\) dst \([0-9.]*\).*/fdb delete \
			    \1 dev ov0 dst \2 port $VXLAN_PORT vni $VNI self/p"
		illumos_map_lines | while read -r mac to port arp; do
			echo "fdb append $mac dev ov0 dst $to port $port" \
			    "vni $VNI self permanent"
		done
	} | bridge -force -batch -
	illumos_map_lines | while read -r mac to port arp; do
		[ -z "$arp" ] ||
			echo "neigh replace $arp lladdr $mac dev ov0 nud permanent"
	done | ip -force -batch -
}

# "{ ulp udp laddr A raddr B } ipsec {...}" as ip(8) has it, with the key
# daemon's numbers.
illumos_policy_load()
{
	pair='s/.*laddr \([0-9.]*\) raddr \([0-9.]*\).*ipsec.*/\1 \2/p'
	{
		echo "xfrm policy flush"
		sed -n "$pair" /etc/inet/ipsecinit.conf |
			while read -r local remote; do
			how="proto udp priority 366975 tmpl proto esp \
			    mode transport reqid ${remote##*.1}"
			echo "xfrm policy update dir out src $local/32 \
			    dst $remote/32 $how"
			echo "xfrm policy update dir in src $remote/32 \
			    dst $local/32 $how"
		done
	} | ip -batch -
}

illumos_policy_flush()
{
	ip xfrm policy flush
}

# strongSwan's configuration, of the files that in.iked would read.
illumos_ike_configure()
{
	sed -n 's/.*label.* remote_addr [0-9.]*\.1\([0-9]\) .*/\1/p' \
	    /etc/inet/ike/config | while read -r p; do
		swan_peer "$p"
	done >/etc/swanctl/conf.d/lab.conf
	sed -n 's/^[ 	]*remoteid [0-9.]*\.1\([0-9]\)$/\1/p
	    s/^[ 	]*key "*\([0-9a-f]*\)"*$/\1/p' \
	    /etc/inet/secret/ike.preshared | while read -r p; do
		read -r key
		swan_secret "$p" "0x$key"
	done >>/etc/swanctl/conf.d/lab.conf
}

illumos_ike_start()
{
	illumos_ike_configure
	swan_stop
	swan_start
}

illumos_ike_reload()
{
	illumos_ike_configure
	swanctl --load-all >/var/log/swanctl.out 2>&1
}

# illumos_ike_debug LEVEL: strongSwan's, of what it writes to in.iked.log.
illumos_ike_debug()
{
	sed -i "s/default = [0-9]/default = $1/" /etc/strongswan.conf
	[ ! -S /run/charon.vici ] || swanctl --reload-settings >/dev/null
}

illumos_ike_flush()
{
	for p in $NODES; do
		same_site "$p" "$ME" ||
			swanctl --terminate --ike "node$p" --timeout 5 \
			    >/dev/null 2>&1
	done
	return 0
}

# illumos_ike_forget [ADDRESS]: strongSwan makes no SAs beside those that it
# believes in, as in.iked would when the kernel asks: so it forgets those with
# that peer, or with all, and tells none of them.
illumos_ike_forget()
{
	quiet="OUTPUT -p udp -m multiport --dports 500,4500 -j DROP"
	iptables-legacy -I $quiet
	for p in $NODES; do
		describe "$p" its
		[ "${1:-$its_underlay}" != "$its_underlay" ] ||
			same_site "$p" "$ME" ||
			swanctl --terminate --ike "node$p" --force \
			    >/dev/null 2>&1
	done
	iptables-legacy -D $quiet
}

# illumos_psk_write PEER SECRET: where in.iked would read it.
illumos_psk_write()
{
	describe "$1" its
	key=$(printf %s "$2" | od -An -v -t x1 | tr -d ' \n')
	sed -i "/remoteid $its_underlay\$/,/key/s/key .*/key \"$key\"/" \
	    /etc/inet/secret/ike.preshared
}

# Healed: its services run, and nothing is set that was set.
illumos_baseline()
{
	rm -f $ILLUMOS/svc/* $ILLUMOS/ndd.* $ILLUMOS/debug
	illumos_filter && illumos_neighbours && illumos_render persistent
}

platform_illumos()
{
	illumos_make || return 1
	cp -r /run/lab/src/node/illumos $ILLUMOS_ROOT/lab
	cp -r $ILLUMOS_ROOT/lab/illumos/opt $ILLUMOS_ROOT
	translator_start || return 1
	illumos_is || illumos_filter || return 1
	illumos_neighbours && illumos_render persistent || return 1
	: >$ILLUMOS/on
	sshd_replace $ILLUMOS_ROOT/run/sshd.pid \
	    chroot $ILLUMOS_ROOT /lab/usr/sbin/sshd \
	    -f /lab/sshd_config -E /var/log/sshd.log
}

platform_linux()
{
	illumos_is || return 0
	rm -f $ILLUMOS/on
	translator_stop
	swan_configure
	iptables-legacy -F
	iptables-legacy -t mangle -F
	ov0_entries | bridge -batch - 2>/dev/null
	neighbours_know
	sshd_replace /run/sshd.pid /usr/sbin/sshd -f /run/lab/sshd_config \
	    -E /var/log/sshd.log
}
