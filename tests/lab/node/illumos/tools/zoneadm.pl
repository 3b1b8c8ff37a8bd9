# zoneadm(8): zoneadm list [-cipv]: there are no zones but the global one.
sub {
	my ($verb, @flags) = @_;
	if (($verb // '') ne 'list') {
		complain("usage:\tzoneadm help\n");
		return 2;
	}
	my $flags = join('', map { s/^-//r } @flags);
	out($flags =~ /p/ ? "0:global:running:/::liveimg:shared:0\n" :
	    $flags =~ /v/ ? sprintf("%4s %-16s %-10s %-30s %-8s %-6s\n" .
	    "%4s %-16s %-10s %-30s %-8s %-6s\n", 'ID', 'NAME', 'STATUS',
	    'PATH', 'BRAND', 'IP', '0', 'global', 'running', '/', 'liveimg',
	    'shared') : "global\n");
	return 0;
};
