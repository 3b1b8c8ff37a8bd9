# SnoopFilter: the filters of snoop(8) in the words of pcap-filter(7).
#
# As far as espy may use them; the rest is refused as snoop refuses nonsense.
package SnoopFilter;
use strict;
use warnings;

my (@words, $wrong);
my $ip = qr/\d+(?:\.\d+){3}/;
my $number = qr/0x[0-9a-f]+|\d+/i;
my %plain = map { $_ => $_ } qw(ip ip6 arp rarp tcp udp icmp icmp6 ah esp sctp
    vlan);
$plain{ospf} = 'ip proto 89';
$plain{'ip-in-ip'} = 'ip proto 4';
$plain{pppoe} = 'ether proto 0x8864';
$plain{broadcast} = 'ether broadcast';
$plain{multicast} = 'ether multicast';
$plain{nofrag} = '(ip[6:2] & 0x1fff = 0)';
# The two bytes behind the IP header, of whatever protocol or fragment.
my $ports = '((ip[0] & 0xf) << 2)';
my %with_number = (proto => 'ip proto %s', ethertype => 'ether proto %s',
    'vlan-id' => 'vlan %s', less => 'len < %s', greater => 'len > %s',
    length => 'len = %s', srcport => "(ip and ip[$ports:2] = %s)",
    dstport => "(ip and ip[$ports + 2:2] = %s)",
    port => "(ip and (ip[$ports:2] = %1\$s or ip[$ports + 2:2] = %1\$s))");

# compile TEXT: what tcpdump is to be given, and whether that failed.
sub compile
{
	my ($text) = @_;
	# Spaces round what is a word of its own.
	$text =~ s/([(),!])/ $1 /g if $text !~ /\[/;
	@words = split(' ', $text);
	$wrong = 0;
	my $filter = @words ? either() : '';
	return ($filter, $wrong || @words > 0);
}

sub wrong
{
	$wrong = 1;
	@words = ();
	return '';
}

sub next_is
{
	my ($re) = @_;
	return @words && $words[0] =~ /^(?:$re)$/;
}

sub either
{
	my @parts = (all());
	while (next_is('or|,')) {
		shift(@words);
		push(@parts, all());
	}
	return @parts > 1 ? '(' . join(' or ', @parts) . ')' : $parts[0];
}

# "and" may be left out.
sub all
{
	my @parts = (one());
	while (@words && !next_is('or|,|\)')) {
		shift(@words) if next_is('and');
		push(@parts, one());
	}
	return @parts > 1 ? '(' . join(' and ', @parts) . ')' : $parts[0];
}

sub one
{
	my $word = @words ? shift(@words) : return wrong();
	return '(not ' . one() . ')' if $word =~ /^(?:not|!)$/;
	if ($word eq '(') {
		my $inner = either();
		return next_is('\)') ? (shift(@words), $inner)[1] : wrong();
	}
	return host($word) if $word =~ /^(?:from|to|src|dst|host)$/;
	return $plain{$word} if $plain{$word};
	return number($with_number{$word}) if $with_number{$word};
	return address('ether host', qr/[0-9a-f]+(?::[0-9a-f]+){5}/i)
	    if $word eq 'ether';
	return address($1 ? "$1 net" : 'net', $ip) if $word =~ /^(src|dst)?net$/;
	return compare($word) if $word =~ /^(?:ether|ip|tcp|udp|icmp)\[/;
	return "ip host $word" if $word =~ /^$ip$/;
	return "ip6 host $word" if $word =~ /^[0-9a-f]*:[0-9a-f:]+$/i;
	return wrong();
}

sub host
{
	my ($word) = @_;
	my $way = $word =~ /^(?:from|src)$/ ? 'src ' :
	    $word =~ /^(?:to|dst)$/ ? 'dst ' : '';
	shift(@words) if $way && next_is('host');
	return address("ip ${way}host", $ip) if next_is($ip);
	return address("ip6 ${way}host", qr/[0-9a-f:]+/i);
}

sub address
{
	my ($what, $re) = @_;
	return next_is($re) ? "$what " . shift(@words) : wrong();
}

sub number
{
	my ($what) = @_;
	return next_is($number) ? sprintf($what, shift(@words)) : wrong();
}

# "udp[2:2] = 4790", "ip[6:2] & 0x3fff != 0"
sub compare
{
	my ($left) = @_;
	$left =~ /^\w+\[\d+(?::[124])?\]$/ or return wrong();
	if (next_is('&')) {
		shift(@words);
		next_is($number) or return wrong();
		$left .= ' & ' . shift(@words);
	}
	next_is('=|==|!=|<|>|<=|>=') or return wrong();
	my $by = shift(@words);
	next_is($number) or return wrong();
	return "($left $by " . shift(@words) . ')';
}

1;
