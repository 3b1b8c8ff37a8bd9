/* opt: command line options as tables. */
#ifndef ESPY_CMD_OPT_H
#define ESPY_CMD_OPT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

enum opt_kind {
	OPT_FLAG,  /* dst: bool */
	OPT_COUNT, /* dst: int, one more each time */
	OPT_TEXT,  /* dst: const char * */
	OPT_LIST,  /* dst: struct opt_list, one text more each time */
	OPT_NUMBER /* dst: uint64_t within min and max */
};

enum { OPT_LIST_MAX = 64 };

struct opt_list {
	const char *v[OPT_LIST_MAX];
	size_t n;
};

struct opt {
	const char *name; /* "--name"; NULL when there is only a letter */
	char letter;	  /* '\0' when there is only a name */
	enum opt_kind kind;
	void *dst;
	const char *arg; /* what usage calls the argument */
	const char *help;
	uint64_t min, max; /* OPT_NUMBER */
};

/* A list of tables; the last has n == 0. */
struct opt_table {
	const struct opt *opts;
	size_t n;
};

/*
 * Takes options out of argv (argv[0] is skipped), wherever they stand, up to
 * "--".  The words that remain are moved to the front of words, which has room
 * for argc pointers, and counted in *n_words.  What stood behind "--" is
 * counted among them; *n_behind says how many of the last words those are, and
 * is -1 when there was no "--".
 */
int opt_parse(const struct opt_table *tables, int argc, char **argv,
    char **words, int *n_words, int *n_behind, struct err *e);

/* One line an option, for usage text. */
void opt_usage(const struct opt_table *tables, struct buf *out);

#endif
