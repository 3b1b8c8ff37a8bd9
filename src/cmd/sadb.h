/* sadb: what the files of espy sadb share; only they include this. */
#ifndef ESPY_CMD_SADB_H
#define ESPY_CMD_SADB_H
#include <stdbool.h>

#include "cluster/sadb.h"

struct buf;
struct nodes;

enum { SADB_TEXT_MAX = 1 << 26, SADB_LINE_MAX = 4096 };

enum { SADB_REMEDIES_MAX = 2, SADB_COMMAND_MAX = 512 };

/* What to type where. */
struct sadb_remedy {
	const char *node, *why; /* borrowed */
	char command[SADB_COMMAND_MAX];
};

/* sadb_say.c: the complaint in one sentence. */
void sadb_say(const struct sadb *s, const struct sadb_complaint *c,
    struct buf *ret);
/* What to type, gentlest first; returns how many. */
size_t sadb_remedies(const struct nodes *ns, const struct sadb *s,
    const struct sadb_complaint *c, struct sadb_remedy ret[SADB_REMEDIES_MAX]);
/* Is complaint i part of what sadb_say() says of c? */
bool sadb_joins(const struct sadb *s, const struct sadb_complaint *c, size_t i);
/* Has an earlier complaint's sentence said complaint i? */
bool sadb_repeats(const struct sadb *s, size_t i);

/* sadb_text.c, sadb_json.c: all of it, to standard output. */
void sadb_print(const struct nodes *ns, const struct sadb *s, bool all,
    struct buf *ret);
void sadb_print_json(const struct nodes *ns, const struct sadb *s);

#endif
