# arp(8): arp -an, which is `netstat -np -f inet`.
#
# Flags: S static, P published, L local, A authoritative: the node's own; o, of
# one that has been learnt; U, asked for and not answered.
sub row
{
	my ($link, $ip, $flags, $mac) = @_;
	return sprintf("%-6s %-20s %-15s %-8s %s\n", $link, $ip,
	    '255.255.255.255', $flags, $mac);
}

sub {
	my $flags = join('', map { s/^-//r } @_);
	if ($flags !~ /^(an|na|a)$/) {
		out("Usage: arp hostname\n       arp -a [-n]\n");
		return 1;
	}
	out("\nNet to Media Table: IPv4\n",
	    "Device   IP Address               Mask      Flags      Phys Addr\n",
	    "------ -------------------- --------------- -------- ",
	    "---------------\n");
	my $links = Node::links();
	for (Node::neighbours()) {
		next if $_->{ip} =~ /:/ || !$Node::link{$_->{dev}};
		my $asked = !$_->{mac} || $_->{state} =~ /INCOMPL|FAILED/;
		out(row($Node::link{$_->{dev}}, $_->{ip}, $asked ? 'U' : 'o',
		    $asked ? '' : $_->{mac}));
	}
	for (Node::addresses()) {
		my ($link, $addr) = @$_;
		next if $link eq 'lo' || !$Node::link{$link} || $addr =~ /:/;
		$addr =~ s{/.*}{};
		out(row($Node::link{$link}, $addr, 'SPLA',
		    $links->{$link}{mac}));
		out(sprintf("%-6s %-20s %-15s %-8s %s\n", $Node::link{$link},
		    '224.0.0.0', '240.0.0.0', 'SM', '01:00:5e:00:00:00'));
	}
	out("\n");
	return 0;
};
