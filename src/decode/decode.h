/*
 * decode: a frame's bytes to its headers.  Nothing is read past the captured
 * bytes, no checksum is verified (an outgoing packet is captured before the
 * NIC fills them in), and nothing is remembered between frames.
 */
#ifndef ESPY_DECODE_DECODE_H
#define ESPY_DECODE_DECODE_H
#include <stdint.h>

struct frame;
struct packet;

enum decode_result {
	DEC_OK,
	/* The bytes end within a header: of the capture, or of a quotation. */
	DEC_SHORT,
	/* A header says what its specification forbids. */
	DEC_BAD
};

struct decode_opts {
	uint8_t vxlan[65536 / 8]; /* a bit for each UDP destination port */
};

/* The ports in use: 4789 (IANA), 4790 to 4799 (Danube Cloud), 8472 (Linux). */
void decode_opts_init(struct decode_opts *o);
void decode_opts_add_vxlan(struct decode_opts *o, uint16_t port);

/*
 * Fills ret as far as the frame's bytes are whole and sane.  When that is not
 * all (DEC_SHORT, DEC_BAD), `broken` of the layer where it ended names the
 * header, and what was decoded before it stays valid.  A payload that is cut
 * is no defect.  ret->time and ret->length are always set.  Pointers in ret
 * are into f->data.
 */
enum decode_result decode_frame(const struct frame *f,
    const struct decode_opts *o, struct packet *ret);

#endif
