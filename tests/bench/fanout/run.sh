#!/bin/sh
# `true` on many hosts: espy and the tools that people use for it, in one run
# against one sshd that plays all hosts.  Medians of three, taken in turns so
# that what else the machine does falls on all alike; but others than espy do a
# thousand hosts once, and Ansible 256.  Everything is on 127.0.0.0/8 and ends
# with the script.
#   run.sh ESPY DIRECTORY-OF-TOOLS
#
# From the environment: FANOUT_HOSTS="1 16 64 256 1000", FANOUT_ROUNDS=3,
# FANOUT_TOOLS="espy xargs pdsh clush pssh ansible", FANOUT_INSTALL=0 not to
# apt-get the others first (as root), FANOUT_DEFAULT=0 to leave out the rows with
# ssh's default key exchange, FANOUT_GIB=1 for the stream.
#
# Traps: sshd has no P-256 here, which espy would take and which is cheaper for
# the server, so that the rows are equal; its backlog of 128 is one host's, so
# it is raised for the one that plays hundreds; HOME is empty on the "hosts", or
# their .bashrc is what is measured; no ControlMaster may be left from a row; a
# peer's time with ssh's default key exchange is that algorithm's, hence the
# rows with espy's own.
#
# Bars in milliseconds are those of one machine, on which ssh took 11.4 ms a
# host; beside each stands what it comes to as a share of ssh's, which another
# machine, or a busy one, can be held to.
set -u
espy=$1 tools=$2
hosts=${FANOUT_HOSTS:-1 16 64 256 1000}
rounds=${FANOUT_ROUNDS:-3}
tool_names=${FANOUT_TOOLS:-espy xargs pdsh clush pssh ansible}
bytes=$((${FANOUT_GIB:-1} * 1073741824))
sshd=$(command -v sshd || echo /usr/sbin/sshd)
d=$(mktemp -d) || exit 1
reaper=

cleanup() {
	if [ -n "$reaper" ]; then
		kill "$reaper" 2>/dev/null
		wait "$reaper" 2>/dev/null
	fi
	rm -rf "$d"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

say() { printf 'fanout: %s\n' "$*"; }

if [ ! -x "$sshd" ]; then
	say "SKIPPED: no sshd here"
	exit 0
fi
# Only what is missing: a machine without a network has no need to wait.
missing=
for p in pdsh:pdsh clush:clustershell parallel-ssh:pssh ansible:ansible-core; do
	command -v "${p%:*}" >/dev/null || missing="$missing ${p#*:}"
done
if [ -n "$missing" ] && [ "${FANOUT_INSTALL:-1}" = 1 ] &&
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
	# shellcheck disable=SC2086 # a list of words
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	    --no-install-recommends $missing >/dev/null 2>&1 ||
	    say "not all of$missing could be installed"
fi

# ---- the one sshd ------------------------------------------------------------
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
me=$(id -un)
port=$((20000 + $$ % 10000))
mkdir "$d/home"
: >"$d/ansible.cfg"
ssh-keygen -q -t ed25519 -N '' -f "$d/host" || exit 1
ssh-keygen -q -t ed25519 -N '' -f "$d/user" || exit 1
cat >"$d/sshd_config" <<END
ListenAddress 0.0.0.0:$port
HostKey $d/host
PidFile $d/sshd.pid
AuthorizedKeysFile $d/user.pub
StrictModes no
UsePAM no
UseDNS no
MaxStartups 5000
MaxSessions 1000
LoginGraceTime 300
PermitRootLogin yes
PasswordAuthentication no
SetEnv HOME=$d/home
KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256
END
cat >"$d/backlog.c" <<END
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
int listen(int fd, int n) {
	int (*real)(int, int);
	void *p = dlsym(RTLD_NEXT, "listen");
	memcpy(&real, &p, sizeof(p));
	return real(fd, n > 4096 ? n : 4096);
}
END
preload=
if "${CC:-cc}" -shared -fPIC -o "$d/backlog.so" "$d/backlog.c" -ldl; then
	preload=$d/backlog.so
else
	say "sshd's backlog could not be raised: large counts suffer"
fi
LD_PRELOAD=$preload "$tools/reap" "$sshd" -D -f "$d/sshd_config" \
    -E "$d/sshd.log" &
reaper=$!
i=0
until [ -s "$d/sshd.pid" ]; do
	i=$((i + 1))
	[ "$i" -lt 50 ] || { cat "$d/sshd.log"; exit 1; }
	sleep 0.1
done
server=$(cat "$d/sshd.pid")

# ---- what each tool is told ---------------------------------------------------
{
	printf '[127.1.*]:%s ' "$port"
	cat "$d/host.pub"
} >"$d/known_hosts"
cat >"$d/default" <<END
Host *
	Port $port
	User $me
	IdentityFile $d/user
	IdentitiesOnly yes
	UserKnownHostsFile $d/known_hosts
	GlobalKnownHostsFile /dev/null
	BatchMode yes
	LogLevel ERROR
END
{
	cat "$d/default"
	echo "	KexAlgorithms curve25519-sha256"
	echo "	Ciphers aes128-ctr"
	echo "	MACs hmac-sha2-256"
} >"$d/equal"
names() { # N
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "127.1.%d.%d\n", i / 250, i % 250 + 1
	}'
}
unset SSH_AUTH_SOCK

# cell TREE-OPTION TOOL CONFIG N: runs it once, prints tree's line.
cell() {
	f=$d/$3 h=$d/hosts.$4
	[ -s "$h" ] || names "$4" >"$h"
	# shellcheck disable=SC2086 # no option is no word
	case $2 in
	espy) set -- $1 "$d/out" "$espy" run -i "$h" -F "$f" \
	    --connect-timeout 60 all -- true ;;
	xargs) set -- $1 "$d/out" xargs -a "$h" -P 32 -I @ \
	    ssh -F "$f" @ true ;;
	pdsh) set -- $1 "$d/out" env PDSH_SSH_ARGS_APPEND="-F $f" \
	    pdsh -S -R ssh -f 32 -w "^$h" true ;;
	clush) set -- $1 "$d/out" clush -S -f 64 -b -o "-F $f" \
	    --hostfile "$h" true ;;
	pssh) set -- $1 "$d/out" parallel-ssh -p 32 -t 300 -x "-F $f" \
	    -h "$h" true ;;
	ansible) set -- $1 "$d/out" env HOME="$d/home" ANSIBLE_CONFIG="$d/ansible.cfg" \
	    ANSIBLE_SSH_ARGS="-F $f" ansible all -i "$h" -f 50 -m raw \
	    -a true ;;
	esac
	timeout -k 5 300 "$tools/tree" "$@"
}

program() { # TOOL
	case $1 in
	espy | xargs) return 0 ;;
	pssh) command -v parallel-ssh >/dev/null ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

# Processor time of sshd and all that came of it, once all of it has ended.
ticks() {
	i=0
	while pgrep -P "$server" >/dev/null ||
	    [ "$(pgrep -P "$reaper")" != "$server" ]; do
		i=$((i + 1))
		[ "$i" -lt 100 ] || break
		sleep 0.1
	done
	s=$(sed 's/.*) //' "/proc/$server/stat" | awk '{ print $12+$13+$14+$15 }')
	r=$(sed 's/.*) //' "/proc/$reaper/stat" | awk '{ print $14 + $15 }')
	echo $((s + r))
}

# ---- the runs ------------------------------------------------------------------
configs="equal default"
[ "${FANOUT_DEFAULT:-1}" = 1 ] || configs=equal
rows=
for t in $tool_names; do
	if ! program "$t"; then
		say "$t is not installed: no row of it"
		continue
	fi
	for c in $configs; do
		# espy has no default of ssh's to take.
		[ "$t:$c" = espy:default ] || rows="$rows $t:$c"
	done
done
# Whether a row is measured in this round: what is slow is measured once.
due() { # TOOL N ROUND
	case $1 in
	espy) return 0 ;;
	ansible) [ "$2" -lt 256 ] || [ "$3" -eq 1 ] ;;
	*) [ "$2" -lt 1000 ] || [ "$3" -eq 1 ] ;;
	esac
}
hz=$(getconf CLK_TCK)
last=1 looked=1
r=0
while [ "$r" -lt "$rounds" ]; do
	r=$((r + 1))
	for n in $hosts; do
		last=$n
		[ "$n" -gt 256 ] || looked=$n
		for row in $rows; do
			due "${row%:*}" "$n" "$r" || continue
			before=$(ticks)
			got=$(cell '' "${row%:*}" "${row#*:}" "$n")
			case $got in
			*' 0') ;;
			*)
				say "$row on $n hosts failed: $got" >&2
				head -n 5 "$d/out" | cut -c 1-200 >&2
				[ "$row" != espy:equal ] || exit 1
				continue
				;;
			esac
			echo "$row $n $got $(($(ticks) - before)) $hz"
		done
	done
done >"$d/cells"
for row in $rows; do
	echo "$row $(cell -m "${row%:*}" "${row#*:}" "$looked")"
done >"$d/memory"
"$tools/again" rounds "$last" "$port" "$me" "$d/user" "$d/equal" \
    >"$d/again" || exit 1
: >"$d/stream"
for r in 1 2 3; do
	got=$("$tools/again" stream "$bytes" "$port" "$me" "$d/user" \
	    "$d/equal") || exit 1
	echo "espy $got" >>"$d/stream"
	# shellcheck disable=SC2016 # for that shell
	got=$("$tools/tree" "$d/out" sh -c 'ssh -F "$1" 127.1.0.1 \
	    "head -c $2 /dev/zero" >/dev/null' sh "$d/equal" "$bytes") || exit 1
	echo "ssh $got" >>"$d/stream"
done

# ---- the table -----------------------------------------------------------------
awk -v cores="$(nproc)" -v rows="$rows" -v hosts="$hosts" -v bytes="$bytes" \
    -v rounds="$rounds" -v looked="$looked" -f - "$d/memory" "$d/again" "$d/stream" "$d/cells" <<'AWK'
function median(list,    a, n, i, j, t) {
	n = split(list, a, " ")
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && a[j] + 0 < a[j - 1] + 0; j--) {
			t = a[j]; a[j] = a[j - 1]; a[j - 1] = t
		}
	return n > 0 ? a[int((n + 1) / 2)] + 0 : -1
}
function bar(what, is, most, unit, more,    met) {
	met = more ? is >= most : is <= most
	missed += !met
	printf "  %-7s %-52s %8.3g %s (%s %g)\n", met ? "met" : "NOT MET",
	    what, is, unit, more ? "at least" : "at most", most
}
function time_of(k) {
	return (k in wall) ? sprintf("%.3f", median(wall[k])) : "-"
}
# The fastest of the others with the same crypto, on so many hosts; 0: none.
function best(hosts,    i, w, b) {
	for (i = 1; i <= nr; i++) {
		if (row[i] !~ /:equal/ || row[i] ~ /^espy/ ||
		    !((row[i] " " hosts) in wall))
			continue
		w = median(wall[row[i] " " hosts])
		if (b == 0 || w < b)
			b = w
	}
	return b + 0
}
FILENAME ~ /memory$/ { mem[$1] = $4; next }
FILENAME ~ /again$/ { split($0, warm, " "); next }
FILENAME ~ /stream$/ {
	stream[$1] = stream[$1] " " $2
	streamcpu[$1] = streamcpu[$1] " " $3
	next
}
{
	k = $1 " " $2
	wall[k] = wall[k] " " $3
	cpu[k] = cpu[k] " " $4 * 1000 / $2
	srv[k] = srv[k] " " $7 * 1000 / $8 / $2
}
END {
	nr = split(rows, row, " ")
	nh = split(hosts, n, " ")
	most = n[nh]
	printf "fanout: true on so many hosts, %d cores for them and us, ", cores
	printf "medians of %d\n", rounds
	printf "  %-16s", "wall, seconds"
	for (j = 1; j <= nh; j++)
		printf " %8d", n[j]
	printf "  ratio | cpu ms/host: client server | MiB\n"
	e = median(wall["espy:equal " most])
	for (i = 1; i <= nr; i++) {
		k = row[i] " " most
		if (!(k in wall))
			continue
		label = row[i]
		sub(/:equal/, "", label)
		sub(/:default/, ", default", label)
		printf "  %-16s", label
		for (j = 1; j <= nh; j++)
			printf " %8s", time_of(row[i] " " n[j])
		printf " %6.2f |             %7.2f %6.2f | %5.1f\n",
		    median(wall[k]) / e, median(cpu[k]), median(srv[k]),
		    mem[row[i]] / 1024
	}
	printf "  xargs is xargs -P 32 ssh; default is ssh's own key exchange,"
	printf " all others\n  curve25519, aes128-ctr and hmac-sha2-256;"
	printf " ratio and cpu at %d hosts, memory\n  (of the tool's whole", most
	printf " tree) at %d\n", looked
	for (j = 1; j <= nh; j++) {
		if (n[j] < 64)
			continue
		c = median(cpu["espy:equal " n[j]])
		bar("client processor a host, " n[j] " hosts", c, 1.0, "ms")
		if (("xargs:equal " n[j]) in cpu)
			bar("client processor against ssh, " n[j] " hosts",
			    c / median(cpu["xargs:equal " n[j]]), 0.09, "x")
	}
	for (j = 1; j <= nh; j++) {
		if (n[j] < 256)
			continue
		e = median(wall["espy:equal " n[j]])
		b = best(n[j])
		if (b > 0)
			bar("wall against the best peer, equal crypto, " n[j] \
			    " hosts", e / b, 0.65, "x")
		k = "espy:equal " n[j]
		bar("wall against all processor time / cores, " n[j] " hosts",
		    e * 1000 * cores / (median(cpu[k]) + median(srv[k])) / n[j],
		    1.10, "x")
	}
	if (("espy:equal 1") in wall) {
		e = median(wall["espy:equal 1"])
		bar("one host", e * 1000, 50, "ms")
		if (("xargs:equal 1") in wall)
			bar("one host against ssh, equal crypto",
			    e / median(wall["xargs:equal 1"]), 0.36, "x")
	}
	if (most >= 16) {
		above = (warm[6] - 8192) / most
		bar("a live session's memory, above 8 MiB, " most " sessions",
		    above > 0 ? above : 0, 64, "KiB")
	}
	bar("the next command on " most " open sessions, processor a host",
	    warm[4] * 1000 / most, 0.12, "ms")
	if (("xargs:equal " most) in cpu)
		bar("the next command, processor against a new ssh",
		    warm[4] * 1000 / most / median(cpu["xargs:equal " most]),
		    0.0105, "x")
	bar("one stream", bytes / median(stream["espy"]) / 1e6, 300, "MB/s", 1)
	bar("one stream against ssh, equal crypto",
	    median(stream["ssh"]) / median(stream["espy"]), 0.5, "x", 1)
	printf "          (a GiB takes %.2f s of our processor, %.2f of ssh's;",
	    median(streamcpu["espy"]) * 1073741824 / bytes,
	    median(streamcpu["ssh"]) * 1073741824 / bytes
	printf " next command: %.3f s wall)\n", warm[3]
	printf "fanout: %d bars not met\n", missed
}
AWK
