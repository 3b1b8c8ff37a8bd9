#!/bin/sh
# What hosts, networks and disks do to espy run: floods, odd login shells, full
# disks, a reader that is slow.
#   ssh_trouble.sh ESPY DIRECTORY-OF-TOOLS
# shellcheck disable=SC2016 # what is quoted is for the hosts
set -u
espy=$1 suite=ssh-trouble
# shellcheck source=tests/integration/lib/ssh.sh
. "$(dirname "$0")/lib/ssh.sh"

# The most memory that $e has had so far is at most $1 KiB.
lean() { # KIB
	peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$e/status")
	if [ "${peak:-999999999}" -le "$1" ]; then
		good
	else
		bad "$peak KiB of memory"
	fi
}

# harmless NAME: no control character is in the last output.
harmless() {
	name=$1
	if LC_ALL=C tr -d '\n\t\040-\176\200-\377' <"$d/out" | grep -q .; then
		bad "control characters"
	elif ! iconv -f UTF-8 -t UTF-8 "$d/out" >/dev/null 2>&1; then
		bad "not UTF-8"
	else
		good
	fi
}

echo 'echo "$0 says $1"; exit 4' >"$d/script"

# ---- what they say -------------------------------------------------------------
both "terminal escapes and bytes that are no UTF-8" 1 '^  stderr: .x1b\[2J' \
    good -- 'printf "\033]0;x\007a\rb\377\200\302\233m\n"; printf "\033[2J" >&2; exit 1'
harmless "... are harmless"
for how in -p --live --diff --json; do
	check "the same with $how" 1 'x1b|u001B' $how good -- \
	    'printf "\033]0;x\007\rb\377\n"; printf "\033[2J" >&2; exit 1'
	harmless "... are harmless with $how"
done
for stream in out err; do
	to=
	[ $stream = out ] || to='>&2'
	both "std$stream without end" 1 '^timeout: good: no end within 2 s; ended on' \
	    -t 2 good -- "yes 7751 $to"
	says "... is cut" '^  (stderr: )?\(more was cut here\)$'
	left 'yes 775[1]' 1
done
check "floods beside others" 1 '^hashed: x$' -t 2 good,ecdsa,hashed -- \
    'case $SSH_CONNECTION in *127.0.0.6\ *) echo x ;; *) yes; esac'
both "a killed command is no success" 1 '^failed: good: ' good -- 'kill -9 $$'
both "not an exit status of the last command" 1 'exit status 7$' good -- \
    'true; exit 7'

# ---- a reader that is slow, or away -----------------------------------------------
name="20 floods and nobody who reads: memory is bounded"
mkfifo "$d/slow"
exec 4<>"$d/slow"
timeout -k 5 60 "$espy" run -i "$d/hosts" -F "$d/config" -p -t 4 many -- \
    'yes 7752' >&4 2>"$d/out" </dev/null &
t=$!
there 'yes 775[2]'
e=$(pgrep -P "$t")
sleep 3
lean 65536
name="... and a slow one"
cat <&4 >/dev/null &
reader=$!
wait "$t"
got=$?
if [ "$got" -eq 1 ]; then good; else bad "exit status $got"; fi
kill "$reader"
exec 4<&-
left 'yes 775[2]' 5

# ---- full disks -------------------------------------------------------------------
if [ -w /dev/full ]; then
	both "no space on a host" 1 '^failed: good: ' good -- \
	    'echo x >/dev/full || exit 1'
	for how in '' -p --json; do
		name="no space for our output ($how)"
		# shellcheck disable=SC2086 # no option is no word
		timeout -k 5 40 "$espy" run -i "$d/hosts" -F "$d/config" $how \
		    many -- 'echo x; sleep 0.5; echo y' >/dev/full 2>"$d/out"
		got=$?
		if [ "$got" -eq 4 ] && grep -q 'No space left' "$d/out"; then
			good
		else
			bad "exit status $got"
		fi
	done
else
	skipped=$((skipped + 5))
	echo "SKIPPED: full disks: no /dev/full"
fi
name="no space for --output"
mkdir "$d/tiny"
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	unshare -m sh -c 'mount -t tmpfs -o size=64k tiny "$1/tiny" &&
	    exec "$2" run -i "$1/hosts" -F "$1/config" -o "$1/tiny/run" many -- \
	    "head -c 20000 /dev/zero"' sh "$d" "$espy" >"$d/out" 2>&1 </dev/null
	got=$?
	if [ "$got" -eq 4 ] && grep -q 'm[0-9]*: .*No space left' "$d/out" &&
	    grep -q '20 ok' "$d/out"; then
		good
	else
		bad "exit status $got"
	fi
else
	skipped=$((skipped + 1))
	echo "SKIPPED: $name: only root can mount"
fi

# ---- files of ours that cannot be read ------------------------------------------------
mkdir "$d/directory"
sed "s|UserKnownHostsFile.*|UserKnownHostsFile $d/directory $d/known_hosts|" \
    "$d/config" >"$d/unreadable"
check "a known_hosts that cannot be read" 0 '^espy: known hosts: .*directory' \
    -F "$d/unreadable" good -- true
says "... is as if it were not there" '^good: '
check "no ssh_config" 3 'good: ' -F "$d/nowhere" good -- true
check "no script" 2 'nowhere: .*No such file' -s "$d/nowhere" good

# ---- sshd says, or does, something else ------------------------------------------------
bport=$((sport + 3))
printf '\033[31mAuthorized users only\n' >"$d/banner"
start_sshd banner $bport host "Banner $d/banner"
also() { # NAME PORT [VARIABLES]: one more host; needs sshd's host key
	name=$1 port=$2
	shift 2
	known 127.0.0.1 "$port" host >>"$d/hashed"
	printf '%s ansible_host=127.0.0.1 ansible_port=%s %s ' "$name" "$port" \
	    "$*" >>"$d/hosts"
	echo "ansible_ssh_private_key_file=$d/user_ed25519" >>"$d/hosts"
}
also bannered "$bport" "ansible_user=$(id -un)"
both "a banner" 0 '^bannered: x$' bannered -- echo x
harmless "... is harmless"
check "a host that closes in mid-handshake" 3 '^unreachable: midway: ' \
    --connect-timeout 2 midway -- true

# As root: sshd asks a program for the keys, and that one hangs; and users whose
# shells are odd, in a passwd(5) that only this sshd sees.
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	hport=$((sport + 4))
	authorized=none start_sshd hangs $hport host \
	    "AuthorizedKeysCommand $(command -v sleep) 20" \
	    "AuthorizedKeysCommandUser root"
	also hangs "$hport" ansible_user=root
	for w in libssh2 ssh; do
		check "a host that hangs while it lets us in, $w" 3 \
		    '^unreachable: hangs: .*no answer within 2 s' \
		    --connect-timeout 2 --transport $w hangs -- true
	done

	pport=$((sport + 5))
	sed -e "s/:$sport/:$pport/" -e "s/sshd.pid/shells.pid/" \
	    "$d/sshd.conf" >"$d/shells.conf"
	cp /etc/passwd "$d/passwd"
	for shell in tcsh fish dash nologin false nowhere; do
		path=/nowhere
		for dir in /bin /usr/bin /usr/sbin; do
			[ ! -x "$dir/$shell" ] || path=$dir/$shell
		done
		echo "espy$shell:x:0:0::$d/home:$path" >>"$d/passwd"
		also $shell "$pport" "ansible_user=espy$shell"
	done
	unshare -m sh -c 'mount --bind "$1/passwd" /etc/passwd &&
	    exec "$2" -f "$1/shells.conf" -E "$1/shells.log"' sh "$d" "$sshd"
	sleep 0.3
	for shell in tcsh fish dash; do
		if ! command -v $shell >/dev/null; then
			skipped=$((skipped + 8))
			echo "SKIPPED: login shell $shell: not installed"
			continue
		fi
		both "login shell $shell" 0 "^$shell: hello$" $shell -- echo hello
		check "$shell: exit status" 1 'exit status 3' $shell -- exit 3
		check "$shell: a script is sh's" 1 'sh says' -s "$d/script" $shell
		both "$shell: timeout" 1 "^timeout: $shell: .*; ended on the host" \
		    -t 1 $shell -- 'sleep 7753'
		left 'sleep 775[3]' 1
		name="$shell: SIGKILL"
		start $shell -- 'sleep 7754'
		there 'sleep 775[4]'
		kill -s KILL "$e"
		wait "$t"
		left 'sleep 775[4]' 5
	done
	both "no login" 1 '^failed: nologin: exit status 1' nologin -- echo hello
	says "... says why" 'not available'
	both "a shell that only fails" 1 '^failed: false: exit status 1' \
	    false -- echo hello
	both "a shell that is not there" 3 '^auth: nowhere: ' nowhere -- true
else
	skipped=$((skipped + 31))
	echo "SKIPPED: odd login shells, a hang in auth: not root"
fi
finish
