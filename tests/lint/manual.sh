#!/bin/sh
# The manual pages are clean mdoc, and leave out no command, option or rule of
# the sources' tables, no member of run.json and no section of a run.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
for m in src/man/*.[15]; do
	[ -f "$m" ] || continue
	mandoc -T lint -W warning "$m" || bad=1
done

said() { # MANUAL WHAT PATTERN: reads words that must be there, as PATTERN %s
	words=0
	while read -r word; do
		words=$((words + 1))
		# shellcheck disable=SC2059 # the pattern is ours
		grep -qE -- "$(printf "$3" "$word")" "$1" && continue
		echo "$1: does not mention $2 $word"
		bad=1
	done
	[ "$words" -gt 0 ] && return
	echo "$2: found none in the sources"
	bad=1
}

list=$(mktemp) || exit 1
trap 'rm -f "$list"' EXIT

sed -n 's/^	{ "\([a-z]*\)", cmd_.*/\1/p' src/cmd/cmd.c >"$list"
said src/man/espy.1 'command' '^\.It Cm %s( |$)' <"$list"

# clang-format may break a line behind the name or the letter.
cat src/cmd/*.c | tr '\n' ' ' |
    grep -oE '\{ "[a-z-]+",[[:space:]]*'\''.{1,2}'\'',[[:space:]]*OPT_' |
    sed 's/{ "\([a-z-]*\)".*/\1/' | sort -u >"$list"
said src/man/espy.1 'option' '^\.(It|Op).* -%s( |$)' <"$list"

if [ -d src/diagnose ]; then
	cat src/diagnose/rules_*.c | tr '\n' ' ' |
	    grep -oE '\{ "[a-z0-9-]+",[[:space:]]*SEGMENT_' |
	    sed 's/{ "\([a-z0-9-]*\)".*/\1/' | sort -u >"$list"
	said src/man/espy.1 'rule' '^\.It %s$' <"$list"
	# And the other way round: what looks like a rule is one.
	sed -n '/^\.Sh RULES/,/^\.Sh ENV/s/^\.It //p' src/man/espy.1 |
	    sort -u | comm -13 "$list" - >"$list.2"
	if [ -s "$list.2" ]; then
		sed 's|^|src/man/espy.1: no such rule: |' "$list.2"
		bad=1
	fi
	rm -f "$list.2"
fi

sed -n 's/^	{ "\([a-z_]*\)", FIELD_.*/\1/p' src/model/run_field.c \
    >"$list"
said src/man/espy-run.5 'member' '^\.It Ic (.* )?%s( |$)' <"$list"

grep -ohE '(put|put_list)\(&m, "[a-z_]+"|set\([a-z]+, "[a-z_]+"' \
    src/report/json.c | sed 's/.*"\(.*\)"/\1/' | sort -u >"$list"
said src/man/espy-run.5 'member' '^\.(It )?Ic (.* )?%s( |$)' <"$list"

sed -n 's/^	\[SECTION_[A-Z_]*\] = "\([a-z_]*\)",.*/\1/p' \
    src/platform/platform.c >"$list"
said src/man/espy-run.5 'section' '^\.It Pa (.* )?%s( |$)' <"$list"
exit $bad
