/*
 * run_path: the names of a run directory's files, below the directory itself
 * (espy-run(5)); and which names from outside may become part of one.
 */
#ifndef ESPY_MODEL_RUN_PATH_H
#define ESPY_MODEL_RUN_PATH_H
#include <stdbool.h>

#include "model/point.h"

enum {
	RUN_NODE_NAME_MAX = 200, /* bytes; NAME_MAX may be 255 */
	RUN_TEXT_NAME_MAX = 120
};

/*
 * May a node be called so?  Not empty, not too long, no slash, no dot in
 * front, and nothing that a terminal would obey: so that it is one visible
 * component of a path and can be neither "." nor "..".
 */
bool run_path_node_ok(const char *name);
/*
 * May a text be called so?  "sas" or "before/sas": components of letters,
 * digits, '-', '_' and '.', none empty, no dot in front of one.
 */
bool run_path_text_ok(const char *name);

/* "nodes/NODE/TEXT.txt"; the caller's to free(3). */
char *run_path_text(const char *node, const char *text);
/* "nodes/NODE/overlay.pcap"; the caller's to free(3). */
char *run_path_capture(const char *node, enum point p);

#endif
