# faults: what can be broken on a node.  Each takes the peer's number.
# shellcheck shell=sh

sa_in_delete()
{
	ip xfrm state deleteall src "$(underlay_of "$1")" \
	    dst "$(underlay_of "$ME")" proto esp
}
