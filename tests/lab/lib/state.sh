# state: the lab's directory and namespace, and the processes it started.
# shellcheck shell=sh

DIR=${ESPY_LAB_DIR:-/tmp/espy-lab}
case $DIR in
/*) ;;
*) DIR=$PWD/$DIR ;;
esac
NS=${ESPY_LAB_NS:-espylab}
MARK=$DIR/.espy-lab

say()
{
	echo "lab: $*" >&2
}

die()
{
	say "$*"
	exit 1
}

# mkdir is the lock: it fails if the lab is up, half up, or somebody else's.
state_create()
{
	[ ! -e "/run/netns/$NS" ] || [ -e "$MARK" ] ||
		die "the namespace $NS is another's: set ESPY_LAB_NS"
	mkdir -m 700 "$DIR" 2>/dev/null ||
		die "$DIR exists: the lab is up, or 'lab down' is due"
	echo "$NS" >"$MARK"
	mkdir "$DIR/nodes"
	: >"$DIR/processes"
	: >"$DIR/faults"
}

# The namespace of the lab that is up, whatever the environment says now.
state_require()
{
	[ -e "$DIR/up" ] || die "no lab in $DIR: 'lab up' first"
	read -r NS <"$MARK"
}

state_remove()
{
	rm -rf -- "$DIR"
}

# When process $1 started, in clock ticks since boot: with the number it
# names a process for good, since numbers are used again.
process_start()
{
	sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

# session_start COMMAND...: in the background, in a session of its own, which
# writes itself down before it becomes COMMAND; so 'down' knows all there is.
session_start()
{
	# shellcheck disable=SC2016
	setsid sh -c 'awk "{ print \$1, \$22 }" "/proc/$$/stat" >>"$0" &&
	    exec "$@"' "$DIR/processes" "$@" </dev/null &
}

# Are all processes recorded there, and none a zombie?
processes_run()
{
	while read -r pid _; do
		read -r _ _ state _ <"/proc/$pid/stat" || return 1
		[ "$state" != Z ] || return 1
	done <"$DIR/processes" 2>/dev/null
}

# Every process recorded leads a session of its own: end the whole group.
processes_end()
{
	[ -e "$DIR/processes" ] || return 0
	while read -r pid start; do
		[ -n "$start" ] && [ "$(process_start "$pid")" = "$start" ] &&
			kill -KILL -- "-$pid" 2>/dev/null
	done <"$DIR/processes"
	return 0
}

now()
{
	date +%s
}
