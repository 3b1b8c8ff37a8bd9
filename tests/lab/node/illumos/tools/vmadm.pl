# vmadm(8): vmadm list [-Hp] [-o FIELDS] [FILTER]...: there are no VMs.
use Getopt::Std;

my %width = (uuid => 36, type => 4, ram => 7, state => 16, alias => 10,
    zonename => 36, zoneid => 5, nics => 4);

sub {
	my ($verb, @args) = @_;
	$verb //= '';
	if ($verb eq 'get') {
		complain('No such zone: ', $args[0] // '', "\n");
		return 1;
	}
	local @ARGV = @args;
	my %o;
	if ($verb ne 'list' || !getopts('Hpo:s:', \%o)) {
		complain("Usage: vmadm <command> [options]\n");
		return 2;
	}
	my @fields = split(/,/, $o{o} || 'uuid,type,ram,state,alias');
	for (grep { !$width{$_} } @fields) {
		complain("Invalid lookup field: $_\n");
		return 1;
	}
	out(join('  ', map { sprintf("%-*s", $width{$_}, uc) } @fields) =~
	    s/ +$//r, "\n") if !$o{H} && !$o{p};
	return 0;
};
