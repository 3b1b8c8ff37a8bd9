#!/bin/sh
# What espy run does with what the hosts say.
#   ssh_run.sh ESPY DIRECTORY-OF-TOOLS
# shellcheck disable=SC2016 # what is quoted is for the hosts
set -u
espy=$1 suite=ssh-run
# shellcheck source=tests/integration/lib/ssh.sh
. "$(dirname "$0")/lib/ssh.sh"

# ---- which hosts, and what ----------------------------------------------------
check "dry run" 0 'would run on m\[01-20\]: rm -rf /$' -n many -- rm -rf /
check "limit" 0 '^m03: x$' -l m03 many -- echo x
check "JSON lines" 1 \
    '^{"host":"good","class":"failed","end":"exited","status":3,' \
    --json good -- exit 3
check "prefix" 0 '^m07: line$' -p many -- 'echo line'
check "differences" 0 'differs:' --diff many -- \
    'case $SSH_CONNECTION in *127.1.0.7\ *) echo b ;; *) echo a ;; esac'
check "serial" 0 '^m\[01-20\]: ok$' --serial 2 many -- echo ok
check "stop after failures" 1 '19 cancelled' --serial 1 --stop-after 1 \
    many -- false
check "files of each host" 1 '19 ok, 1 failed' -o "$d/kept" many -- \
    'echo out; echo err >&2; case $SSH_CONNECTION in *127.1.0.7\ *) exit 5 ;; esac'
name="what they hold"
if [ "$(cat "$d/kept/m07.out" "$d/kept/m07.err" "$d/kept/m07.end")" = \
    "$(printf 'out\nerr\nexited: exit status 5')" ]; then
	good
else
	bad "something else"
fi
check "they are never written over" 4 'File exists' -o "$d/kept" many -- true

check "the hosts that failed" 1 '19 ok, 1 failed' --failed "$d/again" many -- \
    'case $SSH_CONNECTION in *127.1.0.7\ *) exit 5 ;; esac'
check "... are asked again" 0 '^m07: x$' -l "@$d/again" many -- echo x
check "none failed" 0 '20 ok' --failed "$d/again" many -- true
check "... so nobody is asked again" 2 '' -l "@$d/again" many -- true
check "both streams, each whole" 0 '^good: 1000000 1000000$' good -- \
    '{ yes | head -c 1000000; } 2>&1 | wc -c | tr "\n" " "; yes | head -c 1000000 | wc -c'

# ---- scripts and standard input -------------------------------------------------
echo 'echo "$0 says $1"; exit 4' >"$d/script"
both "script" 1 'sh says' -s "$d/script" good
# piped NAME STATUS REGEX OPTION...: check, with what stands on our input.
piped() {
	name=$1 want=$2 regex=$3
	shift 3
	timeout -k 5 40 "$espy" run -i "$d/hosts" -F "$d/config" "$@" \
	    >"$d/out" 2>&1
	got=$?
	if [ "$got" -eq "$want" ] && grep -qE -- "$regex" "$d/out"; then
		good
	else
		bad "exit status $got, not $want, or nothing matches $regex"
	fi
}
echo 'echo hi; exit 4' | piped "script from standard input" 1 \
    '^failed: m\[01-20\]: exit status 4$' -s - many
for w in libssh2 ssh; do
	head -c 3000000 /dev/zero | piped "standard input through $w" 0 \
	    '^good: 3000000$' --transport $w --stdin good -- wc -c
	head -c 3000000 /dev/zero | piped "input that is not read, through $w" \
	    0 '^good: done$' --transport $w --stdin good -- 'exec <&-; echo done'
done
echo same | piped "all get the same input" 0 '^m\[01-20\]: same$' \
    --stdin many -- cat
check "without --stdin there is none" 0 '^good: 0$' good -- wc -c
check "a script and --stdin" 2 'takes up standard input' -s "$d/script" \
    --stdin good

# ---- lists of commands ---------------------------------------------------------
cat >"$d/list" <<'END'
# a comment, and a blank line

echo first
case $SSH_CONNECTION in *127.1.0.7\ *) exit 5 ;; *) echo second ;; esac
  echo third
END
both "--each: a host stops where a command failed" 1 '19 ok, 1 failed' \
    -e "$d/list" many
grep -v '/known_hosts:' "$d/out" >"$d/got"
cat >"$d/wanted" <<'END'
$ echo first
m[01-20]: first
$ case $SSH_CONNECTION in *127.1.0.7\ *) exit 5 ;; *) echo second ;; esac
m[01-06,08-20]: second
failed: m07: exit status 5
$ echo third
m[01-06,08-20]: third
cancelled: m07: not begun: what came before it failed
espy: 20 hosts: 19 ok, 1 failed
END
name="--each: answers by command, in order"
if cmp -s "$d/got" "$d/wanted"; then good; else bad "another answer"; fi
check "--each --keep-going" 1 '^m\[01-20\]: third$' -k -e "$d/list" many
says "... the failure still counts" '19 ok, 1 failed'
check "--each --keep-going after a timeout" 1 '^good: after$' -t 1 -k -e \
    /dev/fd/3 good 3<<'END'
sleep 7761
echo after
END
check "--each: an unreachable host is asked once" 3 \
    '^cancelled: refused: not begun' -k -e "$d/list" good,refused
check "--each --json" 1 '"step":3,"command":"echo third"' --json \
    -e "$d/list" many
name="--each --json: a line for every host and command"
if [ "$(grep -c '^{' "$d/out")" -eq 60 ]; then good; else bad "not 60"; fi
printf 'echo a\necho b\n' | piped "--each from standard input" 0 \
    '^m\[01-20\]: b$' -e - many
# What the second command prints tells whether it came over the same session.
printf 'ps -o ppid= -p $PPID | tr -d " "\n%s\n' \
    'ps -o ppid= -p $PPID | tr -d " "' >"$d/twice"
check "--each: one session for all of them" 0 '^good: [0-9]+$' -e "$d/twice" good
name="... seen from the host"
if [ "$(grep -c '^good: ' "$d/out")" -eq 2 ] &&
    [ "$(grep '^good: ' "$d/out" | sort -u | wc -l)" -eq 1 ]; then
	good
else
	bad "two sessions"
fi
check "--each --output" 1 '' -o "$d/steps" -e "$d/list" many
name="... a directory for each command"
if [ "$(cat "$d/steps/1/m07.out" "$d/steps/2/m07.end" "$d/steps/3/command")" = \
    "$(printf 'first\nexited: exit status 5\necho third')" ] &&
    [ ! -e "$d/steps/3/m07.out" ]; then
	good
else
	bad "something else"
fi
check "--each --serial" 0 '^m\[01-20\]: 2$' --serial 1 -e /dev/fd/3 many 3<<'END'
echo 1
echo 2
END
check "--each --diff" 1 'm08: differs:' --diff -e /dev/fd/3 many 3<<'END'
case $SSH_CONNECTION in *127.1.0.8\ *) echo b ;; *) echo a ;; esac
false
END
check "--each --dry-run" 0 '^\$ echo third$' -n -e "$d/list" many
echo '# nothing' >"$d/empty"
check "a list without a command" 2 'empty: no command in it' -e "$d/empty" good
check "a list and a command" 2 'one of --script, --each' -e "$d/list" good \
    -- true
check "--keep-going alone" 2 'is for --each' -k good -- true

# ---- lines as they come ---------------------------------------------------------
start --live good,hashed -- 'echo early; sleep 2; echo late >&2'
name="--live: a line while the command runs"
i=0
until grep -q '^good: early$' "$d/out" || [ $i -gt 30 ]; do
	i=$((i + 1))
	sleep 0.05
done
if grep -q '^good: early$' "$d/out" && ! grep -q late "$d/out"; then
	good
else
	bad "none"
fi
name="--live: and the answers at the end"
ended 0 '^good,hashed:$'
says "--live: stderr is told from stdout" '^hashed: stderr: late$'
says "--live: and in the answer" '^  stderr: late$'
name="--live: the answer alone is on stdout"
got=$("$espy" run -i "$d/hosts" -F "$d/config" --live many -- echo x \
    2>/dev/null </dev/null)
if [ "$got" = 'm[01-20]: x' ]; then good; else bad "$got"; fi
check "--live --json --output" 0 '"out":"x\\n"' --live --json -o "$d/live" \
    good -- echo x
check "--prefix and --live" 2 'one of both' -p --live good -- true
name="--prefix: a line of any length"
"$espy" run -i "$d/hosts" -F "$d/config" -p good -- \
    'head -c 200000 /dev/zero | tr "\0" y; echo z' >"$d/out" 2>/dev/null
if [ "$(tr -dc y <"$d/out" | wc -c)" -eq 200000 ] &&
    grep -q 'z$' "$d/out"; then
	good
else
	bad "not all of it"
fi

# ---- who looks on ----------------------------------------------------------------
name="progress on a terminal"
if ! command -v script >/dev/null; then
	skipped=$((skipped + 1))
elif script -qec "timeout -k 5 40 $espy run -i $d/hosts -F $d/config many -- \
    echo x" /dev/null </dev/null >"$d/out" 2>&1 &&
    grep -q ' of 20 hosts, 0 failed' "$d/out" &&
    grep -q 'm\[01-20\]: x' "$d/out"; then
	good
else
	bad "none"
fi
check "none elsewhere" 0 '^m\[01-20\]: x$' many -- echo x
! grep -q 'of 20 hosts, 0 failed' "$d/out" || bad "progress in a file"
start good,one-channel -- 'sleep 2.25; echo x'
there 'sleep 2[.]25'
kill -s USR1 "$e"
name="SIGUSR1 and all goes on"
ended 0 '^good,one-channel: x$'
says "SIGUSR1 says what each host does" '^espy: good: ready'
says "SIGUSR1 counts" '^espy: 2 commands are not finished'
finish
