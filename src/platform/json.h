/* json: reading what `ip -j`, `tc -j`, `bridge -j` and `nft -j` print. */
#ifndef ESPY_PLATFORM_JSON_H
#define ESPY_PLATFORM_JSON_H
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/addr.h"

struct err;

enum { JSON_ENTRIES_MAX = 65536 };

/*
 * Reads an array; text without anything but white space is an empty one, as
 * older tools print for nothing.  *ret is the caller's to json_decref().
 */
int json_read_array(struct span text, json_t **ret, struct err *e);
/* The whole text as one value. */
int json_read(struct span text, json_t **ret, struct err *e);
/* Borrowed; NULL when it is not there or not a string. */
const char *json_str(const json_t *obj, const char *key);
/* Copies the string, cut to size; dst is left alone when there is none. */
void json_copy_str(const json_t *obj, const char *key, char *dst, size_t size);
/* -1, and *ret untouched, when it is not there, no integer, or not in 0..max.
 */
int json_u64(const json_t *obj, const char *key, uint64_t max, uint64_t *ret);
/* Zero when it is not there. */
uint32_t json_u32_or_0(const json_t *obj, const char *key);
/* *ret is left alone when there is no address. */
void json_ip(const json_t *obj, const char *key, struct ip *ret);
/* Is the string an element of the array? */
bool json_has(const json_t *obj, const char *key, const char *element);

#endif
