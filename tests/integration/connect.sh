#!/bin/sh
# Whom espy connects to, how many at once, and how long it waits: against real
# sshd on 127.0.0.0/8, and, as root, addresses that swallow everything.
#   connect.sh ESPY DIRECTORY-OF-TOOLS
# shellcheck disable=SC2016 # what is quoted is for the hosts
set -u
# A network namespace of its own has room for such addresses.
if [ "${ESPY_IN_NAMESPACE-}" = "" ] && unshare -n true 2>/dev/null; then
	ESPY_IN_NAMESPACE=1 exec unshare -n sh "$0" "$@"
fi
espy=$1 suite=connect
# shellcheck source=tests/integration/lib/sshd.sh
. "$(dirname "$0")/lib/sshd.sh"
make_user
[ "${ESPY_IN_NAMESPACE-}" = "" ] || ip link set lo up || exit 1

# ---- hosts ---------------------------------------------------------------------
p=$((12000 + $$ % 8000))
make_key host ed25519
make_key host_ec ecdsa
make_key host_rsa rsa
make_key ca ed25519
start_sshd target $p host "HostKey $d/host_ec"
start_sshd busy $((p + 1)) host "MaxStartups 2:100:3"
start_sshd rsa $((p + 2)) host_rsa
start_sshd gate $((p + 3)) host
{
	known "127.1.*]:$p,![127.1.0.77" $p host
	known '127.4.*' $p host
	known 127.0.0.1 $p host
	known '127.2.*' $((p + 1)) host
	known '127.3.*' $((p + 2)) host_rsa
	known 127.0.0.1 $((p + 3)) host
	printf '@cert-authority '
	known '127.5.*' $p ca
	echo "[127.1.0.1]:$p ssh-ed25519 AAAA"
	echo "oneword"
} >"$d/known_hosts"
cat >"$d/config" <<END
Host 127.6.* 10.9.1.*
	ProxyJump 127.0.0.1:$((p + 3))
Host *
	User $(id -un)
	IdentityFile $d/user
	IdentitiesOnly yes
	UserKnownHostsFile $d/known_hosts
	GlobalKnownHostsFile /dev/null
END
hosts() { # GROUP NET FIRST LAST OPTION...: names GROUPnnn
	group=$1 net=$2 i=$3 last=$4
	shift 4
	echo "[$group]"
	while [ "$i" -le "$last" ]; do
		printf '%s%03d ansible_host=%s.%d %s\n' "$group" "$i" "$net" \
		    "$i" "$*"
		i=$((i + 1))
	done
}
{
	hosts m 127.1.0 1 200
	hosts few 127.4.0 1 60
	hosts busy 127.2.0 1 60 ansible_port=$((p + 1))
	hosts rsa 127.3.0 1 20 ansible_port=$((p + 2))
	hosts ca 127.5.0 1 1
	hosts behind 127.6.0 1 50
	hosts dead 10.9.0 1 30
	hosts lost 10.9.1 1 10
	echo "[all:vars]"
	echo "ansible_port=$p"
} >"$d/hosts"
known '127.6.*' $p host >>"$d/known_hosts"
enter $p user

# limited N NAME REGEX OPTION...: with so many descriptors.
limited() {
	n=$1 name=$2 regex=$3
	shift 3
	# shellcheck disable=SC3045 # every sh we know has it
	if (ulimit -n "$n" && timeout -k 5 60 "$espy" run -i "$d/hosts" \
	    -F "$d/config" "$@") >"$d/out" 2>&1 </dev/null &&
	    grep -qE "$regex" "$d/out"; then
		good
	else
		bad "with $n descriptors"
	fi
}

# ---- descriptors -------------------------------------------------------------
limited 64 "200 hosts with 64 descriptors" '^m\[001-0?76,078-200\]: x$' \
    '*,!m077' -l 'm*' -- echo x
says '64 descriptors allow 40 connections at once, not 256'
limited 64 "... of which some need ssh(1)" '^rsa\[001-020\]: x$' \
    'rsa' -- echo x
limited 64 "... or a jump host" '^behind\[001-050\]: x$' \
    'behind' -- echo x

# ---- servers that have enough ------------------------------------------------
check "MaxStartups" 0 '^busy\[001-060\]: x$' -v --connect-timeout 30 busy -- \
    echo x
name="they were dropped, and tried again"
if grep -qE 'busy.*again in [0-9]+ ms' "$d/out" &&
    grep -q MaxStartups "$d/busy.log"; then
	good
else
	bad "nobody was"
fi

# ---- known_hosts ---------------------------------------------------------------
check "wildcard" 0 '^m001: x$' m001 -- echo x
says 'known_hosts:8: .*ignored'
says 'known_hosts:9: .*ignored'
check "negation" 3 '^host key: m077: .*not in known_hosts' m077 -- echo x
check "certificate authority" 3 \
    '^host key: ca001: .*known_hosts:7: .*certificate authority alone' \
    --transport libssh2 ca001 -- echo x
check "the key that is known is asked for" 0 '^m001: x$' m001 -- echo x
grep -v '^\[127\.1\.' "$d/known_hosts" >"$d/k" && cp "$d/k" "$d/known_hosts"
known '127.1.*' $p host_ec >>"$d/known_hosts"
check "... be it another" 0 '^m001: x$' m001 -- echo x
known '127.1.*' $p host >>"$d/known_hosts"

# took NAME: how many hundredths of a second of CPU, in $cpu.
took() {
	name=$1
	shift
	cpu=$( (sh -c '"$@" >"$0" 2>&1; times' "$d/out" "$espy" run \
	    -i "$d/hosts" -F "$d/config" "$@") | tail -n 1 |
	    sed 's/^\([0-9]*\)m\([0-9]*\)[.,]\([0-9][0-9]\).*/\1 \2 \3/' |
	    { read -r m s c && echo $((m * 6000 + s * 100 + 1$c - 100)); })
}
took "without hashed names" 'm0*' -- true
plain=$cpu
perl -MMIME::Base64 -e 'srand 1; for (1 .. 10000) {
	printf "10.%d.%d.%d ssh-ed25519 %s\n", $_ / 65536, $_ / 256 % 256,
	    $_ % 256, encode_base64("\0\0\0\x0bssh-ed25519\0\0\0 " .
	    join("", map { chr int rand 256 } 1 .. 32), "") }' >"$d/hashed"
ssh-keygen -q -H -f "$d/hashed" >/dev/null 2>&1
sed -i "s|UserKnownHostsFile .*|& $d/hashed|" "$d/config"
took "10000 hashed names cost next to nothing" 'm0*' -- true
if [ "$(grep -c '^|1|' "$d/hashed")" -eq 10000 ] && grep -q 'ok$' "$d/out" &&
    [ $((cpu - plain)) -lt 50 ]; then
	good
else
	bad "$cpu hundredths of a second of CPU, not $plain"
fi

# ---- acknowledged at once, until the command runs ------------------------------
# On loopback the time it saves cannot be told from noise; the calls can.
cat >"$d/acks.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
int setsockopt(int fd, int level, int name, const void *v, socklen_t n) {
	int (*real)(int, int, int, const void *, socklen_t);
	void *p = dlsym(RTLD_NEXT, "setsockopt");
	if (level == IPPROTO_TCP && name == TCP_QUICKACK &&
	    write(2, "ack\n", 4) != 4)
		return -1;
	memcpy(&real, &p, sizeof(p));
	return real(fd, level, name, v, n);
}
END
# acks COMMAND: how many times espy asks for it, in $acks.
acks() {
	LD_PRELOAD=$d/acks.so timeout -k 5 60 "$espy" run -i "$d/hosts" \
	    -F "$d/config" few001 -- "$1" >/dev/null 2>"$d/out" </dev/null
	acks=$(grep -c '^ack$' "$d/out")
}
name="acknowledged at once"
if ! "${CC:-cc}" -shared -fPIC -o "$d/acks.so" "$d/acks.c" -ldl; then
	skip "no compiler"
else
	acks true
	short=$acks
	if [ "$short" -gt 2 ]; then good; else bad "asked for $short times"; fi
	name="... but not while a command talks"
	acks 'head -c 30000000 /dev/zero'
	if [ "$acks" -gt 2 ] && [ "$acks" -le $((short + 10)) ]; then
		good
	else
		bad "asked for $acks times, and $short for true"
	fi
fi

# ---- addresses that swallow everything -----------------------------------------
if [ "${ESPY_IN_NAMESPACE-}" = "" ] ||
    ! ip link add swallow type veth peer name nobody 2>/dev/null; then
	skipped=$((skipped + 10))
	echo "skipped: no network namespace, so no dead addresses"
	finish
fi
ip addr add 10.9.255.254/16 dev swallow || exit 1
ip link set swallow up && ip link set nobody up || exit 1
# Neighbours that are known are not asked for, which would fail.
i=1
while [ $i -le 30 ]; do
	ip neigh add 10.9.0.$i lladdr 02:00:00:00:00:01 dev swallow
	ip neigh add 10.9.1.$i lladdr 02:00:00:00:00:01 dev swallow
	i=$((i + 1))
done

# within SECONDS NAME STATUS REGEX OPTION...: $spent is how many it took.
within() {
	limit=$1
	shift
	start=$(date +%s)
	check "$@"
	spent=$(($(date +%s) - start))
	if [ $spent -le "$limit" ]; then
		good
	else
		bad "$spent s, more than $limit"
	fi
}
within 40 "60 that live" 0 '^few\[001-060\]: x$' few -- echo x
within $((spent + 9)) "30 dead among them" 3 '^few\[001-060\]: x$' \
    --connect-timeout 5 few,dead -- echo x
says '^unreachable: dead\[001-030\]: connect: no answer within 5 s'
within 40 "50 behind a jump host" 0 '^behind\[001-050\]: x$' behind -- echo x
within $((spent + 10)) "10 dead among them" 3 '^behind\[001-050\]: x$' \
    --connect-timeout 5 lost,behind -- echo x
says '^unreachable: lost\[001-010\]: through jump host 127.0.0.1: connect: no'
finish
