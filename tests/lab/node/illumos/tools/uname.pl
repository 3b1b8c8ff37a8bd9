# uname(1): an image of the time that the formats are of.
my %is = (s => 'SunOS', n => undef, r => '5.11',
    v => 'joyent_20191010T153230Z', m => 'i86pc', p => 'i386', i => 'i86pc');

sub {
	my $flags = join('', map { s/^-//r } @_) || 's';
	$flags = 'snrvmpi' if $flags =~ /a/;
	if ($flags =~ /([^snrvmpi])/) {
		complain("uname: illegal option -- $1\n",
		    "usage:\tuname [-snrvmapiX]\n\tuname [-S system_name]\n");
		return 1;
	}
	$is{n} = (POSIX::uname())[1];
	out(join(' ', map { $is{$_} } grep { $flags =~ /$_/ }
	    qw(s n r v m p i)), "\n");
	return 0;
};
