# answers: what espy says in JSON, judged; sourced behind harness.sh.
# shellcheck shell=sh disable=SC2154 # harness.sh sets them

# say WORDS...: espy, its answer in $work/out, its exit status as $status.
say()
{
	status=0
	"$lab" exec "$espy" "$@" -i "$top/inventory/lab.cfg" \
	    -F "$ESPY_LAB_DIR/ssh_config" >"$work/out" 2>"$work/err" ||
	    status=$?
}

bad()
{
	failed=$((failed + 1))
	echo "FAILED: $1"
	cat "$work/out" "$work/err"
}

# expect NAME STATUS JQ: was the JSON answer such, and the exit status?
expect()
{
	if [ "$status" -ne "$2" ]; then
		bad "$1: exit status $status, not $2"
	elif ! jq -e "$3" "$work/out" >/dev/null; then
		bad "$1: not so: $3"
	else
		passed=$((passed + 1))
		echo "| $1"
	fi
}
