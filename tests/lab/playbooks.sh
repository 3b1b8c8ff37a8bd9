#!/bin/sh
# The playbooks that ship, by espy play and by ansible-playbook on the same
# nodes, of which node3 is SmartOS: the same recap, and the same change of the
# nodes' real SADB, logging and services; and none in a dry run.
# shellcheck disable=SC2016,SC2317 # quoted for the nodes; begin comes back
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/harness.sh
command -v ansible-playbook >/dev/null || skip playbooks "no ansible-playbook"
begin playbooks

export ANSIBLE_NOCOLOR=1 ANSIBLE_GATHERING=explicit ANSIBLE_PIPELINING=1 \
    ANSIBLE_HOME="$work/ansible" ANSIBLE_LOCAL_TEMP="$work/ansible/tmp" \
    ANSIBLE_SSH_ARGS="-F $ESPY_LAB_DIR/ssh_config -o ControlMaster=auto \
    -o ControlPersist=60s -o ControlPath=$work/mux-%C"

inventory=inventory/lab.cfg

# expect NAME WANT GOT
expect()
{
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
		echo "| $1"
	else
		failed=$((failed + 1))
		echo "FAILED: $1: expected $2, found $3"
		cat "$work/out"
	fi
}

# play BOOK OPTION...: one of both, as $by says; the exit status is kept.
play()
{
	book=playbooks/$1
	[ "$1" = "${1#/}" ] || book=$1
	shift
	if [ "$by" = espy ]; then
		"$lab" exec "$espy" play "$book.yml" --yes \
		    -i "$inventory" -F "$ESPY_LAB_DIR/ssh_config" \
		    "$@" >"$work/out" 2>&1
	else
		"$lab" exec ansible-playbook "$book.yml" \
		    -i "$inventory" "$@" >"$work/out" 2>&1
	fi
	status=$?
}

# recap: who did what, without the names that only Ansible counts.
recap()
{
	sed -n 's/ *rescued=[0-9]* */ /; s/^\(node[0-9]\) *: /\1 /p' \
	    "$work/out" | tr -s ' ' | sed 's/ $//' | sort
}

# spis NODE: of the real SADB, whatever the node looks like.
spis()
{
	"$lab" ssh "$1" "case \$(uname -s) in
	SunOS) ipseckey -np dump esp | sed -n 's/.*spi=0x\([0-9a-f]*\),.*/\1/p' ;;
	*) ip xfrm state list | sed -n 's/.*spi 0x\([0-9a-f]*\).*/\1/p' ;;
	esac" 2>/dev/null | sed 's/^0*//' | sort | paste -sd ' ' -
}

# share A B: do they have a word in common?
share()
{
	for w in $1; do
		case " $2 " in
		*" $w "*)
			echo yes
			return
			;;
		esac
	done
	echo no
}

# logs NODE: is debug logging on there?
logs()
{
	"$lab" ssh "$1" 'case $(uname -s) in
	SunOS) ikeadm -n get debug | grep -q 0x7ff ;;
	*)  test -e /etc/strongswan.d/ipsec-debug.conf &&
	    test -s /var/log/ipsec-debug.log ;;
	esac && echo on || echo off' 2>/dev/null
}

# wiring: where node3's overlay sends, and its IPsec policies.
wiring()
{
	"$lab" ssh node3 'dladm show-overlay -t | sort
		ipsecconf -l | grep raddr | sort' 2>/dev/null
}

# overlay_update CHECK: node3, a head node, has an overlay that sends astray and
# a policy that is gone.
overlay_update()
{
	healthy=$(wiring)
	"$lab" break F03 node3 node1 >"$work/out" 2>&1
	"$lab" ssh node3 'sed -i /raddr.192.0.2.12/d /etc/inet/ipsecinit.conf
		svcadm refresh policy' >>"$work/out" 2>&1
	broken=$(wiring)
	# A line of the map is another, and one is gone.
	expect "the lab: another map and policy" "yes 3" \
	    "$([ -n "$healthy" ] && echo yes) $(printf '%s\n' "$healthy" \
	    "$broken" | sort | uniq -u | grep -c -e 4790 -e 'raddr.*dir out')"
	play overlay-update "$1" -e head=node3
	expect "$by: a dry run of overlay-update" "0 $broken" "$status $(wiring)"
	recap >"$work/$by.dryupdate"
	play overlay-update -e head=node3
	expect "$by: overlay-update" "0 $healthy" "$status $(wiring)"
	expect "$by: overlays are listed" yes "$(grep -q 'adminoverlay  *4790' \
	    "$work/out" && echo yes)"
	recap >"$work/$by.reupdate"
}

# Another user logs in, and others yet do the work.
as_others()
{
	inventory=$work/others.cfg play "$work/others"
	expect "$by: remote_user and become" "0 yes" "$status $(grep -q \
	    'they are op root nobody' "$work/out" && echo yes)"
	recap >"$work/$by.others"
}

others_prepare()
{
	echo node2 ansible_ssh_host=192.0.2.12 >"$work/others.cfg"
	cat >"$work/others.yml" <<-END
	- hosts: node2
	  remote_user: op
	  gather_facts: false
	  tasks:
	    - {command: id -un, register: op, changed_when: false}
	    - {command: id -un, become: true, register: root}
	    - command: id -un
	      become: true
	      become_user: nobody
	      register: nobody
	    - debug:
	        msg: they are {{ op.stdout }} {{ root.stdout }} {{ nobody.stdout }}
	END
	"$lab" ssh node2 'useradd -s /bin/sh -d /tmp -p "*" op &&
	    echo "op ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/op' \
	    >"$work/out" 2>&1
	expect "the lab: another user" 0 $?
}

one()
{
	by=$1 check=$2
	play connectivity
	expect "$by: connectivity" 0 $status
	recap >"$work/$by.connectivity"
	"$lab" settle >"$work/out" 2>&1
	before=$(spis node1) before3=$(spis node3)
	expect "$by: there are SAs to flush" "yes yes" \
	    "$(share "$before" "$before") $(share "$before3" "$before3")"
	play flush-sadb "$check" -l node1
	expect "$by: a dry run of flush-sadb" "0 $before" \
	    "$status $(spis node1)"
	recap >"$work/$by.dry"
	play flush-sadb -l node1,node3
	after=$(spis node1) after3=$(spis node3)
	expect "$by: flush-sadb" 0 $status
	expect "$by: all SAs are new" "no yes" \
	    "$(share "$before" "$after") $(share "$after" "$after")"
	expect "$by: all SAs of SmartOS are new" "no yes" \
	    "$(share "$before3" "$after3") $(share "$after3" "$after3")"
	recap >"$work/$by.flush"
	play ipsec-refresh -l node1,node3
	expect "$by: ipsec-refresh" 0 $status
	play ipsec-restart -l node2,node3
	expect "$by: ipsec-restart" 0 $status
	recap >"$work/$by.restart"
	play debug-on -l node2,node3
	expect "$by: debug-on" "0 on on" "$status $(logs node2) $(logs node3)"
	play debug-off -l node2,node3
	expect "$by: debug-off" "0 off off" \
	    "$status $(logs node2) $(logs node3)"
	play overlay-update
	expect "$by: overlay-update, no Danube Cloud there" 0 $status
	recap >"$work/$by.update"
	overlay_update "$check"
	as_others
	play collect-evidence -l node1,node3
	expect "$by: collect-evidence" 0 $status
	recap >"$work/$by.evidence"
	"$lab" ssh node1 'ip xfrm state list' 2>/dev/null |
	    sed -n 's/.* 0x\([0-9a-f]\{32,\}\).*/\1/p' >"$work/keys"
	expect "$by: no key among the evidence" "yes no" "$([ -s "$work/keys" ] &&
	    echo yes) $(grep -qF -f "$work/keys" "$work/out" && echo yes ||
	    echo no)"
}

"$lab" platform illumos node3 >"$work/out" 2>&1
"$lab" ssh node2 "mkdir -p /etc/strongswan.d &&
    echo 'include strongswan.d/*.conf' >>/etc/strongswan.conf" 2>/dev/null
others_prepare
one espy -n
one ansible --check
for f in connectivity dry flush restart update dryupdate reupdate others \
    evidence; do
	expect "$f: the recaps are the same" "$(cat "$work/ansible.$f")" \
	    "$(cat "$work/espy.$f")"
done
end playbooks
