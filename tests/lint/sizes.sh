#!/bin/sh
# Files of at most 700 lines; functions of at most 60 unless they are tables.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
for f in src/*.c src/*/*.[ch] tests/*/*.c; do
	[ -f "$f" ] || continue
	n=$(wc -l <"$f")
	if [ "$n" -gt 700 ]; then
		echo "$f: $n lines; 700 is the most"
		bad=1
	fi
done
awk '
/^[a-z_0-9]+\(.*/ { name = $0; sub(/\(.*/, "", name); start = FNR }
/^}/ {
	if (name != "" && FNR - start > 60) {
		printf "%s:%d: %s: %d lines; 60 is the most\n", \
		    FILENAME, start, name, FNR - start
		bad = 1
	}
	name = ""
}
END { exit bad }' src/*.c src/*/*.c || bad=1
exit $bad
