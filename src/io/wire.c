#include "io/wire.h"

#include <string.h>

#include "base/buf.h"

bool
wire_byte(struct span *s, uint8_t *ret)
{
	if (s->n < 1)
		return false;
	*ret = (uint8_t)s->p[0];
	s->p++;
	s->n--;
	return true;
}

bool
wire_u32(struct span *s, uint32_t *ret)
{
	const unsigned char *p = (const unsigned char *)s->p;

	if (s->n < 4)
		return false;
	*ret = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
	s->p += 4;
	s->n -= 4;
	return true;
}

bool
wire_string(struct span *s, struct span *ret)
{
	struct span rest = *s;
	uint32_t len;

	if (!wire_u32(&rest, &len) || rest.n < len)
		return false;
	*ret = (struct span){ rest.p, len };
	*s = (struct span){ rest.p + len, rest.n - len };
	return true;
}

void
wire_put_byte(struct buf *b, uint8_t v)
{
	buf_add(b, &v, 1);
}

void
wire_put_u32(struct buf *b, uint32_t v)
{
	const unsigned char p[4] = { (unsigned char)(v >> 24),
		(unsigned char)(v >> 16), (unsigned char)(v >> 8),
		(unsigned char)v };

	buf_add(b, p, sizeof(p));
}

void
wire_put_string(struct buf *b, struct span s)
{
	wire_put_u32(b, (uint32_t)s.n);
	buf_add(b, s.p, s.n);
}

void
wire_put_mpint(struct buf *b, struct span number)
{
	bool sign;

	while (number.n > 0 && number.p[0] == 0) {
		number.p++;
		number.n--;
	}
	sign = number.n > 0 && ((unsigned char)number.p[0] & 0x80) != 0;
	wire_put_u32(b, (uint32_t)(number.n + (sign ? 1 : 0)));
	if (sign)
		wire_put_byte(b, 0);
	buf_add(b, number.p, number.n);
}

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789+/";

static int
value(char c)
{
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

int
base64_decode(struct span text, struct buf *ret)
{
	size_t before = ret->len;
	uint32_t bits = 0;
	int n = 0;

	for (int pad = 0; pad < 2 && text.n > 0; pad++)
		if (text.p[text.n - 1] == '=')
			text.n--;
	if (text.n % 4 == 1)
		return -1;
	for (size_t i = 0; i < text.n; i++) {
		int v = value(text.p[i]);

		if (v < 0) {
			ret->len = before;
			ret->data[before] = '\0';
			return -1;
		}
		bits = bits << 6 | (uint32_t)v;
		n += 6;
		if (n >= 8) {
			n -= 8;
			wire_put_byte(ret, (uint8_t)(bits >> n));
		}
	}
	return 0;
}

void
base64_encode(struct span bytes, struct buf *ret)
{
	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t have = bytes.n - i < 3 ? bytes.n - i : 3;
		uint32_t v = 0;

		for (size_t k = 0; k < 3; k++)
			v = v << 8 |
			    (k < have ? (unsigned char)bytes.p[i + k] : 0U);
		for (size_t k = 0; k < 4; k++)
			buf_add(ret,
			    k <= have ? &digits[v >> (18 - 6 * k) & 63] : "=",
			    1);
	}
}
