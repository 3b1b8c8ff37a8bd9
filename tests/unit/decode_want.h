/* decode_want: what each of frames[] holds, in its order, as packet_text. */
#ifndef ESPY_TESTS_DECODE_WANT_H
#define ESPY_TESTS_DECODE_WANT_H

/* clang-format off */
static const char *const want[] = {
	/* arp request */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0806 vlan -1\n"
	"outer arp 1 02:00:00:00:0a:01 192.0.2.11 > 00:00:00:00:00:00 192.0.2.1\n"
	"~outer arp\n",
	/* arp reply */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0806 vlan -1\n"
	"outer arp 2 02:00:00:00:0b:01 192.0.2.1 > 02:00:00:00:0a:01 192.0.2.11\n"
	"~outer arp\n",
	/* ping */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 1 ttl 64 tos 0 id 4660 df offset 0 length 44\n"
	"outer icmp 8/0 id 16962 seq 7 mtu 0 data 16\n"
	"~data 16\n"
	"~outer icmp\n",
	/* pong, ip options */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 1 ttl 64 tos 0 id 4660 df offset 0 length 48\n"
	"outer icmp 0/0 id 16962 seq 7 mtu 0 data 16\n"
	"~data 16\n"
	"~outer icmp\n",
	/* first fragment */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 1 ttl 64 tos 0 id 4660 mf offset 0 length 92\n"
	"outer icmp 8/0 id 1 seq 2 mtu 0 data 64\n"
	"~data 64\n"
	"~outer icmp\n",
	/* last fragment */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 1 ttl 64 tos 0 id 4660 offset 72 length 50\n"
	"~outer fragment\n",
	/* fragment needed, esp */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 203.0.113.1>198.51.100.13 proto 1 ttl 64 tos 0 id 4660 df offset 0 length 64\n"
	"outer icmp 3/4 id 0 seq 0 mtu 1400 data 36\n"
	"~data 36\n"
	"~outer icmp\n"
	"quote ip4 192.0.2.11>198.51.100.13 proto 50 ttl 64 tos 0 id 4660 df offset 0 length 1420\n"
	"quote esp c0ffee01 4711\n"
	"~quote esp\n",
	/* rfc 4884, esp */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 203.0.113.1>198.51.100.13 proto 1 ttl 64 tos 0 id 4660 df offset 0 length 168\n"
	"outer icmp 11/0 id 0 seq 0 mtu 0 data 128\n"
	"~data 128\n"
	"~outer icmp\n"
	"quote ip4 192.0.2.11>198.51.100.13 proto 50 ttl 64 tos 0 id 4660 df offset 0 length 1420\n"
	"quote esp c0ffee01 4711\n"
	"~quote esp\n",
	/* port unreachable, udp */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 203.0.113.1>198.51.100.13 proto 1 ttl 64 tos 0 id 4660 df offset 0 length 56\n"
	"outer icmp 3/3 id 0 seq 0 mtu 0 data 28\n"
	"~data 28\n"
	"~outer icmp\n"
	"quote ip4 192.0.2.11>198.51.100.13 proto 17 ttl 64 tos 0 id 4660 df offset 0 length 1420\n"
	"quote udp 40000>4790 length 1400\n"
	"~quote udp\n",
	/* host unreachable, nat-t */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 203.0.113.1>198.51.100.13 proto 1 ttl 64 tos 0 id 4660 df offset 0 length 68\n"
	"outer icmp 3/1 id 0 seq 0 mtu 0 data 40\n"
	"~data 40\n"
	"~outer icmp\n"
	"quote ip4 192.0.2.11>198.51.100.13 proto 17 ttl 64 tos 0 id 4660 df offset 0 length 1420\n"
	"quote udp 4500>4500 length 1400\n"
	"quote esp c0ffee02 12 nat-t\n"
	"~quote esp\n",
	/* echo, quoted */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 203.0.113.1>198.51.100.13 proto 1 ttl 64 tos 0 id 4660 df offset 0 length 56\n"
	"outer icmp 3/13 id 0 seq 0 mtu 0 data 28\n"
	"~data 28\n"
	"~outer icmp\n"
	"quote ip4 192.0.2.11>198.51.100.13 proto 1 ttl 64 tos 0 id 4660 df offset 0 length 84\n"
	"quote icmp 8/0 id 16962 seq 7 mtu 0 data 0\n"
	"~data 0\n"
	"~quote icmp\n",
	/* timestamp */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 1 ttl 64 tos 0 id 4660 df offset 0 length 40\n"
	"outer icmp 13/0 id 0 seq 0 mtu 0 data 0\n"
	"~data 0\n"
	"~outer icmp\n",
	/* udp */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 17 ttl 64 tos 184 id 4660 df offset 0 length 40\n"
	"outer udp 5353>53000 length 20\n"
	"~outer udp\n",
	/* tcp */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 6 ttl 64 tos 0 id 4660 df offset 0 length 40\n"
	"~outer tcp\n",
	/* esp */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 50 ttl 64 tos 0 id 4660 df offset 0 length 124\n"
	"outer esp c0ffee00 16909060\n"
	"~outer esp\n",
	/* nat-t esp */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 17 ttl 64 tos 0 id 4660 df offset 0 length 100\n"
	"outer udp 4500>1024 length 80\n"
	"outer esp c0ffee03 77 nat-t\n"
	"~outer esp\n",
	/* nat-t keepalive */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 17 ttl 64 tos 0 id 4660 df offset 0 length 29\n"
	"outer udp 4500>4500 length 9\n"
	"~outer keepalive\n",
	/* nat-t ike */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 17 ttl 64 tos 0 id 4660 df offset 0 length 124\n"
	"outer udp 4500>4500 length 104\n"
	"outer ike 1112131415161718 2122232425262728 next 46 version 20 exchange 35 flags 8 id 1 length 92\n"
	"~notify 0\n"
	"~outer ike\n",
	/* ike v1 main mode */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 17 ttl 64 tos 0 id 4660 df offset 0 length 124\n"
	"outer udp 500>500 length 104\n"
	"outer ike 1112131415161718 0 next 1 version 10 exchange 2 flags 0 id 0 length 96\n"
	"~notify 0\n"
	"~outer ike\n",
	/* ike v1 notify 14 */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 17 ttl 64 tos 0 id 4660 df offset 0 length 76\n"
	"outer udp 500>500 length 56\n"
	"outer ike 1112131415161718 2122232425262728 next 11 version 10 exchange 5 flags 0 id 5 length 48\n"
	"~notify 14\n"
	"~outer ike\n",
	/* ike v1 sealed */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 17 ttl 64 tos 0 id 4660 df offset 0 length 104\n"
	"outer udp 500>500 length 84\n"
	"outer ike 1112131415161718 2122232425262728 next 8 version 10 exchange 32 flags 1 id 6 length 76\n"
	"~notify 0\n"
	"~outer ike\n",
	/* ike v2 notify 17 behind 16388 */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 17 ttl 64 tos 0 id 4660 df offset 0 length 94\n"
	"outer udp 500>500 length 74\n"
	"outer ike 1112131415161718 2122232425262728 next 41 version 20 exchange 34 flags 20 id 0 length 66\n"
	"~notify 17\n"
	"~outer ike\n",
	/* vxlan ping */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 17 ttl 64 tos 0 id 4660 df offset 0 length 94\n"
	"outer udp 50001>4790 length 74\n"
	"~outer vxlan\n"
	"vni 2\n"
	"inner eth 02:00:00:00:0a:02>02:00:00:00:0b:02 type 0800 vlan -1\n"
	"inner ip4 10.0.0.1>10.0.0.2 proto 1 ttl 255 tos 0 id 4660 df offset 0 length 44\n"
	"inner icmp 8/0 id 16962 seq 7 mtu 0 data 16\n"
	"~data 16\n"
	"~inner icmp\n",
	/* vxlan, inner tag */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 17 ttl 64 tos 0 id 4660 df offset 0 length 98\n"
	"outer udp 50002>4789 length 78\n"
	"~outer vxlan\n"
	"vni 11259375\n"
	"inner eth 02:00:00:00:0b:02>02:00:00:00:0a:02 type 0800 vlan 2\n"
	"inner ip4 10.0.0.2>10.0.0.1 proto 1 ttl 64 tos 0 id 4660 df offset 0 length 44\n"
	"inner icmp 0/0 id 16962 seq 7 mtu 0 data 16\n"
	"~data 16\n"
	"~inner icmp\n",
	/* vxlan arp */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 17 ttl 64 tos 0 id 4660 df offset 0 length 78\n"
	"outer udp 50003>8472 length 58\n"
	"~outer vxlan\n"
	"vni 2\n"
	"inner eth 02:00:00:00:0a:02>ff:ff:ff:ff:ff:ff type 0806 vlan -1\n"
	"inner arp 1 02:00:00:00:0a:02 10.0.0.1 > 00:00:00:00:00:00 10.0.0.2\n"
	"~inner arp\n",
	/* ping 6 */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 86dd vlan -1\n"
	"outer ip6 2001:db8::11>2001:db8:1::13 proto 58 ttl 63 tos 40 id 0 offset 0 length 64\n"
	"outer icmp 128/0 id 9 seq 10 mtu 0 data 16\n"
	"~data 16\n"
	"~outer icmp\n",
	/* too big, esp */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 86dd vlan -1\n"
	"outer ip6 2001:db8::11>2001:db8:1::13 proto 58 ttl 63 tos 0 id 0 offset 0 length 136\n"
	"outer icmp 2/0 id 0 seq 0 mtu 1280 data 88\n"
	"~data 88\n"
	"~outer icmp\n"
	"quote ip6 2001:db8::11>2001:db8:1::13 proto 50 ttl 63 tos 0 id 0 offset 0 length 88\n"
	"quote esp c0ffee06 99\n"
	"~quote esp\n",
	/* unreachable 6, rfc 4884 */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 86dd vlan -1\n"
	"outer ip6 2001:db8::11>2001:db8:1::13 proto 58 ttl 63 tos 0 id 0 offset 0 length 188\n"
	"outer icmp 1/3 id 0 seq 0 mtu 0 data 128\n"
	"~data 128\n"
	"~outer icmp\n"
	"quote ip6 2001:db8::11>2001:db8:1::13 proto 50 ttl 63 tos 0 id 0 offset 0 length 88\n"
	"quote esp c0ffee06 99\n"
	"~quote esp\n",
	/* neighbour solicitation */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 86dd vlan -1\n"
	"outer ip6 2001:db8::11>2001:db8:1::13 proto 58 ttl 255 tos 0 id 0 offset 0 length 64\n"
	"outer icmp 135/0 id 0 seq 0 mtu 0 data 0\n"
	"~data 0\n"
	"~outer icmp\n",
	/* udp behind options */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 86dd vlan -1\n"
	"outer ip6 2001:db8::11>2001:db8:1::13 proto 17 ttl 63 tos 0 id 0 offset 0 length 67\n"
	"outer udp 6000>6001 length 11\n"
	"~outer udp\n",
	/* first fragment 6 */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 86dd vlan -1\n"
	"outer ip6 2001:db8::11>2001:db8:1::13 proto 17 ttl 63 tos 0 id 4277006349 mf offset 0 length 88\n"
	"outer udp 6000>6001 length 80\n"
	"~outer udp\n",
	/* last fragment 6 */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 86dd vlan -1\n"
	"outer ip6 2001:db8::11>2001:db8:1::13 proto 17 ttl 63 tos 0 id 4277006349 offset 40 length 69\n"
	"~outer fragment\n",
	/* esp 6 */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 86dd vlan -1\n"
	"outer ip6 2001:db8::11>2001:db8:1::13 proto 50 ttl 63 tos 0 id 0 offset 0 length 112\n"
	"outer esp c0ffee66 66\n"
	"~outer esp\n",
	/* vxlan over 6 */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 86dd vlan -1\n"
	"outer ip6 2001:db8::11>2001:db8:1::13 proto 17 ttl 63 tos 0 id 0 offset 0 length 114\n"
	"outer udp 50004>4799 length 74\n"
	"~outer vxlan\n"
	"vni 77\n"
	"inner eth 02:00:00:00:0a:02>02:00:00:00:0b:02 type 0800 vlan -1\n"
	"inner ip4 10.0.0.1>10.0.0.2 proto 1 ttl 255 tos 0 id 4660 df offset 0 length 44\n"
	"inner icmp 8/0 id 16962 seq 7 mtu 0 data 16\n"
	"~data 16\n"
	"~inner icmp\n",
	/* no next header */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 86dd vlan -1\n"
	"outer ip6 2001:db8::11>2001:db8:1::13 proto 59 ttl 63 tos 0 id 0 offset 0 length 40\n"
	"~outer other\n",
	/* 802.1q esp */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan 7\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 50 ttl 64 tos 0 id 4660 df offset 0 length 92\n"
	"outer esp c0ffee00 5\n"
	"~outer esp\n",
	/* qinq ping */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan 200\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 1 ttl 64 tos 0 id 4660 df offset 0 length 44\n"
	"outer icmp 8/0 id 16962 seq 7 mtu 0 data 16\n"
	"~data 16\n"
	"~outer icmp\n",
	/* padded */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 0800 vlan -1\n"
	"outer ip4 192.0.2.11>198.51.100.13 proto 17 ttl 64 tos 0 id 4660 df offset 0 length 29\n"
	"outer udp 1>2 length 9\n"
	"~outer udp\n",
	/* 802.3 */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 002e vlan -1\n"
	"~outer other\n",
	/* lldp */
	"outer eth 02:00:00:00:0a:01>02:00:00:00:0b:01 type 88cc vlan -1\n"
	"~outer other\n",
};
/* clang-format on */

#endif
