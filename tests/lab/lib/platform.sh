# platform: which nodes are SmartOS.  Healing does not change that.
# shellcheck shell=sh disable=SC2154

# What runs in the nodes is statically linked: their libraries are elsewhere.
illumos_prepare()
{
	[ ! -e "$DIR/illumos/ping" ] || return 0
	mkdir -p "$DIR/illumos"
	for f in tool ping; do
		${CC:-cc} -D_DEFAULT_SOURCE -O2 -static \
		    -DSOCKET='"/run/lab/socket"' -o "$DIR/illumos/$f" \
		    "$HERE/node/illumos/$f.c" -lm || return 1
	done
}

node_platform()
{
	case $1 in
	illumos)
		on "$2" platform_illumos &&
			: >"$DIR/nodes/node$2.illumos"
		;;
	linux)
		on "$2" platform_linux && rm -f "$DIR/nodes/node$2.illumos"
		;;
	esac
}

# platform linux|illumos NODE...
platform()
{
	what=$1
	shift
	case $what in
	linux) ;;
	illumos) illumos_prepare || die "cannot compile node/illumos/*.c" ;;
	*) die "no platform $what: linux and illumos" ;;
	esac
	running=
	for name; do
		n=$(node_number "$name") || exit 1
		node_platform "$what" "$n" &
		running="$running $!"
	done
	for pid in $running; do
		wait "$pid" || die "a node did not become $what"
	done
}
