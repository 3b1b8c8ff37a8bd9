#!/usr/bin/env python3
"""Writes frames of every protocol that decode knows, the same each time.

    make.py DIR     ethernet.pcap sll.pcap sll2.pcap raw.pcap in DIR
    make.py -c      the frames as rows of a C table
"""
import ipaddress
import struct
import sys

A, B = bytes.fromhex("020000000a01"), bytes.fromhex("020000000b01")
IA, IB = bytes.fromhex("020000000a02"), bytes.fromhex("020000000b02")


def ip(text):
    return ipaddress.ip_address(text).packed


def csum(data):
    data += b"\0" * (len(data) % 2)
    s = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while s >> 16:
        s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff


def eth(payload, typ, src=A, dst=B, tags=()):
    h = dst + src
    for tpid, tci in tags:
        h += struct.pack(">HH", tpid, tci)
    return h + struct.pack(">H", typ) + payload


def ip4(payload, proto, src="192.0.2.11", dst="198.51.100.13", ident=0x1234,
        frag=0x4000, ttl=64, tos=0, options=b"", length=None):
    n = 20 + len(options)
    def head(c):
        return struct.pack(">BBHHHBBH", 0x40 | n // 4, tos,
            length if length is not None else n + len(payload), ident, frag,
            ttl, proto, c) + ip(src) + ip(dst) + options
    return head(csum(head(0))) + payload


def ip6(payload, nxt, src="2001:db8::11", dst="2001:db8:1::13", hops=63,
        tos=0):
    return struct.pack(">IHBB", 6 << 28 | tos << 20 | 0x12345, len(payload),
        nxt, hops) + ip(src) + ip(dst) + payload


def udp(payload, sport, dport, length=None):
    n = length if length is not None else 8 + len(payload)
    return struct.pack(">HHHH", sport, dport, n, 0) + payload


def icmp4(typ, code, rest, data):
    m = struct.pack(">BBH4s", typ, code, 0, rest) + data
    return m[:2] + struct.pack(">H", csum(m)) + m[4:]


def icmp6(typ, code, rest, data, src="2001:db8::11", dst="2001:db8:1::13"):
    m = struct.pack(">BBH4s", typ, code, 0, rest) + data
    pseudo = ip(src) + ip(dst) + struct.pack(">II", len(m), 58)
    return m[:2] + struct.pack(">H", csum(pseudo + m)) + m[4:]


def echo(typ, ident, seq, data):
    return icmp4(typ, 0, struct.pack(">HH", ident, seq), data)


def vxlan(payload, vni):
    return struct.pack(">II", 0x08000000, vni << 8) + payload


def esp(spi, seq, n=64):
    return struct.pack(">II", spi, seq) + bytes(i * 7 & 0xff for i in range(n))


def ike(nxt, ver, exch, flags, payloads=b"", rspi=0x2122232425262728, mid=0):
    return struct.pack(">QQBBBBII", 0x1112131415161718, rspi, nxt, ver, exch,
        flags, mid, 28 + len(payloads)) + payloads


def pl(nxt, body):
    return struct.pack(">BBH", nxt, 0, 4 + len(body)) + body


def arp(op, smac, sip, tmac, tip):
    return struct.pack(">HHBBH", 1, 0x800, 6, 4, op) + smac + ip(sip) + tmac \
        + ip(tip)


NONCE = b"espy-run-0123456"
PING = echo(8, 0x4242, 7, NONCE)
PONG = echo(0, 0x4242, 7, NONCE)
INNER = eth(ip4(PING, 1, "10.0.0.1", "10.0.0.2", ttl=255), 0x800, IA, IB)
INNER_TAGGED = eth(ip4(PONG, 1, "10.0.0.2", "10.0.0.1"), 0x800, IB, IA,
    [(0x8100, 2)])
INNER_ARP = eth(arp(1, IA, "10.0.0.1", bytes(6), "10.0.0.2"), 0x806, IA,
    b"\xff" * 6)
QUOTED = ip4(esp(0xc0ffee01, 4711, 8), 50, length=1420)
QUOTED_UDP = ip4(udp(b"", 40000, 4790, 1400), 17, length=1420)
QUOTED_NATT = ip4(udp(esp(0xc0ffee02, 12, 4), 4500, 4500, 1400), 17,
    length=1420)
QUOTED6 = ip6(esp(0xc0ffee06, 99, 40), 50)
FOUR884 = QUOTED + bytes(128 - len(QUOTED)) + bytes.fromhex("2000000000080101"
    "deadbeef")
SA = bytes.fromhex("0000002c010100040300000c0100000c800e0100030000080300000c"
    "030000080200000500000008040000ff")[:44]

V4 = [
    ("arp request", 0x806, arp(1, A, "192.0.2.11", bytes(6), "192.0.2.1")),
    ("arp reply", 0x806, arp(2, B, "192.0.2.1", A, "192.0.2.11")),
    ("ping", 0x800, ip4(PING, 1)),
    ("pong, ip options", 0x800, ip4(PONG, 1, options=b"\x94\x04\0\0")),
    ("first fragment", 0x800, ip4(echo(8, 1, 2, bytes(64)), 1, frag=0x2000)),
    ("last fragment", 0x800, ip4(bytes(30), 1, frag=9)),
    ("fragment needed, esp", 0x800,
        ip4(icmp4(3, 4, b"\0\0\x05\x78", QUOTED), 1, "203.0.113.1")),
    ("rfc 4884, esp", 0x800,
        ip4(icmp4(11, 0, b"\0\x20\0\0", FOUR884), 1, "203.0.113.1")),
    ("port unreachable, udp", 0x800,
        ip4(icmp4(3, 3, bytes(4), QUOTED_UDP), 1, "203.0.113.1")),
    ("host unreachable, nat-t", 0x800,
        ip4(icmp4(3, 1, bytes(4), QUOTED_NATT), 1, "203.0.113.1")),
    ("echo, quoted", 0x800, ip4(icmp4(3, 13, bytes(4),
        ip4(PING[:8], 1, length=84)), 1, "203.0.113.1")),
    ("timestamp", 0x800, ip4(icmp4(13, 0, b"\0\x01\0\x02", bytes(12)), 1)),
    ("udp", 0x800, ip4(udp(b"hello, world", 5353, 53000), 17, tos=0xb8)),
    ("tcp", 0x800, ip4(struct.pack(">HHIIBBHHH", 40000, 22, 1, 0, 0x50, 2,
        8192, 0, 0), 6)),
    ("esp", 0x800, ip4(esp(0xc0ffee00, 0x01020304, 96), 50)),
    ("nat-t esp", 0x800, ip4(udp(esp(0xc0ffee03, 77), 4500, 1024), 17)),
    ("nat-t keepalive", 0x800, ip4(udp(b"\xff", 4500, 4500), 17)),
    ("nat-t ike", 0x800, ip4(udp(bytes(4) + ike(46, 0x20, 35, 8,
        pl(0, bytes(60)), mid=1), 4500, 4500), 17)),
    ("ike v1 main mode", 0x800, ip4(udp(ike(1, 0x10, 2, 0,
        pl(13, SA) + pl(0, bytes(16)), 0), 500, 500), 17)),
    ("ike v1 notify 14", 0x800, ip4(udp(ike(11, 0x10, 5, 0,
        pl(0, struct.pack(">IBBHQ", 1, 1, 8, 14, 1)), mid=5), 500, 500), 17)),
    ("ike v1 sealed", 0x800, ip4(udp(ike(8, 0x10, 32, 1, bytes(range(48)),
        mid=6), 500, 500), 17)),
    ("ike v2 notify 17 behind 16388", 0x800, ip4(udp(ike(41, 0x20, 34, 0x20,
        pl(41, struct.pack(">BBH", 0, 0, 16388) + bytes(20)) +
        pl(0, struct.pack(">BBHH", 0, 0, 17, 14))), 500, 500), 17)),
    ("vxlan ping", 0x800, ip4(udp(vxlan(INNER, 2), 50001, 4790), 17)),
    ("vxlan, inner tag", 0x800,
        ip4(udp(vxlan(INNER_TAGGED, 0xabcdef), 50002, 4789), 17)),
    ("vxlan arp", 0x800, ip4(udp(vxlan(INNER_ARP, 2), 50003, 8472), 17)),
]
V6 = [
    ("ping 6", 0x86dd, ip6(icmp6(128, 0, struct.pack(">HH", 9, 10), NONCE),
        58, tos=0x28)),
    ("too big, esp", 0x86dd,
        ip6(icmp6(2, 0, struct.pack(">I", 1280), QUOTED6), 58)),
    ("unreachable 6, rfc 4884", 0x86dd, ip6(icmp6(1, 3, b"\x10\0\0\0",
        QUOTED6 + bytes(40) + bytes(12)), 58)),
    ("neighbour solicitation", 0x86dd,
        ip6(icmp6(135, 0, bytes(4), ip("2001:db8::1")), 58, hops=255)),
    ("udp behind options", 0x86dd, ip6(bytes.fromhex("3c00050200000100")
        + bytes.fromhex("1100010400000000") + udp(b"six", 6000, 6001), 0)),
    ("first fragment 6", 0x86dd, ip6(struct.pack(">BBHI", 17, 0, 1, 0xfeedf00d)
        + udp(bytes(32), 6000, 6001, 80), 44)),
    ("last fragment 6", 0x86dd,
        ip6(struct.pack(">BBHI", 17, 0, 40, 0xfeedf00d) + bytes(21), 44)),
    ("esp 6", 0x86dd, ip6(esp(0xc0ffee66, 66), 50)),
    ("vxlan over 6", 0x86dd,
        ip6(udp(vxlan(INNER, 77), 50004, 4799), 17)),
    ("no next header", 0x86dd, ip6(b"", 59)),
]
TAGGED = [
    ("802.1q esp", eth(ip4(esp(0xc0ffee00, 5), 50), 0x800,
        tags=[(0x8100, 0x6007)])),
    ("qinq ping", eth(ip4(PING, 1), 0x800,
        tags=[(0x88a8, 100), (0x8100, 200)])),
    ("padded", eth(ip4(udp(b"x", 1, 2), 17) + bytes(17), 0x800)),
    ("802.3", eth(b"\x42\x42\x03" + bytes(43), 46)),
    ("lldp", eth(bytes(46), 0x88cc)),
]


def frames():
    yield from ((n, eth(p, t)) for n, t, p in V4 + V6)
    yield from TAGGED


def cooked(p, t):
    return struct.pack(">HHH6sHH", 4, 1, 6, A, 0, t) + p


def cooked2(p, t):
    return struct.pack(">HHIHBB6sH", t, 0, 3, 1, 0, 6, A, 0) + p


def write(path, link, rows):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, link))
        for i, r in enumerate(rows):
            f.write(struct.pack("<IIII", 1700000000 + i, i * 1000, len(r),
                len(r)) + r)


def main():
    if sys.argv[1:] == ["-c"]:
        for name, f in frames():
            h = f.hex()
            print('\t{ "%s",' % name)
            for i in range(0, len(h), 64):
                print('\t    "%s"' % h[i:i + 64])
            print("\t},")
        return
    d = sys.argv[1]
    write(d + "/ethernet.pcap", 1, (f for _, f in frames()))
    write(d + "/raw.pcap", 101, (p for _, t, p in V4 + V6 if t != 0x806))
    write(d + "/sll.pcap", 113, (cooked(p, t) for _, t, p in V4 + V6))
    write(d + "/sll2.pcap", 276, (cooked2(p, t) for _, t, p in V4 + V6))


main()
