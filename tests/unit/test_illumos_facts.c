/*
 * What SmartOS nodes print, in the forms that the sources of their tools make.
 * links: platform/ base/buf base/date base/err base/map base/mem base/quote
 * links: base/str model/addr model/facts model/pingstat model/reason
 */
#include "illumos.h"

/* ---- links ------------------------------------------------------------- */

#define LINK_ROWS \
	"? link\n" \
	"igb0:phys:1500:up:\n" \
	"aggr0:aggr:1500:up:igb0 igb1\n" \
	"adminoverlay2:overlay:1300:unknown:\n" \
	"external0:vnic:1500:up:aggr0\n" \
	"adminoverlay_0:vnic:1300:up:adminoverlay2\n" \
	"net0:vnic:1500:up:aggr0\n" \
	"net0:vnic:1300:up:adminoverlay2\n" \
	"= 0\n"
#define VNIC_ROWS \
	"? vnic\n" \
	"external0:aggr0:2\\:8\\:20\\:23\\:2e\\:eb:30:\n" \
	"net0:aggr0:72\\:96\\:a1\\:3d\\:e9\\:87:0:" \
	"a28faa4d-d0ee-4593-938a-f0d062022b02\n" \
	"net0:adminoverlay2:72\\:96\\:a1\\:3d\\:e9\\:88:0:b28faa4d\n" \
	"adminoverlay_0:adminoverlay2:0\\:e5\\:dc\\:b\\:3\\:7:2:--\n" \
	"= 0\n"
#define OVERLAY_ROWS \
	"? overlay\n" \
	"adminoverlay2:mtu:1300\n" \
	"adminoverlay2:vnetid:2\n" \
	"adminoverlay2:encap:vxlan\n" \
	"adminoverlay2:varpd/id:1\n" \
	"adminoverlay2:vxlan/listen_ip:0.0.0.0\n" \
	"adminoverlay2:vxlan/listen_port:4793\n" \
	"adminoverlay2:search:files\n" \
	"adminoverlay2:files/config:/opt/custom/a\\:b\\\\c.json\n" \
	"= 0\n"
#define ADDR_ROWS \
	"? addr\n" \
	"lo0/_a:static:ok:127.0.0.1/8\n" \
	"external0/_a:static:ok:203.0.113.141/26\n" \
	"external0/_b:static:disabled:node02.example.com\n" \
	"external0/_c:static:duplicate:203.0.113.142/26\n" \
	"external0/?:static:ok:2001\\:db8\\:\\:1/64\n" \
	"adminoverlay_0/_a:static:ok:10.44.44.13/24\n" \
	"tun0/_a:static:ok:10.0.0.1->10.0.0.2\n" \
	"dhcp0/_a:dhcp:ok:?\n" \
	"lo0/v6:static:ok:\\:\\:1/128\n" \
	"= 0\n"
#define COUNT_ROWS(link, n) \
	"link:0:" link ":ierrors\t1\n" \
	"link:0:" link ":ipackets64\t1" n "\n" \
	"link:0:" link ":norcvbuf\t2\n" \
	"link:0:" link ":noxmtbuf\t3\n" \
	"link:0:" link ":oerrors\t4\n" \
	"link:0:" link ":opackets64\t18446744073709551615\n"
#define KSTAT_ROWS \
	"? kstat\n" COUNT_ROWS("adminoverlay_0", "1") COUNT_ROWS("aggr0", "2") \
	    COUNT_ROWS("external0", "3") COUNT_ROWS("igb0", "4") \
		COUNT_ROWS("z5_net0", "5") "= 0\n"

static const char links[] =
    LINK_ROWS VNIC_ROWS OVERLAY_ROWS ADDR_ROWS KSTAT_ROWS;

static void
test_links(void **state)
{
	struct facts f = { 0 };
	const struct link *l;
	char mac[MAC_TEXT_MAX];

	(void)state;
	accept(&f, "links", links);
	assert_int_equal(f.have, HAVE_LINKS | HAVE_ADDRS);
	assert_int_equal(f.n_links, 5);
	l = facts_link(&f, "external0");
	assert_string_equal(l->kind, "vnic");
	assert_string_equal(l->lower, "aggr0");
	assert_string_equal(mac_text(&l->mac, mac), "02:08:20:23:2e:eb");
	assert_int_equal(l->vlan, 30);
	assert_int_equal(l->mtu, 1500);
	assert_true(l->up && l->carrier);
	assert_true(l->rx_packets == 13 && l->tx_packets == UINT64_MAX);
	assert_true(l->rx_errors == 1 && l->tx_errors == 4);
	assert_true(l->rx_dropped == 2 && l->tx_dropped == 3);
	assert_string_equal(facts_link(&f, "igb0")->kind, "");
	facts_free(&f);
}

/* The overlay is said of the VNIC that has its address, and of it alone. */
static void
test_overlay(void **state)
{
	struct facts f = { 0 };
	const struct link *l;

	(void)state;
	accept(&f, "links", links);
	l = facts_link(&f, "adminoverlay_0");
	assert_int_equal(l->vni, 2);
	assert_int_equal(l->vxlan_port, 4793);
	assert_false(ip_is_set(&l->vxlan_local));
	assert_int_equal(facts_link(&f, "adminoverlay2")->vxlan_port, 0);
	assert_null(facts_link(&f, "net0"));
	facts_free(&f);
	/* Without a VNIC over it, it is the overlay itself. */
	accept(&f, "links",
	    "? link\no1:overlay:1400:down:\n= 0\n? vnic\n= 0\n? overlay\n"
	    "o1:vnetid:16777215\no1:vxlan/listen_ip:2001\\:db8\\:\\:5\n"
	    "o1:vxlan/listen_port:4789\n= 0\n? addr\n"
	    "lo0/v4:static:ok:127.0.0.1/8\n= 0\n? kstat\n= 0\n");
	l = facts_link(&f, "o1");
	assert_int_equal(l->vni, 16777215);
	assert_int_equal(l->vxlan_port, 4789);
	assert_int_equal(l->vxlan_local.family, 6);
	assert_false(l->up);
	facts_free(&f);
}

static void
test_addresses(void **state)
{
	struct facts f = { 0 };

	(void)state;
	accept(&f, "links", links);
	assert_int_equal(f.n_addrs, 6);
	assert_string_equal(f.addrs[1].link, "external0");
	assert_int_equal(f.addrs[1].prefix, 26);
	assert_int_equal(f.addrs[2].ip.family, 6);
	assert_string_equal(f.addrs[4].link, "tun0");
	assert_int_equal(f.addrs[4].prefix, 32);
	facts_free(&f);
}

static void
test_links_refused(void **state)
{
	static const char *const bad[] = {
		"",
		/* a tool failed, or is not there */
		"? link\n= 127\n",
		LINK_ROWS VNIC_ROWS "? overlay\n= 1\n" ADDR_ROWS KSTAT_ROWS,
		LINK_ROWS VNIC_ROWS OVERLAY_ROWS "? addr\n= 1\n" KSTAT_ROWS,
		/* the answers in another order, or not all */
		VNIC_ROWS LINK_ROWS OVERLAY_ROWS ADDR_ROWS KSTAT_ROWS,
		LINK_ROWS VNIC_ROWS OVERLAY_ROWS ADDR_ROWS,
		/* a link without its counts would seem to have none */
		LINK_ROWS VNIC_ROWS OVERLAY_ROWS ADDR_ROWS "? kstat\n= 0\n",
		/* not what -p prints */
		"? link\nLINK CLASS MTU STATE OVER\n= 0\n" VNIC_ROWS
		    OVERLAY_ROWS ADDR_ROWS KSTAT_ROWS,
		LINK_ROWS VNIC_ROWS
		"? overlay\nnosuch:vnetid:2\n= 0\n" ADDR_ROWS KSTAT_ROWS,
		LINK_ROWS VNIC_ROWS OVERLAY_ROWS
		"? addr\nlo0/v4:static:ok:host\n= 0\n" KSTAT_ROWS,
		LINK_ROWS VNIC_ROWS OVERLAY_ROWS
		"? addr\nlo0/v6:static:ok:::1/128\n= 0\n" KSTAT_ROWS,
		LINK_ROWS VNIC_ROWS OVERLAY_ROWS
		"? addr\nlo0/v6:static:ok:127.0.0.1\\\n= 0\n" KSTAT_ROWS,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuse("links", bad[i], 0);
}

static void
test_sysinfo(void **state)
{
	struct facts f = { 0 };

	(void)state;
	accept(&f, "sysinfo",
	    "UUID='00000000-0000-4000-8000-000000000001'\n"
	    "NIC_admin='aggr0'\nNIC_external='aggr0'\n"
	    "Admin_NIC_Tag=\nAggregations=\n");
	assert_string_equal(f.admin_link, "aggr0");
	facts_free(&f);
	refuse("sysinfo", "sysinfo: something is wrong\n", 0);
	refuse("sysinfo", "NIC_admin='aggr0'\n", 1);
}

static void
test_targets(void **state)
{
	struct facts f = { 0 };
	char ip[IP_TEXT_MAX], mac[MAC_TEXT_MAX];

	(void)state;
	accept(&f, "fdb",
	    VNIC_ROWS
	    "? target\n"
	    "adminoverlay2:0\\:e5\\:dc\\:b\\:3\\:8:203.0.113.110\\:4793\n"
	    "other7:*\\:*\\:*\\:*\\:*\\:*:198.51.100.1\\:4790\n"
	    "other7:2\\:0\\:0\\:0\\:0\\:1:0\\:e5\\:1\\:2\\:3\\:4,198.51.100.2\\:4790\n"
	    "= 0\n");
	assert_int_equal(f.have, HAVE_FDB);
	assert_int_equal(f.n_fdb, 3);
	assert_string_equal(f.fdb[0].link, "adminoverlay_0");
	assert_string_equal(mac_text(&f.fdb[0].mac, mac), "00:e5:dc:0b:03:08");
	assert_string_equal(ip_text(&f.fdb[0].dst, ip), "203.0.113.110");
	assert_string_equal(f.fdb[1].link, "other7");
	assert_string_equal(mac_text(&f.fdb[1].mac, mac), "00:00:00:00:00:00");
	assert_string_equal(ip_text(&f.fdb[2].dst, ip), "198.51.100.2");
	facts_free(&f);
	refuse("fdb", VNIC_ROWS "? target\no:1\\:2:1.2.3.4\\:5\n= 0\n", 0);
	refuse("fdb", VNIC_ROWS "? target\n= 1\n", 0);
}

/* ---- counters ---------------------------------------------------------- */

static const char drops[] = "ip:0:ipdrop:class\tnet\n"
			    "ip:0:ipdrop:crtime\t57.123456789\n"
			    "ip:0:ipdrop:esp_bad_auth\t1\n"
			    "ip:0:ipdrop:esp_bad_padding\t2\n"
			    "ip:0:ipdrop:esp_bad_padlen\t4\n"
			    "ip:0:ipdrop:esp_early_replay\t8\n"
			    "ip:0:ipdrop:esp_no_sa\t16\n"
			    "ip:0:ipdrop:esp_replay\t32\n"
			    "ip:0:ipdrop:snaptime\t4711.123456789\n"
			    "ip:0:ipdrop:spd_got_clear\t64\n"
			    "ipsecesp:0:esp_stat:good_auth\t128\n";

static uint64_t
counter(const struct facts *f, const char *name)
{
	uint64_t v;

	assert_true(facts_counter(f, name, &v));
	return v;
}

static void
test_ipsec_drops(void **state)
{
	struct facts f = { 0 };
	uint64_t v;

	(void)state;
	accept(&f, "xfrm_stat", drops);
	assert_int_equal(f.have, HAVE_XFRM_STAT);
	assert_true(counter(&f, "ipdrop.spd_got_clear") == 64);
	assert_true(counter(&f, "esp_stat.good_auth") == 128);
	assert_true(counter(&f, "ipdrop.esp_no_sa") == 16);
	assert_false(facts_counter(&f, "XfrmInNoStates", &v));
	assert_false(facts_counter(&f, "ipdrop.crtime", &v));
	facts_free(&f);
	refuse("xfrm_stat", "", 0);
	refuse("xfrm_stat", drops, 1);
	refuse("xfrm_stat", "ip:0:ipdrop:esp_no_sa\t16\n", 0);
	refuse("xfrm_stat", "kstat: no such thing\n", 0);
}

static void
test_counters(void **state)
{
	struct facts f = { 0 };
	uint64_t v;

	(void)state;
	accept(&f, "counters",
	    "ip:0:ip:inDiscards\t3\nip:0:ip:noPorts\t5\n"
	    "udp:0:udp:inDatagrams\t7\n");
	assert_int_equal(f.have, HAVE_COUNTERS);
	assert_true(counter(&f, "ip.noPorts") == 5);
	assert_true(counter(&f, "udp.inDatagrams") == 7);
	assert_false(facts_counter(&f, "Udp.InDatagrams", &v));
	facts_free(&f);
	refuse("counters", "ip:0:ip:noPorts\t5\n", 0);
}

/* ---- the small ones ---------------------------------------------------- */

static void
test_uname_clock(void **state)
{
	struct facts f = { 0 };

	(void)state;
	accept(&f, "uname", "SunOS 5.11 joyent_20191010T153230Z\n");
	assert_string_equal(f.platform, "illumos");
	assert_string_equal(f.release, "5.11 joyent_20191010T153230Z");
	accept(&f, "clock",
	    "2019-10-09T14:23:11Z\n"
	    "unix:0:system_misc:boot_time\t1570630000\n");
	assert_int_equal(f.have, HAVE_CLOCK);
	assert_true(f.clock.ns == 1570630991 * NS_PER_S);
	assert_int_equal(f.uptime_s, 991);
	facts_free(&f);
	refuse("uname", "Linux 6.1.0\n", 0);
	refuse("clock", "2019-10-09T14:23:11Z\n", 0);
	refuse("clock", "Wed Oct  9 14:23:11 UTC 2019\n", 0);
}

/* Which of its commands failed, and how. */
static void
test_part_fails(void **state)
{
	static const char text[] = "? link\n= 127\n";
	struct section s = {
		.name = span_of("links"), .text = span_of(text), .whole = true
	};
	struct facts f = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(illumos_row()->parse_section(&s, &f, &e), -1);
	assert_string_equal(facts_why(&f, HAVE_ADDRS),
	    "links: dladm show-link is not there (status 127)");
	assert_null(facts_why(&f, HAVE_SAS));
	facts_free(&f);
}

static void
test_services(void **state)
{
	struct facts f = { 0 };

	(void)state;
	/* An order is not defined; one is missing, which is status 1. */
	accept(&f, "ike",
	    "online*        svc:/network/ipsec/policy:default\n"
	    "online         svc:/network/ipsec/ike:default\n");
	assert_int_equal(f.have, HAVE_IKE);
	assert_string_equal(f.ike_daemon, "in.iked");
	accept(&f, "ike",
	    "offline*       svc:/network/ipsec/ike:default\n"
	    "-              svc:/network/ipsec/policy:default\n");
	assert_string_equal(f.ike_daemon, "");
	facts_free(&f);
	refuse("ike", "svcs: Pattern 'x' doesn't match any instances\n", 1);
	refuse("ike", "", 127);
	/* Nothing of what was asked, or half of it, and all is well? */
	refuse("ike", "", 0);
	refuse("ike", "online  svc:/network/ipsec/policy:default\n", 0);
}

static const char routes[] =
    "? 203.0.113.110 from 203.0.113.141\n"
    "   route to: 203.0.113.110\n"
    "destination: 203.0.113.64\n"
    "       mask: 255.255.255.192\n"
    "  interface: external0\n"
    "      flags: <UP,DONE>\n"
    " recvpipe  sendpipe  ssthresh    rtt,ms rttvar,ms  hopcount      mtu\n"
    "       0         0         0         0         0         0      1500\n"
    "= 0\n"
    "? 10.44.44.14\n"
    "   route to: 10.44.44.14\n"
    "destination: default\n"
    "       mask: default\n"
    "    gateway: 203.0.113.65\n"
    "  interface: external0:1\n"
    "      flags: <UP,GATEWAY,DONE,STATIC>\n"
    "= 0\n"
    "? 192.0.2.1\n"
    "192.0.2.1: not in table\n"
    "= 1\n"
    "? 192.0.2.2\n"
    "   route to: 192.0.2.2\n"
    "  interface: lo0\n"
    "      flags: <UP,HOST,REJECT,DONE,STATIC>\n"
    "= 0\n";

static void
test_routes(void **state)
{
	struct facts f = { 0 };
	char ip[IP_TEXT_MAX];

	(void)state;
	accept(&f, "routes", routes);
	assert_int_equal(f.n_routes, 4);
	assert_true(f.routes[0].reachable);
	assert_string_equal(f.routes[0].link, "external0");
	assert_string_equal(ip_text(&f.routes[0].src, ip), "203.0.113.141");
	assert_false(ip_is_set(&f.routes[0].via));
	assert_string_equal(f.routes[1].link, "external0");
	assert_string_equal(ip_text(&f.routes[1].via, ip), "203.0.113.65");
	assert_false(f.routes[2].reachable);
	assert_string_equal(f.routes[2].why, "192.0.2.1: not in table");
	assert_false(f.routes[3].reachable);
	assert_string_equal(f.routes[3].link, "");
	facts_free(&f);
	/* route's own trouble is not the node's lack of a route */
	refuse("routes", "? 192.0.2.1\nroute: socket: Permission denied\n= 1\n",
	    0);
	refuse("routes", "? 192.0.2.1\nsh: route: not found\n= 127\n", 0);
	refuse("routes", "? 192.0.2.1\n   route to: 192.0.2.1\n", 0);
	refuse("routes", "? 192.0.2.1\n= 0\n", 0);
	refuse("routes", "? 192.0.2.1\n  interface:\n= 0\n", 0);
}

static void
test_neighbours(void **state)
{
	struct facts f = { 0 };

	(void)state;
	accept(&f, "neighs",
	    "Net to Media Table: IPv4\n"
	    "Device   IP Address               Mask      Flags      Phys Addr\n"
	    "------ -------------------- --------------- -------- "
	    "---------------\n"
	    "net0   203.0.113.65         255.255.255.255          "
	    "0:0:5e:0:1:1\n"
	    "external0 203.0.113.141     255.255.255.255 SPLA     "
	    "02:08:20:23:2e:eb\n"
	    "net0   203.0.113.66         255.255.255.255 U\n"
	    "net0   224.0.0.0            240.0.0.0       SM       "
	    "01:00:5e:00:00:00\n");
	assert_int_equal(f.n_neighs, 3);
	assert_string_equal(f.neighs[0].state, "REACHABLE");
	assert_string_equal(f.neighs[1].link, "external0");
	assert_string_equal(f.neighs[2].state, "INCOMPLETE");
	assert_false(f.neighs[2].has_mac);
	facts_free(&f);
	refuse("neighs", "net0 gateway 255.255.255.255 0:0:5e:0:1:1\n", 0);
}

static void
test_policies(void **state)
{
	static const char *const bad[] = {
		"{ ulp 17 laddr 192.0.2.1/32\n",
		"{ ulp 17 } ipsec { encr_algs aes\n",
		"{ ulp 17 } ipsec\n",
		"{ ulp 17 } allow { }\n",
		"{ ulp 17 colour red } ipsec { }\n",
		"{ ulp 17 dir up } ipsec { }\n",
		"{ laddr 192.0.2 } pass { }\n",
		"ipsecconf: Insufficient privileges\n",
		"#INDEX x\n{ ulp 17 } pass { }\n",
	};
	struct facts f = { 0 };
	char ip[IP_TEXT_MAX];

	(void)state;
	accept(&f, "policies",
	    "#INDEX 14 \n"
	    "{ ulp 17 laddr 192.0.2.1/32 raddr 198.51.100.3/32 dir out } ipsec "
	    "{ encr_algs aes-cbc(128) encr_auth_algs hmac-sha512 sa shared } \n"
	    "#INDEX 14 \n"
	    "{ ulp 17 laddr 192.0.2.1/32 raddr 198.51.100.3/32 dir in } ipsec "
	    "{ encr_algs aes-cbc(128) encr_auth_algs hmac-sha512 sa shared } \n"
	    "#INDEX 15 \n"
	    "{ laddr 10.0.0.0/24 rport 111 } pass { } \n"
	    "#INDEX 16 \n"
	    "{ ulp tcp raddr 192.0.2.9/32 dir both } drop { } \n"
	    "#INDEX 17 \n"
	    "{ ulp udp laddr 192.0.2.1 dir out } ipsec { auth_algs sha1 sa "
	    "unique } or pass { } \n"
	    "#INDEX tun0,18 \n"
	    "{ tunnel tun0 negotiate tunnel dir out } ipsec { encr_algs aes }\n");
	assert_int_equal(f.have, HAVE_POLICIES);
	assert_int_equal(f.n_policies, 7);
	assert_int_equal(f.policies[0].dir, POLICY_OUT);
	assert_string_equal(ip_text(&f.policies[0].dst, ip), "198.51.100.3");
	assert_int_equal(f.policies[0].dst_prefix, 32);
	assert_int_equal(f.policies[0].proto, 17);
	assert_true(f.policies[0].has_tmpl && !f.policies[0].tmpl_optional);
	assert_int_equal(f.policies[0].tmpl_proto, 50);
	assert_int_equal(f.policies[0].priority, 14);
	assert_int_equal(f.policies[1].dir, POLICY_IN);
	assert_string_equal(ip_text(&f.policies[1].src, ip), "198.51.100.3");
	/* Without a direction both; a port of the other end. */
	assert_true(f.policies[2].dir == POLICY_OUT &&
	    f.policies[2].dport == 111 && !f.policies[2].has_tmpl &&
	    !f.policies[2].block);
	assert_true(f.policies[3].dir == POLICY_IN &&
	    f.policies[3].sport == 111);
	assert_int_equal(f.policies[2].dst.family, 4);
	assert_int_equal(f.policies[2].dst_prefix, 0);
	assert_true(f.policies[4].block && f.policies[5].block);
	assert_true(f.policies[6].tmpl_optional &&
	    f.policies[6].tmpl_proto == 51);
	facts_free(&f);

	f = (struct facts){ 0 };
	accept(&f, "policies", "");
	assert_int_equal(f.have, HAVE_POLICIES);
	assert_int_equal(f.n_policies, 0);
	facts_free(&f);
	refuse("policies", "", 127);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuse("policies", bad[i], 0);
}

static void
test_ipf(void **state)
{
	struct facts f = { 0 };

	(void)state;
	accept(&f, "ipf",
	    "0 pass out quick on external0 proto esp from any to any\n"
	    "7 block out log quick on external0 proto udp from any to any port "
	    "= 4793\n"
	    "12 block in log quick on external0 proto udp from any to any port "
	    "= 4793\n");
	assert_int_equal(f.have, HAVE_FIREWALL);
	assert_int_equal(f.n_fw_rules, 2);
	assert_string_equal(f.fw_rules[0].hook, "output");
	assert_true(f.fw_rules[0].counted && f.fw_rules[0].packets == 7);
	assert_string_equal(f.fw_rules[1].hook, "input");
	assert_non_null(strstr(f.fw_rules[1].text, "port = 4793"));
	facts_free(&f);

	f = (struct facts){ 0 };
	accept(&f, "ipf",
	    "empty list for ipfilter(out)\nempty list for ipfilter(in)\n");
	assert_int_equal(f.n_fw_rules, 0);
	facts_free(&f);
	refuse("ipf", "open device: No such device\n", 0);
	refuse("ipf", "", 1);
}

/* Kept for people: nothing is concluded from them. */
static void
test_kept(void **state)
{
	struct facts f = { 0 };

	(void)state;
	accept(&f, "messages", "Oct  9 14:23:11 node02 ip: [ID 1] text\n");
	assert_int_equal(f.have, 0);
	refuse("softnet", "", 0);
	facts_free(&f);
}

/* That nothing was counted says something only of one that had begun. */
static void
test_drop_reasons(void **state)
{
	static const char counted[] = "0\tbegun\t-\t-\n"
				      "3\tesp_no_sa\tin\tIPsec ESP\n";
	struct facts f = { 0 };

	(void)state;
	accept(&f, "reasons", counted);
	assert_true((f.have & HAVE_DROPS) != 0);
	assert_int_equal(f.drops.n, 1);
	assert_string_equal(f.drops.v[0].why, "esp_no_sa");
	accept(&f, "reasons", "0\tbegun\t-\t-\n");
	assert_int_equal(f.drops.n, 0);
	facts_free(&f);
	refuse("reasons", "", 0);
	refuse("reasons", "3\tesp_no_sa\tin\tIPsec ESP\n", 0);
	refuse("reasons", counted, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_overlay),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_links_refused),
		cmocka_unit_test(test_sysinfo),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_ipsec_drops),
		cmocka_unit_test(test_drop_reasons),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_uname_clock),
		cmocka_unit_test(test_part_fails),
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_ipf),
		cmocka_unit_test(test_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
