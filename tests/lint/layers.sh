#!/bin/sh
# Every #include "dir/file.h" in src/ must be one that src/LAYERS allows, and
# each library must be seen only in the files named here.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0

allowed() { # DIR: the directories that DIR may include, itself first
	printf '%s ' "$1"
	sed -n "s/^$1: *//p" src/LAYERS
}

for f in src/*.c src/*/*.c src/*/*.h; do
	[ -f "$f" ] || continue
	dir=${f#src/}
	case $dir in
	*/*) dir=${dir%%/*} ;;
	*) dir=main ;;
	esac
	ok=" $(allowed "$dir" | tr '\n' ' ') "
	# shellcheck disable=SC2013 # names of directories hold no blanks
	for inc in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$f" | sort -u); do
		case $ok in
		*" $inc "*) ;;
		*)
			echo "$f: includes $inc/, which src/LAYERS forbids"
			bad=1
			;;
		esac
	done
done

only() { # HEADER FILE...: no other file may include <HEADER
	header=$1
	shift
	# shellcheck disable=SC2013 # nor do names of sources
	for f in $(grep -l "#include <$header" src/*/*.c src/*/*.h src/*.c); do
		case " $* " in
		*" $f "*) ;;
		*)
			echo "$f: includes <$header>; only $* may"
			bad=1
			;;
		esac
	done
}
only libssh2 src/io/sshlib.h
only yaml src/base/ytree.c
only pcap src/io/savefile.c src/capture/filter.c
# shellcheck disable=SC2013 # see above
for f in $(grep -l '"io/sshlib.h"' src/*/*.c src/*/*.h src/*.c); do
	case $f in
	src/io/ssh.c | src/io/sshchan.c | src/io/sshtunnel.c) ;;
	*)
		echo "$f: includes io/sshlib.h, which is ssh's own"
		bad=1
		;;
	esac
done
exit $bad
