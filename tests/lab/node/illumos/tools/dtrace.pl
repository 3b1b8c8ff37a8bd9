# dtrace(8): the probes that espy might ask for are in no kernel of Linux, so
# it fails as it does for who may not use it.
sub {
	complain("dtrace: failed to initialize dtrace: DTrace requires ",
	    "additional privileges\n");
	return 1;
};
