/*
 * logs: a node's logs while they grow: the script that follows them all, and
 * what it prints.
 *
 * A line of a log comes behind the name of its source: "charon Nov 24 ...".
 * Lines that may hold a key, or hold a pre-shared key that the node has, stay
 * there: a word takes their place.  What the script itself has to say comes in
 * lines that begin with "@@espy" and the nonce.
 */
#ifndef ESPY_PLATFORM_LOGS_H
#define ESPY_PLATFORM_LOGS_H
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"

struct buf;
struct err;
struct platform;

enum {
	LOGS_LINES_MAX = 10000, /* of the past, each source */
	LOGS_LIMIT_MAX_S = 86400
};

struct logs_ask {
	const char *nonce;
	unsigned lines;	  /* of each source's past */
	unsigned limit_s; /* at least 1: the script ends then */
	bool debug;	  /* turn IPsec's debug logging on meanwhile */
};

/*
 * Appends it.  It ends at a line "stop" on standard input, at the end of
 * standard input, and after limit_s; standard input must be held open.  With
 * debug, what was set before is set again however it ends: a process of its
 * own, that no signal to the script's group reaches, sees to that.
 */
int logs_script(const struct platform *p, const struct logs_ask *ask,
    struct buf *ret, struct err *e);

/* What a platform adds; functions in sh. */
struct logs_text {
	/* sources: calls file NAME PATH, follow NAME PATH COMMAND..., missing
	 * NAME PATH; secrets: prints the pre-shared keys, one a line; now: the
	 * time in seconds since 1970. */
	const char *sources;
	/*
	 * Behind the tools of OP_DEBUG: debug_keep: prints what debug_back
	 * wants as words; debug_raise; debug_back.
	 */
	const char *debug;
	/* apart COMMAND...: runs it in a process group of its own, behind us,
	 * and sets $guardian; else it fails. */
	const char *apart;
};

enum log_kind {
	LOG_LINE,    /* text is a line of source name */
	LOG_SOURCE,  /* source name is followed, text is where */
	LOG_MISSING, /* source name is not there, text is where it would be */
	LOG_READY,   /* all sources have been named */
	LOG_ENDED,   /* source name is not followed any more */
	LOG_CLOCK,   /* the node's time and zone */
	LOG_WAS,     /* debug logging of name was text: "on", "off" */
	LOG_NOW,     /* it is text now */
	LOG_RAISED,  /* all of them have been named */
	LOG_BACK,    /* it is text again */
	LOG_LOWERED,
	LOG_FAILED, /* text says what */
};

struct log_record {
	enum log_kind kind;
	struct span name, text; /* within the line; empty where there is none */
	struct wall clock;
	bool coarse;	/* of whole seconds */
	int32_t zone_s; /* how far local time is ahead of UTC */
};

/* Reads one line of the script's; false when it is none. */
bool log_record_read(struct span line, const char *nonce,
    struct log_record *ret);

#endif
