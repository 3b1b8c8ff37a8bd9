/* frame: captured bytes with their time; what capture hands to decode. */
#ifndef ESPY_MODEL_FRAME_H
#define ESPY_MODEL_FRAME_H
#include <stdint.h>

#include "base/clock.h"

/* What the first byte of a frame belongs to
 * (https://www.tcpdump.org/linktypes). */
enum frame_link {
	FRAME_ETHERNET = 1,
	FRAME_RAW_IP = 101,
	FRAME_LINUX_SLL = 113,
	FRAME_LINUX_SLL2 = 276
};

struct frame {
	struct wall time; /* the capturing host's clock */
	enum frame_link link;
	uint32_t captured;   /* bytes at data */
	uint32_t length;     /* bytes on the wire; never smaller */
	const uint8_t *data; /* borrowed until the next frame is read */
};

#endif
