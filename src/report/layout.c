#include "report/layout.h"

#include "base/buf.h"
#include "base/str.h"
#include "base/utf8.h"

enum { CLEAN_MAX = 8192 }; /* bytes of one paragraph */

void
layout_paint(const struct layout *l, enum paint p)
{
	/* ECMA-48, SGR */
	static const char *const codes[] = {
		[PAINT_NONE] = "",
		[PAINT_BOLD] = "\033[1m",
		[PAINT_RED] = "\033[1;31m",
		[PAINT_GREEN] = "\033[1;32m",
		[PAINT_YELLOW] = "\033[1;33m",
	};

	if (l->colour)
		buf_puts(l->out, codes[p]);
}

void
layout_plain(const struct layout *l, enum paint p)
{
	if (l->colour && p != PAINT_NONE)
		buf_puts(l->out, "\033[0m");
}

static void
blanks(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_puts(b, " ");
}

static void
put_label(const struct layout *l, const char *label, size_t indent)
{
	size_t n = utf8_length(span_of(label));

	layout_paint(l, PAINT_BOLD);
	buf_puts(l->out, label);
	layout_plain(l, PAINT_BOLD);
	blanks(l->out, n < indent ? indent - n : 0);
}

/* Words of harmless text, from column indent on. */
static void
wrap(const struct layout *l, size_t indent, enum paint p, struct span text)
{
	size_t column = indent;
	struct span word;

	layout_paint(l, p);
	while (span_word(&text, &word)) {
		size_t n = utf8_length(word);

		if (column > indent && column + 1 + n > LAYOUT_COLUMNS) {
			layout_plain(l, p);
			buf_puts(l->out, "\n");
			blanks(l->out, indent);
			layout_paint(l, p);
			column = indent;
		}
		if (column > indent) {
			buf_puts(l->out, " ");
			column++;
		}
		buf_add(l->out, word.p, word.n);
		column += n;
	}
	layout_plain(l, p);
	buf_puts(l->out, "\n");
}

static void
para(const struct layout *l, const char *label, size_t indent, enum paint p,
    const char *text)
{
	struct buf clean;

	buf_init(&clean, CLEAN_MAX);
	utf8_clean(&clean, span_of(text), UTF8_LINE);
	put_label(l, label, indent);
	wrap(l, indent, p, (struct span){ clean.data, clean.len });
	buf_free(&clean);
}

void
layout_para(const struct layout *l, const char *label, enum paint p,
    const char *text)
{
	para(l, label, LAYOUT_LABEL, p, text);
}

void
layout_sentence(const struct layout *l, enum paint p, const char *text)
{
	para(l, "", 0, p, text);
}

void
layout_verbatim(const struct layout *l, const char *label, const char *text)
{
	put_label(l, label, LAYOUT_LABEL);
	utf8_clean(l->out, span_of(text), UTF8_LINE);
	buf_puts(l->out, "\n");
}

/* Returns the columns that it took. */
static size_t
put_cut(const struct layout *l, const char *text, size_t width)
{
	struct buf clean;
	struct span s;
	size_t n;

	buf_init(&clean, CLEAN_MAX);
	utf8_clean(&clean, span_of(text), UTF8_LINE);
	s = (struct span){ clean.data, clean.len };
	n = utf8_length(s);
	if (n <= width) {
		buf_add(l->out, s.p, s.n);
	} else if (width > 0) {
		struct span rest = s;

		for (n = 1; n < width; n++)
			utf8_take(&rest);
		buf_add(l->out, s.p, s.n - rest.n);
		buf_puts(l->out, "~");
	}
	buf_free(&clean);
	return n;
}

void
layout_cell(const struct layout *l, const char *text, size_t width)
{
	size_t n = put_cut(l, text, width);

	blanks(l->out, width > n ? width - n : 0);
}

void
layout_last(const struct layout *l, const char *text, size_t width)
{
	put_cut(l, text, width);
}
