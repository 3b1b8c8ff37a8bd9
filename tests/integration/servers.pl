#!/usr/bin/perl
# servers.pl KIND [ARGUMENT]: a server on a free port of 127.0.0.1 that is not an
# SSH server.  Prints the port, then serves until it is killed or its parent is
# gone.  Needs nothing but perl-base.
#
# "relay PORT", or any name that begins so, is the network before that port of 127.0.0.1: SIGUSR1 cuts it, so
# that no byte comes through any more and no end is told; SIGUSR2 breaks it, so
# that both ends are.
use strict;
use warnings;
use Socket;

my $kind = shift or die "usage: servers.pl KIND\n";
$SIG{PIPE} = 'IGNORE';
socket(my $s, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
bind($s, sockaddr_in(0, inet_aton('127.0.0.1'))) or die "bind: $!\n";
listen($s, $kind eq 'full' ? 0 : 64) or die "listen: $!\n";
my ($port) = sockaddr_in(getsockname($s));
my @held;

# Connections that fill the queue: the next SYN gets no answer at all.
if ($kind eq 'full') {
	for (1 .. 3) {
		socket(my $c, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
		my $flags = 2048; # O_NONBLOCK
		fcntl($c, 4, $flags); # F_SETFL
		connect($c, sockaddr_in($port, inet_aton('127.0.0.1')));
		push @held, $c;
	}
}
$| = 1;
print "$port\n";
close STDOUT;

my $parent = getppid();
relay(shift) if $kind =~ /^relay/;
my $n = 0;
while (1) {
	my $ready = '';
	vec($ready, fileno($s), 1) = 1;
	my $got = $kind eq 'full' ? (sleep(1), 0)[1] :
	    select($ready, undef, undef, 1);
	exit 0 if getppid() != $parent;
	next unless $got;
	accept(my $c, $s) or next;
	$n++;
	if ($kind eq 'silent') {
		push @held, $c;
	} elsif ($kind eq 'http') {
		sysread($c, my $line, 256);
		syswrite($c, "HTTP/1.1 400 Bad Request\r\n\r\n");
		close $c;
	} elsif ($kind eq 'closes') {
		close $c;
	} elsif ($kind eq 'banner') {
		# An SSH banner, and not a word more.
		syswrite($c, "SSH-2.0-Silent_1.0\r\n");
		push @held, $c;
	} elsif ($kind eq 'midway') {
		# As a host that goes down just then.
		syswrite($c, "SSH-2.0-Midway_1.0\r\n");
		sysread($c, my $line, 2048);
		close $c;
	} elsif ($kind eq 'garbage') {
		syswrite($c, "SSH-2.0-Garbage_1.0\r\n" . "\xff" x 4096);
		push @held, $c;
	} elsif ($kind eq 'endless') {
		# Lines before the banner, without end.
		unless (fork()) {
			while (syswrite($c, "x" x 200 . "\r\n")) {
				exit 0 if getppid() == 1;
			}
			exit 0;
		}
		close $c;
	}
}

# Both ends of a connection, each with the other.
sub connect_to {
	my ($to) = @_;
	socket(my $out, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
	connect($out, sockaddr_in($to, inet_aton('127.0.0.1'))) or return undef;
	return $out;
}

sub relay {
	my ($to) = @_;
	my ($cut, %peer, %sock) = (0);
	local $SIG{USR1} = sub { $cut = 1 };
	local $SIG{USR2} = sub { close $_ for values %sock; %sock = %peer = () };

	while (getppid() == $parent) {
		my $ready = '';
		vec($ready, fileno($s), 1) = 1;
		unless ($cut) {
			vec($ready, $_, 1) = 1 for keys %sock;
		}
		next unless select($ready, undef, undef, 0.5) > 0;
		if (vec($ready, fileno($s), 1) && accept(my $c, $s)) {
			my $out = connect_to($to) or next;
			$sock{fileno($c)} = $c;
			$sock{fileno($out)} = $out;
			$peer{fileno($c)} = $out;
			$peer{fileno($out)} = $c;
		}
		for my $n (grep { vec($ready, $_, 1) } keys %sock) {
			next unless $sock{$n};
			my $got = sysread($sock{$n}, my $bytes, 65536);
			if ($got) {
				syswrite($peer{$n}, $bytes);
				next;
			}
			my $m = fileno($peer{$n});
			close $sock{$_} for $n, $m;
			delete @sock{$n, $m};
			delete @peer{$n, $m};
		}
	}
	exit 0;
}
