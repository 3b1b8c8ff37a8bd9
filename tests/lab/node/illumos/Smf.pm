# Smf: the states of services, from what really runs on the node.
#
# What an administrator switched off is a file of svc/ that holds "disabled".
package Smf;
use strict;
use warnings;
use Node;
use Sadb;

sub charon
{
	my $pid = Node::number('/run/lab/charon.pid', 0);
	return $pid && -e "/proc/$pid" ? $pid : 0;
}

sub disabled
{
	my ($name) = @_;
	return Node::slurp("$Node::dir/svc/$name") =~ /disabled/;
}

# A daemon that went without being told to has been restarted too often.
sub ike
{
	return 'online' if charon();
	return disabled('ike') ? 'disabled' : 'maintenance';
}

# The service loads the policies and is gone; they may be flushed behind it.
sub policy
{
	return disabled('policy') ? 'disabled' : 'online';
}

our %services = (
	'svc:/network/ipsec/ipsecalgs:default' => sub { 'online' },
	'svc:/network/ipsec/policy:default' => \&policy,
	'svc:/network/ipsec/ike:default' => \&ike,
	'svc:/network/ipsec/manual-key:default' => sub { 'disabled' },
	'svc:/network/ipfilter:default' => sub { 'online' },
	'svc:/network/virtual:default' => sub { 'online' },
	'svc:/network/varpd:default' => sub { 'online' },
	'svc:/network/ssh:default' => sub { 'online' },
	'svc:/system/system-log:default' => sub { 'online' },
);

# find PATTERN: the services it means: all of an FMRI, or some of its words.
sub find
{
	my ($pattern) = @_;
	$pattern =~ s{^svc:/}{};
	my $re = join('', map { $_ eq '*' ? '.*' : $_ eq '?' ? '.' :
	    quotemeta($_) } split(//, $pattern));
	return grep { m{^svc:/(?:.*/)?$re(?::default)?$} } keys(%services);
}

sub state
{
	my ($fmri) = @_;
	return $services{$fmri}->();
}

1;
