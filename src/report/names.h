/* names: what reports call the model's enumerations; JSON keeps to them. */
#ifndef ESPY_REPORT_NAMES_H
#define ESPY_REPORT_NAMES_H
#include "model/finding.h"
#include "model/ledger.h"

const char *name_kind(enum probe_kind k);	/* "ping" */
const char *name_doubt(enum doubt d);		/* "capture loss" */
const char *name_culprit(enum culprit c);	/* "node" */
const char *name_confidence(enum confidence c); /* "certain" */
const char *name_verdict(enum verdict_kind k);	/* "fault" */
/* "esp-one-sided"; NULL for none */
const char *name_symptom(enum symptom s);
const char *name_packet(enum packet_kind k); /* "esp" */

/* A doubt as a clause: "its capture lost packets itself". */
const char *name_doubt_clause(enum doubt d);

#endif
