# svcadm(8): enable, disable, restart, refresh, clear of IPsec's services.
use Getopt::Std;
use Smf;

my $ike = 'svc:/network/ipsec/ike:default';
my $policy = 'svc:/network/ipsec/policy:default';
my $varpd = 'svc:/network/varpd:default';

sub switch
{
	my ($name, $state) = @_;
	Node::spew("$Node::dir/svc/$name", "$state\n");
}

my %do = (
	"$ike enable" => sub { switch('ike', 'enabled');
	    Smf::charon() ? 0 : Node::on('illumos_ike_start') },
	"$ike disable" => sub { switch('ike', 'disabled');
	    Node::on('swan_stop') },
	"$ike restart" => sub { Smf::disabled('ike') ? 0 :
	    Node::on('illumos_ike_start') },
	"$ike refresh" => sub { Smf::charon() ?
	    Node::on('illumos_ike_reload') : 0 },
	"$ike clear" => sub { Node::on('illumos_ike_start') },
	"$policy enable" => sub { switch('policy', 'enabled');
	    Node::on('illumos_policy_load') },
	"$policy disable" => sub { switch('policy', 'disabled');
	    Node::on('illumos_policy_flush') },
	"$policy restart" => sub { Smf::disabled('policy') ? 0 :
	    Node::on('illumos_policy_load') },
	"$policy refresh" => sub { Smf::disabled('policy') ? 0 :
	    Node::on('illumos_policy_load') },
	"$varpd restart" => sub { Node::on('illumos_map_load') },
	"$policy clear" => sub { Node::on('illumos_policy_load') },
);

sub {
	local @ARGV = @_;
	my %o;
	my $verb = shift(@ARGV) // '';
	if ($verb !~ /^(?:enable|disable|restart|refresh|clear)$/ ||
	    !getopts('rst', \%o) || !@ARGV) {
		complain("Usage: svcadm [-S <state>] [-v] [-Z | -z zone] ",
		    "[cmd [args ... ]]\n");
		return 2;
	}
	my $status = 0;
	for my $pattern (@ARGV) {
		my @found = Smf::find($pattern);
		if (@found != 1) {
			complain("svcadm: Pattern '$pattern' ", @found ?
			    "matches multiple instances" :
			    "doesn't match any instances", "\n");
			$status = 1;
			next;
		}
		if ($verb eq 'clear' && Smf::state($found[0]) ne
		    'maintenance') {
			complain("svcadm: Instance \"$found[0]\" is not in ",
			    "a maintenance or degraded state.\n");
			$status = 1;
			next;
		}
		my $do = $do{"$found[0] $verb"} || sub { 0 };
		# As svcadm does, it asks for it; how that went svcs says.
		$do->();
	}
	return $status;
};
