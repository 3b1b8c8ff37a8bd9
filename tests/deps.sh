#!/bin/sh
# Installs what building, the demo and the tests need.  Debian, as root.
set -eu
packages="gcc libc6-dev clang libclang-rt-dev make pkg-config git
    libssh2-1-dev libssl-dev libyaml-dev libpcap-dev libjansson-dev
    libcmocka-dev clang-format shellcheck mandoc jq perl tshark ansible-core
    bsdutils busybox ksh mksh tcsh fish openssh-client openssh-server
    iproute2 iputils-ping tcpdump nftables iptables ethtool kmod procps sudo
    user-mode-linux
    strongswan-swanctl charon-systemd libcharon-extra-plugins"
missing=
for p in $packages; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null |
	    grep -q 'install ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
	echo "deps: missing:$missing; run as root to install" >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # a list of words
apt-get install -y -qq --no-install-recommends $missing >/dev/null
