/* layout: lines of text for a screen of 80 columns. */
#ifndef ESPY_REPORT_LAYOUT_H
#define ESPY_REPORT_LAYOUT_H
#include <stdbool.h>
#include <stddef.h>

struct buf;

enum { LAYOUT_COLUMNS = 80, LAYOUT_LABEL = 10 };

enum paint { PAINT_NONE, PAINT_BOLD, PAINT_RED, PAINT_GREEN, PAINT_YELLOW };

/* Text on its way to out; nothing here fails, out's cut tells. */
struct layout {
	struct buf *out;
	bool colour;
};

/*
 * One paragraph: label (or "") in its column, then text made harmless and
 * wrapped at blanks behind it.  A word longer than a line is not broken.
 */
void layout_para(const struct layout *l, const char *label, enum paint p,
    const char *text);
/* The same without a column for the label. */
void layout_sentence(const struct layout *l, enum paint p, const char *text);
/* A line that must be typed as it stands: harmless, never wrapped. */
void layout_verbatim(const struct layout *l, const char *label,
    const char *text);

/* Turns a paint on and off; nothing without colour. */
void layout_paint(const struct layout *l, enum paint p);
void layout_plain(const struct layout *l, enum paint p);

/*
 * Appends text made harmless, in exactly width columns: filled with blanks, or
 * cut with "~" at its end.
 */
void layout_cell(const struct layout *l, const char *text, size_t width);
/* The same in at most width columns: the last cell of a line. */
void layout_last(const struct layout *l, const char *text, size_t width);

#endif
