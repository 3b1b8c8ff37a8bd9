/* config: what the files of espy config share; only they include this. */
#ifndef ESPY_CMD_CONFIG_H
#define ESPY_CMD_CONFIG_H
#include <stdbool.h>

struct configs;
struct nodes;

/* All of it, and who did not answer, to standard output. */
void configs_print(const struct nodes *ns, const struct configs *c, bool diff);
void configs_print_json(const struct nodes *ns, const struct configs *c);

#endif
