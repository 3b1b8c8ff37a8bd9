# nodes: boot the kernels and talk to them.
# shellcheck shell=sh disable=SC2153,SC2154

MEMORY=${ESPY_LAB_MEMORY:-112M}
LINUX=${ESPY_LAB_LINUX:-linux.uml}

keys_create()
{
	ssh-keygen -q -t ed25519 -N '' -C espy-lab -f "$DIR/id_ed25519"
	for n in $NODES; do
		describe "$n" its
		d=$DIR/nodes/node$n
		mkdir "$d"
		ssh-keygen -q -t ed25519 -N '' -C "node$n" \
		    -f "$d/ssh_host_ed25519_key"
		read -r type key _ <"$d/ssh_host_ed25519_key.pub"
		echo "node$n,$its_underlay $type $key"
	done >"$DIR/known_hosts"
}

ssh_config_write()
{
	for n in $NODES; do
		describe "$n" its
		printf 'Host node%s\n\tHostName %s\n' "$n" "$its_underlay"
	done
	cat <<-END
	Host node* 192.0.2.* 198.51.100.*
	 	User root
	 	IdentityFile $DIR/id_ed25519
	 	IdentitiesOnly yes
	 	UserKnownHostsFile $DIR/known_hosts
	 	GlobalKnownHostsFile /dev/null
	 	StrictHostKeyChecking yes
	 	HostKeyAlgorithms ssh-ed25519
	 	PasswordAuthentication no
	 	ConnectTimeout 5
	 	LogLevel ERROR
	END
}

# Processors with AMX need help; see xstate.c.
kernel_prepare()
{
	PRELOAD=
	grep -qw amx_tile /proc/cpuinfo || return 0
	PRELOAD=$DIR/xstate.so
	${CC:-cc} -O2 -shared -fPIC -o "$PRELOAD" "$HERE/xstate.c" -ldl
}

node_boot()
{
	session_start ip netns exec "$NS" env ${PRELOAD:+"LD_PRELOAD=$PRELOAD"} "$LINUX" "mem=$MEMORY" umid="node$1" \
	    uml_dir="$DIR/uml" con0=fd:0,fd:1 con=null ssl=null \
	    root=/dev/root rootfstype=hostfs rootflags=/ ro quiet \
	    "vec0:transport=tap,ifname=tap$1,depth=128,gro=0" \
	    init="$HERE/node/init" "lab.node=$1" "lab.dir=$DIR" \
	    "lab.src=$HERE" >"$DIR/nodes/node$1.log" 2>&1
}

# nodes_wait SECONDS: for the last line of every node's init.
nodes_wait()
{
	tries=$(($1 * 10))
	failed='^lab: node failed\|^Kernel panic'
	for n in $NODES; do
		log=$DIR/nodes/node$n.log
		until grep -q '^lab: node ready' "$log"; do
			tries=$((tries - 1))
			if [ $tries -le 0 ] || ! processes_run ||
			    grep -q "$failed" "$log"; then
				tail -n 5 "$log" >&2
				die "node$n did not come up"
			fi
			sleep 0.1
		done
	done
}

# A connection that stays, since a new one costs half a second of a node.
node_connect()
{
	session_start ip netns exec "$NS" ssh -F "$DIR/ssh_config" -M -N \
	    -S "$DIR/nodes/node$1.ctl" "node$1" >/dev/null 2>&1
}

node_ssh()
{
	n=$1
	shift
	in_ns ssh -F "$DIR/ssh_config" -S "$DIR/nodes/$n.ctl" "$n" "$@"
}

# node_login NODE [COMMAND]: as a user finds the node, which on SmartOS is
# another root than the lab's.
node_login()
{
	[ -e "$DIR/nodes/$1.illumos" ] || {
		node_ssh "$@"
		return
	}
	in_ns ssh -F "$DIR/ssh_config" "$@"
}

# on NODE FUNCTION [ARG]...: one of node/*.sh's functions, as they were when
# the node came up.
on()
{
	n=node$1
	shift
	node_ssh "$n" /run/lab/on "$@"
}

# on_each "NODES" FUNCTION: on all of them at once; fails if one does.
on_each()
{
	nodes=$1
	shift
	running=
	for n in $nodes; do
		on "$n" "$@" &
		running="$running $!"
	done
	result=0
	for pid in $running; do
		wait "$pid" || result=1
	done
	return $result
}
