# harness: a lab of its own for a test; sourced, from the top directory.
# shellcheck shell=sh
#
# Sets $lab (the command), $espy, $work (a directory that goes away) and the
# counters $passed and $failed; whatever happens, the lab is taken down.

top=$(pwd)
espy=${ESPY:-$top/build/espy}
lab=$top/tests/lab/lab
passed=0 failed=0

# skip NAME WHY: this machine could not run it.
skip()
{
	echo "skipped: $1: $2"
	echo "$1: 0 passed, 0 failed, 1 skipped"
	exit 0
}

# shellcheck disable=SC2329 # by the trap
leave()
{
	"$lab" down >/dev/null 2>&1
	rm -rf "$work"
}

# begin NAME: a lab that is up, or the end of the test.
begin()
{
	[ "$(id -u)" -eq 0 ] || skip "$1" "the lab needs root"
	[ -c /dev/net/tun ] || skip "$1" "there is no /dev/net/tun"
	work=$(mktemp -d /tmp/espy-test.XXXXXX) || exit 1
	export ESPY_LAB_DIR="$work/lab" ESPY_LAB_NS="espytest$$"
	trap leave EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'exit 141' PIPE
	if ! "$lab" up >"$work/up.log" 2>&1; then
		cat "$work/up.log"
		echo "$1: 0 passed, 1 failed, 0 skipped"
		exit 1
	fi
}

# end NAME: the closing line and the exit status.
end()
{
	echo "$1: $passed passed, $failed failed, 0 skipped"
	[ "$failed" -eq 0 ]
	exit
}

# ask OUT WORDS...: espy where the lab's coordinator is, all options given.
ask()
{
	out=$1
	shift
	"$lab" exec "$espy" "$@" -i "$top/inventory/lab.cfg" \
	    -F "$ESPY_LAB_DIR/ssh_config" -o "$out"
}
