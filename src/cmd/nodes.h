/*
 * nodes: the same question to many nodes at once.  What every cluster-wide
 * command begins with: read the inventory, pick the hosts, connect, find out
 * each node's platform; then scripts, one on every node at the same time.
 *
 * A node that fails is marked and asked no more; it never ends the run.  Only
 * what goes wrong on this host is an error.
 */
#ifndef ESPY_CMD_NODES_H
#define ESPY_CMD_NODES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "inventory/inventory.h"
#include "io/fanout.h"
#include "model/facts.h"
#include "model/run.h"
#include "platform/op.h"

struct args;
struct buf;
struct common;
struct err;
struct fanout;
struct host;
struct opt_table;
struct platform;
struct section;
struct table;

enum { NODES_NONCE_BYTES = 16 };

struct node {
	const struct host *host;
	const struct platform *platform; /* NULL until it has said */
	char *failure;	   /* why it is asked no more; NULL while it answers */
	enum task_end end; /* of what kind, when it failed */
	/* What its scripts printed, by "PHASE/SECTION"; and read, if facts. */
	struct run_node said;
	struct facts facts;
	void *own; /* the command's */
};

struct nodes {
	const struct common *common; /* borrowed */
	struct inv *inv;
	struct inv_pick pick;
	struct fanout *fanout; /* NULL before nodes_connect() */
	struct node *v;
	size_t n;
	size_t pending;
	char nonce[2 * NODES_NONCE_BYTES + 1];
	char *dir;	  /* --output; NULL: nothing is kept */
	bool interrupted; /* a signal came; every wait has ended */
	bool failed;	  /* this host failed, err says how */
	struct err *err;
};

/*
 * Reads the inventory and picks pattern's hosts ("all" when NULL) within
 * --limit; connects to nobody.  ret is for nodes_close() also on failure.
 */
int nodes_open(const struct common *c, const char *pattern, struct nodes *ret,
    struct err *e);
/* The same for a command whose words are one pattern, or none. */
int nodes_open_pattern(const char *command, const struct args *a,
    struct nodes *ret, struct err *e);
/* The same for the two hosts that a command's words name: v[0] and v[1]. */
int nodes_open_pair(const char *command, const struct args *a,
    struct nodes *ret, struct err *e);
/* Accepts what is all zero. */
void nodes_close(struct nodes *ns);

/*
 * Connects to all of them and asks each what it is.  -1 when this host failed,
 * as for all functions here; an interrupt is not a failure.
 */
int nodes_connect(struct nodes *ns, struct err *e);

/* One question. */
struct nodes_ask {
	/* Names what is kept: "facts", "before", "flush". */
	const char *phase;
	/*
	 * Writes the script for a node that answers: 0; 1: do not ask this one;
	 * -1: this host failed.
	 */
	int (*script)(void *arg, struct node *n, struct buf *ret,
	    struct err *e);
	void *arg;
	int64_t limit_ms; /* 0: --timeout, or 60 s */
	/* Standard input stays open behind the script: probes end at its end.
	 */
	bool hold_input;
};

/*
 * Asks, and waits until every node has answered or failed.  What they said is
 * in node->said and, with --output, in DIR/nodes/NODE/PHASE/SECTION.txt.
 */
int nodes_ask(struct nodes *ns, const struct nodes_ask *ask, struct err *e);

/* The facts of sections (SECTION_BIT()s) of every node, into node->facts. */
int nodes_facts(struct nodes *ns, const char *phase, unsigned sections,
    struct err *e);
/*
 * The same operation on every node for which want() is true (NULL: all).  A
 * node whose platform has no such operation fails, and says so.
 */
int nodes_op(struct nodes *ns, const struct op_ask *op,
    bool (*want)(const struct node *n), int64_t limit_ms, struct err *e);

/*
 * Forgets what they have said so far, for those who ask again and again; what
 * --output keeps stays there.
 */
void nodes_forget(struct nodes *ns);
/* What a node said: the text "PHASE/SECTION", or NULL when it did not. */
const struct run_text *nodes_text(const struct node *n, const char *phase,
    const char *section);

/*
 * Section "do" of a phase is what a change printed: a node whose change ended
 * with another status than 0 fails, with the first line as the reason.
 */
void nodes_check_do(struct nodes *ns, const char *phase);
/* Marks a node as failed, once; the first reason stays. */
void nodes_fail(struct node *n, enum task_end end, const char *why);
/* "it did not say WHAT", and why not, when `have` is not in its facts. */
void nodes_need(struct node *n, unsigned have, const char *what);
/* How many answer. */
size_t nodes_alive(const struct nodes *ns);
/* Appends the folded names of those that want() (NULL: all). */
void nodes_names(const struct nodes *ns, bool (*want)(const struct node *n),
    struct buf *ret);

/* Appends who failed and why, equal reasons folded; nothing when none did. */
void nodes_put_failures(const struct nodes *ns, struct buf *ret);
/* [{"host", "class", "why"}], in the inventory's order; the caller's. */
json_t *nodes_failures_json(const struct nodes *ns);
/* Prints the answer with "failed" in it, who failed; takes it over. */
void nodes_print_json(const struct nodes *ns, json_t *answer);
/* Either that, or the table and below it who failed; takes both over. */
void nodes_print(const struct nodes *ns, struct table *t, json_t *answer,
    bool json);
/* Text from outside as a JSON string; the caller's. */
json_t *nodes_json_text(const char *text);

/* What a command is about to do. */
struct nodes_plan {
	const char *what; /* "flush the SADB of ", before the names */
	const char *then; /* behind them; NULL: nothing */
	bool changes;
};

/*
 * Whether to do it.  With -n it is printed, and the answer is no; what changes
 * a node is asked for (cmd/confirm.h).  When it is no, status is the command's
 * exit status, and what went wrong has been said.
 */
bool nodes_may(const struct nodes *ns, const struct nodes_plan *plan,
    int *status, struct err *e);

/* A command that only asks: one pattern at most. */
struct nodes_command {
	const char *name;	     /* "sadb" */
	const char *would;	     /* for -n, behind "would ask node[1-4] " */
	const struct opt_table *own; /* its own options; NULL: none */
	/* Asks and prints; returns the exit status. */
	int (*run)(struct nodes *ns, void *arg, struct err *e);
	void *arg;
};

/* The whole of it, from argv to the exit status. */
int nodes_command(const struct nodes_command *c, int argc, char **argv);

/* 130, else 1 when found, else 3 when a node failed, else 0. */
int nodes_status(const struct nodes *ns, bool found);

#endif
