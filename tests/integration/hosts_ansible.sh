#!/bin/sh
# Patterns select what Ansible's do, in the same order.
#   hosts_ansible.sh ESPY DIRECTORY-OF-TOOLS
set -u
espy=$1
if ! command -v ansible >/dev/null; then
	echo "SKIPPED: patterns against Ansible: ansible is not installed"
	exit 77
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
HOME=$work LC_ALL=C.UTF-8 ANSIBLE_LOCALHOST_WARNING=0
export HOME LC_ALL ANSIBLE_LOCALHOST_WARNING
bad=0
cat >a.cfg <<'EOF'
lone
[web]
w[01:04].ex.net
w02.ex.net extra=yes
[db:children]
pg
my
[pg]
p1
p2:2222
[my]
p2
m1
EOF
cat >b.yml <<'EOF'
all:
  hosts: {top: , "r[1:3]": }
  children:
    east: &e {hosts: {e1: , e2: }}
    west: {children: {deep: {hosts: r1}, east: }}
ungrouped: {hosts: {u1: }}
other: {hosts: {top: {b: 2}}}
EOF

compare() { # FILE PATTERN...
	file=$1
	shift
	for p; do
		ansible -i "$file" "$p" --list-hosts 2>/dev/null |
			sed -n 's/^    //p' >want
		"$espy" hosts -i "$file" "$p" | sed '1d;$d;s/ .*//' >got
		cmp -s want got && continue
		echo "FAILED: $p of $file: ansible, then espy:"
		paste -s -d ' ' want
		paste -s -d ' ' got
		bad=1
	done
}
compare a.cfg all web 'w*' 'web[0]' 'web[-1]' 'web[0:2]' 'web[1:]' \
	'w0[13].ex.net' 'w*.net' web:db web,db 'web:!w02.ex.net' 'db:&pg' '!db' \
	'~w0[12]' '~(w|p).*' 'my:pg' p2 ungrouped 'web:db:!p1:!w0*' 'pg[0],my[0]'
compare b.yml all east west deep 'west:!r1' 'r*' 'all[0:2]' other 'west[0]'
exit $bad
