/*
 * run_json: struct run as the text of run.json, and back (espy-run(5)).  What
 * the commands printed and what was captured lie in files of their own; here
 * are their names, sizes and exit statuses.
 */
#ifndef ESPY_MODEL_RUN_JSON_H
#define ESPY_MODEL_RUN_JSON_H
#include <stddef.h>

struct buf;
struct err;
struct run;

enum {
	RUN_JSON_MAX = 4 << 20,	  /* bytes of run.json */
	RUN_TEXT_MAX = 4 << 20,	  /* bytes of one text */
	RUN_TEXTS_MAX = 64 << 20, /* bytes of all texts of a run */
	RUN_NODE_TEXTS_MAX = 512, /* texts of one node */
	RUN_STRING_MAX = 4096,	  /* bytes of a string but the next */
	RUN_LOG_MAX = 32768	  /* bytes of what a capture tool said */
};

/*
 * Appends run.json's text, the same bytes for the same run.  Strings of nodes
 * are mended where they are not UTF-8 and cut at the caps above.  -1 when a
 * name may not be part of a path (run_path.h), both nodes are called the
 * same, or a cap was reached.
 */
int run_json_write(const struct run *r, struct buf *out, struct err *e);

/*
 * Reads text strictly: every member of version 1 must be there, of its type
 * and within its range; members that it does not know are ignored.  *ret is
 * set only on success and is then the caller's, for run_free(); the texts in
 * it have name, len and status, but text is NULL.
 */
int run_json_read(const char *text, size_t len, struct run *ret, struct err *e);

#endif
