#!/bin/sh
# 020-ipsec-restore.sh: puts the configuration of IPsec that survives a reboot
# where the services read it, and has those that are concerned read it.
kept=/opt/custom/etc/ipsec

# put NAME FILE: fails when there was nothing to do.
put()
{
	[ -f "$kept/$1" ] || return 1
	! /usr/bin/cmp -s "$kept/$1" "$2" || return 1
	echo "Updating $kept/$1"
	/usr/bin/cp "$kept/$1" "$2"
}

# wake SERVICE: fails when it runs already.
wake()
{
	case $(/usr/bin/svcs -Ho state "$1") in
	maintenance) /usr/sbin/svcadm clear "$1" ;;
	disabled) /usr/sbin/svcadm enable "$1" ;;
	*) return 1 ;;
	esac
}

refresh()
{
	ike=svc:/network/ipsec/ike:default
	policy=svc:/network/ipsec/policy:default
	changed=
	! put config /etc/inet/ike/config || changed=yes
	! put ike.preshared /etc/inet/secret/ike.preshared || changed=yes
	if [ -f $kept/config ] && ! wake $ike && [ -n "$changed" ]; then
		/usr/sbin/svcadm restart $ike
	fi
	if put ipsecinit.conf /etc/inet/ipsecinit.conf; then
		wake $policy || /usr/sbin/svcadm refresh $policy
	fi
}

case $1 in
start | refresh) refresh ;;
*)
	echo "usage: $0 { start | refresh }" >&2
	exit 1
	;;
esac
