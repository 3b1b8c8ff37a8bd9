# ipseckey(8): ipseckey [-nvp] dump|flush [esp|ah|all], delete, delete-pair.
use Getopt::Std;
use Sadb;

my %auth = ('hmac(sha512)' => 'hmac-sha512', 'hmac(sha384)' => 'hmac-sha384',
    'hmac(sha256)' => 'hmac-sha256', 'hmac(sha1)' => 'hmac-sha1',
    'hmac(md5)' => 'hmac-md5');
my %crypt = ('cbc(aes)' => 'aes-cbc', 'cbc(des3_ede)' => '3des-cbc',
    'rfc4106(gcm(aes))' => 'aes-gcm', 'ecb(cipher_null)' => 'none');
my %flag = (USED => 0x80000000, UNIQUE => 0x40000000, TUNNEL => 0x20000,
    PAIRED => 0x10000, OUTBOUND => 0x8000, INBOUND => 0x4000,
    NATTED => 0x1000);
my %type = (all => 0, ah => 2, esp => 3);

# More than 1024 bytes are said in another unit as well, more than a minute.
sub bytes
{
	my ($n) = @_;
	return '' if $n <= 1024;
	my @units = ('KB', 'MB', 'GB', 'TB');
	$n /= 1024;
	shift(@units), $n /= 1024 while $n >= 1024 && @units > 1;
	return sprintf('(%.2f %s) ', $n, $units[0]);
}

sub seconds
{
	my ($n) = @_;
	return '' if $n <= 60;
	my ($v, $unit) = $n >= 86400 ? ($n / 86400, 'day') : $n >= 3600 ?
	    ($n / 3600, 'hour') : ($n / 60, 'minute');
	return sprintf('(%.2f %s%s) ', $v, $unit, $v >= 2 ? 's' : '');
}

sub ctime
{
	return POSIX::strftime('%a %b %e %H:%M:%S %Y', localtime($_[0]));
}

sub key
{
	my ($hex, $paranoid) = @_;
	return ($paranoid ? 'X' x length($hex) : $hex) . '/' .
	    4 * length($hex);
}

sub name_of
{
	my ($ip, $o) = @_;
	return '' if $o->{n};
	my ($name) = Node::slurp('/etc/hosts') =~ /^\Q$ip\E\s+(\S+)/m;
	return ' (' . ($name || '<unknown>') . ')' =~ s/\(<(.*)>\)/<$1>/r;
}

sub flags_of
{
	my ($sa) = @_;
	my @set = grep { { USED => $sa->{used}, PAIRED => $sa->{pair},
	    OUTBOUND => $sa->{out}, INBOUND => !$sa->{out},
	    TUNNEL => $sa->{mode} eq 'tunnel', NATTED => $sa->{encap} }->{$_} }
	    qw(USED PAIRED OUTBOUND INBOUND TUNNEL NATTED);
	my $bits = 0;
	$bits |= $flag{$_} for @set;
	return sprintf('0x%x < %s >', $bits, join(' ', map { "X_$_" } @set));
}

sub address_lines
{
	my ($tag, $what, $ip, $o) = @_;
	my $proto = 'proto=0' . ($o->{n} ? '' : '/<unspecified>');
	return ("$tag: $what address ($proto)",
	    "$tag: AF_INET: port 0, $ip" . name_of($ip, $o) . '.');
}

sub limit_lines
{
	my ($tag, $what, $sa, $limit, $byte_limit) = @_;
	my $left = $sa->{added} + $limit - time;
	my @lines = ("$tag: $what lifetime information:",
	    "$tag: $byte_limit bytes " . bytes($byte_limit) .
		'of lifetime, 0 allocations.',
	    "$tag: $limit seconds " . seconds($limit) .
		'of post-add lifetime.',
	    "$tag: 0 seconds of post-use lifetime.");
	push(@lines, "$tag: " . ($byte_limit - $sa->{bytes}) . ' bytes ' .
	    bytes($byte_limit - $sa->{bytes}) . 'more can be protected.')
	    if $byte_limit;
	return @lines if !$limit;
	push(@lines, "$tag: $what expiration " . ($left > 0 ?
	    "occurs in $left seconds " . seconds($left) =~ s/ $//r :
	    'occurred ' . -$left . ' seconds ' . seconds(-$left) . 'ago.'),
	    "$tag: Time of expiration: " . ctime($sa->{added} + $limit) .
	    '.');
	s/ +$// for @lines;
	return @lines;
}

sub lifetime_lines
{
	my ($sa, $o) = @_;
	my $raw = sub { $o->{v} ? "CLT: \t(raw time value $_[0])" : () };
	return (' LT: Lifetime information',
	    'CLT: Current lifetime information:',
	    "CLT: $sa->{bytes} bytes " . bytes($sa->{bytes}) .
		'protected, 0 allocations used.',
	    'CLT: SA added at time: ' . ctime($sa->{added}),
	    $raw->($sa->{added}),
	    $sa->{used} ? ('CLT: SA first used at time ' . ctime($sa->{used}),
		$raw->($sa->{used})) : (),
	    'CLT: Time now is ' . ctime(time), $raw->(time),
	    limit_lines('SLT', 'Soft', $sa, $sa->{soft}, 0),
	    limit_lines('HLT', 'Hard', $sa, $sa->{hard}, $sa->{hard_bytes}));
}

sub key_lines
{
	my ($sa, $o) = @_;
	return if $sa->{larval};
	return (defined($sa->{akey}) ? ('AKY: Authentication key.',
		'AKY: ' . key($sa->{akey}, $o->{p})) : (),
	    'EKY: Encryption key.', 'EKY: ' . key($sa->{ekey}, $o->{p}));
}

# The label is the one of the rule in /etc/inet/ike/config.
sub kmc_line
{
	my ($sa) = @_;
	my $peer = $sa->{out} ? $sa->{dst} : $sa->{src};
	my $cookie = 0;
	for (Node::slurp('/etc/inet/ike/config') =~ /label "([^"]*)"/g) {
		$cookie++;
		return "KMC:  Protocol 1, cookie=\"$_\" ($cookie)"
		    if /-\Q$peer\E$/;
	}
	return 'KMC:  Protocol 1, cookie="<Label not found.>" (0)';
}

# -1: only the numbers of outbound SAs say how far they are.
sub replay_line
{
	my ($sa) = @_;
	my $n = $sa->{out} ? $sa->{oseq} : $sa->{seq};
	return 'RPL: Replay Value ' . ($n ? $n : '<Value not found.>0');
}

sub message
{
	my ($sa, $seq, $o) = @_;
	my $state = $sa->{larval} ? 'LARVAL' : $sa->{dying} ? 'DYING' :
	    'MATURE';
	my @lines = ('Base message (version 2) type DUMP, SA type ' .
	    ($sa->{proto} eq 'ah' ? 'AH.' : 'ESP.'),
	    "Message length 432 bytes, seq=$seq, pid=$$.",
	    sprintf('SA: SADB_ASSOC spi=0x%x, replay window size=%d, ',
		$sa->{spi}, $sa->{window}) . "state=$state",
	    'SA: Authentication algorithm = ' . ($auth{$sa->{auth} || ''} ||
		'none'),
	    'SA: Encryption algorithm = ' . ($crypt{$sa->{enc} || ''} ||
		'none'),
	    'SA: flags=' . flags_of($sa),
	    address_lines('SRC', 'Source', $sa->{src}, $o),
	    address_lines('DST', 'Destination', $sa->{dst}, $o),
	    $sa->{encap} ? ("NRM: NAT-T remote address (proto=17)",
		"NRM: AF_INET: port $sa->{dport}, $sa->{dst}.") : (),
	    $sa->{larval} ? () : kmc_line($sa), key_lines($sa, $o),
	    $sa->{pair} ? sprintf('OTH: Paired with spi=0x%x', $sa->{pair}) :
		(),
	    replay_line($sa), lifetime_lines($sa, $o));
	return join("\n", @lines) . "\n\n";
}

sub dump_sas
{
	my ($kind, $o) = @_;
	my $seq = 0;
	for my $sa (Sadb::sas()) {
		next if $kind ne 'all' && $sa->{proto} ne $kind;
		out(message($sa, ++$seq, $o));
	}
	out("Dump succeeded for SA type $type{$kind}.\n");
	return 0;
}

sub flush
{
	my ($kind) = @_;
	Node::xfrm(qw(state flush), $kind eq 'all' ? () : ('proto', $kind));
	return Node::on('illumos_ike_forget');
}

# delete|delete-pair esp spi 0xN dst ADDRESS: that SA, or both of its pair.
sub delete_sa
{
	my ($verb, $kind, %word) = @_;
	my $dst = $word{dst} || $word{dest} || $word{destination};
	if (!$word{spi} || !$dst) {
		complain("ipseckey: Must specify an SPI and a destination.\n");
		return 1;
	}
	my ($sa) = grep { $_->{spi} == oct($word{spi}) &&
	    $_->{dst} eq $dst && $_->{proto} eq $kind } Sadb::sas();
	if (!$sa) {
		complain("Reply message from PF_KEY: $verb failed: ",
		    "No such process\n");
		return 1;
	}
	my ($other) = grep { $verb eq 'delete-pair' && $sa->{pair} &&
	    $_->{spi} == $sa->{pair} } Sadb::sas();
	for my $one (grep { $_ } $sa, $other) {
		Node::xfrm('state', 'delete', map { ($_, $one->{$_}) }
		    qw(src dst proto spi));
	}
	my $peer = $sa->{out} ? $sa->{dst} : $sa->{src};
	my @left = grep { $_->{src} eq $peer || $_->{dst} eq $peer }
	    Sadb::sas();
	return @left ? 0 : Node::on('illumos_ike_forget', $peer);
}

sub {
	local @ARGV = @_;
	my %o;
	getopts('nvp', \%o) or return 1;
	my ($verb, $kind, @words) = @ARGV;
	$verb //= '';
	return delete_sa($verb, $kind, @words)
	    if $verb =~ /^delete(?:-pair)?$/ && @words == 4;
	$kind //= 'all';
	if ($verb !~ /^(dump|flush)$/ || !defined($type{$kind})) {
		complain("Unrecognized command: $verb\n");
		return 1;
	}
	return $verb eq 'dump' ? dump_sas($kind, \%o) : flush($kind);
};
