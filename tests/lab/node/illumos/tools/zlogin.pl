# zlogin(1): there is no zone to log in to.
use Getopt::Std;

sub {
	local @ARGV = @_;
	my %o;
	if (!getopts('dinCEINQSe:l:', \%o) || !@ARGV) {
		complain("usage: zlogin [ -dinCEINQS ] [ -e cmdchar ] ",
		    "[-l user] zonename [command [args ...] ]\n");
		return 2;
	}
	complain("zlogin: zone '$ARGV[0]' unknown\n");
	return 1;
};
