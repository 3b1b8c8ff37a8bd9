# ipsecconf(8): ipsecconf -l, -F, -f and -a of what the lab's policies are.
use Sadb;

sub address
{
	my ($prefix) = @_;
	return $prefix =~ s{/32$}{}r;
}

# A pair of rules in both directions is one line without a direction.
sub line
{
	my ($p, $index) = @_;
	my ($l, $r) = $p->{dir} eq 'out' ? ($p->{src}, $p->{dst}) :
	    ($p->{dst}, $p->{src});
	my $pattern = '{ laddr ' . address($l) . ' raddr ' . address($r) .
	    ($p->{proto} ? " ulp $p->{proto}" : '') . " dir $p->{dir} } ";
	return "#INDEX $index\n$pattern" . ($p->{action} eq 'block' ?
	    'drop {}' : $p->{tmpl} ? 'ipsec { encr_algs aes-cbc(128..256) ' .
	    'encr_auth_algs hmac-sha512(512) sa shared }' : 'bypass {}') .
	    "\n";
}

sub {
	my ($flag) = @_;
	$flag //= '-d';
	my @own = grep { $_->{dir} eq 'in' || $_->{dir} eq 'out' }
	    Sadb::policies();
	if ($flag =~ /^-(?:l|n|ln|L|Ln|d)$/) {
		my $index = 0;
		out(map { line($_, ++$index) } @own);
		return 0;
	}
	return Node::on('illumos_policy_flush') if $flag =~ /^-[Ff]/;
	return Node::on('illumos_policy_load') if $flag =~ /^-[qa]/;
	complain("Usage:\tipsecconf\n\tipsecconf -a filename|- [-q]\n");
	return 1;
};
