#!/bin/sh
# Sessions against a real sshd and against servers that are none: keys, host
# keys, ssh_config, limits; through libssh2 and through ssh(1).
#   ssh.sh ESPY DIRECTORY-OF-TOOLS
# shellcheck disable=SC2016 # what is quoted is for the hosts
set -u
espy=$1 suite=ssh
# shellcheck source=tests/integration/lib/ssh.sh
. "$(dirname "$0")/lib/ssh.sh"

# ---- it works ----------------------------------------------------------------
both "one command" 0 '^good: hello$' good -- echo hello
both "exit status" 1 '^failed: good: exit status 3$' good -- exit 3
both "status 254" 1 '^failed: good: exit status 254$' good -- exit 254
check "killed by a signal" 1 'good: killed by SIGKILL' good -- 'kill -9 $$'
both "stderr" 0 '^  stderr: oops$' good -- 'echo oops >&2'
both "no output" 0 '^good: \(no output\)$' good -- true
both "twenty hosts fold" 0 '^m\[01-20\]: same$' many -- echo same
check "a bad line costs one line" 0 \
    'known_hosts:6: .*ignored' good -- echo hello
both "only the ECDSA key is known" 0 '^ecdsa: hello$' ecdsa -- echo hello
both "hashed name" 0 '^hashed: hello$' hashed -- echo hello
both "user key ECDSA" 0 'key-ecdsa: hello' key-ecdsa -- echo hello
both "user key RSA" 0 'key-rsa: hello' key-rsa -- echo hello
both "user key RSA in PEM" 0 'key-pem: hello' key-pem -- echo hello
both "forced command" 0 '^key-forced: forced$' key-forced -- echo hello
both "terminal escapes are spelled out" 0 '^good: .x1b\[31mred' \
    good -- 'printf "\033[31mred\n"'

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
sed '1i GSSAPIAuthentication yes' "$d/config" >"$d/gssapi"
export KRB5CCNAME="FILE:$d/ticket"
check "wrong user key, but a ticket" 3 \
    'espy: key-wrong: no key, but GSSAPI may do: .*; so through ssh' \
    -F "$d/gssapi" -v key-wrong -- true
check "... and libssh2 alone" 3 '^auth: key-wrong: no key, but GSSAPI may' \
    -F "$d/gssapi" --transport libssh2 key-wrong -- true
unset KRB5CCNAME
check "locked user key" 3 '^auth: key-locked: .*none of 1 keys' key-locked -- true
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

# ---- the same through ssh(1) ----------------------------------------------------
exe() { # NAME STATUS REGEX OPTION...
	n=$1 s=$2 r=$3
	shift 3
	check "ssh(1): $n" "$s" "$r" --transport ssh "$@"
}
exe "killed by a signal" 1 'good: .*no exit status' good -- 'kill -9 $$'
exe "unknown host key" 3 '^host key: stranger: ssh: ' stranger -- true
exe "changed host key" 3 '^host key: changed: ssh: ' changed -- true
exe "wrong user key" 3 '^auth: key-wrong: ssh: .*denied' key-wrong -- true
exe "refused port" 3 '^unreachable: refused: ssh: .*refused' refused -- true
exe "silent server" 3 '^unreachable: silent: ' --connect-timeout 2 \
    silent -- true
name="ssh(1): descriptor limit"
# shellcheck disable=SC3045 # every sh we know has it
if (ulimit -n 64 && timeout -k 5 60 "$espy" run -i "$d/hosts" -F "$d/config" \
    --transport ssh many -- echo x) >"$d/out" 2>&1 &&
    grep -q '^m\[01-20\]: x$' "$d/out"; then
	good
else
	bad "20 hosts with 64 descriptors"
fi

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
