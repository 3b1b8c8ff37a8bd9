# capture-faults: ways in which a capture lies.  Each takes the peer's number.
# shellcheck shell=sh disable=SC2154

# tcpdump_replace NAME: /run/lab/bin comes first in the PATH of sessions.
tcpdump_replace()
{
	cp "/run/lab/tcpdump-$1" /run/lab/bin/tcpdump
	chmod 755 /run/lab/bin/tcpdump
}

tcpdump_late()
{
	tcpdump_replace late
}

tcpdump_cut()
{
	tcpdump_replace cut
}

tcpdump_lossy()
{
	tcpdump_replace lossy
}

# Receive offload takes ESP, decrypts it and shows the tap the clear packet.
gro_on()
{
	/run/lab/modprobe esp4_offload
	ethtool -K eth0 gro on
}
