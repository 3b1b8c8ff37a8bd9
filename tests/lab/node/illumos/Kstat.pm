# Kstat: the statistics of illumos' kernel, from the counters of this one.
#
# What one counts and the other does not is nought here, or lumped together as
# the comments say; tests/lab/README.md lists where that matters.
package Kstat;
use strict;
use warnings;
use Node;
use Sadb;

my @ipdrop = qw(tcp_clear tcp_secure tcp_mismatch tcp_ipsec_alloc
    sadb_inlarval_timeout sadb_inlarval_replace sadb_inidle_overflow
    sadb_inidle_timeout sadb_acquire_nomem sadb_acquire_toofull
    sadb_acquire_timeout spd_ahesp_diffid spd_loopback_mismatch spd_explicit
    spd_got_secure spd_got_clear spd_bad_ahalg spd_got_ah spd_bad_espealg
    spd_bad_espaalg spd_got_esp spd_got_selfencap spd_bad_selfencap spd_nomem
    spd_ah_badid spd_ah_innermismatch spd_esp_innermismatch spd_esp_badid
    spd_no_policy spd_malformed_packet spd_malformed_frag spd_overlap_frag
    spd_evil_frag spd_max_frags spd_expired_frags esp_nomem esp_no_sa
    esp_early_replay esp_replay esp_bytes_expire esp_bad_padlen
    esp_bad_padding esp_bad_auth esp_crypto_failed esp_icmp esp_nat_t_ipsec
    esp_nat_t_ka esp_iv_wrap ah_nomem ah_no_sa ah_bad_length ah_bad_auth
    ah_crypto_failed ah_early_replay ah_replay ah_bytes_expire
    ip_ipsec_not_loaded);
my @esp_stat = qw(num_aalgs num_ealgs good_auth bad_auth bad_padding
    replay_failures replay_early_failures keysock_in out_requests
    acquire_requests bytes_expired out_discards crypto_sync crypto_async
    crypto_failures bad_decrypt sa_port_renumbers);
my @ip_zero = qw(forwProhibits udpInOverflows rawipInOverflows inIPv6 outIPv6
    outSwitchIPv6 reasmDuplicates reasmPartDups routingDiscards);

# Integrity failures are counted by SAs alone, which come and go.
my (%failed_at, $failed_sum);

sub failed
{
	my %now = map { ("$_->{spi}/$_->{dst}/$_->{added}", $_->{failed}) }
	    Sadb::sas();
	for my $sa (keys(%now)) {
		my $before = $failed_at{$sa} || 0;
		$failed_sum += $now{$sa} > $before ? $now{$sa} - $before : 0;
	}
	%failed_at = %now;
	return $failed_sum || 0;
}

sub least
{
	my ($a, $b) = @_;
	return $a < $b ? $a : $b;
}

sub ipdrop
{
	my $x = Node::xfrm_stat();
	my %v = map { $_ => 0 } @ipdrop;
	my $clear = Node::counted(qr/--pol none/, Node::rules());
	$v{esp_no_sa} = $x->{XfrmInNoStates};
	$v{esp_bad_auth} = least(failed(), $x->{XfrmInStateProtoError});
	$v{esp_bad_padding} = $x->{XfrmInStateProtoError} - $v{esp_bad_auth};
	$v{esp_early_replay} = $x->{XfrmInStateSeqError};
	$v{esp_bytes_expire} =
	    $x->{XfrmInStateExpired} + $x->{XfrmOutStateExpired};
	$v{esp_nat_t_ipsec} = $x->{XfrmInStateMismatch};
	# A mismatch of what came in clear is one thing, of ESP another.
	$v{spd_got_clear} = least($clear, $x->{XfrmInTmplMismatch});
	$v{spd_bad_espaalg} = $x->{XfrmInTmplMismatch} - $v{spd_got_clear};
	$v{spd_got_secure} = $x->{XfrmInNoPols};
	$v{spd_explicit} = $x->{XfrmInPolBlock} + $x->{XfrmOutPolBlock};
	$v{spd_nomem} = $x->{XfrmInError};
	$v{spd_malformed_packet} = $x->{XfrmInHdrError};
	$v{sadb_inlarval_timeout} = $x->{XfrmAcquireError};
	# There the newest four wait for the key daemon.
	$v{sadb_acquire_timeout} = least(4, $x->{XfrmOutNoStates});
	$v{sadb_acquire_toofull} =
	    $x->{XfrmOutNoStates} - $v{sadb_acquire_timeout};
	return \%v;
}

sub esp_stat
{
	my $x = Node::xfrm_stat();
	my @rules = Node::rules();
	my %v = map { $_ => 0 } @esp_stat;
	@v{qw(num_aalgs num_ealgs)} = (7, 9);
	$v{good_auth} = Node::counted(qr/--pol ipsec/, @rules);
	$v{out_requests} = Node::counted(qr/-p (?:esp|50)\b/, @rules);
	$v{bad_auth} = least(failed(), $x->{XfrmInStateProtoError});
	$v{bad_padding} = $x->{XfrmInStateProtoError} - $v{bad_auth};
	$v{replay_early_failures} = $x->{XfrmInStateSeqError};
	$v{acquire_requests} = $x->{XfrmOutNoStates};
	$v{bytes_expired} =
	    $x->{XfrmInStateExpired} + $x->{XfrmOutStateExpired};
	$v{crypto_sync} = $v{good_auth} + $v{out_requests};
	return \%v;
}

sub ipsec_stat
{
	my $x = Node::xfrm_stat();
	my $in = Node::counted(qr/--pol ipsec/, Node::rules());
	my $lost = $x->{XfrmInNoStates} + $x->{XfrmInStateProtoError} +
	    $x->{XfrmInStateSeqError};
	return { esp_stat_in_requests => $in + $lost,
	    esp_stat_in_discards => $lost,
	    esp_stat_lookup_failure => $x->{XfrmInNoStates},
	    ah_stat_in_requests => 0, ah_stat_in_discards => 0,
	    ah_stat_lookup_failure => 0, sadb_acquire_maxpackets => 4,
	    sadb_acquire_qhiwater => 0 };
}

sub ip
{
	my $m = Node::mib();
	my $x = Node::xfrm_stat();
	my %v = map { $_ => 0 } @ip_zero;
	my %same = (inReceives => 'IpInReceives', inHdrErrors =>
	    'IpInHdrErrors', inAddrErrors => 'IpInAddrErrors',
	    forwDatagrams => 'IpForwDatagrams', inUnknownProtos =>
	    'IpInUnknownProtos', inDiscards => 'IpInDiscards', inDelivers =>
	    'IpInDelivers', outRequests => 'IpOutRequests', outDiscards =>
	    'IpOutDiscards', outNoRoutes => 'IpOutNoRoutes', reasmReqds =>
	    'IpReasmReqds', reasmOKs => 'IpReasmOKs', reasmFails =>
	    'IpReasmFails', fragOKs => 'IpFragOKs', fragFails =>
	    'IpFragFails', fragCreates => 'IpFragCreates', noPorts =>
	    'UdpNoPorts', udpInCksumErrs => 'UdpInCsumErrors', inCksumErrs =>
	    'IpExtInCsumErrors', defaultTTL => 'IpDefaultTTL');
	$v{$_} = $m->{$same{$_}} || 0 for keys(%same);
	$v{forwarding} = $m->{IpForwarding} == 1 ? 1 : 2;
	$v{reasmTimeout} = 15;
	$v{inErrs} = 0;
	$v{ipsecInSucceeded} = Node::counted(qr/--pol ipsec/, Node::rules());
	$v{ipsecInFailed} = $x->{XfrmInTmplMismatch} + $x->{XfrmInPolBlock};
	return \%v;
}

sub icmp
{
	my $m = Node::mib();
	return { map { lcfirst($_) => $m->{"Icmp$_"} || 0 } qw(InMsgs InErrors
	    InDestUnreachs InTimeExcds InParmProbs InSrcQuenchs InRedirects
	    InEchos InEchoReps OutMsgs OutErrors OutDestUnreachs OutTimeExcds
	    OutRedirects OutEchos OutEchoReps) };
}

sub udp
{
	my $m = Node::mib();
	return { inDatagrams => $m->{UdpInDatagrams}, inErrors =>
	    $m->{UdpInErrors}, outDatagrams => $m->{UdpOutDatagrams},
	    outErrors => $m->{UdpSndbufErrors}, entrySize => 48,
	    entry6Size => 72 };
}

# The NIC's and its VNIC's counts are the one device's.
sub link_stats
{
	my ($name) = @_;
	my %dev = map { $Node::link{$_} => $_ } keys(%Node::link);
	my $dev = $dev{$name} || 'eth0';
	my $count = sub {
		my ($what) = @_;
		return Node::number("/sys/class/net/$dev/statistics/$what", 0);
	};
	# The overlay driver has none.
	$count = sub { 0 } if $name eq $Node::overlay;
	my %v = (ipackets64 => 'rx_packets', opackets64 => 'tx_packets',
	    rbytes64 => 'rx_bytes', obytes64 => 'tx_bytes', ierrors =>
	    'rx_errors', oerrors => 'tx_errors', norcvbuf => 'rx_dropped',
	    noxmtbuf => 'tx_dropped');
	$v{$_} = $count->($v{$_}) for keys(%v);
	$v{$_} = $v{"${_}64"} & 0xffffffff
	    for qw(ipackets opackets rbytes obytes);
	@v{qw(link_state ifspeed link_up unknowns multircv multixmt brdcstrcv
	    brdcstxmt collisions)} = (1, 1000000000, 1, (0) x 6);
	$v{link_state} = 0 if $name ne $Node::overlay &&
	    Node::slurp("/sys/class/net/$dev/operstate") =~ /down/;
	$v{zonename} = 'global';
	return \%v;
}

# [module, instance, name, class, sub]..., as there are now.
sub sets
{
	my @links = ('external0', $Node::nic);
	push(@links, 'adminoverlay_0', $Node::overlay)
	    if -e '/sys/class/net/ov0';
	return (
		[ 'ip', 0, 'icmp', 'mib2', \&icmp ],
		[ 'ip', 0, 'ip', 'mib2', \&ip ],
		[ 'ip', 0, 'ipdrop', 'net', \&ipdrop ],
		[ 'ip', 0, 'ipsec_stat', 'net', \&ipsec_stat ],
		[ 'ipsecesp', 0, 'esp_stat', 'net', \&esp_stat ],
		(map { my $l = $_; [ 'link', 0, $l, 'net',
		    sub { link_stats($l) } ] } sort(@links)),
		[ 'udp', 0, 'udp', 'mib2', \&udp ],
		[ 'unix', 0, 'system_misc', 'misc', sub { {
			boot_time => Node::slurp('/proc/stat') =~
			    /^btime (\d+)/m ? $1 : 0, ncpus => 1 } } ],
	);
}

1;
