#!/bin/sh
# espy play beside ansible-playbook: the same playbooks on the same hosts, the
# same numbers in the recap, the same files afterwards.  One sshd on 127.0.0.0/8
# plays four hosts; a fifth does not answer.
#   play.sh ESPY DIRECTORY-OF-TOOLS
# shellcheck disable=SC2016 # what is quoted is for the hosts
set -u
espy=$1 suite=play
# shellcheck source=tests/integration/lib/sshd.sh
. "$(dirname "$0")/lib/sshd.sh"

# bad WHY [FILE...]: with the files that show it.
bad() {
	failed=$((failed + 1))
	echo "FAILED: $name: $1"
	shift
	[ $# -eq 0 ] || sed 's/^/  | /' "$@" | cut -c 1-200 | head -n 40
}

# ---- one sshd, five hosts ---------------------------------------------------
make_key host ed25519
make_user
port=$((20000 + $$ % 10000))
start_sshd sshd $port host "Subsystem sftp internal-sftp"
known '127.0.0.*' $port host >"$d/known_hosts"
cat >"$d/config" <<END
Host 127.0.0.9
	Port 1
Host *
	UserKnownHostsFile $d/known_hosts
	GlobalKnownHostsFile /dev/null
	IdentitiesOnly yes
	IdentityFile $d/user
	User $(id -un)
	Port $port
END
cat >"$d/hosts" <<END
[all:vars]
ansible_python_interpreter=/usr/bin/python3
where=everywhere
top=$d
[web]
h1 ansible_host=127.0.0.1 n=1
h2 ansible_host=127.0.0.2 n=2 only=here
[db]
h3 ansible_host=127.0.0.3 n=3
h4 ansible_host=127.0.0.4 n=4
[dead]
h9 ansible_host=127.0.0.9 n=9
END
export ANSIBLE_HOST_KEY_CHECKING=True ANSIBLE_NOCOLOR=1 \
    ANSIBLE_LOCALHOST_WARNING=0 ANSIBLE_DEPRECATION_WARNINGS=0 \
    ANSIBLE_SSH_ARGS="-F $d/config -o ControlMaster=auto -o ControlPersist=60s \
    -o ControlPath=$d/mux-%C" ANSIBLE_PIPELINING=1 ANSIBLE_GATHERING=explicit \
    ANSIBLE_HOME="$d/home/.ansible" ANSIBLE_LOCAL_TEMP="$d/home/tmp"
have_ansible=$(command -v ansible-playbook)

play() { # BOOK OPTION...: espy; its status is kept
	book=$1
	shift
	timeout -k 5 60 "$espy" play "$book" -i "$d/hosts" -F "$d/config" \
	    --yes "$@" >"$d/out" 2>&1 </dev/null
	status=$?
}

# recap FILE: "h1 ok changed unreachable failed skipped ignored", sorted.
recap() {
	sed -n 's/^\(h[0-9]*\) *: *ok=\([0-9]*\) *changed=\([0-9]*\) *'\
'unreachable=\([0-9]*\) *failed=\([0-9]*\) *skipped=\([0-9]*\) *'\
'.*ignored=\([0-9]*\).*/\1 \2 \3 \4 \5 \6 \7/p' "$1" | sort
}

# both NAME [OPTION...]: a playbook on standard input, by espy and by Ansible.
# Its tasks write below {{ top }}/{{ by }}; what they leave there must be equal.
both() {
	name=$1
	shift
	cat >"$d/$name.yml"
	rm -rf "$d/espy" "$d/ansible"
	mkdir "$d/espy" "$d/ansible"
	play "$d/$name.yml" -e by=espy "$@"
	if grep -qE 'AddressSanitizer|runtime error' "$d/out"; then
		bad sanitizer "$d/out"
		return
	fi
	if [ -z "$have_ansible" ]; then
		skipped=$((skipped + 1))
		return
	fi
	# shellcheck disable=SC2046 # words
	timeout -k 5 120 ansible-playbook "$d/$name.yml" -i "$d/hosts" \
	    -e by=ansible $(ansible_words "$@") >"$d/want" 2>&1 </dev/null
	recap "$d/want" >"$d/want.recap"
	recap "$d/out" >"$d/out.recap"
	if ! diff "$d/want.recap" "$d/out.recap" >"$d/diff"; then
		bad "another recap than Ansible's" "$d/diff" "$d/out" "$d/want"
	elif [ ! -s "$d/want.recap" ]; then
		bad "no recap" "$d/want"
	elif ! diff -r "$d/ansible" "$d/espy" >"$d/diff"; then
		bad "other files than Ansible's" "$d/diff"
	else
		passed=$((passed + 1))
	fi
}

ansible_words() {
	for word; do
		case $word in
		-n) echo --check ;;
		*) echo "$word" ;;
		esac
	done
}

# alone NAME STATUS REGEX OPTION...: espy alone, a playbook on standard input.
alone() {
	name=$1 want=$2 regex=$3
	shift 3
	cat >"$d/$name.yml"
	play "$d/$name.yml" "$@"
	if [ "$status" -ne "$want" ]; then
		bad "exit status $status, not $want" "$d/out"
	elif ! grep -qE -- "$regex" "$d/out"; then
		bad "nothing matches $regex" "$d/out"
	elif grep -qE 'AddressSanitizer|runtime error' "$d/out"; then
		bad sanitizer "$d/out"
	else
		passed=$((passed + 1))
	fi
}

# ---- the same as Ansible ----------------------------------------------------
# raw costs Ansible least, so that is what runs where any command will do.
both commands -l web <<'END'
- name: commands
  hosts: all
  gather_facts: false
  vars: {greeting: "hello {{ who }}", who: world, dir: "{{ top }}/{{ by }}",
    me: "{{ dir }}/{{ inventory_hostname }}"}
  tasks:
    - name: a shell
      raw: echo "{{ greeting }} from {{ inventory_hostname }}" > {{ me }}
    - name: a command is no shell's
      command: printf %s\n "a  b" 'c"d' $HOME ${NOPE}x ~ > | *
      register: r
    - shell: "cat >> {{ me }} <<'X'\n{{ r.stdout }}\nrc {{ r.rc }}\nX"
    - name: not for all
      ansible.builtin.raw: "true"
      when: n > 1 and inventory_hostname in groups.web
    - command: mkdir made-{{ n }} creates=made-{{ n }} chdir={{ dir }}
    - command: mkdir made-{{ n }} creates=made-* chdir={{ dir }}
    - shell: "false"
      args: {removes: "{{ dir }}/never"}
    - raw: "false"
      ignore_errors: yes
      register: f
    - debug: {msg: "{{ f.rc }} {{ f is failed }}"}
    - assert:
        that:
          - f is failed and f.rc == 1
          - n in [1, 2, 3, 4]
          - only is not defined or only == 'here'
    - raw: echo changed
      changed_when: "'never' in c.stdout"
      register: c
    - raw: exit 3
      failed_when: w.rc != 3
      changed_when: false
      register: w
    - raw: exit 4
      failed_when: [x.rc == 4, n == 2]
      register: x
    - name: h2 is out
      raw: echo more >> {{ me }}
    - debug: {var: x.rc}
    - raw: "true"
      when: [n == 1, "not (n == 2)"]
    - pause: seconds=0
    - raw: echo "{{ ansible_play_hosts | join(',') }}" >> {{ me }}
      run_once: true
END
both loops -l web <<'END'
- hosts: all
  gather_facts: no
  vars: {list: [a, "b c", 3]}
  tasks:
    - raw: echo {{ item | quote }} >> {{ top }}/{{ by }}/{{ inventory_hostname }}
      loop: "{{ list }}"
      register: r
    - assert: {that: ["r.results | length == 3", "r.results[1].rc == 0"]}
    - raw: test {{ item }} != two
      with_items: [one, [two, three]]
      when: n == 1 or item != 'two'
      ignore_errors: true
    - debug: msg={{ item }}
      loop: [x, y]
      when: item == 'z'
    - raw: "true"
      loop: []
    - raw: "[ {{ item }} != 2 ]"
      loop: [1, 2, 3]
    - debug: {msg: nobody sees it}
END
both handlers <<'END'
- hosts: web:db:dead
  gather_facts: false
  handlers:
    - name: second
      listen: [both, other]
      raw: echo second >> {{ top }}/{{ by }}/{{ inventory_hostname }}
    - name: first
      raw: echo first >> {{ top }}/{{ by }}/{{ inventory_hostname }}
    - name: never
      raw: echo never >> {{ top }}/{{ by }}/{{ inventory_hostname }}
  tasks:
    - raw: "true"
      notify: [first, both]
      when: n != 2
    - raw: "true"
      changed_when: false
      notify: never
    - raw: test {{ n }} != 3
      notify: first
- hosts: all
  gather_facts: false
  tasks:
    - raw: echo again >> {{ top }}/{{ by }}/{{ inventory_hostname }}
END
both serial -l '!dead' <<'END'
- hosts: all
  gather_facts: false
  serial: [1, "50%"]
  tasks:
    - raw: |
        echo {{ inventory_hostname }} {{ ansible_play_batch | join('+') }} \
            {{ ansible_play_hosts_all | length }} >> {{ top }}/{{ by }}/order
      when: inventory_hostname == ansible_play_batch | first
    - raw: test {{ n }} != 2
- hosts: all
  gather_facts: false
  serial: 2
  max_fail_percentage: 40
  tasks:
    - raw: test {{ n }} != 3
    - raw: echo {{ n }} >> {{ top }}/{{ by }}/last
END
both fatal -l '!dead' <<'END'
- hosts: all
  gather_facts: false
  any_errors_fatal: true
  serial: 3
  tasks:
    - raw: test {{ n }} != 2
    - raw: "true"
- hosts: all
  gather_facts: false
  tasks: [{raw: "true"}]
END
both once -l '!dead' <<'END'
- hosts: db,web
  gather_facts: false
  tasks:
    - raw: echo {{ inventory_hostname }}
      run_once: true
      register: r
    - raw: echo {{ r.stdout | trim }} > {{ top }}/{{ by }}/{{ inventory_hostname }}
    - raw: "false"
      run_once: true
    - raw: "true"
- hosts: all
  gather_facts: false
  tasks: [{raw: "true"}]
END
both undefined -l web <<'END'
- hosts: all
  gather_facts: false
  tasks:
    - debug: {msg: "{{ nope | default('x') }}"}
    - raw: "true"
      when: nope is defined
    - debug: {var: nope}
    - raw: "true"
      when: only == 'here'
      ignore_errors: true
    - debug: {msg: "{{ only }}"}
    - debug: {msg: "{{ inventory_hostname }}"}
END
both tags -l h1 --tags a,c --skip-tags d <<'END'
- hosts: all
  gather_facts: false
  tags: [c]
  tasks:
    - {raw: echo 1, tags: a}
    - {raw: echo 2, tags: [b, d]}
    - {raw: echo 3, tags: "e,d"}
    - {raw: echo 4, tags: [never, x]}
    - {raw: echo 5, tags: [always, d]}
- hosts: all
  gather_facts: false
  tasks:
    - {raw: echo 6, tags: a}
    - {raw: echo 7}
    - {raw: echo 8, tags: [always]}
END
mkdir -p "$d/files"
printf 'from a file\n' >"$d/files/plain"
printf '#!/bin/sh\necho "$1 $2" >"$3"\nexit "${4:-0}"\n' >"$d/tool.sh"
both files -l h1 <<'END'
- hosts: all
  gather_facts: false
  vars: {dir: "{{ top }}/{{ by }}/{{ inventory_hostname }}"}
  tasks:
    - raw: mkdir -p {{ dir }}/into
    - copy: {content: "one {{ n }}\n", dest: "{{ dir }}/file", mode: "0640"}
    - copy: {content: "one {{ n }}\n", dest: "{{ dir }}/file"}
    - copy: {content: "two\n", dest: "{{ dir }}/file"}
    - copy: {content: "two\n", dest: "{{ dir }}/file", mode: 0600}
    - copy: src=plain dest={{ dir }}/into
    - copy: {src: plain, dest: "{{ dir }}/new/"}
    - copy: {content: "", dest: "{{ dir }}/empty"}
    - raw: ln -s file {{ dir }}/link
    - copy: {content: "linked", dest: "{{ dir }}/link"}
    - raw: ls -l {{ dir }} | sed 1d | awk '{ print $1, $5, $NF }' > {{ dir }}-ls
    - copy: {content: x, dest: "{{ dir }}/no/such/place"}
      ignore_errors: true
    - copy: {content: x, dest: "{{ dir }}/into"}
      ignore_errors: true
    - script: tool.sh 'a b' c {{ dir }}/by-script
    - script: tool.sh a b {{ dir }}/by-script 7
      register: r
      ignore_errors: true
    - assert: {that: r.rc == 7}
    - script: tool.sh
      args: {creates: "{{ dir }}/file"}
    - fetch: {src: "{{ top }}/files/plain", dest: "{{ by }}/got"}
    - fetch: {src: "{{ top }}/files/plain", dest: "{{ by }}/got"}
    - fetch: {src: "{{ dir }}/empty", dest: "{{ by }}/{{ n }}/flat/", flat: yes}
    - fetch: {src: "{{ dir }}/none", dest: x, fail_on_missing: no}
    - fetch: {src: "{{ dir }}/none", dest: x}
END
both check -l h1 -n <<'END'
- hosts: all
  gather_facts: false
  vars: {file: "{{ top }}/checked-{{ n }}"}
  handlers:
    - {name: told, raw: "false"}
  tasks:
    - raw: printf 'it {{ n }}' > {{ file }}
      check_mode: no
    - command: rm {{ file }}
    - raw: rm {{ file }}
      register: r
    - shell: rm {{ file }} removes={{ file }}
    - shell: rm {{ file }} creates={{ file }}
    - copy: {content: "other", dest: "{{ file }}"}
      notify: told
    - copy: {content: "it {{ n }}", dest: "{{ file }}"}
    - fetch: {src: "{{ file }}", dest: got}
    - debug: {msg: "{{ ansible_check_mode }}"}
    - assert: {that: [r is skipped, r.rc is not defined]}
    - raw: cat {{ file }} > {{ top }}/{{ by }}/{{ n }}
      check_mode: no
END

# ---- espy's own -------------------------------------------------------------
one_task() { # YAML: a play of one task on the hosts of web, into $d/in
	printf -- '- hosts: web\n  gather_facts: false\n  tasks:\n    - %s\n' \
	    "$1" >"$d/in"
}
# refused NAME REGEX YAML: exit status 2, the regex, and nothing has run.
refused() {
	rm -f "$d/ran"
	one_task "raw: touch $d/ran
    - $3"
	alone "$1" 2 "$2" <"$d/in"
	[ ! -e "$d/ran" ] || bad "something ran before it was refused"
}
with='; run it with ansible-playbook$'
refused module 'module.yml:5:7: .*yum.*'"$with" 'yum: name=x'
refused keyword 'keyword.yml:6:7: .*delegate_to.*'"$with" 'raw: ls
      delegate_to: h1'
refused block "$with" 'debug: {msg: "{% if x %}"}'
refused filter 'the filter.*'"$with" 'debug: {msg: "{{ n | b64encode }}"}'
refused lookup "$with" "debug: {msg: \"{{ lookup('env', 'X') }}\"}"
refused vault '!vault'"$with" 'raw: !vault x'
refused condition "$with" 'raw: ls
      when: "{{ n }} == 1"'
refused mode "$with" 'copy: {content: x, dest: /nowhere, backup: yes}'
refused unknown 'unknown.yml:5:7: "nope" is undefined' 'raw: echo {{ nope }}'
refused file 'no-such-file' 'copy: src=no-such-file dest=/nowhere'
refused handler 'no such handler' 'raw: ls
      notify: nobody'
one_task 'raw: echo {{ ansible_os_family }}'
sed -i /gather_facts/d "$d/in"
alone fact 2 'ansible_os_family.* is a fact.*'"$with" <"$d/in"
one_task 'raw: touch {{ top }}/answer'
mv "$d/in" "$d/ask.yml"
name=ask
if setsid "$espy" play "$d/ask.yml" -i "$d/hosts" -F "$d/config" >"$d/out" \
    2>&1 </dev/null || [ $? -ne 2 ] || ! grep -q -- '--yes' "$d/out" ||
    [ -e "$d/answer" ]; then
	bad "it did not ask" "$d/out"
else
	passed=$((passed + 1))
fi
name=silent
one_task 'debug: {msg: "{{ n }}"}'
mv "$d/in" "$d/silent.yml"
if setsid "$espy" play "$d/silent.yml" -i "$d/hosts" -F "$d/config" >"$d/out" \
    2>&1 </dev/null; then
	passed=$((passed + 1))
else
	bad "it asked though nothing changes" "$d/out"
fi
one_task 'raw: exit 5'
alone failed 1 'failed: h\[1-2\]: exit status 5' <"$d/in"
one_task 'raw: sleep 30'
alone timeout 1 'no end within 1 s' -t 1 <"$d/in"
one_task 'raw: hostname'
alone folded 0 '^changed: h\[1-2\]: ' <"$d/in"
one_task 'raw: "true"'
alone list 0 '^  raw' --list-tasks <"$d/in"
one_task 'raw: echo {{ x }}y'
alone extra 0 ': a by$' -e 'x="a b"' <"$d/in"
one_task 'raw: "true"'
sed -i s/web/dead/ "$d/in"
alone unreachable 3 '^unreachable: h9: .*refused' <"$d/in"
one_task 'raw: "true"'
alone json 0 '"event":"recap"' --json <"$d/in"
name=json
if jq -es '[.[] | .event] == ["task", "task", "recap", "recap"] and
    .[0].result.rc == 0 and .[0].state == "changed" and .[3].ok == 1' \
    "$d/out" >/dev/null; then
	passed=$((passed + 1))
else
	bad "not the JSON that the manual says" "$d/out"
fi
# A copy that is cut short leaves nothing behind, and what was there in place.
name=interrupted
mkdir "$d/kept"
echo old >"$d/kept/file"
head -c 30000000 /dev/zero >"$d/files/large"
one_task 'copy: src=large dest={{ top }}/kept/file'
mv "$d/in" "$d/cut.yml"
"$espy" play "$d/cut.yml" -i "$d/hosts" -F "$d/config" --yes -l h1 \
    >"$d/out" 2>&1 </dev/null &
pid=$!
i=0
until [ -n "$(find "$d/kept" -name '.espy*' -size +1k)" ]; do
	i=$((i + 1))
	[ "$i" -lt 500 ] || break
	sleep 0.01
done
kill -9 "$pid"
wait "$pid" 2>/dev/null
sleep 5
if [ "$i" -lt 500 ] && [ "$(ls -A "$d/kept")" = file ] &&
    [ "$(cat "$d/kept/file")" = old ]; then
	passed=$((passed + 1))
else
	bad "it left $(ls -A "$d/kept"), after $i" "$d/out"
fi
finish
