#!/bin/sh
# espy run against a real sshd, and against servers that are none.  Everything
# listens on 127.0.0.0/8, needs no privilege, and ends with the script.
#   ssh.sh ESPY DIRECTORY-OF-TOOLS
# shellcheck disable=SC2016 # what is quoted is for the hosts
set -u
espy=$1
here=$(cd "$(dirname "$0")" && pwd) || exit 1
sshd=$(command -v sshd || echo /usr/sbin/sshd)
passed=0 failed=0 skipped=0
d=$(mktemp -d) || exit 1
pids=
unset SSH_AUTH_SOCK

# shellcheck disable=SC2317 # called by the trap
cleanup() {
	for p in $pids $(cat "$d"/ssh?.pid 2>/dev/null); do
		kill "$p" 2>/dev/null
	done
	rm -rf "$d"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

finish() {
	echo "integration-ssh: $passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
	exit
}

good() {
	passed=$((passed + 1))
}

bad() {
	failed=$((failed + 1))
	echo "FAILED: $name: $1"
	[ ! -s "$d/out" ] || sed 's/^/  | /' "$d/out" | cut -c 1-200 | head -n 20
}

# check NAME STATUS REGEX OPTION...: runs espy, compares status and output.
check() {
	name=$1 want=$2 regex=$3
	shift 3
	timeout -k 5 40 "$espy" run -i "$d/hosts" -F "$d/config" "$@" \
	    >"$d/out" 2>&1 </dev/null
	got=$?
	if [ "$got" -ne "$want" ]; then
		bad "exit status $got, not $want"
	elif ! grep -qE -- "$regex" "$d/out"; then
		bad "nothing matches $regex"
	elif grep -qE 'AddressSanitizer|runtime error' "$d/out"; then
		bad "sanitizer"
	else
		good
	fi
}

# No process whose command line matches $1 is left within $2 seconds.
left() {
	i=0
	while pgrep -f "$1" >"$d/left"; do
		i=$((i + 1))
		if [ "$i" -gt $(($2 * 10)) ]; then
			bad "processes lived on: $(ps -o pid,ppid,pgid,etime,args \
			    -p "$(paste -sd, "$d/left")" | cut -c 1-200)"
			return
		fi
		sleep 0.1
	done
	good
}

# Some process whose command line holds $1 is there within 5 s.
there() {
	i=0
	until pgrep -f "$1" >/dev/null; do
		i=$((i + 1))
		[ "$i" -le 50 ] || return 1
		sleep 0.1
	done
	return 0
}

server() { # KIND: starts one, which is also its name in the inventory
	mkfifo "$d/port.$1"
	perl "$here/servers.pl" "$1" >"$d/port.$1" &
	pids="$pids $!"
	read -r port <"$d/port.$1"
	echo "$1 ansible_host=127.0.0.1 ansible_port=$port" >>"$d/servers"
}

# ---- keys, sshd, inventory --------------------------------------------------
if [ ! -x "$sshd" ] || ! command -v ssh-keygen >/dev/null; then
	skipped=1
	echo "skipped: no sshd here"
	finish
fi
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
for k in host other; do
	ssh-keygen -q -t ed25519 -N '' -f "$d/$k" || exit 1
done
ssh-keygen -q -t ecdsa -N '' -f "$d/host_ec" || exit 1
for k in ed25519 ecdsa rsa; do
	ssh-keygen -q -t "$k" -N '' -f "$d/user_$k" || exit 1
done
ssh-keygen -q -t rsa -m PEM -N '' -f "$d/user_pem" || exit 1
ssh-keygen -q -t ed25519 -N '' -f "$d/user_wrong" || exit 1
ssh-keygen -q -t ed25519 -N secret -f "$d/user_locked" || exit 1
ssh-keygen -q -t ed25519 -N '' -f "$d/user_forced" || exit 1
{
	cat "$d/user_ed25519.pub" "$d/user_ecdsa.pub" "$d/user_rsa.pub" \
	    "$d/user_pem.pub"
	printf 'command="echo forced" '
	cat "$d/user_forced.pub"
} >"$d/authorized"
mkdir "$d/home"
sport=$((20000 + $$ % 10000))
cat >"$d/sshd_config" <<END
ListenAddress 0.0.0.0:$sport
HostKey $d/host
HostKey $d/host_ec
PidFile $d/sshd.pid
AuthorizedKeysFile $d/authorized
StrictModes no
UsePAM no
UseDNS no
MaxStartups 500
MaxSessions 3
PermitRootLogin yes
PasswordAuthentication no
SetEnv HOME=$d/home
END
# Another one: a single channel a session, and only an RSA host key.
rport=$((sport + 1))
ssh-keygen -q -t rsa -N '' -f "$d/host_rsa" || exit 1
sed -e "s/:$sport/:$rport/" -e "/^HostKey.*_ec/d" -e "s/sshd.pid/sshr.pid/" \
    -e "s|^HostKey .*|HostKey $d/host_rsa|" "$d/sshd_config" >"$d/sshr_config"
# And one with one channel a session.
oport=$((sport + 2))
sed -e "s/:$sport/:$oport/" -e "s/sshd.pid/ssho.pid/" \
    -e "s/^MaxSessions.*/MaxSessions 1/" "$d/sshd_config" >"$d/ssho_config"
for s in sshd sshr ssho; do
	"$sshd" -f "$d/${s}_config" -E "$d/$s.log" || exit 1
	i=0
	until [ -s "$d/$s.pid" ]; do
		i=$((i + 1))
		[ "$i" -lt 50 ] || exit 1
		sleep 0.1
	done
done

{
	printf '[127.0.0.1]:%s ' "$sport"
	cat "$d/host.pub"
	printf '[127.0.0.1]:%s ' "$oport"
	cat "$d/host.pub"
	printf '[127.0.0.2]:%s ' "$sport"
	cat "$d/other.pub"
	printf '[127.0.0.3]:%s ' "$sport"
	cat "$d/host_ec.pub"
	printf '@revoked [127.0.0.5]:%s ' "$sport"
	cat "$d/host.pub"
	echo "this line makes no sense"
	printf '[127.1.0.*]:%s ' "$sport"
	cat "$d/host.pub"
} >"$d/known_hosts"
printf '[127.0.0.6]:%s ' "$sport" >"$d/hashed"
cat "$d/host.pub" >>"$d/hashed"
ssh-keygen -q -H -f "$d/hashed" >/dev/null 2>&1
printf '[127.0.0.1]:%s ' "$rport" >>"$d/hashed"
cat "$d/host_rsa.pub" >>"$d/hashed"
cat >"$d/config" <<END
Host *
	UserKnownHostsFile $d/known_hosts $d/hashed
	GlobalKnownHostsFile /dev/null
	IdentitiesOnly yes
END
for s in silent http closes banner garbage endless full; do
	server $s
done
{
	echo "[all:vars]"
	echo "ansible_port=$sport"
	echo "ansible_user=$(id -un)"
	echo "ansible_ssh_private_key_file=$d/user_ed25519"
	echo "[one]"
	echo "good ansible_host=127.0.0.1"
	echo "[odd]"
	echo "changed ansible_host=127.0.0.2"
	echo "ecdsa ansible_host=127.0.0.3"
	echo "unknown ansible_host=127.0.0.4"
	echo "revoked ansible_host=127.0.0.5"
	echo "hashed ansible_host=127.0.0.6"
	echo "stranger ansible_host=127.0.0.7"
	echo "refused ansible_host=127.0.0.1 ansible_port=1"
	for k in ecdsa rsa pem wrong locked forced missing; do
		printf 'key-%s ansible_host=127.0.0.1 ' "$k"
		echo "ansible_ssh_private_key_file=$d/user_$k"
	done
	cat "$d/servers"
	echo "rsa-only ansible_host=127.0.0.1 ansible_port=$rport"
	echo "one-channel ansible_host=127.0.0.1 ansible_port=$oport"
	echo "noaddress ansible_host=None"
	echo "noname ansible_host=no-such-host.invalid"
	echo "[many]"
	i=1
	while [ "$i" -le 20 ]; do
		printf 'm%02d ansible_host=127.1.0.%d\n' "$i" "$i"
		i=$((i + 1))
	done
} >"$d/hosts"

# A user without a shell, or one that sshd does not like, can test nothing.
if ! ssh -F "$d/config" -i "$d/user_ed25519" -p "$sport" 127.0.0.1 true \
    </dev/null >/dev/null 2>"$d/out"; then
	skipped=1
	echo "skipped: sshd does not let $(id -un) in: $(tail -n 1 "$d/out")"
	finish
fi

# ---- it works ----------------------------------------------------------------
check "one command" 0 '^good: hello$' good -- echo hello
check "exit status" 1 '^failed: good: exit status 3$' good -- exit 3
check "killed by a signal" 1 'good: killed by SIGKILL' good -- 'kill -9 $$'
check "stderr" 0 '^  stderr: oops$' good -- 'echo oops >&2'
check "no output" 0 '^good: \(no output\)$' good -- true
check "twenty hosts fold" 0 '^m\[01-20\]: same$' many -- echo same
check "a bad line costs one line" 0 \
    'known_hosts:6: .*ignored' good -- echo hello
check "only the ECDSA key is known" 0 '^ecdsa: hello$' ecdsa -- echo hello
check "hashed name" 0 '^hashed: hello$' hashed -- echo hello
check "user key ECDSA" 0 'key-ecdsa: hello' key-ecdsa -- echo hello
check "user key RSA" 0 'key-rsa: hello' key-rsa -- echo hello
check "user key RSA in PEM" 0 'key-pem: hello' key-pem -- echo hello
check "forced command" 0 '^key-forced: forced$' key-forced -- echo hello
check "terminal escapes are spelled out" 0 '^good: .x1b\[31mred' \
    good -- 'printf "\033[31mred\n"'
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
echo 'echo "$0 says $1"; exit 4' >"$d/script"
check "script" 1 'sh says' -s "$d/script" good
name="standard input"
if [ "$(head -c 3000000 /dev/zero | timeout -k 5 30 "$espy" run -i "$d/hosts" \
    -F "$d/config" --stdin good -- wc -c 2>"$d/out")" = "good: 3000000" ]; then
	good
else
	bad "not all of it arrived"
fi
check "a command that closes its input" 0 'good: done' --stdin good -- \
    'exec <&-; echo done'
check "both streams flooded" 0 'more was cut' good -- \
    'head -c 4000000 /dev/zero >&2 & head -c 4000000 /dev/zero; wait'
check "more output than is kept" 0 'more was cut here' --max-output 10 \
    good -- 'echo 123456789012345'
check "no Linux shell words in the way" 0 '^good: a!b.c$' good -- \
    "echo 'a!b\\c'"
check "background process does not hold it" 0 '^good: up$' good -- \
    'sleep 5 >/dev/null 2>&1 & echo up'

# ---- it fails, and says how -----------------------------------------------
check "unknown host key" 3 '^host key: unknown: .*not in known_hosts' \
    unknown -- true
check "changed host key" 3 \
    '^host key: changed: .*/known_hosts:3: .*HAS CHANGED' changed -- true
check "revoked host key" 3 '^host key: revoked: .*/known_hosts:5: .*REVOKED' \
    revoked -- true
check "a changed key fails that host alone" 3 '^good: x$' \
    good,changed -- echo x
check "wrong user key" 3 '^auth: key-wrong: .*none of' key-wrong -- true
check "locked user key" 3 '^auth: key-locked: .*passphrase' key-locked -- true
check "missing user key" 3 '^auth: key-missing: .*No such file' \
    key-missing -- true
check "refused port" 3 '^unreachable: refused: .*refused' refused -- true
check "no address" 3 '^unreachable: noaddress: .*no address' noaddress -- true
check "no such name" 3 '^unreachable: noname: resolve' noname -- true
for s in silent banner full; do
	check "$s server" 3 "^unreachable: $s: .*no answer within 2 s" \
	    --connect-timeout 2 $s -- true
done
check "a server that speaks HTTP" 3 \
    '^unreachable: http: not an SSH server: it says "HTTP/1.1 400' \
    http -- true
check "a server that closes at once" 3 '^unreachable: closes: .*closed' \
    --connect-timeout 2 closes -- true
check "garbage for a handshake" 3 '^unreachable: garbage: ' \
    --connect-timeout 2 garbage -- true
check "endless lines before a banner" 3 '^unreachable: endless: ' \
    --connect-timeout 2 endless -- true
check "the dead delay nobody" 3 '^m\[01-20\]: x$' --connect-timeout 2 \
    many,silent,full,refused -- echo x
check "fewer descriptors than hosts" 0 '^m\[01-20\]: x$' -f 4 many -- echo x
name="descriptor limit"
# shellcheck disable=SC3045 # every sh we know has it
if (ulimit -n 40 && timeout -k 5 30 "$espy" run -i "$d/hosts" -F "$d/config" many \
    -- echo x) >"$d/out" 2>&1 && grep -q '^m\[01-20\]: x$' "$d/out"; then
	good
else
	bad "20 hosts with 40 descriptors"
fi
check "a host with an RSA host key alone" 3 \
    '^unreachable: rsa-only: .*only an RSA host key' \
    --transport libssh2 rsa-only -- true
check "... goes through ssh, which -v tells" 0 \
    '^espy: rsa-only: .*RSA host key.*so through ssh' -v rsa-only -- true
check "... beside others" 0 '^good,rsa-only: x$' good,rsa-only -- echo x
check "a timeout where there is no second channel" 1 \
    '^timeout: one-channel: ' -t 1 one-channel -- 'sleep 7775'
left 'sleep 777[5]' 5
printf 'Host *\n\tProxyJump elsewhere\n' >"$d/jump"
check "ProxyJump is not ignored" 3 'through jump host elsewhere' -F "$d/jump" \
    --transport libssh2 good -- true
check "ProxyJump to nowhere" 3 '^unreachable: good: through jump host ' \
    -F "$d/jump" good -- true
{
	echo "Match host 127.0.0.1 !originalhost jump"
	echo "	ProxyJump jump"
	echo "Host jump"
	echo "	HostName 127.0.0.1"
	echo "	Port $oport"
	echo "	User $(id -un)"
	echo "	IdentityFile $d/user_ed25519"
	cat "$d/config"
	echo "	ProxyCommand none"
} >"$d/jump"
check "ProxyJump" 0 '^good: x$' -F "$d/jump" good -- echo x
{
	cat "$d/config"
	echo "	StrictHostKeyChecking no"
} >"$d/lax"
check "StrictHostKeyChecking no" 0 '^stranger: x$' -F "$d/lax" \
    stranger -- echo x
check "... is overruled" 3 '^host key: stranger: .*not in known_hosts' \
    -F "$d/lax" --host-key-policy strict stranger -- echo x
sed 's/Checking no/Checking ask/' "$d/lax" >"$d/ask"
check "StrictHostKeyChecking ask" 3 \
    '^host key: stranger: .*not in known_hosts' -F "$d/ask" stranger -- echo x
check "wrong transport" 2 'auto, libssh2 or ssh' --transport rsh good -- true
check "wrong use" 2 'no command' good
check "wrong policy" 2 'strict, accept-new or off' \
    --host-key-policy maybe good -- true
check "no host key check" 0 '^unknown: x$' --host-key-policy off \
    unknown -- echo x
printf '# no newline behind this' >>"$d/known_hosts"
check "a new host key is accepted" 0 'new host key accepted: SHA256:' \
    --host-key-policy accept-new unknown -- echo x
check "and kept" 0 '^unknown: x$' unknown -- echo x
check "a changed key never is" 3 'HAS CHANGED' \
    --host-key-policy accept-new changed -- true

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

# ---- the same through ssh(1) ----------------------------------------------------
exe() { # NAME STATUS REGEX OPTION...
	n=$1 s=$2 r=$3
	shift 3
	check "ssh(1): $n" "$s" "$r" --transport ssh "$@"
}
exe "one command" 0 '^good: hello$' good -- echo hello
exe "exit status" 1 '^failed: good: exit status 3$' good -- exit 3
exe "stderr" 0 '^  stderr: oops$' good -- 'echo oops >&2'
exe "twenty hosts fold" 0 '^m\[01-20\]: same$' many -- echo same
exe "killed by a signal" 1 'good: .*no exit status' good -- 'kill -9 $$'
exe "unknown host key" 3 '^host key: stranger: ssh: ' stranger -- true
exe "changed host key" 3 '^host key: changed: ssh: ' changed -- true
exe "wrong user key" 3 '^auth: key-wrong: ssh: .*denied' key-wrong -- true
exe "refused port" 3 '^unreachable: refused: ssh: .*refused' refused -- true
exe "silent server" 3 '^unreachable: silent: ' --connect-timeout 2 \
    silent -- true
exe "a megabyte in order" 0 '^good: 1000000$' good -- \
    'yes | head -c 1000000 | wc -c'
exe "timeout" 1 '^timeout: good: no end within 1 s; ended on the host' \
    -t 1 good -- 'sleep 7770'
left 'sleep 777[0]' 1
name="ssh(1): standard input"
if head -c 3000000 /dev/zero | timeout -k 5 40 "$espy" run -i "$d/hosts" \
    -F "$d/config" --transport ssh --stdin good -- 'wc -c' >"$d/out" 2>&1 &&
    grep -q '^good: 3000000$' "$d/out"; then
	good
else
	bad "not all of it came"
fi
name="ssh(1): descriptor limit"
# shellcheck disable=SC3045 # every sh we know has it
if (ulimit -n 64 && timeout -k 5 60 "$espy" run -i "$d/hosts" -F "$d/config" \
    --transport ssh many -- echo x) >"$d/out" 2>&1 &&
    grep -q '^m\[01-20\]: x$' "$d/out"; then
	good
else
	bad "20 hosts with 64 descriptors"
fi
for how in INT KILL; do
	name="ssh(1): SIG$how"
	timeout -k 5 40 "$espy" run -i "$d/hosts" -F "$d/config" \
	    --transport ssh many -- 'sleep 7776' >"$d/out" 2>&1 &
	t=$!
	there 'sleep 777[6]'
	sleep 0.5
	e=$(pgrep -P "$t")
	kill -s "$how" "$e"
	wait "$t"
	left 'sleep 777[6]' 5
	left "ssh -N -T -S .*$d/config" 5
done

# ---- nothing is left behind ---------------------------------------------------
check "timeout" 1 '^timeout: good: no end within 1 s; ended on the host' \
    -t 1 good -- 'sleep 7771'
left 'sleep 777[1]' 1
check "timeout of one that ignores SIGTERM" 1 '^timeout: good: ' \
    -t 1 good -- 'trap "" TERM; sleep 7772; sleep 7773'
left 'sleep 777[23]' 1
for how in INT TERM KILL; do
	name="SIG$how"
	timeout -k 5 40 "$espy" run -i "$d/hosts" -F "$d/config" many -- \
	    'sleep 7774' >"$d/out" 2>&1 &
	t=$!
	there 'sleep 777[4]'
	sleep 0.5
	e=$(pgrep -P "$t")
	kill -s "$how" "$e"
	wait "$t"
	got=$?
	want=130
	[ "$how" != KILL ] || want=137
	if [ "$got" -eq "$want" ]; then
		good
	else
		bad "exit status $got"
	fi
	left 'sleep 777[4]' 5
done
name="watchers leave, be the session ever so short"
for i in 1 2 3 4 5; do
	timeout -k 5 40 "$espy" run -i "$d/hosts" -F "$d/config" many -- \
	    true >"$d/out" 2>&1
done
left ': espy[0-9a-f]{16};p=' 5

# ---- the agent ---------------------------------------------------------------
if command -v ssh-agent >/dev/null; then
	eval "$(ssh-agent -s)" >/dev/null
	pids="$pids $SSH_AGENT_PID"
	ssh-add -q "$d/user_ed25519" "$d/user_rsa" "$d/user_ecdsa" 2>/dev/null
	printf 'Host *\n\tUserKnownHostsFile %s\n' "$d/known_hosts" \
	    >"$d/config"
	sed -i '/private_key_file=.*user_ed25519/d' "$d/hosts"
	check "agent" 0 '^m\[01-20\]: x$' many -- echo x
	ssh-add -q -d "$d/user_ed25519" "$d/user_ecdsa" 2>/dev/null
	check "agent with an RSA key" 0 '^m\[01-20\]: x$' many -- echo x
	kill -STOP "$SSH_AGENT_PID"
	check "an agent that stalls" 3 '^unreachable: good: .*no answer' \
	    --connect-timeout 2 good -- echo x
	kill -CONT "$SSH_AGENT_PID"
else
	skipped=$((skipped + 3))
fi
finish
