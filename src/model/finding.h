/* finding: what diagnose says; what report renders. */
#ifndef ESPY_MODEL_FINDING_H
#define ESPY_MODEL_FINDING_H
#include <stdbool.h>
#include <stddef.h>

#include "model/facts.h"
#include "model/point.h"

enum {
	FINDING_EVIDENCE_MAX = 12,
	FINDING_REMEDY_MAX = 6,
	VERDICT_FINDINGS_MAX = 16,
	FINDING_TEXT_MAX = 512
};

enum culprit {
	CULPRIT_UNKNOWN,
	CULPRIT_NODE,
	CULPRIT_NETWORK, /* the path between the two underlay devices */
	CULPRIT_NOBODY	 /* worth saying, but nothing is wrong */
};

enum confidence { CONFIDENCE_LOW, CONFIDENCE_HIGH, CONFIDENCE_CERTAIN };

struct evidence {
	char text[FACT_TEXT_MAX];
	/* The file of the run that shows it: "nodes/b/after/sas.txt". */
	char source[FACT_TEXT_MAX];
};

struct remedy {
	char node[FACT_NAME_MAX]; /* where to type it; "" on the head node */
	char command[FACT_TEXT_MAX];
	char what[FACT_TEXT_MAX]; /* what it does, in a few words */
};

struct finding {
	const char *rule; /* the rule's id: "sa-unknown-inbound" */
	enum stage stage; /* STAGE_DELIVERED: of no stage */
	enum culprit culprit;
	enum side node; /* CULPRIT_NODE: which */
	enum confidence confidence;
	size_t lost, of; /* probes that died there, of those that got there */
	char cause[FINDING_TEXT_MAX]; /* one clause: "B has no SA for ..." */
	struct evidence evidence[FINDING_EVIDENCE_MAX];
	size_t n_evidence;
	struct remedy remedies[FINDING_REMEDY_MAX];
	size_t n_remedies;
};

enum verdict_kind {
	VERDICT_HEALTHY, /* every judged probe came back */
	VERDICT_FAULT,
	VERDICT_UNKNOWN /* the evidence does not reach; sentence says why */
};

/*
 * What somebody sees who watches IKE and ESP at both underlays: the six
 * pictures of Danube Cloud's guide to IPsec.
 */
enum symptom {
	SYMPTOM_NONE,	   /* nothing of it, or it was not to be seen */
	SYMPTOM_NO_IPSEC,  /* neither IKE nor ESP */
	SYMPTOM_IKE_ONE,   /* IKE from one side only, and no ESP */
	SYMPTOM_IKE_ALONE, /* IKE from both, and no ESP */
	SYMPTOM_ESP_ONE,   /* ESP from one side only */
	SYMPTOM_ESP_IDLE,  /* ESP from both, and nothing comes through */
	SYMPTOM_ESP_PIECES /* ESP in fragments */
};

struct verdict {
	enum verdict_kind kind;
	char sentence[2 * FINDING_TEXT_MAX]; /* the whole answer in one */
	enum symptom symptom;
	char advice[FINDING_TEXT_MAX]; /* what it means here; "" without one */
	/* Worst first; [0] is the verdict's own when kind is VERDICT_FAULT. */
	struct finding findings[VERDICT_FINDINGS_MAX];
	size_t n_findings;
	/* Doubts about the measurement itself, one line each. */
	char notes[VERDICT_FINDINGS_MAX][FINDING_TEXT_MAX];
	size_t n_notes;
};

#endif
