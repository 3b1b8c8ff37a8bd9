/*
 * links: decode/decode decode/eth decode/arp decode/ip4 decode/ip6 decode/icmp
 * links: decode/udp decode/vxlan decode/esp decode/natt decode/ike model/addr
 * links: base/str
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decode/decode.h"
#include "model/frame.h"
#include "model/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(int holds)
{
	if (!holds)
		abort();
}

static int
one_bit_at_most(unsigned v)
{
	return (v & (v - 1)) == 0;
}

/* Pointers lie within the frame; what is broken is not claimed. */
static unsigned
check_layer(const struct layer *l, const struct frame *f)
{
	check(one_bit_at_most(l->broken));
	check((l->has & l->broken) == 0);
	if ((l->has & PACKET_HDR_ICMP) != 0 && l->icmp.data != NULL) {
		check(l->icmp.data >= f->data);
		check(l->icmp.data + l->icmp.data_len <= f->data + f->captured);
		check(l->icmp.data_len <= l->icmp.wire_data_len);
	}
	if (l->kind == PACKET_ESP)
		check((l->has & PACKET_HDR_ESP) != 0);
	return l->broken != 0;
}

static enum decode_result
decode(const struct frame *f, struct packet *p)
{
	struct decode_opts o;
	enum decode_result r;
	unsigned broken;

	decode_opts_init(&o);
	memset(p, 0xa5, sizeof(*p));
	r = decode_frame(f, &o, p);
	broken = check_layer(&p->outer, f);
	if (p->has_inner)
		broken += check_layer(&p->inner, f);
	if (p->has_quote)
		broken += check_layer(&p->quote, f);
	check(broken == (r != DEC_OK));
	return r;
}

/* A byte for the link, one for how much was not captured, then the frame. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum frame_link links[] = { FRAME_ETHERNET, FRAME_RAW_IP,
		FRAME_LINUX_SLL, FRAME_LINUX_SLL2 };
	struct frame f;
	struct packet whole, cut;
	enum decode_result r;

	if (size < 2)
		return 0;
	f = (struct frame){ .link = links[data[0] % 4],
		.captured = (uint32_t)size - 2,
		.length = (uint32_t)size - 2 + data[1],
		.data = data + 2 };
	r = decode(&f, &whole);
	/* The same frame captured shorter: less is known, nothing else. */
	f.captured = f.captured * 3 / 4;
	if (decode(&f, &cut) == DEC_BAD)
		check(r == DEC_BAD);
	check((cut.outer.has & ~whole.outer.has) == 0 || r == DEC_BAD);
	return 0;
}
