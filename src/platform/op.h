/*
 * op: what can be done on a node beyond asking for facts.  An operation is a
 * shell function of the platform's, called "op" with the words that the caller
 * gives; it prints sections (platform/section.h) and ends by itself.
 *
 * The platforms' rows stand in PLATFORM_ops.c; their texts beside the parsers
 * of what they print.
 */
#ifndef ESPY_PLATFORM_OP_H
#define ESPY_PLATFORM_OP_H
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;
struct platform;

enum platform_op {
	OP_SERVICES, /* section "services"; no words: state alone */
	/* "restart", "refresh" or "clear", then the state as above */
	OP_SERVICES_DO,
	/*
	 * Takes away all ESP SAs, or those between the two addresses that the
	 * words are, the node's own first.  Section "do".
	 */
	OP_FLUSH,
	/*
	 * Debug logging: its state in section "before"; "on" or "off" in "do",
	 * unless there is no word; its state in "debug".  A state is a line
	 * "on LOG" or "off LOG", as services_parse() reads them.
	 */
	OP_DEBUG,
	/* section "config" (platform/config.h); with "diff" also "diff" */
	OP_CONFIG,
	/*
	 * Of each ESP SA's keys a digest: section "keys" (platform/sa_keys.h).
	 */
	OP_SA_KEYS,
	OPS
};

struct op_ask {
	enum platform_op op;
	const char *const *words; /* each stays one word, whatever it holds */
	size_t n_words;
};

/* An operation of a platform: functions, of which one is "op". */
struct op_text {
	const char *define; /* NULL: the platform has no such operation */
	const char *tools;  /* functions it shares with others, or NULL */
};

/*
 * Appends the script.  ERR_HOST when the platform has no such operation,
 * ERR_USAGE for a bad nonce, ERR_LIMIT when it does not fit.
 */
int op_script(const struct platform *p, const struct op_ask *ask,
    const char *nonce, struct buf *ret, struct err *e);

/* "services", ...: as messages call it. */
const char *op_name(enum platform_op op);

#endif
