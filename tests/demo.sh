#!/bin/sh
# make demo: a small cluster of real kernels, broken twice, diagnosed, healed.
#
# Exit status 0 only if espy said what is true every time.  The lab goes away
# at the end, however that comes.
set -u
cd "$(dirname "$0")/.." || exit 1
began=$(date +%s)

say()
{
	printf '\n%s== %s%s (%s s)\n' "$bold" "$*" "$plain" \
	    $(($(date +%s) - began))
}

note()
{
	printf '   %s\n' "$@"
}

fail()
{
	printf 'demo: %s\n' "$*" >&2
	exit 1
}

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

[ "$(id -u)" -eq 0 ] ||
	fail "needs root: it makes a network namespace and boots four kernels"
[ -e /etc/debian_version ] ||
	fail "needs Debian: its packages bring the nodes' kernel"
[ -c /dev/net/tun ] || modprobe -q tun 2>/dev/null
[ -c /dev/net/tun ] ||
	fail "there is no /dev/net/tun, to which the nodes' network is tied;" \
	    "in a container it must be passed in"

say "install what is missing: make deps"
make -s deps || fail "make deps failed"
say "build espy: make"
make -s -j2 || fail "make failed"

work=$(mktemp -d /tmp/espy-demo.XXXXXX) || fail "cannot make a directory in /tmp"
export ESPY_LAB_DIR="$work/lab" ESPY_LAB_NS="espydemo$$"
export ESPY_INVENTORY="$PWD/inventory/lab.cfg"
lab=tests/lab/lab

# shellcheck disable=SC2317,SC2329 # by the trap
leave()
{
	status=$?
	trap '' HUP INT TERM
	[ ! -e "$ESPY_LAB_DIR" ] || say "take the lab down: all of it goes"
	"$lab" down || status=1
	rm -rf "$work"
	[ $status -ne 0 ] || say "five diagnoses, five times right"
	exit $status
}
trap leave EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# espy ARG...: where the lab's nodes can be reached, with the lab's SSH keys.
espy()
{
	verb=$1
	shift
	printf '\n%s$ espy %s %s%s\n' "$bold" "$verb" "$*" "$plain"
	"$lab" exec build/espy "$verb" -F "$ESPY_LAB_DIR/ssh_config" \
	    ${run:+-o "$run"} "$@"
}

# diagnose RUN WANT STATUS: one diagnosis, which must say WANT and exit with
# STATUS.  What it said is read from its run, so that its text stays on screen.
diagnose()
{
	run=$work/$1
	espy diagnose node1 node3
	status=$?
	run=''
	said=$(build/espy analyze --json "$work/$1" | jq -r '
	    (.findings[0] // {}) as $f |
	    if .verdict != "fault" then .verdict
	    else "\($f.node // $f.stage): \($f.rule)" end')
	if [ "$said, $status" != "$2, $3" ]; then
		printf 'demo: WRONG: %s, exit status %s; it is %s, %s\n' \
		    "$said" "$status" "$2" "$3" >&2
		exit 1
	fi
	printf '%s-- right: %s, exit status %s%s\n' "$bold" "$said" "$status" \
	    "$plain"
}

run=''
say "boot four kernels at two sites, IPsec between the sites"
note "lab up: user-mode Linux, strongSwan and sshd in each, a router between;" \
    "espy is given the lab's inventory and SSH settings (-i, -F) each time"
"$lab" up || fail "the lab did not come up"

say "is every node there?"
espy run all -- date || fail "not every node answered"

say "nothing is broken yet"
diagnose healthy healthy 0

say "break node3: it loses the SA on which node1 sends"
note "behind espy's back: lab break F51 node1 node3"
"$lab" break F51 node1 node3 || fail "cannot break node3"
diagnose sa "node3: sa-unknown-inbound" 1

say "do what espy says"
remedy=$(build/espy analyze --json "$work/sa" |
    jq -r '.findings[0].remedies[0] | .node, .command')
node=${remedy%%
*}
command=${remedy#*
}
printf '\n%s$ lab ssh %s %s%s\n' "$bold" "$node" "$command" "$plain"
"$lab" ssh "$node" "$command" || fail "the remedy failed"
diagnose rekeyed healthy 0

say "break the network: from site two to site one it drops ESP, no more"
note "lab break F20r node1 node3; pings of the underlay still get through"
"$lab" break F20r node1 node3 || fail "cannot break the network"
diagnose network "network B>A: esp-filtered" 1

say "the same verdict from the recorded run alone: no node is asked"
printf '\n%s$ espy analyze %s%s\n' "$bold" "$work/network" "$plain"
build/espy analyze "$work/network" | sed -n "/^\$/q;p"

say "the network lets ESP through again"
"$lab" exec nft flush ruleset || fail "cannot mend the network"
diagnose open healthy 0
