/* wire: SSH's data types (RFC 4251 section 5) and base64 (RFC 4648). */
#ifndef ESPY_IO_WIRE_H
#define ESPY_IO_WIRE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct buf;

/* Each takes its value off the front of *s; false, *s as it was, when short. */
bool wire_byte(struct span *s, uint8_t *ret);
bool wire_u32(struct span *s, uint32_t *ret);
/* Borrowed from s. */
bool wire_string(struct span *s, struct span *ret);

void wire_put_byte(struct buf *b, uint8_t v);
void wire_put_u32(struct buf *b, uint32_t v);
void wire_put_string(struct buf *b, struct span s);
/* An unsigned number, most significant byte first, as mpint. */
void wire_put_mpint(struct buf *b, struct span number);

/*
 * Appends what text stands for.  Padding may be missing; any other byte is an
 * error, -1, and ret is then untouched.
 */
int base64_decode(struct span text, struct buf *ret);
void base64_encode(struct span bytes, struct buf *ret);

#endif
