#!/bin/sh
# espy update: what it runs on the head node, and what it makes of the answer.
#   update.sh ESPY DIRECTORY-OF-TOOLS
set -u
espy=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0

check() { # NAME STATUS PATTERN ARGUMENT...
	name=$1 status=$2 pattern=$3
	shift 3
	"$espy" update "$@" >out 2>&1 </dev/null
	got=$?
	if [ "$got" -ne "$status" ] || ! grep -q -e "$pattern" out; then
		echo "FAILED: $name: status $got, not $status, or no '$pattern':"
		head -n 5 out
		bad=1
	fi
}

program() { # STATUS: what stands in for Danube Cloud's, with its last lines
	mkdir -p bin
	{
		echo '#!/bin/sh'
		echo 'echo "called: $*"; cat <<END'
		cat
		printf 'END\nexit %s\n' "$1"
	} >bin/esdc-overlay
	chmod 755 bin/esdc-overlay
}

if [ ! -e /opt/erigones/bin/esdc-overlay ]; then
	check "no program" 4 'no esdc-overlay in .PATH nor in /opt/erigones/bin'
fi
PATH=$work/bin:$PATH
program 0 <<'END'
PLAY RECAP ****
node01 : ok=5 changed=2 unreachable=0 failed=0
node02 : ok=5 changed=0 unreachable=0 failed=0
END
check "unasked" 2 'no terminal to ask on; --yes'
check "dry run" 0 '^would run here: .*bin/esdc-overlay update$' -n
check "streams" 0 '^called: update$' --yes
check "changed" 0 '^espy: changed: node01$' --yes
check "as before" 0 '^espy: as before: node02$' --yes
check "json" 0 '"end": "changed"' --yes --json
check "pattern" 2 'update takes no pattern' --yes node01
program 2 <<'END'
node01 : ok=5 changed=2 unreachable=0 failed=1
END
check "failed" 1 '^espy: failed: node01$' --yes
program 4 <<'END'
node01 : ok=5 changed=2 unreachable=1 failed=0
END
check "unreachable" 3 '^espy: unreachable: node01$' --yes
printf 'no \033[31mrecap\n' | program 3
check "status" 1 'esdc-overlay: exit status 3$' --yes
check "harmless" 1 '^no .x1b.31mrecap$' --yes
exit $bad
