# Render: the files of a SmartOS node, of what its kernel and its key daemon
# hold: the overlay's map, the IPsec policies, the rules and secrets of IKE.
package Render;
use strict;
use warnings;
use Node;
use Sadb;

my $root = "$Node::dir/root";
my $persistent = "$root/opt/custom/etc/ipsec";
my $map = 'adminoverlay_overlay.json';
# What esdc-overlay asks Danube's database for.
my $wanted = "$root/opt/erigones/ans/overlays/files";

# {peer, psk, from}: strongSwan's connections and their secrets.
sub peers
{
	my $text = Node::slurp('/etc/swanctl/conf.d/lab.conf');
	my %secret;
	$secret{$1} = $2
	    while $text =~ /id-2 = (\S+)\s+secret = "([^"]*)"/g;
	my @peers;
	push(@peers, { from => $1, peer => $2, psk => $secret{$2} })
	    while $text =~ /local_addrs = (\S+)\s+remote_addrs = (\S+)/g;
	return @peers;
}

# One rule for both directions; admin addresses would be bypassed before it.
sub ipsecinit
{
	my $text = "# Written by the lab, of the policies in the kernel.\n";
	for my $p (grep { $_->{dir} eq 'out' } Sadb::policies()) {
		my ($l, $r) = map { s{/32$}{}r } @{$p}{qw(src dst)};
		my $ulp = $p->{proto} ? "ulp $p->{proto} " : '';
		$text .= "{ ${ulp}laddr $l raddr $r } " .
		    ($p->{action} eq 'block' ? "drop {}\n" : $p->{tmpl} ?
		    "ipsec {encr_algs aes encr_auth_algs sha512 sa shared}\n" :
		    "bypass {}\n");
	}
	return $text;
}

sub ike_preshared
{
	my $text = "# Written by the lab, of strongSwan's secrets.\n";
	for my $p (peers()) {
		my $hex = $p->{psk} =~ /^0x(\w+)/ ? $1 :
		    unpack('H*', $p->{psk});
		$text .= "{\n    localidtype IP\n    localid $p->{from}\n" .
		    "    remoteidtype IP\n    remoteid $p->{peer}\n" .
		    "    key \"$hex\"\n}\n";
	}
	return $text;
}

sub ike_config
{
	my ($name) = (POSIX::uname())[1];
	my $xform = 'p1_xform { auth_method preshared oakley_group 5 ' .
	    'auth_alg sha256 encr_alg aes }';
	my $text = "# Written by the lab, of strongSwan's connections.\n" .
	    "p1_lifetime_secs 900\np2_lifetime_secs 300\n" .
	    "p2_softlife_secs 150\n$xform\np2_pfs 0\n";
	for my $p (peers()) {
		$text .= "{ label \"$name-$p->{peer}\" local_addr $p->{from} " .
		    "remote_addr $p->{peer} $xform p2_pfs 0 }\n";
	}
	return $text;
}

# varpd's map; what of a MAC's IP address it knows it answers ARP with.
sub overlay_json
{
	my %ip = map { $_->{mac} => $_->{ip} } grep { $_->{mac} &&
	    $_->{dev} eq 'ov0' } Node::neighbours();
	return "{\n" . join(",\n", map {
		my $mac = $_->{mac};
		"    \"$mac\": {\n" . ($ip{$mac} ?
		    "        \"arp\": \"$ip{$mac}\",\n" : '') .
		    "        \"ip\": \"$_->{to}\",\n" .
		    "        \"port\": $_->{port}\n    }"
	} sort { $a->{mac} cmp $b->{mac} } Node::targets()) . "\n}\n";
}

# The configuration of the boot: it says what should be, not what is.
sub usbkey
{
	my $rule = Node::slurp("$Node::dir/rule") =~ s/\n//r;
	my $l = Node::links();
	my %at = map { my ($ip) = split(m{/}, $_->[1]); ($_->[0] => $ip) }
	    reverse(Node::addresses());
	return "datacenter_name=$ENV{LAB_SITE}\n" .
	    "admin_nic=$l->{eth0}{mac}\nexternal_nic=$l->{eth0}{mac}\n" .
	    "external0_ip=$at{eth0}\nexternal0_netmask=255.255.255.0\n" .
	    "external0_vlan_id=0\noverlay_rule_adminoverlay=\"$rule\"\n" .
	    "adminoverlay_0_vxlan_id=\"2\"\nadminoverlay_0_vlan_id=\"0\"\n" .
	    "adminoverlay_0_ip=$at{ov0}\n" .
	    "adminoverlay_0_netmask=255.255.255.0\n" .
	    "adminoverlay_0_mac=$l->{ov0}{mac}\n";
}

sub put
{
	my ($path, $text, $mode) = @_;
	my $dir = $path =~ s{/[^/]*$}{}r;
	my $made = '';
	for my $part (split(m{/}, $dir)) {
		$made .= "$part/";
		mkdir($made) if !-d $made;
	}
	Node::spew($path, $text);
	chmod($mode, $path);
}

sub map_only
{
	put("$root/opt/custom/networking/$map", overlay_json(), 0644);
}

sub effective
{
	put('/etc/inet/ipsecinit.conf', ipsecinit(), 0644);
	put('/etc/inet/ike/config', ike_config(), 0644);
	put('/etc/inet/secret/ike.preshared', ike_preshared(), 0600);
	map_only();
}

sub persistent
{
	put("$persistent/ipsecinit.conf", ipsecinit(), 0644);
	put("$persistent/config", ike_config(), 0644);
	put("$persistent/ike.preshared", ike_preshared(), 0600);
	put("$root/usbkey/config", usbkey(), 0600);
	put("$wanted/$map", overlay_json(), 0644);
}

1;
