/*
 * linux_xfrm: what the lists of SAs and of policies have in common.  Both are
 * text, as iproute2 has no JSON for them: blocks begin in the first column, the
 * lines of a block are indented.
 */
#ifndef ESPY_PLATFORM_LINUX_XFRM_H
#define ESPY_PLATFORM_LINUX_XFRM_H
#include "base/str.h"
#include "model/addr.h"
#include "model/facts.h"

enum { XFRM_ENTRIES_MAX = 65536 };

struct xfrm_selector {
	struct ip src, dst;
	uint8_t src_prefix, dst_prefix, proto; /* proto 0: any */
	uint16_t sport, dport;		       /* 0: any */
};

/* All return -1, and leave *ret alone, when it is not that. */
int xfrm_read_protocol(struct span s, uint8_t *ret);
/* "... mode transport" */
enum sa_mode xfrm_read_mode(struct span line);
/* "src 192.0.2.11/32 dst 198.51.100.13/32 proto udp dport 4790 " */
int xfrm_read_selector(struct span line, struct xfrm_selector *ret);
/* "mark 0x10/0xffffffff" */
int xfrm_read_mark(struct span line, uint32_t *mark, uint32_t *mask);
/* Does the line belong to the block above it? */
bool xfrm_is_inner(struct span line);

#endif
