# route(8): route [-n] get ADDRESS.
sub mask
{
	my ($length) = @_;
	my $bits = $length == 0 ? 0 : (~0 << (32 - $length)) & 0xffffffff;
	return join('.', unpack('C4', pack('N', $bits)));
}

# The routes that hold an address, longest first: {dst, length, via, dev, bad}
sub routes
{
	my @routes;
	for (Node::ip('route show table main')) {
		next if !/^(?:unicast )?(unreachable |blackhole |prohibit )?(\S+)/;
		my %r = (bad => $1, dst => $2, length => 32);
		$r{dst} = '0.0.0.0/0' if $r{dst} eq 'default';
		@r{qw(dst length)} = ($1, $2) if $r{dst} =~ m{(.*)/(.*)};
		$r{via} = $1 if / via (\S+)/;
		$r{dev} = $1 if / dev (\S+)/;
		push(@routes, \%r);
	}
	return sort { $b->{length} <=> $a->{length} } @routes;
}

sub number_of
{
	my ($ip) = @_;
	return unpack('N', pack('C4', split(/\./, $ip)));
}

# What the kernel itself would do decides; the table only gives the mask.
sub find
{
	my ($ip) = @_;
	my ($got) = Node::ip("route get $ip");
	for my $r (routes()) {
		my $shift = 32 - $r->{length};
		next if number_of($ip) >> $shift != number_of($r->{dst}) >>
		    $shift;
		return $r if $r->{bad};
		my ($dev) = $got =~ / dev (\S+)/ or return undef;
		my ($via) = $got =~ / via (\S+)/;
		return { %$r, dev => $dev, via => $via };
	}
	return undef;
}

sub show
{
	my ($ip, $r) = @_;
	my @flags = ('UP');
	push(@flags, 'GATEWAY') if $r->{via};
	push(@flags, 'HOST') if $r->{length} == 32;
	push(@flags, 'REJECT') if $r->{bad} && $r->{bad} !~ /black/;
	push(@flags, 'DONE');
	push(@flags, 'STATIC') if $r->{via} || $r->{bad};
	push(@flags, 'BLACKHOLE') if $r->{bad} && $r->{bad} =~ /black/;
	out("   route to: $ip\n");
	out('destination: ', $r->{length} ? $r->{dst} : 'default', "\n");
	out('       mask: ', $r->{length} ? mask($r->{length}) : 'default',
	    "\n");
	out("    gateway: $r->{via}\n") if $r->{via};
	out('  interface: ', $Node::link{$r->{dev}} || $r->{dev}, "\n")
	    if $r->{dev};
	out('      flags: <', join(',', @flags), ">\n");
	out(' recvpipe  sendpipe  ssthresh    rtt,ms rttvar,ms  hopcount',
	    "      mtu     expire\n");
	my $mtu = $r->{dev} ? Node::links()->{$r->{dev}}{mtu} : 0;
	out(sprintf("%8d  " x 7 . "%8d \n", 0, 0, 0, 0, 0, 0, $mtu, 0));
}

sub {
	my @words = grep { !/^-/ } @_;
	my ($verb, $ip) = @words;
	if (!defined($verb) || $verb ne 'get' || !defined($ip)) {
		complain("usage: route [ -fnpqv ] cmd [[ -<qualifers> ] args ]\n");
		return 1;
	}
	if ($ip !~ /^\d+(\.\d+){3}$/) {
		complain("$ip: bad value\n");
		return 1;
	}
	my $r = find($ip);
	if (!$r) {
		complain("get host $ip: not in table\n");
		return 1;
	}
	show($ip, $r);
	return 0;
};
