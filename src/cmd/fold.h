/*
 * fold: equal answers of many hosts said once.  Pure: what comes in is text
 * from hosts, what goes out is harmless to a terminal.
 */
#ifndef ESPY_CMD_FOLD_H
#define ESPY_CMD_FOLD_H
#include <stddef.h>

#include "base/str.h"
#include "io/fanout.h"

struct buf;
struct fold;

/* Ansible's classes, in the order they are printed: the good ones first. */
enum fold_class {
	FOLD_OK,
	FOLD_FAILED,
	FOLD_TIMEOUT,
	FOLD_UNREACHABLE,
	FOLD_HOST_KEY,
	FOLD_AUTH,
	FOLD_CANCELLED,
	FOLD_CLASSES
};

/* "ok", "failed", "timeout", ... */
const char *fold_class_name(enum fold_class c);
/* Of a task's end; status counts only for TASK_EXITED. */
enum fold_class fold_class_of(enum task_end end, int status);

/* What one host said; all borrowed. */
struct fold_answer {
	enum fold_class class;
	const char *label; /* printed before the names; NULL: as above */
	const char *why;   /* how it ended; not printed for FOLD_OK */
	struct span out, err;
	bool out_cut, err_cut;
};

struct fold *fold_new(void);
/* Accepts NULL. */
void fold_free(struct fold *f);

/* Copies; hosts are printed in the order they were added in. */
void fold_add(struct fold *f, const char *host, const struct fold_answer *a);

/*
 * Appends every distinct answer, the commonest first within its class, headed
 * by the folded names of the hosts that gave it:
 *
 *	node[01-03,07]: one line
 *	node04:
 *	  several
 *	  stderr: lines
 *	failed: node05: exit status 1
 *	  stderr: why
 *
 * only_failures: the rest was printed otherwise.
 */
void fold_print(const struct fold *f, struct buf *ret, bool only_failures);

/*
 * Appends the commonest good answer, and the others as the lines that they lack
 * ("-") or have more of ("+"); what failed is printed whole.
 */
void fold_print_diff(const struct fold *f, struct buf *ret);

/* How many hosts there are of a class. */
size_t fold_count(const struct fold *f, enum fold_class c);

#endif
