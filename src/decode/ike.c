#include "decode/cursor.h"
#include "decode/proto.h"
#include "model/packet.h"

enum {
	IKE_LEN = 28,
	PAYLOADS_MAX = 64,
	NOTIFY_STATUS = 16384 /* RFC 7296 section 3.10.1, RFC 2408 3.14.1 */
};

/* What differs between the versions. */
static const struct ike_version {
	uint8_t major;
	uint8_t encrypted;	    /* in flags: all payloads are */
	uint8_t sealed, sealed_too; /* payloads behind which all is */
	uint8_t notify;		    /* the payload's type */
	uint8_t notify_type_at;	    /* behind the 4-byte payload header */
} versions[] = {
	/* RFC 2408 sections 3.1, 3.14: DOI, protocol, SPI size, type. */
	{ 1, 0x01, 0, 0, 11, 6 },
	/* RFC 7296 sections 3.2, 3.10; SK is 46, RFC 7383's SKF is 53. */
	{ 2, 0x00, 46, 53, 41, 2 },
};

static const struct ike_version *
find(uint8_t version)
{
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (versions[i].major == version >> 4)
			return &versions[i];
	return NULL;
}

/* An error outranks a status; among equals the first counts. */
static uint16_t
prefer(uint16_t have, uint16_t type)
{
	if (have == 0 || (have >= NOTIFY_STATUS && type < NOTIFY_STATUS))
		return type;
	return have;
}

/* Takes one payload whole; *next becomes the type of the one behind it. */
static enum decode_result
take_payload(struct cursor *c, const struct ike_version *v, uint8_t *next,
    uint16_t *notify)
{
	const uint8_t *p = cursor_take(c, 4);
	size_t len, type_end = v->notify_type_at + 2U;

	if (p == NULL)
		return c->fail;
	len = be16(p + 2);
	if (len < 4 || (*next == v->notify && len < 4 + type_end))
		return cursor_bad(c);
	if (*next == v->notify && c->left >= type_end)
		*notify = prefer(*notify, be16(c->p + v->notify_type_at));
	if (cursor_take(c, len - 4) == NULL)
		return c->fail;
	*next = p[0];
	return DEC_OK;
}

static enum decode_result
walk_payloads(struct cursor *c, const struct ike_version *v, struct ike_hdr *h)
{
	uint8_t next = h->next_payload;
	enum decode_result r = DEC_OK;

	if ((h->flags & v->encrypted) != 0)
		return DEC_OK;
	for (int i = 0; next != 0 && r == DEC_OK; i++) {
		if (next == v->sealed || next == v->sealed_too)
			return DEC_OK;
		if (i == PAYLOADS_MAX)
			return cursor_bad(c);
		r = take_payload(c, v, &next, &h->notify);
	}
	h->cut = r == DEC_SHORT;
	return r == DEC_BAD ? DEC_BAD : DEC_OK;
}

enum decode_result
ike_decode(struct cursor *c, struct ike_hdr *ret)
{
	const uint8_t *p = cursor_take(c, IKE_LEN);
	const struct ike_version *v;
	struct ike_hdr h;

	if (p == NULL)
		return c->fail;
	v = find(p[17]);
	h = (struct ike_hdr){ .initiator_spi = be64(p),
		.responder_spi = be64(p + 8),
		.next_payload = p[16],
		.version = p[17],
		.exchange = p[18],
		.flags = p[19],
		.message_id = be32(p + 20),
		.length = be32(p + 24) };
	if (v == NULL || h.initiator_spi == 0 || h.length < IKE_LEN ||
	    (h.length - IKE_LEN > c->wire && !c->open))
		return cursor_bad(c);
	cursor_narrow(c, h.length - IKE_LEN);
	if (walk_payloads(c, v, &h) == DEC_BAD)
		return DEC_BAD;
	*ret = h;
	return DEC_OK;
}
