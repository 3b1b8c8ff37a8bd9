#include "platform/linux_xfrm.h"

#include "platform/words.h"

/* getprotobynumber(3) names what a selector names. */
static const struct {
	const char *name;
	uint8_t number;
} protocols[] = {
	{ "icmp", 1 },
	{ "igmp", 2 },
	{ "ipencap", 4 },
	{ "tcp", 6 },
	{ "udp", 17 },
	{ "dccp", 33 },
	{ "ipv6", 41 },
	{ "gre", 47 },
	{ "esp", 50 },
	{ "ah", 51 },
	{ "ipv6-icmp", 58 },
	{ "icmpv6", 58 },
	{ "ospf", 89 },
	{ "ipcomp", 108 },
	{ "comp", 108 },
	{ "vrrp", 112 },
	{ "l2tp", 115 },
	{ "sctp", 132 },
	{ "mobility-header", 135 },
	{ "udplite", 136 },
	/* what an SA can also be */
	{ "route2", 43 },
	{ "hao", 60 },
};

int
xfrm_read_protocol(struct span s, uint8_t *ret)
{
	uint64_t v;

	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if (span_is(s, protocols[i].name)) {
			*ret = protocols[i].number;
			return 0;
		}
	}
	if (span_u64(s, 255, &v) < 0)
		return -1;
	*ret = (uint8_t)v;
	return 0;
}

enum sa_mode
xfrm_read_mode(struct span line)
{
	struct span w;

	if (!words_value(line, "mode", &w))
		return SA_OTHER_MODE;
	if (span_is(w, "transport"))
		return SA_TRANSPORT;
	return span_is(w, "tunnel") ? SA_TUNNEL : SA_OTHER_MODE;
}

static int
read_port(struct span line, const char *key, uint16_t *ret)
{
	uint64_t v;

	if (!words_have(line, key))
		return 0;
	if (words_u64(line, key, UINT16_MAX, &v) < 0)
		return -1;
	*ret = (uint16_t)v;
	return 0;
}

int
xfrm_read_selector(struct span line, struct xfrm_selector *ret)
{
	struct xfrm_selector s = { 0 };
	struct span w;

	if (!words_value(line, "src", &w) ||
	    words_prefix(w, &s.src, &s.src_prefix) < 0 ||
	    !words_value(line, "dst", &w) ||
	    words_prefix(w, &s.dst, &s.dst_prefix) < 0 ||
	    (words_value(line, "proto", &w) &&
		xfrm_read_protocol(w, &s.proto) < 0))
		return -1;
	/* The kernel keeps ICMP's type and code where ports are. */
	if (read_port(line, "sport", &s.sport) < 0 ||
	    read_port(line, "dport", &s.dport) < 0 ||
	    read_port(line, "type", &s.sport) < 0 ||
	    read_port(line, "code", &s.dport) < 0)
		return -1;
	*ret = s;
	return 0;
}

int
xfrm_read_mark(struct span line, uint32_t *mark, uint32_t *mask)
{
	struct span w, value;
	uint64_t v, m;

	if (!words_value(line, "mark", &w) || !span_until(&w, '/', &value) ||
	    span_u64(value, UINT32_MAX, &v) < 0 ||
	    span_u64(w, UINT32_MAX, &m) < 0)
		return -1;
	*mark = (uint32_t)v;
	*mask = (uint32_t)m;
	return 0;
}

bool
xfrm_is_inner(struct span line)
{
	return line.n > 0 && (line.p[0] == '\t' || line.p[0] == ' ');
}
