#!/bin/sh
# The script that follows a Linux node's logs, run by every shell that there is,
# on files of its own: what may hold a key is not printed and all else is, a
# rotated file is followed, nothing is left when it ends; and debug logging goes
# off again also when all of the script's processes are killed at once.
#   logs.sh ESPY DIRECTORY-OF-TOOLS
# shellcheck disable=SC2086,SC2317 # $shell is words; called through check
set -u
tools=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
log=$work/charon.log

check() { # WHAT COMMAND...
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $shell: $what"
		cut -c 1-200 "$work/out"
	fi
}

soon() { # COMMAND...
	n=0
	until "$@"; do
		n=$((n + 1))
		[ $n -lt 100 ] || return
		sleep 0.1
	done
}

# Where its files are ours; SOCKET is nowhere, so that there is no journal.
script() { # NAME DEBUG
	"$tools/script" logs 60 "$2" | sed -e "s,/var/log/,$work/,g" \
	    -e "s,/etc/swanctl/,$work/,g" -e "s,/etc/strongswan,$work/s,g" \
	    -e "s,/run/systemd/,$work/none/,g" >"$work/$1"
}

mkdir "$work/bin" "$work/s.d"
printf '#!/bin/sh\n' >"$work/bin/swanctl"
chmod +x "$work/bin/swanctl"
PATH=$work/bin:$PATH
echo 'include strongswan.d/*.conf' >"$work/s.conf"
cat >"$work/swanctl.conf" <<'END'
	secret = "it's ours"
	secret = 0x6c61622d70736b
END
cat >"$work/secrets" <<'END'
they say it's ours, all of it
they say 6c61622d70736b
Nov 24 20:35:45 15[IKE]    0: 6C 61 62 2D 70 73 6B 2D 31 2D 33 33 33 33 33 33
Nov 24 20:35:45 15[IKE]   16: 6C                                              l
SKEYID 00112233445566778899aabbccddeeff
SKEYID 00:11:22:33:44:55:66:77:88
SKEYID 00 11 22 33 44 55 66 77 88
SKEYID 0011 2233 4455 6677
SKEYID 00112233 44556677 8899aabb
DES key 0x0011223344556677
secret => 20 bytes @ 0x7f0011223344
PSK="hush"
it has 0sABCDEFGHIJKLMNOPQR==
END
cat >"$work/plain" <<'END'
Nov 24 20:35:45 15[MGR] checkout IKEv2 SA with SPIs f74f7ae1996beb4f_i b7fa8803e644f1de_r
Nov 24 20:35:45 06[KNL]   using encryption algorithm AES_CBC with key size 128
Nov 24 20:35:45 09[CFG] loaded IKE shared key with id 'ike-node3' for: '192.0.2.11'

 - a percent sign, 100 %s \n "quotes" and $(blanks)	and tabs
END
script follow 0
script debug 1

nothing_left() {
	! pgrep -f "$log" >/dev/null
}

nothing_leaves() {
	n=$(wc -l <"$work/secrets")
	[ "$(grep -c 'may hold a key' "$work/out")" -eq $n ] &&
	    ! sed 's/^/charon /' "$work/secrets" |
		grep -qxF -f - "$work/out"
}

follows() {
	cat "$work/secrets" "$work/plain" >"$log"
	perl -e 'print "x" x 5000, "\n"' >>"$log"
	rm -f "$work/fifo"
	mkfifo "$work/fifo"
	: >"$work/out" # of another shell
	$shell -s <"$work/fifo" >"$work/out" 2>/dev/null &
	pid=$!
	exec 9>"$work/fifo"
	cat "$work/follow" >&9
	check "a long line is cut" \
	    soon grep -q '^charon xxxxx.* \[3000 bytes more\]$' "$work/out"
	check "what is a secret stays" nothing_leaves
	sed 's/^/charon /' "$work/plain" >"$work/want"
	check "what is none is told" test \
	    "$(grep -cxF -f "$work/want" "$work/out")" -eq \
	    "$(wc -l <"$work/plain")"
	mv "$log" "$log.0"
	echo anew >"$log"
	check "a rotated file" soon grep -qx 'charon anew' "$work/out"
	echo stop >&9
	wait $pid
	check "it ends when told" test $? -eq 0
	exec 9>&-
	check "nothing is left" nothing_left
}

killed() {
	drop=$work/s.d/zz-espy-debug.conf
	: >"$work/out"
	{
		cat "$work/debug"
		sleep 30
	} | setsid $shell -s >"$work/out" 2>/dev/null &
	group=$!
	check "debugging is on" soon grep -q 'now charon on' "$work/out"
	check "its file is there" test -e "$drop"
	kill -KILL "-$group"
	check "killed, debugging goes off" soon test ! -e "$drop"
	check "nothing is left of it" soon nothing_left
}

for shell in dash 'bash --posix' ksh93 'busybox sh'; do
	command -v "${shell%% *}" >/dev/null || continue
	follows
	killed
done
echo "integration-logs: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
