# ipfstat(8): ipfstat -hio, from the packet filter's rules and their counts.
#
# What runs inside ESP is seen there by neither list; a rule for such packets
# alone has no words here.
sub words
{
	my ($rule) = @_;
	my $s = $rule->{spec};
	my ($dir) = $rule->{chain} eq 'INPUT' ? 'in' : 'out';
	my ($dev) = $s =~ /-[io] (\S+)/;
	my $link = $dev ? " on $Node::link{$dev}" : '';
	my ($proto) = $s =~ /-p (\S+)/;
	my ($from) = $s =~ m{-s (\S+)};
	my ($to) = $s =~ m{-d (\S+)};
	my ($port) = $s =~ /--dport (\S+)/;
	my ($type) = $s =~ /--icmp-type (\S+)/;
	my $verb = $s =~ /-j (?:DROP|REJECT)/ ? 'block' : 'pass';
	$verb .= " $dir" . ($s =~ /--pol none/ ? ' log' : '');
	return "$verb quick$link" . ($proto ? " proto $proto" : '') .
	    ' from ' . ($from || 'any') . ' to ' . ($to || 'any') .
	    ($port ? " port = $port" : '') .
	    ($type ? ' icmp-type ' . ({ 8 => 'echo', 0 => 'echorep' }->{$type}
		// $type) : '');
}

sub {
	my $flags = join('', map { s/^-//r } @_);
	my @rules = grep { $_->{table} eq 'filter' } Node::rules();
	for ([ 'o', 'OUTPUT', 'out' ], [ 'i', 'INPUT', 'in' ]) {
		my ($flag, $chain, $name) = @$_;
		next if $flags !~ /$flag/;
		my @list = grep { $_->{chain} eq $chain } @rules;
		out("empty list for ipfilter($name)\n") if !@list;
		my $n = 0;
		out(map { ($flags =~ /h/ ? "$_->{packets} " : '') .
		    ($flags =~ /n/ ? '@' . ++$n . ' ' : '') . words($_) .
		    "\n" } @list);
	}
	return 0;
};
