# Node: the real state of the node, read anew each time it is asked for.
#
# What a link is called: the node's eth0 is the VNIC external0 over the NIC
# e1000g0; its ov0 is both the overlay adminoverlay2 and the VNIC over that.
package Node;
use strict;
use warnings;
use POSIX ();

our %link = (lo => 'lo0', eth0 => 'external0', ov0 => 'adminoverlay_0');
our $nic = 'e1000g0';
our $overlay = 'adminoverlay2';
our $dir = '/run/lab/illumos';
my ($to_ip, $from_ip, $ip_pid, %known);

# once KEY, SUB: a list that one answer asks for more than once.
sub once
{
	my ($key, $sub) = @_;
	$known{$key} ||= [ $sub->() ];
	return @{$known{$key}};
}

sub forget
{
	%known = ();
}

# One ip(8) that stays: another each time would cost a tenth of a second.
sub ip_start
{
	pipe(my $in, $to_ip) or die "pipe: $!";
	pipe($from_ip, my $out) or die "pipe: $!";
	$ip_pid = fork;
	if (!$ip_pid) {
		open(STDIN, '<&', $in);
		open(STDOUT, '>&', $out);
		open(STDERR, '>&', $out);
		exec('stdbuf', '-oL', qw(ip -s -d -force -batch -)) or
		    POSIX::_exit(127);
	}
	$to_ip->autoflush(1);
}

# A process of one's own asks an ip of its own.
sub forked
{
	$to_ip = undef;
	$SIG{CHLD} = 'DEFAULT';
}

# ip WORDS: the lines of `ip -s -d WORDS`.  A command that there is not marks
# the end of the answer.  Not for lists of xfrm's, after which ip leaves.
sub ip
{
	my ($words) = @_;
	ip_start() if !$to_ip;
	print {$to_ip} "$words\nthe-end\n";
	my @lines;
	while (1) {
		my $line = <$from_ip>;
		die "ip is gone\n" if !defined($line);
		chomp($line);
		next if $line =~ /^Command failed -:\d+$/;
		return @lines if $line =~ /^Object "the-end" is unknown/;
		push(@lines, $line);
	}
}

# run COMMAND...: its output and exit status.
sub run
{
	my (@command) = @_;
	local $SIG{CHLD} = 'DEFAULT';
	my $pid = open(my $from, '-|');
	if (!$pid) {
		open(STDIN, '<', '/dev/null');
		open(STDERR, '>', '/dev/null');
		exec(@command) or POSIX::_exit(127);
	}
	local $/;
	my $text = <$from>;
	close($from);
	return (defined($text) ? $text : '', $? >> 8);
}

# on FUNCTION, ARGS...: one of the node's own functions; its exit status.
sub on
{
	my ($text, $status) = run('/run/lab/on', @_);
	return $status;
}

sub slurp
{
	my ($path) = @_;
	open(my $f, '<', $path) or return '';
	local $/;
	my $text = <$f>;
	return defined($text) ? $text : '';
}

sub spew
{
	my ($path, $text) = @_;
	open(my $f, '>', $path) or die "$path: $!\n";
	print {$f} $text;
	close($f);
}

sub xfrm
{
	my (@words) = @_;
	my ($text) = run('ip', '-s', 'xfrm', @words);
	return split(/\n/, $text);
}

# Every link by Linux's name: mac, mtu, up, vxlan {vni, port, local}.
sub links
{
	return (once('links', \&links_now))[0];
}

sub links_now
{
	my (%links, $l);
	for (ip('link show')) {
		if (/^\d+: ([^:@]+)[^:]*: <([^>]*)> mtu (\d+)/) {
			my ($name, $flags, $mtu) = ($1, $2, $3);
			$l = $links{$name} = { name => $name, mtu => $mtu,
			    up => $flags =~ /\bUP\b/ ? 1 : 0 };
		} elsif (m{^ +link/\S+ (\S+)}) {
			$l->{mac} = $1;
		} elsif (/^ +vxlan id (\d+)/) {
			$l->{vxlan} = { vni => $1 };
			$l->{vxlan}{port} = $1 if / dstport (\d+)/;
			$l->{vxlan}{local} = $1 if / local (\S+)/;
		}
	}
	return \%links;
}

# [link, address/length]..., IPv4 and IPv6.
sub addresses
{
	my (@addresses, $name);
	for (ip('addr show')) {
		$name = $1 if /^\d+: ([^:@]+)/;
		push(@addresses, [ $name, $1 ]) if /^ +inet6? (\S+)/;
	}
	return @addresses;
}

# {ip, dev, mac, state}
sub neighbours
{
	my @n;
	for (ip('neigh show')) {
		next if !/^(\S+) dev (\S+)(?: lladdr (\S+))?.* ([A-Z]+)\s*$/;
		push(@n, { ip => $1, dev => $2, mac => $3, state => $4 });
	}
	return @n;
}

# {mac, to, port} of the overlay, without the entry for all that is unknown:
# the files plugin has no such thing.
sub targets
{
	my ($text) = run(qw(bridge -d fdb show dev ov0));
	my $port = (links()->{ov0} || {})->{vxlan}{port};
	my @t;
	for (split(/\n/, $text)) {
		next if !/^(\S+) dst (\S+)/ || $1 eq '00:00:00:00:00:00';
		push(@t, { mac => $1, to => $2,
		    port => / port (\d+)/ ? $1 : $port });
	}
	return @t;
}

# Bytes without leading zeros, as illumos prints them.
sub mac
{
	my ($mac) = @_;
	return join(':', map { sprintf('%x', hex($_)) } split(/:/, $mac));
}

# Lines of "Group: names" and "Group: values" as {GroupName => value}.
sub mib
{
	my (%v, %names);
	for (split(/\n/, slurp('/proc/net/snmp') . slurp('/proc/net/netstat')))
	{
		my ($group, @words) = split(/:? +/);
		if (!$names{$group}) {
			$names{$group} = \@words;
			next;
		}
		@v{map { "$group$_" } @{$names{$group}}} = @words;
		delete($names{$group});
	}
	return \%v;
}

sub xfrm_stat
{
	return { slurp('/proc/net/xfrm_stat') =~ /^(\w+)\s+(\d+)/mg };
}

# The packet filter's rules: {table, chain, packets, bytes, spec}.
sub rules
{
	return once('rules', \&rules_now);
}

sub rules_now
{
	my ($text) = run('iptables-legacy-save', '-c');
	my ($table, @rules);
	for (split(/\n/, $text)) {
		$table = $1 if /^\*(\w+)/;
		next if !/^\[(\d+):(\d+)\] -A (\w+) (.*)/;
		push(@rules, { table => $table, packets => $1, bytes => $2,
		    chain => $3, spec => $4 });
	}
	return @rules;
}

# What the rule of table mangle counted whose words hold $what.
sub counted
{
	my ($what, @rules) = @_;
	my $n = 0;
	$n += $_->{packets} for grep { $_->{table} eq 'mangle' &&
	    $_->{spec} =~ $what } @rules;
	return $n;
}

# A number under /proc or in one of the node's own state files.
sub number
{
	my ($path, $default) = @_;
	my $text = slurp($path);
	return $text =~ /(\d+)/ ? $1 : $default;
}

1;
