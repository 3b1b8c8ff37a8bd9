/*
 * py: what playbooks compute with: JSON values that behave as Python's do,
 * because Ansible's expressions are Python's.
 */
#ifndef ESPY_PLAY_PY_H
#define ESPY_PLAY_PY_H
#include <stdbool.h>

#include <jansson.h>

struct buf;
struct err;
struct ynode;

enum { PY_TEXT_MAX = 1 << 24 /* bytes of one value as text */ };

/*
 * A YAML node as a value; plain words are resolved as YAML 1.1 does (yes, on,
 * 0644), since PyYAML does.  *ret is the caller's.  -1, ERR_INPUT without a
 * place, *at naming the node: a tag, or a number that is better put in quotes.
 */
int py_from_yaml(const struct ynode *n, json_t **ret, const struct ynode **at,
    struct err *e);
/* "yes", "true", "on", ...: 1; "no", ...: 0; neither: -1 (YAML 1.1). */
int py_yaml_truth(const char *word);

/* Python's bool(v). */
bool py_truth(const json_t *v);
/* Appends Python's str(v), null as nothing. */
void py_put(const json_t *v, struct buf *b);
/* Python's a == b. */
bool py_equal(const json_t *a, const json_t *b);
/* Python's a < b, as -1, 0, 1 in *ret; ERR_INPUT when they have no order. */
int py_order(const json_t *a, const json_t *b, int *ret, struct err *e);
/* Python's a in b; ERR_INPUT when b holds nothing. */
int py_in(const json_t *a, const json_t *b, bool *ret, struct err *e);
/* "a string", "a list", ...: for messages. */
const char *py_kind(const json_t *v);
/* A string of UTF-8 from bytes that need not be; the caller's. */
json_t *py_text(const char *p, size_t n);

#endif
