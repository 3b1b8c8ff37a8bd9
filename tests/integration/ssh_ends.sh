#!/bin/sh
# However an espy run ends, its commands end on the hosts: within five seconds of
# the connection's end, or at the set limit where nobody can tell them; and no
# file is left, there or here.
#   ssh_ends.sh ESPY DIRECTORY-OF-TOOLS
# shellcheck disable=SC2016 # what is quoted is for the hosts
set -u
espy=$1 suite=ssh-ends
# shellcheck source=tests/integration/lib/ssh.sh
. "$(dirname "$0")/lib/ssh.sh"


# Of ssh(1)'s helpers and sockets, too.
tidy() { # NAME
	name="$1: no socket is left here"
	i=0
	until [ -z "$(ls -A "$d/run")" ] || [ $i -gt 50 ]; do
		i=$((i + 1))
		sleep 0.1
	done
	if [ -z "$(ls -A "$d/run")" ]; then good; else bad "$(ls -A "$d/run")"; fi
}

# ---- limits --------------------------------------------------------------------
both "timeout" 1 '^timeout: good: no end within 1 s; ended on the host' \
    -t 1 good -- 'sleep 7771'
left 'sleep 777[1]' 1
both "timeout of one that ignores SIGTERM" 1 '^timeout: good: ' \
    -t 1 good -- 'trap "" TERM; sleep 7772; sleep 7773'
left 'sleep 777[23]' 1
check "a timeout where there is no second channel" 1 \
    '^timeout: one-channel: ' -t 1 one-channel -- 'sleep 7775'
left 'sleep 777[5]' 5
echo 'sleep 7776' >"$d/script"
both "a script" 1 '^timeout: good: ' -t 1 -s "$d/script" good
left 'sleep 777[6]' 1

# ---- signals -------------------------------------------------------------------
for w in libssh2 ssh; do
	for how in INT TERM HUP KILL; do
		name="$w: SIG$how"
		start --transport $w many -- 'sleep 7774'
		there 'sleep 777[4]' 20
		sleep 0.3
		kill -s "$how" "$e"
		if [ "$how" = KILL ]; then
			ended 137 ''
		else
			ended 130 '^cancelled: m\[01-20\]: '
		fi
		left 'sleep 777[4]' 5
		left "ssh -N -T -S .*$d/config" 5
		tidy "$w: SIG$how"
	done
done

# Half of them are done, one works, one has not begun.
name="the first ^C says what is known"
start --serial 19 many -- \
    'case $SSH_CONNECTION in *127.1.0.7\ *) exit 3 ;; *127.1.0.[89]\ *) sleep 7767 ;; *) echo quick ;; esac'
there 'sleep 776[7]'
sleep 1
kill -s INT "$e"
ended 130 '^m\[01-06,10-20\]: quick$'
says "... what failed before" '^failed: m07: exit status 3$'
says "... and what it stopped" '^cancelled: m\[08-09\]: cancelled; ended on'
left 'sleep 776[7]' 1

name="the second ^C leaves at once"
start good -- 'trap "" TERM; sleep 7768; sleep 7769'
there 'sleep 776[8]'
sleep 0.3
kill -s INT "$e"
sleep 0.3
before=$(date +%s)
kill -s INT "$e"
ended 130 ''
name="... really at once"
if [ $(($(date +%s) - before)) -le 1 ]; then good; else bad "it waited"; fi
left 'sleep 776[89]' 5

name="^C while our output stands still"
mkfifo "$d/still"
exec 4<>"$d/still"
timeout -k 5 40 "$espy" run -i "$d/hosts" -F "$d/config" -p good -- \
    'yes 7766' >&4 2>"$d/out" </dev/null &
t=$!
there 'yes 776[6]'
sleep 1
kill -s INT "$(pgrep -P "$t")"
sleep 1
dd bs=65536 count=1 <&4 >/dev/null 2>&1
ended 130 'good|1 cancelled'
exec 4<&-
left 'yes 776[6]' 5

# ---- the network ------------------------------------------------------------------
name="the connection breaks"
start relay -- 'sleep 7779'
there 'sleep 777[9]'
kill -s USR2 "$relay"
ended 1 '^failed: relay: connection lost'
left 'sleep 777[9]' 5

name="the connection breaks between two commands"
printf 'echo a\nsleep 3.25\necho b\n' >"$d/list"
start -e "$d/list" relay
there 'sleep 3[.]25'
kill -s USR2 "$relay"
ended 1 '^relay: a$'
says "... the rest is not begun" '^cancelled: relay: not begun'

name="the network is cut"
start -t 3 relay -- 'sleep 7777'
there 'sleep 777[7]'
kill -s USR1 "$relay"
ended 1 '^timeout: relay: no end within its limit, nor when told to end'
left 'sleep 777[7]' 5

server relay2 "$sport"
relay=$server
{
	printf '[127.0.0.1]:%s ' "$port"
	cat "$d/host.pub"
} >>"$d/hashed"
printf 'relay2 ansible_host=127.0.0.1 ansible_port=%s ansible_user=%s ' \
    "$port" "$(id -un)" >>"$d/hosts"
echo "ansible_ssh_private_key_file=$d/user_ed25519" >>"$d/hosts"
name="the head node goes away, and no end is told"
start -t 3 relay2 -- 'sleep 7778'
there 'sleep 777[8]'
kill -s USR1 "$relay"
kill -s KILL "$e"
ended 137 ''
left 'sleep 777[8]' 8

# ---- nothing else ------------------------------------------------------------------
name="watchers leave, be the session ever so short"
for i in 1 2 3; do
	timeout -k 5 40 "$espy" run -i "$d/hosts" -F "$d/config" many -- \
	    true >"$d/out" 2>&1
done
left ': espy[0-9a-f]{16};p=' 5
name="no file is left on the hosts"
if [ -z "$(ls -A "$d/home")$(ls -A "$d/tmp")" ]; then
	good
else
	bad "$(ls -A "$d/home" "$d/tmp")"
fi
finish
