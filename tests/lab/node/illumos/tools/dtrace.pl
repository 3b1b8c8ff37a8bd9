# dtrace(8): of a program that counts what goes through ip_drop_packet() for so
# many seconds, its last argument, or until TERM: ipdrop counts the same packets,
# and what is printed, then and in the beginning, the program says.  All other
# probes that espy might ask for are in no kernel of Linux: it fails as it does
# for who may not use it.
use Kstat;

my %dropper = (esp => 'IPsec ESP', ah => 'IPsec AH', sadb => 'IPsec SADB',
    spd => 'IPsec SPD');

sub line
{
	my ($format, $n, $name) = @_;
	my ($kind) = $name =~ /^([a-z]+)_/;
	my @keys = ($name, $name =~ /acquire|iv_wrap/ ? 'out' : 'in',
	    $dropper{$kind} || 'IP IPsec processing');
	return $format =~ s/%\@d/$n/r =~ s/%s/shift(@keys)/ger =~
	    s/\\t/\t/gr =~ s/\\n/\n/gr;
}

sub {
	my ($program) = grep { /\bfbt::ip_drop_packet:entry/ } @_;
	my ($format) = ($program // '') =~ /printa\("([^"]*)", \@ipsec\)/;
	my ($seconds) = $_[-1] =~ /^(\d+)$/;
	if (!$format || !$seconds || $program !~ /tick-1s/) {
		complain("dtrace: failed to initialize dtrace: DTrace ",
		    "requires additional privileges\n");
		return 1;
	}
	my $before = Kstat::ipdrop();
	my ($begun) = $program =~ /BEGIN \{ printf\("([^"]*)"\)/;
	out(line($begun, 0, '')) if $begun;
	nap($seconds);
	Node::forget();
	my $after = Kstat::ipdrop();
	for my $name (sort(keys(%$after))) {
		my $n = $after->{$name} - $before->{$name};
		out(line($format, $n, $name)) if $n > 0;
	}
	return 0;
};
