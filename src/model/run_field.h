/*
 * run_field: the plain members of run.json as tables.  Writing and reading walk
 * the same ones, so they cannot part.  For run_json alone.
 */
#ifndef ESPY_MODEL_RUN_FIELD_H
#define ESPY_MODEL_RUN_FIELD_H
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum field_kind {
	FIELD_TEXT,    /* char *, allocated; NULL is written as "" */
	FIELD_OR_NULL, /* char *, allocated, or NULL */
	FIELD_NAME,    /* char [FACT_NAME_MAX] */
	FIELD_FLAG,    /* bool */
	FIELD_U16,
	FIELD_U32,
	FIELD_UINT,
	FIELD_U64,
	FIELD_SIZE,
	FIELD_STATUS, /* int; -1 is null */
	FIELD_ADDR,   /* struct ip; not set is null */
	FIELD_WALL
};

struct run_field {
	const char *key;
	enum field_kind kind;
	size_t at;   /* offset in the struct */
	int64_t max; /* of a string, its bytes */
};

struct run_fields {
	const struct run_field *v;
	size_t n;
};

extern const struct run_fields run_fields_run;	   /* of struct run */
extern const struct run_fields run_fields_probes;  /* run_probes */
extern const struct run_fields run_fields_node;	   /* run_node */
extern const struct run_fields run_fields_capture; /* run_capture */
extern const struct run_fields run_fields_text;	   /* run_text */

/* The member of the struct at base as JSON; the caller's. */
json_t *run_field_write(const struct run_field *f, const void *base);
/*
 * Sets the member of the struct at base.  Returns what is wrong with v, in a
 * few words, or NULL.
 */
const char *run_field_read(const struct run_field *f, const json_t *v,
    void *base);
/* A whole number from 0 to max; returns as run_field_read() does. */
const char *run_field_int(const json_t *v, int64_t max, int64_t *ret);

#endif
