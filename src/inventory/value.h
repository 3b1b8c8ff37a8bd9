/* value: a variable's value as one text: words as they are, the rest JSON. */
#ifndef ESPY_INVENTORY_VALUE_H
#define ESPY_INVENTORY_VALUE_H

struct buf;
struct ynode;

enum { VALUE_MAX = 65536 }; /* bytes of one value; longer ones are cut */

/* Nothing at all for null.  Appends; stops at the buffer's cap. */
void value_from_yaml(const struct ynode *n, struct buf *b);

#endif
