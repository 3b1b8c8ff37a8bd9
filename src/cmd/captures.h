/* captures: two saved captures laid side by side, and how that is told. */
#ifndef ESPY_CMD_CAPTURES_H
#define ESPY_CMD_CAPTURES_H
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cmd/cmd.h"
#include "correlate/espflow.h"

struct buf;

struct captures {
	const char *name[CAPTURES];
	bool cut[CAPTURES];	  /* the file ends within a record */
	uint64_t drops[CAPTURES]; /* lost while capturing, as the file says */
	uint64_t bad[CAPTURES];	  /* malformed packets */
	uint64_t brief[CAPTURES]; /* captured too short to be told apart */
	struct espflow_result result;
};

enum { VERDICT_DIRECTIONS = 3 };

struct captures_verdict {
	enum exit_status status;
	char text[1024]; /* one sentence */
};

void captures_judge(const struct captures *c, struct captures_verdict *ret);

/* What the reader must know about the verdict; a line each, may be empty. */
void captures_notes(const struct captures *c, struct buf *out);
/* The table of flows. */
void captures_text(const struct captures *c, struct buf *out);
/* The caller's. */
json_t *captures_json(const struct captures *c,
    const struct captures_verdict *v);

/* espy analyze CAPTURE CAPTURE */
int analyze_captures(const struct args *a);

#endif
