# heal: the healthy state, and the proof that it is there.
# shellcheck shell=sh

# Raise the SAs, then ask every pair.  Not at once: a question begins with an
# ARP request to all peers, which would start the same negotiation again.
overlay_ready()
{
	on_each "1 2" sas_raise
	bad=$(on_each "$NODES" overlay_check)
	on_each "$NODES" neighbours_know
	[ -z "$bad" ] || say "no answer:" "$bad"
	[ -z "$bad" ]
}

# From nothing, on all nodes at once: no fault needs an inverse.
heal()
{
	: >"$DIR/faults"
	router_reset
	on_each "$NODES" baseline || die "a node did not reset"
	overlay_ready || overlay_ready || die "the overlay did not heal"
	now >"$DIR/healed"
}

# Wait until every pair answers, changing nothing.
settle()
{
	end=$(($(now) + ${1:-20}))
	while :; do
		bad=$(on_each "1 2 3" overlay_check)
		[ -n "$bad" ] || return 0
		[ "$(now)" -lt $end ] || die "no answer:" "$bad"
		sleep 0.2
	done
}
