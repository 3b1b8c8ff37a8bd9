# kstat(8): kstat [-pl] [-m M] [-i I] [-n N] [-s S] [-c C] [M:I:N:S]...
use Getopt::Std;
use Kstat;

# A part of a selector: empty for any, a glob, or /a regular expression/.
sub matcher
{
	my ($part) = @_;
	return qr// if !defined($part) || $part eq '';
	return qr/$1/ if $part =~ m{^/(.*)/$};
	my $re = join('', map { $_ eq '*' ? '.*' : $_ eq '?' ? '.' :
	    /[\[\]]/ ? $_ : quotemeta($_) } split(//, $part));
	return qr/^$re$/;
}

# [set, statistic, value]... in the order of sets, by name within one.
sub statistics
{
	my ($set, $re) = @_;
	my ($module, $instance, $name, $class, $values) = @$set;
	my $up = Node::slurp('/proc/uptime') =~ /^(\S+)/ ? $1 : 0;
	my %v = (%{$values->()}, class => $class, crtime => '40.123456789',
	    snaptime => sprintf('%.9f', $up));
	return map { [ $set, $_, $v{$_} ] } grep { $_ =~ $re } sort(keys(%v));
}

sub selected
{
	my ($c, @selectors) = @_;
	my @found;
	for my $set (Kstat::sets()) {
		my ($module, $instance, $name, $class) = @$set;
		next if $class !~ $c;
		for my $s (@selectors) {
			next if $module !~ $s->[0] || $instance !~ $s->[1] ||
			    $name !~ $s->[2];
			push(@found, statistics($set, $s->[3]));
		}
	}
	return @found;
}

# The form for people: a heading a set, then its statistics.
sub show
{
	my ($last, $text) = ('', '');
	for (@_) {
		my ($set, $stat, $value) = @$_;
		my ($module, $instance, $name, $class) = @$set;
		if ("$module:$instance:$name" ne $last) {
			$text .= "\n" if $last ne '';
			$text .= sprintf("module: %-30s  instance: %-6d\n" .
			    "name:   %-30s  class:    %-30s\n", $module,
			    $instance, $name, $class);
			$last = "$module:$instance:$name";
		}
		$text .= sprintf("\t%-30s  %s\n", $stat, $value)
		    if $stat ne 'class';
	}
	return "$text\n";
}

sub {
	local @ARGV = @_;
	my %o;
	if (!getopts('plqm:i:n:s:c:', \%o)) {
		complain("Usage:\nkstat [ -Cjlpq ] [ -T d|u ] ...\n");
		return 2;
	}
	my @words = @ARGV;
	while (@words && $words[-1] =~ /^\d+$/) {
		pop(@words); # interval and count: once is enough here
	}
	my @selectors = @words ? map { my @part = split(/:/, $_, -1);
	    [ map { matcher($part[$_]) } 0 .. 3 ] } @words :
	    [ map { matcher($o{$_}) } qw(m i n s) ];
	my @found = selected(matcher($o{c}), @selectors);
	return 1 if !@found;
	out($o{p} || $o{l} ? map { my ($set, $stat, $value) = @$_;
	    join(':', @{$set}[0 .. 2], $stat) . ($o{l} ? '' : "\t$value") .
	    "\n" } @found : show(@found)) if !$o{q};
	return 0;
};
