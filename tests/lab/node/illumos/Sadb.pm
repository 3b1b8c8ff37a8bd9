# Sadb: the kernel's security associations and policies.
package Sadb;
use strict;
use warnings;
use POSIX ();
use Node;

sub when
{
	my ($text) = @_;
	return 0 if $text !~ /^(\d+)-(\d+)-(\d+) (\d+):(\d+):(\d+)/;
	return POSIX::mktime($6, $5, $4, $3, $2 - 1, $1 - 1900);
}

sub read_line
{
	my ($sa, $line) = @_;
	my %take = (
		qr/proto (\w+) spi 0x(\w+)\(\d+\) reqid (\d+)\S* mode (\w+)/ =>
		    [ qw(proto spi reqid mode) ],
		qr/^\s+replay-window (\d+) seq/ => [ 'window' ],
		qr/auth(?:-trunc)? \S*?(hmac\(\w+\)|\S+) 0x(\w+)/ =>
		    [ qw(auth akey) ],
		qr/enc (\S+) 0x(\w+)/ => [ qw(enc ekey) ],
		qr/aead (\S+) 0x(\w+)/ => [ qw(enc ekey) ],
		qr/context: seq 0x(\w+), oseq 0x(\w+)/ => [ qw(seq oseq) ],
		qr/expire add: soft (\d+)\(sec\), hard (\d+)/ =>
		    [ qw(soft hard) ],
		qr/hard (\d+)\(bytes\)/ => [ 'hard_bytes' ],
		qr/^\s+(\d+)\(bytes\), (\d+)\(packets\)/ =>
		    [ qw(bytes packets) ],
		qr/add (\S+ \S+) use (\S+ ?\S*)/ => [ qw(added used) ],
		qr/replay (\d+) failed (\d+)/ => [ qw(replayed failed) ],
		qr/encap type (\S+) sport (\d+) dport (\d+)/ =>
		    [ qw(encap sport dport) ],
	);
	for my $re (keys(%take)) {
		my @v = $line =~ $re or next;
		@{$sa}{@{$take{$re}}} = @v;
	}
}

sub finish
{
	my ($sa) = @_;
	$sa->{$_} = hex($sa->{$_} || 0) for qw(spi seq oseq);
	$sa->{added} = when($sa->{added} || '');
	$sa->{used} = when($sa->{used} || '');
	$sa->{$_} ||= 0
	    for qw(bytes packets soft hard hard_bytes window failed replayed);
	$sa->{out} = $sa->{src} eq $ENV{LAB_UNDERLAY} ? 1 : 0;
	# A number allotted, and nothing agreed on so far.
	$sa->{larval} = !defined($sa->{enc}) ? 1 : 0;
	$sa->{dying} = $sa->{soft} && time >= $sa->{added} + $sa->{soft};
	return $sa;
}

# The other half of an SA: the one of the same pair nearest to it in age.
sub pair
{
	my (@sas) = @_;
	for my $sa (@sas) {
		my ($best) = sort { abs($a->{added} - $sa->{added}) <=>
		    abs($b->{added} - $sa->{added}) } grep {
			$_->{src} eq $sa->{dst} && $_->{dst} eq $sa->{src} &&
			    !$_->{larval}
		    } @sas;
		$sa->{pair} = $best->{spi}
		    if $best && abs($best->{added} - $sa->{added}) <= 2;
	}
}

# Those without a number stand for a packet that waits for one: no SAs.
sub sas
{
	return Node::once('sas', \&sas_now);
}

sub sas_now
{
	my (@sas, $sa);
	for (Node::xfrm(qw(state list))) {
		if (/^src (\S+) dst (\S+)/) {
			$sa = { src => $1, dst => $2 };
			push(@sas, $sa);
		} elsif ($sa) {
			read_line($sa, $_);
		}
	}
	@sas = grep { $_->{spi} != 0 } map { finish($_) } @sas;
	pair(@sas);
	return @sas;
}

# {src, dst, proto, dir, action, tmpl}: the node's own, not sockets'.
sub policies
{
	my (@policies, $p);
	for (Node::xfrm(qw(policy list))) {
		if (m{^src (\S+) dst (\S+)(?: .*?proto (\S+))?}) {
			$p = { src => $1, dst => $2, proto => $3,
			    action => 'allow' };
		} elsif (/^\s+dir (\w+)(?: action (\w+))?/) {
			$p->{dir} = $1;
			$p->{action} = $2 if $2;
			$p->{index} = $1 if / index (\d+)/;
			push(@policies, $p);
		} elsif (/^\s+tmpl /) {
			$p->{tmpl} = 1;
		}
	}
	return @policies;
}

1;
