#!/bin/sh
# Keys never leave a node: every byte that goes over SSH in either direction,
# that espy prints, and that it keeps, searched for each key and pre-shared key
# that the nodes have before and after, on Linux and on SmartOS.
# shellcheck disable=SC2317 # begin comes back
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lab/harness.sh
begin lab-secrets

bad()
{
	failed=$((failed + 1))
	echo "FAILED: $1"
}

# What ssh(1) would carry is kept in a directory of each session.
mkdir "$work/bin" "$work/streams" "$work/kept" "$work/said"
cat >"$work/bin/ssh" <<END
#!/bin/sh
s=\$(mktemp -d "$work/streams/XXXXXX") || exit 255
mkfifo "\$s/to" "\$s/from" "\$s/errors" || exit 255
exec 3<&0
tee "\$s/stdin" <&3 >"\$s/to" 2>/dev/null &
tee "\$s/stdout" <"\$s/from" 3<&- &
tee "\$s/stderr" <"\$s/errors" >&2 3<&- &
exec "$(command -v ssh)" "\$@" <"\$s/to" >"\$s/from" 2>"\$s/errors" 3<&-
END
chmod 755 "$work/bin/ssh"

# secrets: adds what the nodes hold now to $work/secrets, each a line.
secrets()
{
	for n in node1 node3; do
		"$lab" ssh "$n" 'ip xfrm state; cat /etc/swanctl/conf.d/*.conf'
	done >"$work/has.linux" 2>/dev/null
	for n in node2 node4; do
		"$lab" ssh "$n" 'ipseckey -n dump esp
		    cat /etc/inet/secret/ike.preshared'
	done >"$work/has.smartos" 2>/dev/null
	{
		sed -n 's/.* 0x\([0-9a-f]\{32,\}\).*/\1/p
		    s/.*secret *= *"\(.*\)"/\1/p' "$work/has.linux"
		tr ' \t"' '[\n*]' <"$work/has.smartos" |
		    sed -n 's/^\([0-9a-f]\{20,\}\)\(\/.*\)\{0,1\}$/\1/p'
	} >>"$work/secrets"
}

# leaks FILE...: which secrets are in these files or directories, as they
# are written, as bytes, in hexadecimal, or in base 64?
cat >"$work/search" <<'END'
use File::Find;
use MIME::Base64;

my ($list, @where) = @ARGV;
my (%forms, $files, $bytes);
open(my $f, '<', $list) or die("$list: $!\n");
for my $secret (<$f>) {
	chomp($secret);
	my $raw = $secret =~ /^(?:[0-9a-f]{2})+$/ ? pack('H*', $secret)
	    : $secret;
	my $code = encode_base64($raw, '');
	# What follows may be in the last group, too.
	$code =~ s/.{0,1}=+$//;
	$forms{$_} = $secret for ($raw, unpack('H*', $raw), $code);
}
find({ no_chdir => 1, wanted => sub {
	-f $_ or return;
	open(my $in, '<:raw', $_) or die("$_: $!\n");
	my $data = do { local $/; <$in> } // '';
	$files++;
	$bytes += length($data);
	for my $form (keys(%forms)) {
		print("$_: $forms{$form}\n")
		    if index($data, $form) >= 0 || index(lc($data), $form) >= 0;
	}
} }, @where);
printf("searched %d files, %d bytes, for %d forms\n", $files, $bytes,
    scalar(keys(%forms)));
END

leaks()
{
	perl "$work/search" "$work/secrets" "$@" | sort -u
}

# run STATUSES WORDS...: espy over the ssh that keeps all, and what it kept.
count=0
run()
{
	count=$((count + 1))
	said=$work/said/$count
	wanted=$1 command=$2
	shift 2
	status=0
	"$lab" exec env PATH="$work/bin:$PATH" "$espy" "$command" -vv \
	    --transport ssh -i "$top/inventory/lab.cfg" \
	    -F "$ESPY_LAB_DIR/ssh_config" "$@" </dev/null \
	    >"$said.out" 2>"$said.err" || status=$?
	case " $wanted " in
	*" $status "*) passed=$((passed + 1)) ;;
	*)
		bad "$command $*: exit status $status"
		tail -n 20 "$said.out" "$said.err"
		;;
	esac
}

kept()
{
	statuses=$1 first=$2
	shift 2
	run "$statuses" "$first" -o "$work/kept/$((count + 1))" "$@"
}

"$lab" platform illumos node2 node4 >"$work/up.log" 2>&1 || {
	bad "the lab: SmartOS nodes"
	cat "$work/up.log"
	end lab-secrets
}
secrets

# The search finds what a user asks for by himself.
run 0 run node1,node4 -- 'ip xfrm state 2>/dev/null || ipseckey -n dump esp'
leaks "$work/streams" "$work/said" | grep -v '^searched' >"$work/found"
for where in "$work/streams/[^/]*/stdout" "$work/said/1.out"; do
	grep -q "^$where: " "$work/found" ||
	    bad "a key that was asked for is not found in ${where#"$work/"}"
done
rm -rf "$work/streams" "$work/said"
mkdir "$work/streams" "$work/said"

kept 0 survey
kept 0 sadb --keys
kept 0 config --diff
kept 0 services
kept 0 drops -t 2
kept 0 diagnose -c 10 --dtrace node1 node4
kept 0 capture -t 3 -w "$work/kept/captured.pcapng" node1 node4
run 0 debug on --yes
"$lab" ssh node1 swanctl --rekey --child node3 >/dev/null 2>&1
secrets
run '0 3' logs --debug --yes --lines 200 -t 8
run 0 debug off --yes
kept 0 flush --yes
secrets
kept 0 play playbooks/collect-evidence.yml

# Another key for a pair, and an SA's: the commands that speak of them.
"$lab" break F54 node1 node3 >"$work/up.log" 2>&1 || bad "the lab: F54"
"$lab" break F07psk node2 node4 >"$work/up.log" 2>&1 || bad "the lab: F07psk"
secrets
kept 1 diagnose -c 10 node1 node3
kept 1 sadb --keys
kept 1 config
secrets

sort -u "$work/secrets" -o "$work/secrets"
for kind in '[0-9a-f]{32}' '[0-9a-f]{128}' 'lab-psk-.*' '6c61622d70736b.*'; do
	grep -qxE "$kind" "$work/secrets" || bad "the nodes have no $kind"
done
# Sections of both platforms went by, or nothing was kept.
for text in 'begin sas' 'ipseckey' 'ip xfrm\|ip -s xfrm' 'swanctl'; do
	grep -rq "$text" "$work/streams" || bad "no \"$text\" in the streams"
done
leaks "$work/streams" "$work/said" "$work/kept" >"$work/found"
if grep -v '^searched' "$work/found"; then
	bad "keys left their nodes"
else
	passed=$((passed + 1))
fi
echo "| secrets: $(grep '^searched' "$work/found"): \
$(wc -l <"$work/secrets") keys"
end lab-secrets
