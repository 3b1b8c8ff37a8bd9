/* words: a pattern cut into its words. */
#ifndef ESPY_INVENTORY_WORDS_H
#define ESPY_INVENTORY_WORDS_H
#include <stddef.h>

#include "base/str.h"

struct err;
struct inv;

/* In the order in which Ansible obeys them. */
enum word_role { WORD_ADDS, WORD_KEEPS, WORD_DROPS, WORD_ROLES };

struct pattern_word {
	enum word_role role; /* none, "&", "!" */
	struct span text;    /* without the sign; borrowed, never empty */
};

struct words {
	struct pattern_word *v;
	size_t n, cap;
};

/*
 * Cuts at "," and ":" outside of brackets.  What is a name of the inventory
 * stays whole: IPv6 addresses have colons.  ERR_USAGE for a bracket that is
 * not closed and for a sign without a word.
 */
int words_split(const struct inv *inv, struct span pattern, struct words *ret,
    struct err *e);
void words_free(struct words *w);

#endif
