#!/bin/sh
# Keys with a passphrase: asked for once, on the terminal, by ssh-add; nothing
# of it is left behind or seen.
#   passphrase.sh ESPY DIRECTORY-OF-TOOLS
# shellcheck disable=SC2034,SC2119,SC2154 # what terminal.sh reads and gives
set -u
espy=$1 suite=passphrase
# shellcheck source=tests/integration/lib/terminal.sh
. "$(dirname "$0")/lib/terminal.sh"
need ssh-agent ssh-add

echo Sesam-oeffne-dich >"$d/secrets"
secret=$(cat "$d/secrets")
# ssh-keygen is told by its terminal, so that spy sees no word of ours.
for k in locked unwanted second; do
	make_key $k ed25519 -N "$secret"
done
make_key pem rsa -b 2048 -m PEM -N "$secret"
make_key open ed25519
cat "$d/locked.pub" "$d/second.pub" "$d/pem.pub" >"$d/authorized"
listen 'LoginGraceTime 2'
host() { # NAME ADDRESS KEY
	echo "$1 ansible_host=$2 ansible_port=$port" \
	    "ansible_ssh_private_key_file=$d/$3"
}
{
	for i in 1 2 3 4 5 6 7 8; do
		host "n$i" "127.2.0.$i" locked
	done
	host pem 127.2.1.1 pem
	host second 127.2.1.2 second
	host unwanted 127.2.1.3 unwanted
	host behind1 127.2.2.1 second
	host behind2 127.2.2.2 second
} >"$d/hosts"
cat >>"$d/config" <<END
Match host 127.2.2.*
	ProxyJump gate
Match host gate
	HostName 127.2.0.99
	Port $port
	IdentityFile $d/locked
Match all
END
ask='Enter passphrase for '

name="eight hosts, asked once"
spy
spy_sees
on_tty 'n*' -vv -- echo hello
asked 1 "$ask" || bad "no question"
types "$secret\n"
ended 0 '^n\[1-8\]: hello'
holds "asked more than once" count 1 "$ask"
name="the passphrase is nowhere"
spied
name="nothing is left"
left "ssh-agent.*espy\\.|ssh-add.*$d"

name="keys that no host wants"
on_tty unwanted -- true
ended 3 '^auth: unwanted: .*none of 1 keys'
holds "asked" count 0 "$ask"

name="wrong, then right"
on_tty n1 -- echo hello
asked 1 "$ask" && types 'wrong\n'
asked 1 'Bad passphrase' && types "$secret\n"
ended 0 '^n1: hello'

name="given up"
on_tty n1,n2 -- true
asked 1 "$ask" && types '\n'
ended 3 "^auth: n\[1-2\]: key .*/locked: its passphrase was not given"

name="slower than LoginGraceTime and our own limit"
on_tty n1,n2 --connect-timeout 1 -- echo hello
asked 1 "$ask" && sleep 3.5 && types "$secret\n"
ended 0 '^n\[1-2\]: hello'

name="one question after the other"
on_tty n1,pem,second -- echo hello
asked 1 "$ask"
sleep 0.5
holds "two at once" count 1 "$ask"
types "$secret\n"
asked 2 "$ask" && types "$secret\n"
asked 3 "$ask" && types "$secret\n"
ended 0 '^n1,pem,second: hello'

name="a jump host's key, and then those behind it"
on_tty 'behind*' -- echo hello
asked 1 "$ask$d/locked" && types "$secret\n"
asked 1 "$ask$d/second" && types "$secret\n"
ended 0 '^behind\[1-2\]: hello'
holds "one question a key" count 2 "$ask"

name="Ctrl-C at the question"
on_tty n1 -- true
asked 1 "$ask" && types '\003'
ended 130 'interrupted|cancelled'
left "ssh-agent.*espy\\.|ssh-add.*$d"

name="kill -9 at the question"
on_tty n1 -- true
asked 1 "$ask"
sleep 0.3
kill -9 "$(pgrep -f "^$espy run -i $d/hosts")"
ended 137 "$ask"
left "ssh-agent.*espy\\.|ssh-add.*$d"

name="no terminal"
off_tty 3 '^auth: n1: .*no terminal to ask on: load it into an ssh-agent' \
    n1 -- true
name="no terminal, SSH_ASKPASS"
cat >"$d/askpass" <<END
#!/bin/sh
cat "$d/secrets"
END
chmod +x "$d/askpass"
SSH_ASKPASS_REQUIRE=force SSH_ASKPASS=$d/askpass \
    off_tty 0 '^n1: hello' n1 -- echo hello

name="a PEM key without its public half"
mv "$d/pem.pub" "$d/pem.kept"
off_tty 3 'no .*/pem.pub shows its public half' pem -- true
mv "$d/pem.kept" "$d/pem.pub"

name="the user's own agent first"
eval "$(ssh-agent -s -a "$d/agent")" >/dev/null
pids="$pids $SSH_AGENT_PID"
SSH_ASKPASS_REQUIRE=force SSH_ASKPASS=$d/askpass \
    ssh-add -q "$d/locked" "$d/open" </dev/null
off_tty 0 '^n1: hello' n1 -- echo hello
name="IdentitiesOnly"
echo 'IdentitiesOnly yes' >>"$d/config"
off_tty 0 '^n1: hello' n1 -- echo hello
off_tty 3 '^auth: second: .*no terminal' second -- echo hello

finish
