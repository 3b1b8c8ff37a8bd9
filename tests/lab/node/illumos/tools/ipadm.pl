# ipadm(8): show-addr, show-if.
use Getopt::Std;

my @addr_fields = ([ 'ADDROBJ', 18 ], [ 'TYPE', 9 ], [ 'STATE', 13 ],
    [ 'CURRENT', 8 ], [ 'PERSISTENT', 11 ], [ 'ADDR', 46 ]);
my @if_fields = ([ 'IFNAME', 11 ], [ 'STATE', 9 ], [ 'CURRENT', 12 ],
    [ 'PERSISTENT', 11 ]);

# Boot gives addresses by ifconfig: objects without names, _a, _b, ...
sub address_rows
{
	my $links = Node::links();
	my (%n, @rows);
	for (Node::addresses()) {
		my ($link, $addr) = @$_;
		next if !$Node::link{$link};
		my $is_v6 = $addr =~ /:/;
		my $letter = chr(ord('a') + $n{$link}{$is_v6}++);
		push(@rows, { link => $Node::link{$link},
		    ADDROBJ => "$Node::link{$link}/" .
			($is_v6 ? "v6$letter" : "_$letter"),
		    TYPE => 'static', CURRENT => 'U----', PERSISTENT => '---',
		    STATE => $links->{$link}{up} ? 'ok' : 'down',
		    ADDR => $addr });
	}
	return sort { $a->{ADDROBJ} cmp $b->{ADDROBJ} } @rows;
}

sub if_rows
{
	my $links = Node::links();
	return map { {
		IFNAME => $Node::link{$_}, STATE => $links->{$_}{up} ? 'ok' :
		    'down', CURRENT => 'bm--------46', PERSISTENT => '---'
	} } grep { $Node::link{$_} } sort(keys(%$links));
}

my %verbs = (
	'show-addr' => [ \@addr_fields, 'addrobj,type,state,addr',
	    \&address_rows, 'ADDROBJ' ],
	'show-if' => [ \@if_fields, 'ifname,state,current,persistent',
	    \&if_rows, 'IFNAME' ],
);

sub {
	my ($name, @args) = @_;
	my $verb = defined($name) && $verbs{$name};
	if (!$verb) {
		complain('ipadm: unrecognized subcommand \'', $name // '',
		    "'\nusage:  ipadm <subcommand> <args> ...\n");
		return 1;
	}
	local @ARGV = @args;
	my %o;
	getopts('po:', \%o) or return 1;
	my ($fields, $default, $rows, $key) = @$verb;
	my @rows = $rows->();
	for my $want (@ARGV) {
		my @found = grep { $_->{$key} eq $want || $_->{$key} =~
		    m{^\Q$want\E/} } @rows;
		complain('ipadm: Could not get ', $key eq 'IFNAME' ?
		    "interface(s): Interface does not exist\n" :
		    "address: Object not found\n") and return 1 if !@found;
		@rows = @found;
	}
	my ($text, $error) = Ofmt::show('ipadm', $fields, $default, \%o,
	    \@rows);
	complain($error) if $error;
	out($text);
	return $error ? 1 : 0;
};
