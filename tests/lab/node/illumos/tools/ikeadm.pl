# ikeadm(8): dump p1|rule|preshared, get|set debug, flush p1, del p1.
use Getopt::Std;
use Smf;

my @categories = ('Certificate management', 'Key management', 'Operational',
    'Phase 1 SA creation', 'Phase 2 SA creation', 'PF_KEY interface',
    'Policy management', 'Proposal construction', 'Door interface',
    'Config file processing', 'MAC label processing');

sub minutes
{
	my ($n) = @_;
	return "$n seconds" . ($n > 60 ? sprintf(' (%.2f minute%s)', $n / 60,
	    $n >= 120 ? 's' : '') : '');
}

sub ctime
{
	return POSIX::strftime('%a %b %e %H:%M:%S %Y', localtime($_[0]));
}

# swanctl's --raw: "name {key=value ... list=[a b]}", as {key => value}.
sub raw
{
	my ($text) = @_;
	my @stack = ({});
	my $list = qr/\[((?:[^\[\]]|\[[^\]]*\])*)\]/;
	my $word = qr/([^\s{}=]+)\s*(?:=$list|=([^\s{}]*)|(\{))|\}/;
	while ($text =~ /\G\s*(?:$word)/gc) {
		my ($key, $list, $value, $open) = ($1, $2, $3, $4);
		if (!defined($key)) {
			pop(@stack) if @stack > 1;
		} elsif ($open) {
			push(@stack, $stack[-1]{$key} = {});
		} else {
			$stack[-1]{$key} = defined($list) ? $list : $value;
		}
	}
	return $stack[0];
}

sub ike_sas
{
	my ($text) = Node::run(qw(swanctl --list-sas --raw));
	my @sas;
	for (split(/\n/, $text)) {
		s/^list-sa event \{(.*)\}$/$1/ or next;
		push(@sas, values(%{raw($_)}));
	}
	return @sas;
}

my %state = (CREATED => 'INITIALIZING', CONNECTING =>
    'SENT FIRST MSG (SA)', ESTABLISHED => 'ACTIVE', REKEYING => 'ACTIVE',
    REKEYED => 'DELETED', DELETING => 'DELETED', PASSIVE => 'ACTIVE',
    DESTROYING => 'DELETED');

sub show_p1
{
	my ($sa, $paranoid) = @_;
	my $first = ($sa->{initiator} || '') eq 'yes';
	my $children = $sa->{'child-sas'};
	my $n = ref($children) ? keys(%$children) : 0;
	my $life = ($sa->{established} || 0) + ($sa->{'rekey-time'} || 0);
	my ($l, $r) = $first ? qw(Initiator Responder) :
	    qw(Responder Initiator);
	out("\nIKESA: Cookies: Initiator 0x$sa->{'initiator-spi'}  ",
	    "Responder 0x$sa->{'responder-spi'}\n",
	    'IKESA: The local host is the ', lc($l), ".\n",
	    "IKESA: ISAKMP version $sa->{version}.0; ",
	    "main mode (identity protect) exchange\n",
	    'IKESA: Current state is ', $state{$sa->{state}} || '<invalid>',
	    "\nXFORM: Authentication method: pre-shared key\n",
	    "XFORM: Encryption alg: aes-cbc(128..256); ",
	    "Authentication alg: hmac-sha256\n",
	    "XFORM: PRF: HMAC SHA256 ; ",
	    "Oakley Group: 1536-bit MODP (group 5)\n",
	    "XFORM: Phase 2 PFS is not used\n",
	    "LOCIP: Address ($l):\n",
	    "LOCIP: AF_INET: port 500, $sa->{'local-host'}.\n",
	    "REMIP: Address ($r):\n",
	    "REMIP: AF_INET: port 500, $sa->{'remote-host'}.\n",
	    "LIFTM: Lifetime limits:\n",
	    'LIFTM: ', minutes($life), "; 0 kbytes protected\n",
	    'LIFTM: keying material for IPsec SAs can be provided 0 times ',
	    "(no limit)\nLIFTM: Current usage:\n",
	    'LIFTM: SA was created at ',
	    ctime(time - ($sa->{established} || 0)), "\n",
	    "LIFTM: 1 kbytes protected\n",
	    "LIFTM: keying material for IPsec SAs provided $n times\n",
	    "LIFTM: Expiration info:\n",
	    'LIFTM: SA expires in ', minutes($sa->{'rekey-time'} || 0), "\n",
	    'LIFTM: Time of expiration: ',
	    ctime(time + ($sa->{'rekey-time'} || 0)), "\n",
	    "STATS: $n Quick Mode SAs created; 0 Quick Mode SAs deleted\n",
	    "ERRS:  0 RX errors: 0 decryption, 0 hash, 0 other\n",
	    "ERRS:  0 TX errors\n",
	    "LOCID: $l identity, uid=0, type prefix\n",
	    "LOCID: $sa->{'local-id'}/32\n",
	    "REMID: $r identity, uid=0, type prefix\n",
	    "REMID: $sa->{'remote-id'}/32\n");
	return;
}

sub dump_p1
{
	my ($paranoid) = @_;
	show_p1($_, $paranoid) for ike_sas();
	out("\nCompleted dump of phase 1 SA info\n");
	return 0;
}

# What the daemon has loaded: swanctl's, not the file's.
sub dump_rules
{
	my ($text) = Node::run('swanctl', '--list-conns');
	my $cookie = 0;
	my ($name) = (POSIX::uname())[1];
	while ($text =~ /^\S+: IKE.*\n\s+local:\s+(\S+)\n\s+remote: (\S+)/mg) {
		$cookie++;
		out("\nGLOBL: Label '$name-$2', key manager cookie $cookie\n",
		    "GLOBL: local_idtype=ip, ike_mode=main\n",
		    "GLOBL: p1_nonce_len=40, p2_nonce_len=40, ",
		    "p2_pfs=false (group 0)\n",
		    "GLOBL: p2_lifetime=300 seconds (5.00 minutes)\n",
		    "GLOBL: p2_softlife=150 seconds (2.50 minutes)\n",
		    "GLOBL: p2_idletime=300 seconds (5.00 minutes)\n",
		    "GLOBL: p2_lifetime_kb=0 kilobytes\n",
		    "GLOBL: p2_softlife_kb=0 kilobytes\n",
		    "LOCIP: IP address range(s):\nLOCIP: $1\n",
		    "REMIP: IP address range(s):\nREMIP: $2\n",
		    "XFRMS: Available Transforms:\n",
		    "XF  0: Authentication method: pre-shared key\n",
		    "XF  0: Encryption alg: aes-cbc(128..256); ",
		    "Authentication alg: hmac-sha256\n",
		    "XF  0: Oakley Group: 1536-bit MODP (group 5)\n");
	}
	out("\nCompleted dump of policy rules\n");
	return 0;
}

sub dump_preshared
{
	my ($paranoid) = @_;
	my $text = Node::slurp('/etc/inet/secret/ike.preshared');
	my $entry = qr/localid (\S+)\s+remoteidtype \S+\s+/ .
	    qr/remoteid (\S+)\s+key "?(\w+)/;
	while ($text =~ /$entry/g) {
		my ($l, $r, $key) = ($1, $2, $3);
		out("\nPSKEY: For any mode\nLOCIP: AF_INET: port 0, $l.\n",
		    "REMIP: AF_INET: port 0, $r.\n",
		    'PSKEY: Pre-shared key (', length($key) / 2, ' bytes): ',
		    $paranoid ? 'X' x length($key) : $key, '/',
		    4 * length($key), "\n");
	}
	out("\nCompleted dump of preshared keys\n");
	return 0;
}

# The level is kept by the node, and is charon's level of logging at once.
sub debug
{
	my ($level, $file) = @_;
	my $was = hex(Node::slurp("$Node::dir/debug") =~ /0x(\w+)/ ? $1 : 4);
	if (!defined($level)) {
		out(sprintf("Current debug level is 0x%x\n", $was));
		return 0;
	}
	$level = $level eq 'all' ? 0x7ff : oct($level);
	Node::spew("$Node::dir/debug", sprintf("0x%x\n", $level));
	Node::on('illumos_ike_debug', $level & ~4 ? 2 : 1) == 0 or return 1;
	out(sprintf("Successfully changed debug level from 0x%x to 0x%x\n",
	    $was, $level), "Debug categories enabled:\n",
	    map { $level & 1 << $_ ? "\t$categories[$_]\n" : () }
	    0 .. $#categories);
	return 0;
}

sub flush_p1
{
	Node::on('illumos_ike_flush');
	out("Completed flush of phase 1 SAs\n");
	return 0;
}

my %verbs = (
	'dump p1' => \&dump_p1, 'dump rule' => \&dump_rules,
	'dump preshared' => \&dump_preshared, 'flush p1' => \&flush_p1,
);

sub {
	local @ARGV = @_;
	my %o;
	getopts('hpn', \%o) or return 1;
	my ($verb, $what, @words) = @ARGV;
	my $sub = $verbs{join(' ', map { $_ // '' } $verb, $what)};
	my $is_debug = ($verb // '') =~ /^[sg]et$/ && ($what // '') eq 'debug';
	if (!$sub && !$is_debug) {
		complain("ikeadm: unrecognized command '",
		    join(' ', @ARGV), "'\n");
		return 1;
	}
	if (!Smf::charon()) {
		complain("Unable to communicate with in.iked\n",
		    "ikeadm: open_door failed: No such file or directory\n");
		return 1;
	}
	return $is_debug ? debug($verb eq 'set' ? @words : ()) :
	    $sub->($o{p});
};
