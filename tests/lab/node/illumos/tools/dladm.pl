# dladm(8): show-link, show-phys, show-vnic, show-overlay.
use Getopt::Std;

my @link_fields = ([ 'LINK', 19 ], [ 'CLASS', 9 ], [ 'MTU', 7 ],
    [ 'STATE', 9 ], [ 'BRIDGE', 11 ], [ 'OVER', 14 ]);
my @phys_fields = ([ 'LINK', 13 ], [ 'MEDIA', 21 ], [ 'STATE', 11 ],
    [ 'SPEED', 7 ], [ 'DUPLEX', 10 ], [ 'DEVICE', 13 ]);
my @vnic_fields = ([ 'LINK', 13 ], [ 'OVER', 11 ], [ 'SPEED', 6 ],
    [ 'MACADDRESS', 18 ], [ 'MACADDRTYPE', 12 ], [ 'VID', 5 ],
    [ 'ZONE', 20 ]);
my @overlay_fields = ([ 'LINK', 19 ], [ 'PROPERTY', 19 ], [ 'PERM', 5 ],
    [ 'REQ', 4 ], [ 'VALUE', 11 ], [ 'DEFAULT', 10 ], [ 'POSSIBLE', 10 ]);
my @fault_fields = ([ 'LINK', 20 ], [ 'STATUS', 8 ], [ 'DETAILS', 52 ]);
my @target_fields = ([ 'LINK', 20 ], [ 'TARGET', 18 ], [ 'DESTINATION', 42 ]);

sub state_of
{
	my ($link) = @_;
	return $link->{up} ? 'up' : 'down';
}

# VNICs that ride on what is not there are not there either.
sub link_rows
{
	my $l = Node::links();
	my @rows = (
		{ LINK => $Node::nic, CLASS => 'phys', MTU => $l->{eth0}{mtu},
		    STATE => state_of($l->{eth0}) },
		{ LINK => 'external0', CLASS => 'vnic',
		    MTU => $l->{eth0}{mtu}, STATE => state_of($l->{eth0}),
		    OVER => $Node::nic },
	);
	push(@rows,
		{ LINK => $Node::overlay, CLASS => 'overlay',
		    MTU => $l->{ov0}{mtu}, STATE => 'up' },
		{ LINK => 'adminoverlay_0', CLASS => 'vnic',
		    MTU => $l->{ov0}{mtu}, STATE => state_of($l->{ov0}),
		    OVER => $Node::overlay }) if $l->{ov0};
	return @rows;
}

sub phys_rows
{
	my $l = Node::links();
	return { LINK => $Node::nic, MEDIA => 'Ethernet',
	    STATE => state_of($l->{eth0}), SPEED => 1000, DUPLEX => 'full',
	    DEVICE => $Node::nic };
}

sub vnic
{
	my ($link, $name, $over, $vlan) = @_;
	return { LINK => $name, OVER => $over, SPEED => 0, VID => $vlan,
	    MACADDRESS => Node::mac($link->{mac}), MACADDRTYPE => 'fixed' };
}

sub vnic_rows
{
	my $l = Node::links();
	my @rows = (vnic($l->{eth0}, 'external0', $Node::nic, 0));
	push(@rows, vnic($l->{ov0}, 'adminoverlay_0', $Node::overlay, 0))
	    if $l->{ov0};
	return @rows;
}

# [property, may it change, must it be set, value, default, possible]...
sub properties
{
	my ($ov0) = @_;
	return (
		[ 'mtu', 'rw', '-', $ov0->{mtu}, '1400', '576-8900' ],
		[ 'vnetid', 'rw', '-', $ov0->{vxlan}{vni} ],
		[ 'encap', 'r-', '-', 'vxlan', 'vxlan' ],
		[ 'varpd/id', 'r-', '-', '1' ],
		[ 'vxlan/listen_ip', 'rw', 'y', '0.0.0.0', '', '' ],
		[ 'vxlan/listen_port', 'rw', 'y', $ov0->{vxlan}{port}, '4789',
		    '1-65535' ],
		[ 'search', 'r-', '-', 'files' ],
		[ 'files/config', 'rw', 'y',
		    '/opt/custom/networking/adminoverlay_overlay.json' ],
	);
}

sub overlay_rows
{
	my $ov0 = Node::links()->{ov0} or return;
	return map {
		my %row = (LINK => $Node::overlay);
		@row{qw(PROPERTY PERM REQ VALUE DEFAULT POSSIBLE)} = @$_;
		\%row;
	} properties($ov0);
}

sub fault_rows
{
	return if !Node::links()->{ov0};
	return { LINK => $Node::overlay, STATUS => 'ONLINE', DETAILS => '-' };
}

sub target_rows
{
	return map { { LINK => $Node::overlay, TARGET => Node::mac($_->{mac}),
	    DESTINATION => "$_->{to}:$_->{port}" } } Node::targets();
}

my %verbs = (
	'show-link' => [ 'pPo:s', \@link_fields,
	    'link,class,mtu,state,bridge,over', \&link_rows ],
	'show-phys' => [ 'pPo:', \@phys_fields,
	    'link,media,state,speed,duplex,device', \&phys_rows ],
	'show-vnic' => [ 'pPo:l:z:', \@vnic_fields,
	    'link,over,speed,macaddress,macaddrtype,vid,zone', \&vnic_rows ],
	'show-overlay' => [ 'pfto:', \@overlay_fields,
	    'link,property,perm,req,value,default,possible', \&overlay_rows ],
);
my %overlay_verbs = (
	f => [ undef, \@fault_fields, 'link,status,details', \&fault_rows ],
	t => [ undef, \@target_fields, 'link,target,destination',
	    \&target_rows ],
);

# pick VERB, NAMES, ROWS: those of the links that were named, or undef.
sub pick
{
	my ($verb, $names, @rows) = @_;
	return \@rows if !@$names;
	my @links = map { $_->{LINK} } link_rows();
	for my $name (@$names) {
		my $is = $verb ne 'show-overlay' || $name eq $Node::overlay;
		if (!grep { $_ eq $name } @links) {
			complain("dladm: invalid link name '$name'\n");
			return;
		}
		complain("dladm: $name is not an overlay\n") and return
		    if !$is;
	}
	my %want = map { $_ => 1 } @$names;
	return [ grep { $want{$_->{LINK}} } @rows ];
}

sub {
	my ($name, @args) = @_;
	my $verb = defined($name) && $verbs{$name};
	if (!$verb) {
		complain('dladm: unrecognized subcommand \'', $name // '',
		    "'\nusage:  dladm <subcommand> <args> ...\n");
		return 1;
	}
	local @ARGV = @args;
	my %o;
	getopts($verb->[0], \%o) or return 1;
	for my $flag (grep { $o{$_} } qw(f t)) {
		$verb = $overlay_verbs{$flag} if $name eq 'show-overlay';
	}
	my (undef, $fields, $default, $rows) = @$verb;
	# Zones have none here.
	my @rows = defined($o{z}) && $o{z} ne 'global' ? () : $rows->();
	my $picked = pick($name, defined($o{l}) ?
	    [ grep { 1 } $o{l} ] : [ @ARGV ], @rows) or return 1;
	my ($text, $error) = Ofmt::show('dladm', $fields, $default, \%o,
	    $picked);
	complain($error) if $error;
	out($text);
	return $error ? 1 : 0;
};
