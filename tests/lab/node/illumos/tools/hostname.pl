# hostname(1)
sub {
	out((POSIX::uname())[1], "\n");
	return 0;
};
