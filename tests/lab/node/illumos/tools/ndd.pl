# ndd(8): ndd -get MODULE NAME, ndd -set MODULE NAME VALUE.
my %default = ('ip ipsec_policy_log_interval' => 1000,
    'ipsecesp ipsecesp_log_unknown_spi' => 0,
    'ipsecesp ipsecesp_replay_size' => 64, 'ip ip_forwarding' => 0);

sub {
	my ($flag, $module, $name, $value) = @_;
	if (!defined($name) || $flag !~ /^-(?:get|set)$/ ||
	    ($flag eq '-set') != defined($value)) {
		complain("usage: ndd [-get] module ndd-param\n",
		    "       ndd -set module ndd-param value\n");
		return 1;
	}
	$module =~ s{^/dev/}{};
	my $default = $default{"$module $name"};
	if (!defined($default)) {
		complain("operation failed: No such file or directory\n");
		return 1;
	}
	my $file = "$Node::dir/ndd.$name";
	if ($flag eq '-set') {
		Node::spew($file, "$value\n");
	} else {
		out(Node::number($file, $default), "\n");
	}
	return 0;
};
