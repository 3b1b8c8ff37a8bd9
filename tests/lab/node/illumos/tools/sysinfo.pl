# sysinfo(8): sysinfo [-f] [-p], else JSON.
sub values_now
{
	my $l = Node::links();
	my $node = (POSIX::uname())[1];
	my @v = (
		[ UUID => sprintf('00000000-0000-4000-8000-%012d',
		    $ENV{LAB_ME}) ],
		[ Hostname => $node ],
		[ Datacenter_Name => $ENV{LAB_SITE} ],
		[ Live_Image => '20191010T153230Z' ],
		[ Boot_Time => Node::number('/proc/stat', 0) ],
	);
	$v[-1][1] = Node::slurp('/proc/stat') =~ /^btime (\d+)/m ? $1 : 0;
	my ($address) = grep { $_->[0] eq 'eth0' } Node::addresses();
	my ($ov_address) = grep { $_->[0] eq 'ov0' } Node::addresses();
	push(@v, [ NIC_admin => $Node::nic ], [ NIC_external => $Node::nic ],
	    [ "Network_Interface_${Node::nic}_MAC_Address" => $l->{eth0}{mac} ],
	    [ "Network_Interface_${Node::nic}_IPv4_Address" => '' ],
	    [ "Network_Interface_${Node::nic}_NIC_Names" => 'admin,external' ],
	    [ "Network_Interface_${Node::nic}_Link_Status" =>
		$l->{eth0}{up} ? 'up' : 'down' ]);
	push(@v, virtual('external0', $l->{eth0}, $address, $Node::nic));
	push(@v, virtual('adminoverlay_0', $l->{ov0}, $ov_address,
	    $Node::overlay)) if $l->{ov0};
	push(@v, [ OverlayRule_adminoverlay =>
	    Node::slurp("$Node::dir/rule") =~ s/\n//r ]);
	return @v;
}

sub virtual
{
	my ($name, $link, $address, $over) = @_;
	my $key = "Virtual_Network_Interface_${name}";
	return ([ "${key}_MAC_Address" => $link->{mac} ],
	    [ "${key}_IPv4_Address" => $address ?
		$address->[1] =~ s{/.*}{}r : '' ],
	    [ "${key}_Link_Status" => $link->{up} ? 'up' : 'down' ],
	    [ "${key}_VLAN" => 0 ], [ "${key}_Host_Interface" => $over ]);
}

sub {
	my $flags = join('', map { s/^-//r } @_);
	my @v = values_now();
	if ($flags =~ /p/) {
		out(map { "$_->[0]='$_->[1]'\n" } @v);
		out("Admin_NIC_Tag=\nAggregations=\n");
		return 0;
	}
	out("{\n", join(",\n", map {
		my ($k, $v) = @$_;
		$k =~ s/_/ /g;
		"  \"$k\": \"" . ($v =~ s/"/\\"/gr) . '"'
	} @v), "\n}\n");
	return 0;
};
