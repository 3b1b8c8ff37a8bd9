/* known: the variables that espy itself obeys; struct host's fields. */
#ifndef ESPY_INVENTORY_KNOWN_H
#define ESPY_INVENTORY_KNOWN_H

struct err;
struct host;
struct inv;
struct var;

/*
 * Fills all of h but name, where and vars; h->name is set.  slot has the host's
 * merged variables by id, NULL where it has none.
 */
int known_fill(const struct inv *inv, const struct var *const *slot,
    struct host *h, struct err *e);

#endif
