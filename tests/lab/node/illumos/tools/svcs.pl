# svcs(1): svcs [-aHp] [-o COLUMN,...] [PATTERN]...
use Getopt::Std;
use Smf;

my %width = (STATE => 14, STIME => 8, FMRI => 50, NSTATE => 14, CTID => 6,
    SVC => 20, INST => 10);

# Started today: with blanks for the hour; else by day, or by year.
sub stime
{
	my $up = Node::slurp('/proc/uptime') =~ /^(\S+)/ ? $1 : 0;
	my $then = time - $up;
	my $age = time - $then;
	return POSIX::strftime($age < 86400 ? '%k:%M:%S' : '%b_%d',
	    localtime($then)) =~ s/^ ?(\d:)/ $1/r;
}

sub value
{
	my ($column, $fmri) = @_;
	return Smf::state($fmri) if $column eq 'STATE';
	return $fmri if $column eq 'FMRI';
	return stime() if $column eq 'STIME';
	return '-' if $column eq 'NSTATE' || $column eq 'CTID';
	return $fmri =~ m{^svc:/(.*):} ? $1 : '-' if $column eq 'SVC';
	return 'default';
}

sub row
{
	my ($value, @columns) = @_;
	return join(' ', map { sprintf("%-*s", $width{$_}, $value->($_)) }
	    @columns) =~ s/ +$//r . "\n";
}

sub processes
{
	my ($fmri) = @_;
	my $pid = $fmri =~ /ike/ ? Smf::charon() : 0;
	return $pid ? sprintf("%15s%8s   %6d %s\n", '', stime(), $pid,
	    'in.iked') : '';
}

sub {
	local @ARGV = @_;
	my %o;
	if (!getopts('aHpo:s:', \%o)) {
		complain("Usage: svcs [-aHpv] [-o col[,col ... ]] ...\n");
		return 2;
	}
	my @columns = map { uc } split(/,/, $o{o} || 'state,stime,fmri');
	for (grep { !$width{$_} } @columns) {
		complain('svcs: Unknown column \'', lc($_), "'\n");
		return 2;
	}
	my ($status, %rows) = (0);
	for my $pattern (@ARGV) {
		my @found = Smf::find($pattern);
		@rows{@found} = @found;
		next if @found;
		complain("svcs: Pattern '$pattern' doesn't match any ",
		    "instances\n");
		$status = 1;
	}
	%rows = map { $_ => 1 } grep { $o{a} || Smf::state($_) ne 'disabled' }
	    keys(%Smf::services) if !@ARGV;
	out(row(sub { $_[0] }, @columns)) if !$o{H};
	# Asked for no order, it gives what it finds.
	for my $fmri (keys(%rows)) {
		out(row(sub { value($_[0], $fmri) }, @columns));
		out(processes($fmri)) if $o{p};
	}
	return $status;
};
