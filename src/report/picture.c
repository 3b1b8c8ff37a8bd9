#include "report/picture.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "model/run.h"
#include "report/layout.h"

/*
 * Columns: a row is its label and four sightings with three segments between.
 * The devices above stand where the counts begin.
 */
enum {
	LABEL = 9,
	COUNT = 6,
	NEAR = 11, /* a segment within a node */
	FAR = 17,  /* the network */
	A_COLUMNS = COUNT + NEAR + COUNT + FAR,
	COUNT_TEXT_MAX = 32
};

/* Where each sighting stands, left to right, in its row. */
static const struct row {
	const char *ping, *arp; /* the row's label */
	bool left;		/* it travels to the left */
	int travel;		/* index of spi[] and clear[] */
	enum sight sights[4];
	enum stage stages[3]; /* the segments between them */
} rows[] = {
	{ "request", "who-has", false, 0,
	    { SIGHT_AO_OUT, SIGHT_AU_OUT, SIGHT_BU_IN, SIGHT_BO_IN },
	    { STAGE_EGRESS_A, STAGE_NETWORK_AB, STAGE_INGRESS_B } },
	{ "reply", "is-at", true, 1,
	    { SIGHT_AO_IN, SIGHT_AU_IN, SIGHT_BU_OUT, SIGHT_BO_OUT },
	    { STAGE_INGRESS_A, STAGE_NETWORK_BA, STAGE_EGRESS_B } },
};

static const struct {
	enum side side;
	enum point point;
} places[SIGHTS] = {
	[SIGHT_AO_OUT] = { SIDE_A, POINT_OVERLAY },
	[SIGHT_AU_OUT] = { SIDE_A, POINT_UNDERLAY },
	[SIGHT_BU_IN] = { SIDE_B, POINT_UNDERLAY },
	[SIGHT_BO_IN] = { SIDE_B, POINT_OVERLAY },
	[SIGHT_BO_OUT] = { SIDE_B, POINT_OVERLAY },
	[SIGHT_BU_OUT] = { SIDE_B, POINT_UNDERLAY },
	[SIGHT_AU_IN] = { SIDE_A, POINT_UNDERLAY },
	[SIGHT_AO_IN] = { SIDE_A, POINT_OVERLAY },
};

int
picture_judged(const struct ledger *l, const struct probe *p)
{
	return p->kind == l->judged && p->origin == SIDE_A;
}

void
picture_count(const struct ledger *l, struct picture_count ret[SIGHTS])
{
	memset(ret, 0, SIGHTS * sizeof(*ret));
	for (size_t i = 0; i < l->n_probes; i++) {
		const struct probe *p = &l->probes[i];

		if (!picture_judged(l, p))
			continue;
		for (unsigned s = 0; s < SIGHTS; s++) {
			if (p->seen & 1U << s)
				ret[s].seen++;
			else if (p->inferred & 1U << s)
				ret[s].inferred++;
		}
	}
}

/* How the probes of one direction crossed the network. */
static const char *
cover(const struct ledger *l, int travel)
{
	bool esp = false, clear = false;

	for (size_t i = 0; i < l->n_probes; i++) {
		const struct probe *p = &l->probes[i];

		if (!picture_judged(l, p))
			continue;
		esp |= p->spi[travel] != 0;
		clear |= p->clear[travel];
	}
	if (esp && clear)
		return "ESP+clear";
	return esp ? "ESP" : clear ? "clear" : "";
}

/* What a blind capture cannot see: packets that come in ESP. */
static bool
arrives(enum sight s)
{
	return s == SIGHT_BU_IN || s == SIGHT_AU_IN;
}

/* "100", "~100" when some were inferred, "?" when nobody looked. */
static void
count_text(const struct ledger *l, enum sight s,
    const struct picture_count counts[SIGHTS], char out[COUNT_TEXT_MAX])
{
	const struct tap *t = &l->taps[places[s].side][places[s].point];
	const struct picture_count *c = &counts[s];

	if (c->inferred > 0)
		snprintf(out, COUNT_TEXT_MAX, "~%zu", c->seen + c->inferred);
	else if (c->seen == 0 &&
	    (!t->present || t->refused || (t->blind && arrives(s))))
		snprintf(out, COUNT_TEXT_MAX, "?");
	else
		snprintf(out, COUNT_TEXT_MAX, "%zu", c->seen);
}

static void
put_count(const struct layout *out, const struct ledger *l, enum sight s,
    const struct picture_count counts[SIGHTS])
{
	char text[COUNT_TEXT_MAX];

	count_text(l, s, counts, text);
	layout_cell(out, text, COUNT);
}

static void
fill(struct buf *b, char c, size_t n)
{
	while (n-- > 0)
		buf_add(b, &c, 1);
}

/* "----x12---> ", or "<===ESP==== ", in exactly `width` columns. */
static void
put_segment(const struct layout *out, const struct row *r, size_t width,
    const char *label, size_t lost)
{
	char line = strcmp(label, "ESP") == 0 ? '=' : '-';
	char mark[32] = "";
	size_t used, left;

	if (lost > 0)
		snprintf(mark, sizeof(mark), "x%zu", lost);
	used = strlen(label) + strlen(mark) + (*label && *mark ? 1 : 0) + 2;
	left = used < width ? width - used : 0;
	if (r->left)
		buf_puts(out->out, "<");
	fill(out->out, line, left / 2);
	buf_puts(out->out, label);
	if (*label && *mark)
		fill(out->out, line, 1);
	layout_paint(out, lost > 0 ? PAINT_RED : PAINT_NONE);
	buf_puts(out->out, mark);
	layout_plain(out, lost > 0 ? PAINT_RED : PAINT_NONE);
	fill(out->out, line, left - left / 2);
	buf_puts(out->out, r->left ? " " : "> ");
}

static void
draw_row(const struct layout *out, const struct ledger *l, const struct row *r,
    const struct picture_count counts[SIGHTS])
{
	char last[COUNT_TEXT_MAX];

	layout_cell(out, l->judged == PROBE_ARP ? r->arp : r->ping, LABEL);
	for (size_t i = 0; i < 3; i++) {
		put_count(out, l, r->sights[i], counts);
		put_segment(out, r, i == 1 ? FAR : NEAR,
		    i == 1 ? cover(l, r->travel) : "",
		    l->by_stage[r->stages[i]]);
	}
	count_text(l, r->sights[3], counts, last);
	buf_puts(out->out, last);
	/* Between the rows, at the far end. */
	if (!r->left && l->by_stage[STAGE_HOST_B] > 0) {
		layout_paint(out, PAINT_RED);
		buf_printf(out->out, " --x%zu", l->by_stage[STAGE_HOST_B]);
		layout_plain(out, PAINT_RED);
	}
	buf_puts(out->out, "\n");
}

static void
draw_names(const struct layout *out, const struct run *r)
{
	const struct run_node *a = &r->nodes[SIDE_A], *b = &r->nodes[SIDE_B];

	layout_cell(out, "", LABEL);
	layout_paint(out, PAINT_BOLD);
	layout_cell(out, a->name != NULL ? a->name : "A", A_COLUMNS - 1);
	layout_cell(out, "", 1);
	layout_last(out, b->name != NULL ? b->name : "B",
	    LAYOUT_COLUMNS - LABEL - A_COLUMNS);
	layout_plain(out, PAINT_BOLD);
	buf_puts(out->out, "\n");
	layout_cell(out, "", LABEL);
	layout_cell(out, a->overlay_link, COUNT + NEAR - 1);
	layout_cell(out, "", 1);
	layout_cell(out, a->underlay_link, COUNT + FAR - 1);
	layout_cell(out, "", 1);
	layout_cell(out, b->underlay_link, COUNT + NEAR - 1);
	layout_cell(out, "", 1);
	layout_last(out, b->overlay_link,
	    LAYOUT_COLUMNS - LABEL - A_COLUMNS - COUNT - NEAR);
	buf_puts(out->out, "\n");
}

void
picture_draw(const struct layout *out, const struct run *r,
    const struct ledger *l)
{
	struct picture_count counts[SIGHTS];

	picture_count(l, counts);
	draw_names(out, r);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		draw_row(out, l, &rows[i], counts);
}
