#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/loss.h"
#include "model/run.h"
#include "report/layout.h"
#include "report/names.h"
#include "report/picture.h"
#include "report/report.h"

enum {
	EVIDENCE_SHOWN = 4, /* lines; the rest is in the JSON */
	ALSO_SHOWN = 3,
	PARA_MAX = 4096
};

struct text {
	struct layout to;
	const struct run *run;
	const struct ledger *ledger;
	const struct verdict *verdict;
};

/* What is written under one label, which stands only before the first. */
struct list {
	const char *label;
	size_t n;
};

static const char *
list_label(struct list *l)
{
	return l->n++ == 0 ? l->label : "";
}

static const char *
node_name(const struct text *t, enum side s)
{
	const char *name = t->run->nodes[s].name;

	return name != NULL ? name : side_name(s);
}

static const char *
or_none(const char *s)
{
	return s != NULL ? s : "";
}

static void put_para(const struct text *t, const char *label, enum paint p,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void
put_para(const struct text *t, const char *label, enum paint p, const char *fmt,
    ...)
{
	char text[PARA_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	layout_para(&t->to, label, p, text);
}

static void
put_blank(const struct text *t)
{
	buf_puts(t->to.out, "\n");
}

static void
put_sentence(const struct text *t)
{
	static const enum paint paints[] = {
		[VERDICT_HEALTHY] = PAINT_GREEN,
		[VERDICT_FAULT] = PAINT_RED,
		[VERDICT_UNKNOWN] = PAINT_YELLOW,
	};

	layout_sentence(&t->to, paints[t->verdict->kind], t->verdict->sentence);
}

/* ---- what became of the probes ------------------------------------------ */

/* What was lost of what was judged; no bound where some are in doubt. */
static void
fate_text(const struct ledger *l, char out[LOSS_TEXT_MAX])
{
	size_t open = l->by_stage[STAGE_UNPROVEN];
	size_t back = l->by_stage[STAGE_DELIVERED];
	size_t total = l->judged_total;

	if (total == 0)
		snprintf(out, LOSS_TEXT_MAX, "none was seen");
	else if (open > 0)
		snprintf(out, LOSS_TEXT_MAX,
		    "%zu came back, %zu were lost, of %zu it is not proven",
		    back, total - back - open, open);
	else
		loss_text(total - back, total, out);
}

/* How many answers came back to A's overlay device, and no further. */
static size_t
not_taken_in(const struct verdict *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n_findings; i++)
		if (v->findings[i].stage == STAGE_DELIVERED &&
		    v->findings[i].culprit != CULPRIT_NOBODY)
			n += v->findings[i].lost;
	return n;
}

static void
put_totals(const struct text *t)
{
	const struct ledger *l = t->ledger;
	const struct tap *first = &l->taps[SIDE_A][POINT_OVERLAY];
	char fate[LOSS_TEXT_MAX];

	fate_text(l, fate);
	if (l->judged == PROBE_ARP) {
		put_para(t, "Probes", PAINT_NONE,
		    "%u asked for; no ping left %s, so its ARP requests are "
		    "counted: %s",
		    l->asked, node_name(t, SIDE_A), fate);
		return;
	}
	if (not_taken_in(t->verdict) > 0)
		put_para(t, "Probes", PAINT_NONE,
		    "%u asked for; %zu came back, %zu of them not taken in",
		    l->asked, l->by_stage[STAGE_DELIVERED],
		    not_taken_in(t->verdict));
	else
		put_para(t, "Probes", PAINT_NONE, "%u asked for; %s", l->asked,
		    fate);
	if (l->asked > l->judged_total && first->present && !first->refused)
		put_para(t, "", PAINT_NONE,
		    "%zu of them never left %s's overlay device",
		    l->asked - l->judged_total, node_name(t, SIDE_A));
}

/* Unproven probes that are alike. */
struct group {
	enum stage first, last;
	enum doubt doubt;
	size_t n;
};

enum { GROUPS_MAX = 8 };

static void
group_add(struct group *g, size_t *n, const struct probe *p)
{
	size_t i = 0;

	while (i < *n &&
	    (g[i].first != p->first || g[i].last != p->last ||
		g[i].doubt != p->doubt))
		i++;
	if (i == GROUPS_MAX)
		return;
	if (i == *n)
		g[(*n)++] = (struct group){ p->first, p->last, p->doubt, 0 };
	g[i].n++;
}

static void
put_unproven(const struct text *t)
{
	const struct ledger *l = t->ledger;
	struct list list = { "Unproven", 0 };
	struct group g[GROUPS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < l->n_probes; i++)
		if (picture_judged(l, &l->probes[i]) &&
		    l->probes[i].stage == STAGE_UNPROVEN)
			group_add(g, &n, &l->probes[i]);
	for (size_t i = 0; i < n; i++) {
		const char *first = stage_name(g[i].first);
		const char *why = name_doubt_clause(g[i].doubt);

		if (g[i].last == STAGE_DELIVERED)
			put_para(t, list_label(&list), PAINT_NONE,
			    "%zu came as far as %s and perhaps all the way: %s",
			    g[i].n, first, why);
		else
			put_para(t, list_label(&list), PAINT_NONE,
			    "%zu died somewhere from %s to %s: %s", g[i].n,
			    first, stage_name(g[i].last), why);
	}
}

/* ---- findings ----------------------------------------------------------- */

/* "ingress B (b)", "network A>B", or nothing. */
static void
place_text(const struct text *t, const struct finding *f, char *out,
    size_t size)
{
	bool staged = f->stage < STAGE_DELIVERED;

	if (f->culprit == CULPRIT_NODE)
		snprintf(out, size, "%s%s%s", node_name(t, f->node),
		    staged ? ", " : "", staged ? stage_name(f->stage) : "");
	else if (staged)
		snprintf(out, size, "%s", stage_name(f->stage));
	else
		snprintf(out, size, "%s",
		    f->culprit == CULPRIT_NETWORK ? "network" : "");
}

/* "b, ingress B: CAUSE [RULE, certain]" */
static void
put_finding(const struct text *t, const struct finding *f, const char *label)
{
	const char *rule = or_none(f->rule);
	char place[512];

	place_text(t, f, place, sizeof(place));
	put_para(t, label, PAINT_NONE, "%s%s%s [%s%s%s]", place,
	    place[0] != '\0' ? ": " : "",
	    f->cause[0] != '\0' ? f->cause : "cause unknown", rule,
	    rule[0] != '\0' ? ", " : "", name_confidence(f->confidence));
}

static void
put_cause(const struct text *t, const struct finding *f)
{
	char loss[LOSS_TEXT_MAX];

	put_finding(t, f, "Cause");
	/* Said already when all of it was lost here. */
	if (f->of > 0 && (f->lost != f->of || f->of != t->ledger->judged_total))
		put_para(t, "", PAINT_NONE, "there, %s",
		    loss_text(f->lost, f->of, loss));
}

static void
put_evidence(const struct text *t, const struct finding *f)
{
	struct list list = { "Evidence", 0 };

	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *ev = &f->evidence[i];

		/* One line more says as much as "1 more". */
		if (i == EVIDENCE_SHOWN && f->n_evidence > i + 1) {
			put_para(t, "", PAINT_NONE, "... %zu more (--json)",
			    f->n_evidence - i);
			return;
		}
		put_para(t, list_label(&list), PAINT_NONE, "%s%s%s%s", ev->text,
		    ev->source[0] != '\0' ? " (" : "", ev->source,
		    ev->source[0] != '\0' ? ")" : "");
	}
}

/* "on b: COMMAND  # what it does", on two lines when it is long. */
static void
put_remedy(const struct text *t, const struct remedy *m, const char *label)
{
	char *line = m->node[0] != '\0'
	    ? xasprintf("on %s: %s", m->node, m->command)
	    : xasprintf("here: %s", m->command);
	char *whole = xasprintf("%s  # %s", line, m->what);
	bool one = m->what[0] != '\0' &&
	    strlen(whole) + LAYOUT_LABEL <= LAYOUT_COLUMNS;

	layout_verbatim(&t->to, label, one ? whole : line);
	if (!one && m->what[0] != '\0')
		put_para(t, "", PAINT_NONE, "# %s", m->what);
	free(whole);
	free(line);
}

static void
put_also(const struct text *t)
{
	const struct verdict *v = t->verdict;
	struct list list = { "Also", 0 };

	for (size_t i = 1; i < v->n_findings; i++) {
		const struct finding *f = &v->findings[i];

		if (i == ALSO_SHOWN + 1 && v->n_findings > i + 1) {
			put_para(t, "", PAINT_NONE, "... %zu more (--json)",
			    v->n_findings - i);
			return;
		}
		put_finding(t, f, list_label(&list));
	}
}

static void
put_findings(const struct text *t)
{
	const struct finding *f = &t->verdict->findings[0];
	struct list remedies = { "Remedy", 0 };

	if (t->verdict->n_findings == 0)
		return;
	if (t->ledger->asked > 0 || t->ledger->n_probes > 0)
		put_blank(t);
	put_cause(t, f);
	put_evidence(t, f);
	for (size_t i = 0; i < f->n_remedies; i++)
		put_remedy(t, &f->remedies[i], list_label(&remedies));
	put_also(t);
}

/* ---- doubts, and where it all is ---------------------------------------- */

static void
put_taps(const struct text *t, struct list *list)
{
	for (int s = 0; s < SIDES; s++) {
		for (int p = 0; p < POINTS; p++) {
			const struct tap *tap = &t->ledger->taps[s][p];
			const char *link = t->run->nodes[s].captures[p].link;

			if (!tap->wanted || (tap->present && !tap->refused))
				continue;
			put_para(t, list_label(list), PAINT_NONE,
			    "%s: nothing was captured at %s (%s)%s%s",
			    node_name(t, (enum side)s),
			    link[0] != '\0' ? link : "an unknown device",
			    point_name((enum point)p),
			    tap->why[0] != '\0' ? ": " : "", tap->why);
		}
	}
}

static bool
any_inferred(const struct ledger *l)
{
	struct picture_count counts[SIGHTS];

	picture_count(l, counts);
	for (int s = 0; s < SIGHTS; s++)
		if (counts[s].inferred > 0)
			return true;
	return false;
}

static void
put_notes(const struct text *t)
{
	const struct run *r = t->run;
	struct list list = { "Notes", 0 };

	if (!r->complete)
		put_para(t, list_label(&list), PAINT_YELLOW,
		    "the run is not complete: %s",
		    r->why != NULL ? r->why : "it was cut short");
	for (int s = 0; s < SIDES; s++)
		if (r->nodes[s].failure != NULL &&
		    strstr(or_none(r->why), r->nodes[s].failure) == NULL)
			put_para(t, list_label(&list), PAINT_NONE, "%s: %s",
			    node_name(t, (enum side)s), r->nodes[s].failure);
	put_taps(t, &list);
	if (any_inferred(t->ledger))
		put_para(t, list_label(&list), PAINT_NONE,
		    "~ counts probes that were not captured there, but further "
		    "on");
	for (size_t i = 0; i < t->verdict->n_notes; i++)
		put_para(t, list_label(&list), PAINT_NONE, "%s",
		    t->verdict->notes[i]);
}

int
report_text(const struct run *r, const struct ledger *l,
    const struct verdict *v, const struct report_opts *o, struct buf *out)
{
	const struct text t = { { out, o->colour }, r, l, v };

	put_sentence(&t);
	put_blank(&t);
	/* Nothing to draw when it did not come to probes. */
	if (l->asked > 0 || l->n_probes > 0) {
		picture_draw(&t.to, r, l);
		put_blank(&t);
		put_totals(&t);
		put_unproven(&t);
	}
	put_findings(&t);
	if (v->symptom != SYMPTOM_NONE)
		put_para(&t, "Symptom", PAINT_NONE, "%s", v->advice);
	put_notes(&t);
	if (o->run_path != NULL)
		layout_verbatim(&t.to, "Run", o->run_path);
	return out->cut ? -1 : 0;
}
