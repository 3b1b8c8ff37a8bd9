# faults: what can be broken on a node.  Each takes the peer's number.
# shellcheck shell=sh disable=SC2154

sa_in_delete()
{
	describe "$1" its
	ip xfrm state deleteall src "$its_underlay" dst "$my_underlay" \
	    proto esp
}
