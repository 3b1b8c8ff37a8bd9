#include "model/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

struct ip
ip_v4(const uint8_t b[4])
{
	struct ip a = { .family = 4 };

	memcpy(a.b, b, 4);
	return a;
}

struct ip
ip_v6(const uint8_t b[16])
{
	struct ip a = { .family = 6 };

	memcpy(a.b, b, 16);
	return a;
}

bool
ip_is_set(const struct ip *a)
{
	return a->family != 0;
}

bool
ip_equal(const struct ip *a, const struct ip *b)
{
	return a->family == b->family && memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool
ip_in_prefix(const struct ip *a, const struct ip *net, unsigned bits)
{
	if (a->family != net->family || bits > (a->family == 4 ? 32U : 128U))
		return false;
	for (unsigned i = 0; i < bits; i += 8) {
		unsigned left = bits - i;
		uint8_t mask = (uint8_t)(left >= 8 ? 0xff : 0xff00U >> left);

		if (((a->b[i / 8] ^ net->b[i / 8]) & mask) != 0)
			return false;
	}
	return true;
}

const char *
ip_text(const struct ip *a, char out[IP_TEXT_MAX])
{
	int af = a->family == 4 ? AF_INET : AF_INET6;

	if (!ip_is_set(a) || inet_ntop(af, a->b, out, IP_TEXT_MAX) == NULL)
		snprintf(out, IP_TEXT_MAX, "-");
	return out;
}

int
ip_parse(struct span s, struct ip *ret)
{
	char text[IP_TEXT_MAX];
	uint8_t b[16];

	if (memchr(s.p, '\0', s.n) != NULL || !span_copy(s, text, sizeof(text)))
		return -1;
	if (inet_pton(AF_INET, text, b) == 1) {
		*ret = ip_v4(b);
		return 0;
	}
	if (inet_pton(AF_INET6, text, b) == 1) {
		*ret = ip_v6(b);
		return 0;
	}
	return -1;
}

bool
mac_equal(const struct mac *a, const struct mac *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

const char *
mac_text(const struct mac *a, char out[MAC_TEXT_MAX])
{
	snprintf(out, MAC_TEXT_MAX, "%02x:%02x:%02x:%02x:%02x:%02x", a->b[0],
	    a->b[1], a->b[2], a->b[3], a->b[4], a->b[5]);
	return out;
}

int
mac_parse(struct span s, struct mac *ret)
{
	struct mac m = { 0 };
	struct span part;
	size_t i = 0;

	while (span_until(&s, ':', &part)) {
		char hex[5] = "0x";
		uint64_t v;

		if (i == 6 || part.n == 0 || part.n > 2)
			return -1;
		memcpy(hex + 2, part.p, part.n);
		if (str_u64(hex, 0xff, &v) < 0)
			return -1;
		m.b[i++] = (uint8_t)v;
	}
	if (i != 6)
		return -1;
	*ret = m;
	return 0;
}
