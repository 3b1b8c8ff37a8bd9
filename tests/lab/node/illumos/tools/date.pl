# date(1): as strftime(3C) there has it, which knows no nanoseconds.
sub {
	my (@args) = @_;
	my $utc = @args && $args[0] eq '-u' && shift(@args);
	my $format = @args ? shift(@args) : '+%a %b %e %T %Z %Y';
	if (@args || $format !~ s/^\+//) {
		complain("date: bad conversion\n",
		    "usage:\tdate [-u] mmddHHMM[[cc]yy][.SS]\n",
		    "\tdate [-Ru] [-r seconds | filename] [+format]\n");
		return 1;
	}
	$format =~ s/%Z/UTC/g if $utc;
	out(POSIX::strftime($format, $utc ? gmtime : localtime), "\n");
	return 0;
};
