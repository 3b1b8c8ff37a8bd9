#!/bin/sh
# Commands through sudo with a password: it reaches sudo when that asks, and
# nobody else ever.  A program of ours plays sudo, so that no account is needed;
# as root, in a mount namespace, the real one as well.
#   become.sh ESPY DIRECTORY-OF-TOOLS
# shellcheck disable=SC2034,SC2119,SC2154,SC2317 # what terminal.sh reads and gives
# shellcheck disable=SC2016 # what is quoted is for the hosts
set -u
espy=$1 suite=become
# shellcheck source=tests/integration/lib/terminal.sh
. "$(dirname "$0")/lib/terminal.sh"

echo Passwort-fuer-sudo >"$d/secrets"
secret=$(cat "$d/secrets")
make_user
mkdir "$d/bin"
cat >"$d/bin/sudo" <<END
#!/bin/sh
# sudo as far as espy sees it; $d/mode says what it is like.
ask='' prompt=
while [ "\$1" != -- ]; do
	case \$1 in
	-n) ask=never ;;
	-S) ask=stdin ;;
	-p) prompt=\$(printf %s "\$2" | sed 's/%%/%/g') && shift ;;
	-u) user=\$2 && shift ;;
	esac
	shift
done
shift
mode=\$(cat "$d/mode")
if [ "\$mode" = requiretty ]; then
	echo "sudo: sorry, you must have a tty to run sudo" >&2
	exit 1
fi
if [ "\$mode" = ask ] && [ "\$ask" = never ]; then
	echo "sudo: a password is required" >&2
	exit 1
fi
[ "\$mode" = nopasswd ] || printf 'We trust you have received the lecture.\n\n' >&2
n=0
while [ "\$mode" != nopasswd ]; do
	printf %s "\$prompt" >&2
	if ! IFS= read -r word; then
		echo "sudo: no password was provided" >&2
		exit 1
	fi
	n=\$((n + 1))
	echo try >>"$d/tries"
	[ "\$word" != "\$(cat "$d/secrets")" ] || break
	if [ \$n -eq 3 ] || [ "\$mode" = once ]; then
		echo "sudo: \$n incorrect password attempt" >&2
		exit 1
	fi
	echo "Sorry, try again." >&2
done
unset word
SUDO_USER_IS=\$user "\$@"
END
chmod +x "$d/bin/sudo"
environment=PATH=$d/bin:$PATH
listen
echo "IdentityFile $d/user" >>"$d/config"
for i in 1 2 3; do
	echo "n$i ansible_host=127.3.0.$i ansible_port=$port"
done >"$d/hosts"
question='sudo password: '

mode() {
	echo "$1" >"$d/mode"
	rm -f "$d/tries"
}

tries() { # N
	[ "$(grep -cs try "$d/tries")" -eq "$1" ]
}

# ask_run STATUS REGEX WORD...: espy run -b -K, answered rightly.
ask_run() {
	want=$1 regex=$2
	shift 2
	on_tty -b -K "$@"
	asked 1 "$question" || bad "no question"
	types "$secret\n"
	ended "$want" "$regex"
}

spy
spy_sees
# The whole list of processes on standard error holds no prompt to fall for.
for t in libssh2 ssh; do
	for m in ask nopasswd; do
		name="input and output of a command, $m, $t"
		mode $m
		printf 'one\ntwo\n' >"$d/input"
		ask_run 0 '^n\[1-3\]: as root: one two$' 'n*' --stdin \
		    --transport $t -vv -- 'echo as $SUDO_USER_IS: $(cat)'
		: >"$d/input"
		name="standard error, $m, $t"
		ask_run 0 '^  3 of 3$' n1 --transport $t -- \
		    'ps ax >&2; echo marker%: >&2; echo 3 of 3'
		holds "lecture or prompt shown" count 0 lecture
		[ $m = nopasswd ] || holds "not asked once a command" tries 4
	done
done
name="a user, and a script of many lines"
mode ask
printf 'a=$SUDO_USER_IS\necho "$a got the script"\n' >"$d/input"
ask_run 0 '^n1: nobody got the script' n1 --become-user nobody --script /dev/stdin
: >"$d/input"

name="wrong password: no second try"
mode ask
on_tty -b -K 'n*' -- true
asked 1 "$question" && types 'wrong\n'
ended 3 '^auth: n\[1-3\]: sudo: wrong password for becoming root'
holds "more than a try a host" tries 3
name="wrong password, and sudo gives up by itself"
mode once
on_tty -b -K n1 -- true
asked 1 "$question" && types 'wrong\n'
ended 3 '^auth: n1: sudo: wrong password for becoming root'

name="ended by its time"
mode ask
ask_run 1 '^timeout: n\[1-2\]: no end within 1 s; ended on the host' n1,n2 \
    -t 1 -- 'sleep 4714'
holds "the killer was not asked" tries 4
left 'sleep 4714'
name="ended by ^C"
on_tty -b -K n1 -- 'echo begun >'"$d/begun"'; sleep 4715'
asked 1 "$question" && types "$secret\n"
i=0
until [ -e "$d/begun" ] || [ $i -gt 50 ]; do sleep 0.1; i=$((i + 1)); done
types '\003'
ended 130 'cancelled'
left 'sleep 4715'
name="ended by kill -9"
rm -f "$d/begun"
on_tty -b -K n1 -- 'echo begun >'"$d/begun"'; sleep 4716'
asked 1 "$question" && types "$secret\n"
i=0
until [ -e "$d/begun" ] || [ $i -gt 50 ]; do sleep 0.1; i=$((i + 1)); done
kill -9 "$(pgrep -f "^$espy run -i $d/hosts")"
ended 137 "$question"
left 'sleep 4716'

name="^C at the question"
on_tty -b -K n1 -- true
asked 1 "$question" && types '\003'
ended 130 'interrupted'
name="no answer"
on_tty -b -K n1 -- true
asked 1 "$question" && types '\n'
ended 2 'no password was given'
name="the password is nowhere"
spied

name="-K without a terminal"
off_tty 2 '-K: there is no terminal' -K n1 -- true
name="no password where one is wanted"
mode ask
off_tty 3 '^auth: n1: sudo wants a password for becoming root: -K' -b n1 -- true
name="requiretty"
mode requiretty
off_tty 3 '^auth: n1: sudo there wants a terminal .requiretty' -b n1 -- true
name="output where nothing begins"
printf '#!/bin/sh\necho "not our sudo" >&2\nexit 3\n' >"$d/bin/other"
chmod +x "$d/bin/other"
mv "$d/bin/sudo" "$d/bin/sudo.kept"
mv "$d/bin/other" "$d/bin/sudo"
off_tty 1 'stderr: not our sudo' -b n1 -- true
mv "$d/bin/sudo.kept" "$d/bin/sudo"
name="a command that fails by itself"
mode nopasswd
off_tty 1 '^failed: n1: exit status 1' -b n1 -- 'echo sudo: no >&2; exit 1'

cp "$d/hosts" "$d/hosts.kept"
name="the inventory's password"
mode ask
echo "n1 ansible_become=yes ansible_become_password=$secret" >>"$d/hosts"
off_tty 0 '^n1: hello' n1 -- echo hello
"$espy" hosts -i "$d/hosts" --json n1 >"$d/tty" 2>&1
holds "hosts shows it" count 0 "$secret"
cp "$d/hosts.kept" "$d/hosts"
name="one in a vault"
cat >>"$d/hosts" <<'END'
n1 ansible_become=yes ansible_become_pass="$ANSIBLE_VAULT;1.1;AES256 3162"
END
off_tty 3 '^auth: n1: .*encrypted by ansible-vault: -K' n1 -- true
cp "$d/hosts.kept" "$d/hosts"

# ---- the real one: accounts of a mount namespace's own ----
name="the real sudo"
real_sudo() {
	command -v sudo >/dev/null && [ "$(id -u)" -eq 0 ] &&
	    unshare -m true 2>/dev/null && [ -d /etc/pam.d ]
}
if ! real_sudo; then
	skip "no root, sudo or mount namespace here"
	finish
fi
kill "$(cat "$d/sshd.pid")"
chmod 755 "$d"
mkdir "$d/etc" "$d/etc/sudoers.d" "$d/ts"
cp /etc/passwd /etc/shadow /etc/group "$d/etc"
echo "espytest:x:64999:64999::$d/home:/bin/sh" >>"$d/etc/passwd"
echo "espytest:x:64999:" >>"$d/etc/group"
hash=$(perl -ne 'chomp; print crypt($_, q($6$espyespyespy$))' "$d/secrets")
echo "espytest:$hash:19000:0:99999:7:::" >>"$d/etc/shadow"
cat >"$d/etc/sudoers" <<'END'
Defaults env_reset, !syslog
root ALL=(ALL:ALL) ALL
espytest ALL=(ALL:ALL) ALL
END
chmod 440 "$d/etc/sudoers"
sed -i "s|^SetEnv.*||" "$d/sshd.conf"
# The namespace goes with sshd, and all that was mounted with it.
cat >"$d/inside" <<END
set -e
for f in passwd shadow group sudoers sudoers.d; do
	mount --bind "$d/etc/\$f" "/etc/\$f"
done
mount -t tmpfs tmpfs /run
mkdir -m 755 /run/sshd /run/sudo
exec "$sshd" -f "$d/sshd.conf" -E "$d/sshd.log"
END
unshare -m sh "$d/inside" || bad "no sshd"
echo 'User espytest' >>"$d/config"
printf 'one\ntwo\n' >"$d/input"
ask_run 0 '^n1: root: one two$' n1 --stdin -- 'echo $(id -un): $(cat)'
ask_run 0 '^n1: espytest: one two$' n1 --stdin --become-user espytest -- \
    'echo $(id -un): $(cat)'
: >"$d/input"
on_tty -b -K n1 -- true
asked 1 "$question" && types 'wrong\n'
ended 3 '^auth: n1: sudo: wrong password for becoming root'
off_tty 3 '^auth: n1: sudo wants a password for becoming root: -K' -b n1 -- true
ask_run 1 '^timeout: n1: no end within 1 s; ended on the host' n1 -t 1 -- \
    'sleep 4717'
left 'sleep 4717'
rm -f "$d/begun"
on_tty -b -K n1 -- 'echo begun >'"$d/begun"'; sleep 4718'
asked 1 "$question" && types "$secret\n"
i=0
until [ -e "$d/begun" ] || [ $i -gt 50 ]; do sleep 0.1; i=$((i + 1)); done
types '\003'
ended 130 'cancelled'
left 'sleep 4718'
sed -i 's/^espytest .*/espytest ALL=(ALL) NOPASSWD: ALL/' "$d/etc/sudoers"
name="the real sudo, NOPASSWD"
printf 'one\ntwo\n' >"$d/input"
ask_run 0 '^n1: root: one two$' n1 --stdin -- 'echo $(id -un): $(cat)'

finish
