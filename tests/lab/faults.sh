#!/bin/sh
# The fault table against the lab: breaks it in every way that faults.table
# lists, and asks espy, which is told nothing.
#
#   faults.sh [ID...]     only these rows
#   ROUNDS=N              the whole table so many times
#   RECORD=DIR            keep the runs that were right there, each small, as
#                         tests/golden replays them
#   KEEP=DIR              keep the runs that were wrong there
#   TABLE=FILE            another table; illumos.sh uses it
#   ILLUMOS="NODE..."     nodes that are SmartOS
#   COUNT=N               pings, instead of the usual hundred
#
# Two rows run at a time, where each has a pair of nodes of its own.
# shellcheck disable=SC2317 # begin comes back
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/harness.sh
record=${RECORD:-}
table=${TABLE:-tests/lab/faults.table}
count=
during=2.5 # seconds into a diagnosis: amid the probes
begin "${NAME:-lab-faults}"
if [ -n "${ILLUMOS:-}" ]; then
	# shellcheck disable=SC2086 # nodes
	"$lab" platform illumos $ILLUMOS || exit 1
fi

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
	# shellcheck disable=SC2086 # words
	ask "$3.run" diagnose $words $count --json >"$3.json" 2>"$3.err"
}

# Loss can only be seen in numbers; the other recorded runs may be small.
count_for()
{
	count=${COUNT:+--count $COUNT}
	[ -z "$record" ] || [ "$1" = F24 ] || count="--count 40"
}

# found OUT: what espy said, as the table says it, in $said.
found()
{
	said=$(jq -r '(.findings[0] // {}) as $f |
	    if .verdict == "healthy" then "healthy - -"
	    elif .verdict == "unknown" then "unknown - \($f.rule // "-")"
	    elif $f.culprit == "network" then
		"fault network:\($f.stage | split(" ")[1]) \($f.rule)"
	    else "fault \($f.node) \($f.rule)" end +
	    " \(.symptom // "-")"' "$1.json" 2>&1)
	said=${said:-nothing}
}

# judge PAIR ID BREAK DIAGNOSE KIND CULPRIT RULE SYMPTOM
judge()
{
	out=$work/out.$1
	names "$1" "$6"
	case $6 in network*) words=$6 ;; esac
	want="$5 $words $7 $8"
	found "$out"
	if [ "$said" = "$want" ]; then
		passed=$((passed + 1)) mark=ok
	else
		failed=$((failed + 1)) mark=WRONG
	fi
	printf '| %-8s %-12s %-11s | %-53s | %-53s | %s\n' "$2" "$3" "$4" \
	    "$want" "$said" "$mark"
	if [ "$mark" = WRONG ]; then
		echo "FAILED: $2 $3: expected $want, found $said"
		cat "$out.err"
		"$espy" analyze "$out.run"
	fi
	if ! "$espy" analyze --json "$out.run" | cmp -s - "$out.json"; then
		echo "FAILED: $2 $3: espy analyze says something else"
		failed=$((failed + 1))
	fi
	# "F05-AB": as the lab was broken; who is asked is in the run.
	keep=$2-$(printf '%s' "$3" | tr -d ':+')
	if [ "$mark" = WRONG ] && [ -n "${KEEP:-}" ]; then
		cp -r "$out.run" "$KEEP/$keep"
	fi
	if [ "$mark" = ok ] && [ -n "$record" ]; then
		rm -rf "${record:?}/${keep%-}"
		cp -r "$out.run" "$record/${keep%-}"
	fi
}

# broken PAIR ID BREAK: breaks what the row says; "+A:B" waits until the probes
# are under way.
broken()
{
	case $3 in
	-) return 0 ;;
	+*) sleep "$during" ;;
	esac
	names "$1" "$(printf '%s' "${3#+}" | tr : ' ')"
	# shellcheck disable=SC2086 # two words
	"$lab" break "$2" $words >>"$work/break.log" 2>&1 || {
		echo "FAILED: lab break $2 $words"
		tail -n 20 "$work/break.log"
		failed=$((failed + 1))
	}
}

# each COMMAND...: for every row of the group, COMMAND PAIR ROW...
each()
{
	pair=0
	for row in "$row1" "$row2"; do
		[ -n "$row" ] || continue
		pair=$((pair + 1))
		# shellcheck disable=SC2086 # the columns
		"$@" $pair $row
	done
}

break_before()
{
	case $3 in +*) ;; *) broken "$1" "$2" "$3" ;; esac
}

start()
{
	count_for "$2"
	diagnose "$1" "$(printf '%s' "$4" | tr : ' ')" "$work/out.$1" &
	pids="$pids $!"
	case $3 in
	+*)
		broken "$1" "$2" "$3" &
		pids="$pids $!"
		;;
	esac
}

# group: heals, breaks both pairs, asks both, judges both.
group()
{
	rm -rf "$work"/out.*
	"$lab" heal >"$work/heal.log" 2>&1 || {
		echo "FAILED: lab heal"
		cat "$work/heal.log"
		failed=$((failed + 1))
		return
	}
	each break_before
	pids=
	each start
	# shellcheck disable=SC2086
	wait $pids
	each judge
}

# The table, A B in one word, only the rows that were asked for.
rows()
{
	awk -v want=" $* " '/^#/ || NF == 0 { next }
	{
		id = $1
		if ($2 == "-") { b = "-"; i = 3 } else { b = $2 ":" $3; i = 4 }
		if (want == "  " || index(want, " " id " "))
			print id, b, $i ":" $(i + 1), $(i + 2), $(i + 3), \
			    $(i + 4), $(i + 5)
	}' "$table"
}

# place ROW: the pair that it names, any, or both.
place()
{
	case $1 in
	*node[13]*node[24]* | *node[24]*node[13]*) echo both ;;
	*node[13]*) echo 1 ;;
	*node[24]*) echo 2 ;;
	*) echo any ;;
	esac
}

# Have the two rows pairs of their own?
apart()
{
	case $(place "$1"):$(place "$2") in
	any:any | 1:2 | 2:1) return 0 ;;
	esac
	return 1
}

printf '| %-33s | %-53s | %-53s |\n' "fault, broken, asked" expected found
round=0
while [ $round -lt "${ROUNDS:-1}" ]; do
	rows "$@" >"$work/rows"
	exec 3<"$work/rows"
	row2=
	while [ -n "$row2" ] || read -r row2 <&3; do
		row1=$row2 row2='' later=''
		# A record is of one row.
		if [ -z "$record" ] && read -r row2 <&3 &&
		    ! apart "$row1" "$row2"; then
			later=$row2 row2=
		fi
		group
		row2=$later
	done
	exec 3<&-
	round=$((round + 1))
done
end "${NAME:-lab-faults}"
