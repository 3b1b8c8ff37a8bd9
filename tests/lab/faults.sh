#!/bin/sh
# The fault table against the lab: breaks it in every way that faults.table
# lists, and asks espy, which is told nothing.
#
#   faults.sh [ID...]     only these rows; RECORD=DIR keeps the runs there,
#                         ROUNDS=N repeats the whole table
#
# Two rows run at a time, each on a pair of nodes of its own.
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$(pwd)
espy=${ESPY:-$top/build/espy}
record=${RECORD:-}
passed=0 failed=0

skip()
{
	echo "skipped: the lab: $1"
	echo "lab: 0 passed, 0 failed, 1 skipped"
	exit 0
}

[ "$(id -u)" -eq 0 ] || skip "it needs root"
[ -c /dev/net/tun ] || skip "there is no /dev/net/tun"
command -v linux.uml >/dev/null || skip "user-mode-linux is not installed"

work=$(mktemp -d /tmp/espy-faults.XXXXXX) || exit 1
export ESPY_LAB_DIR="$work/lab" ESPY_LAB_NS="espyfaults$$"
lab=$top/tests/lab/lab
# shellcheck disable=SC2329 # by the trap
leave()
{
	"$lab" down >/dev/null 2>&1
	rm -rf "$work"
}
trap leave EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# names PAIR WORDS: A and B replaced by the nodes of that pair, as $words.
names()
{
	case $1 in
	1) a=node1 b=node3 ;;
	2) a=node2 b=node4 ;;
	esac
	words=$(printf '%s\n' "$2" | sed "s/\\bA\\b/$a/g; s/\\bB\\b/$b/g")
}

# diagnose PAIR WORDS OUT: one espy, its JSON in OUT.json, its run in OUT.run.
diagnose()
{
	names "$1" "$2"
	# shellcheck disable=SC2086 # two words
	"$lab" exec "$espy" diagnose $words -i "$top/inventory/lab.cfg" \
	    -F "$ESPY_LAB_DIR/ssh_config" -o "$3.run" --json \
	    >"$3.json" 2>"$3.err"
	echo $? >"$3.status"
}

# found OUT: what espy said, as the table says it, in $said.
found()
{
	said=$(jq -r '(.findings[0] // {}) as $f |
	    if .verdict != "fault" then "\(.verdict) - -"
	    elif $f.culprit == "network" then
		"fault network:\($f.stage | split(" ")[1]) \($f.rule)"
	    else "fault \($f.node) \($f.rule)" end' "$1.json" 2>&1)
	said=${said:-nothing}
}

# judge PAIR ID BREAK DIAGNOSE KIND CULPRIT RULE OUT
judge()
{
	case $6 in
	network*) want="$5 $6 $7" ;;
	*)
		names "$1" "$5 $6 $7"
		want=$words
		;;
	esac
	found "$8"
	if [ "$said" = "$want" ]; then
		passed=$((passed + 1)) mark=ok
	else
		failed=$((failed + 1)) mark=WRONG
	fi
	printf '| %-10s %-6s %-6s | %-45s | %-45s | %s\n' "$2" "$3" "$4" \
	    "$want" "$said" "$mark"
	if [ "$mark" = WRONG ]; then
		cat "$8.err"
		"$espy" analyze "$8.run"
		[ -z "${KEEP:-}" ] || cp -r "$8.run" "$KEEP/$2-$3-$4.run"
	fi
	if ! "$espy" analyze --json "$8.run" | cmp -s - "$8.json"; then
		echo "$2: espy analyze says something else"
		failed=$((failed + 1))
	fi
	if [ -n "$record" ] && [ "$mark" = ok ] && [ "$1" -eq 1 ]; then
		rm -rf "$record/$2-$3-$4"
		cp -r "$8.run" "$record/$2-$3-$4"
	fi
}

# broken PAIR ID BREAK: breaks what the row says.
broken()
{
	[ "$3" != - ] || return 0
	names "$1" "$(printf '%s' "$3" | tr : ' ')"
	# shellcheck disable=SC2086 # two words
	"$lab" break "$2" $words >>"$work/break.log" 2>&1 || {
		echo "lab break $2 $words failed:"
		tail -n 20 "$work/break.log"
		failed=$((failed + 1))
	}
}

# group ROW [ROW]: heals, breaks both pairs, asks both, judges both.
group()
{
	rm -rf "$work"/out.*
	"$lab" heal >"$work/heal.log" 2>&1 || {
		echo "lab heal failed:"
		cat "$work/heal.log"
		failed=$((failed + 1))
		return
	}
	pair=0
	for row; do
		pair=$((pair + 1))
		# shellcheck disable=SC2086 # the columns
		set -- $row
		broken $pair "$1" "$2"
	done
	pair=0 pids=
	for row in "$row1" "$row2"; do
		[ -n "$row" ] || continue
		pair=$((pair + 1))
		# shellcheck disable=SC2086
		set -- $row
		diagnose $pair "$(printf '%s' "$3" | tr : ' ')" \
		    "$work/out.$pair" &
		pids="$pids $!"
	done
	# shellcheck disable=SC2086
	wait $pids
	pair=0
	for row in "$row1" "$row2"; do
		[ -n "$row" ] || continue
		pair=$((pair + 1))
		# shellcheck disable=SC2086
		set -- $row
		judge $pair "$1" "$2" "$3" "$4" "$5" "$6" "$work/out.$pair"
	done
}

# The table, A B in one word, only the rows that were asked for.
rows()
{
	awk -v want=" $* " '/^#/ || NF == 0 { next }
	{
		id = $1
		if ($2 == "-") { b = "-"; i = 3 } else { b = $2 ":" $3; i = 4 }
		if (want == "  " || index(want, " " id " "))
			print id, b, $i ":" $(i + 1), $(i + 2), $(i + 3), $(i + 4)
	}' tests/lab/faults.table
}

"$lab" up >"$work/up.log" 2>&1 || {
	cat "$work/up.log"
	echo "lab: 0 passed, 1 failed, 0 skipped"
	exit 1
}
printf '| %-24s | %-45s | %-45s |\n' "fault, broken, asked" expected found
round=0
while [ $round -lt "${ROUNDS:-1}" ]; do
	rows "$@" >"$work/rows"
	while read -r row1; do
		read -r row2 || row2=
		if [ -n "$row2" ]; then
			group "$row1" "$row2"
		else
			group "$row1"
		fi
	done <"$work/rows"
	round=$((round + 1))
done
echo "lab: $passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
