#!/bin/sh
# espy hosts: what it prints, where it looks, and its exit statuses.
#   hosts.sh ESPY DIRECTORY-OF-TOOLS
set -u
espy=$1
root=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset ESPY_INVENTORY
bad=0

check() { # NAME STATUS PATTERN ARGUMENT...: what espy hosts must say
	name=$1 status=$2 pattern=$3
	shift 3
	"$espy" hosts "$@" >out 2>&1
	got=$?
	if [ "$got" -ne "$status" ] || ! grep -q -e "$pattern" out; then
		echo "FAILED: $name: status $got, not $status, or no '$pattern':"
		head -n 5 out
		bad=1
	fi
}

danube=$root/inventory/examples/danube.cfg
check table 3 '^node01.dc2.example.com  198.51.100.11  -     root  Remote DC  nodes,watched,remote$' -i "$danube"
check missing 3 '^node02.dc2.example.com  MISSING ' -i "$danube" all
check count 3 '^4 hosts, 1 without an address$' -i "$danube"
check pattern 0 '^2 hosts, 0 without' -i "$danube" 'nodes:!remote'
check limit 0 '^1 host, 0 without' -i "$danube" -l 'node01*' '!remote'
check program 0 '^st1   192.0.2.31  2022  -     -     machines,storage$' \
	-i "$root/inventory/examples/program"
check unknown 2 'no host or group matches "nod01"' -i "$danube" nod01
check two 2 'hosts takes one pattern' -i "$danube" a b
check nowhere 2 'inventory nowhere: No such file' -i nowhere
printf 'a ansible_host=192.0.2.1\nb ansible_host=192.0.2.1\n' >shared.cfg
check shared 0 '^espy: [ab] and [ab] have the same address 192.0.2.1$' -i shared.cfg
head -c 4096 /dev/urandom >garbage
printf '\001' | cat - garbage >garbage.cfg
check garbage 2 '^espy: garbage.cfg:1:1: byte 0x01: this is no inventory$' -i garbage.cfg
printf '[a]\nx\033[31m = 1\n' >colour.cfg
check colour 2 'colour.cfg:2:2: byte 0x1b' -i colour.cfg
printf 'h dc_name="\302\233x"\n' >c1.cfg
check "control character" 0 'x9bx' -i c1.cfg

# The search order.
echo from-here >inventory
check here 0 '^from-here ' all
ESPY_INVENTORY=from-env,
export ESPY_INVENTORY
check environment 0 '^from-env ' all
check option 0 '^from-option ' -i from-option,
unset ESPY_INVENTORY

# --refresh, with and without the program.
mkdir bin
cat >bin/esdc-overlay <<'EOF'
#!/bin/sh
echo "refreshed: $*"
exit "${STATUS:-0}"
EOF
chmod +x bin/esdc-overlay
if [ ! -e /opt/erigones/bin/esdc-overlay ]; then
	check "no refresh" 4 'no esdc-overlay in .PATH nor in /opt/erigones/bin' --refresh
fi
PATH=$work/bin:$PATH
check refresh 0 '^refreshed: update-ans-hosts$' --refresh
check "dry run" 0 '^would run here: .*bin/esdc-overlay update-ans-hosts$' --refresh -n
STATUS=4
export STATUS
check "refresh fails" 4 'update-ans-hosts: exit status 4$' --refresh

"$espy" hosts -i "$danube" --json >json 2>err
for key in '"address": null' '"site": "Main DC"' '"missing_addresses": 1' \
    '"where": "[^"]*danube.cfg:9"'; do
	grep -q "^ *$key" json || { echo "FAILED: no $key in the JSON"; bad=1; }
done
grep -q interpreter json && { echo "FAILED: a variable leaks"; bad=1; }
"$espy" hosts -i "$danube" >/dev/full 2>err
[ $? -eq 4 ] || { echo "FAILED: a full disk goes unnoticed"; bad=1; }
exit $bad
