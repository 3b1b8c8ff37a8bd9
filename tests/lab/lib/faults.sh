# faults: what can be broken between two nodes, and where.
# shellcheck shell=sh disable=SC2154

# Columns: id; pairs it makes sense for (ipsec: across sites; any); steps as
# PLACE:FUNCTION, done in order; what is then the case.  A fault hits the
# direction A>B.  Places: A and B run a function of node/faults.sh on that
# node, R one of this file, in the router.
faults_table()
{
	cat <<-END
	F20 any R:drop_forth the network drops what A sends to B
	F20r any R:drop_back the network drops what B sends to A
	F24 any R:drop_some the network drops a tenth of what A sends to B
	F51 ipsec B:sa_in_delete B lost its SA from A, A still sends on it
	END
}

faults_list()
{
	faults_table | while read -r id pairs _ text; do
		printf '%-7s %-6s %s\n' "$id" "$pairs" "$text"
	done
}

# What carries the overlay: ESP across sites, VXLAN within one.
carrier_match()
{
	describe "$1" from
	describe "$2" to
	match="ip protocol esp"
	! same_site "$1" "$2" || match="udp dport $VXLAN_PORT"
	echo "ip saddr $from_underlay ip daddr $to_underlay $match"
}

drop_forth()
{
	tap_rule "$1" "$(carrier_match "$1" "$2") counter drop"
}

drop_back()
{
	drop_forth "$2" "$1"
}

drop_some()
{
	tap_rule "$1" "$(carrier_match "$1" "$2")" \
	    "numgen random mod 100 < 10 counter drop"
}

node_number()
{
	case $1 in
	node[1-4]) echo "${1#node}" ;;
	*) die "$1 is not a node: node1 to node4" ;;
	esac
}

fault_step()
{
	case $1 in
	A:*) on "$2" "${1#*:}" "$3" ;;
	B:*) on "$3" "${1#*:}" "$2" ;;
	R:*) "${1#*:}" "$2" "$3" ;;
	esac
}

# SAs are renegotiated every 150 s, which mends some faults.  So the first
# fault after a heal begins with young ones.
faults_freshen()
{
	[ ! -s "$DIR/faults" ] || return 0
	read -r healed <"$DIR/healed"
	[ $(($(now) - healed)) -lt 60 ] || heal
}

fault_break()
{
	a=$(node_number "$2") && b=$(node_number "$3") || exit 1
	[ "$a" != "$b" ] || die "$2 and $3 are one node"
	faults_table | grep "^$1 " >"$DIR/fault" ||
		die "no fault $1: see 'lab list'"
	read -r id pairs steps text <"$DIR/fault"
	[ "$pairs" = any ] || ! same_site "$a" "$b" ||
		die "$id needs IPsec: $2 and $3 are on one site"
	faults_freshen
	echo "$id $2 $3 $text" >>"$DIR/faults"
	for step in $(echo "$steps" | tr , ' '); do
		fault_step "$step" "$a" "$b" || die "$id failed at $step"
	done
}
