# render: writes the files that the node would have, of what is the case.
#
# No tool of illumos': the lab asks for it.  "render map" is the overlay's map
# alone; "render persistent" all, with what survives a reboot, from which
# 020-ipsec-restore.sh makes the rest.
use Render;

sub {
	my ($what) = @_;
	if (($what // '') eq 'map') {
		Render::map_only();
	} else {
		Render::effective();
		Render::persistent();
	}
	return 0;
};
