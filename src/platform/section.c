#include "platform/section.h"

#include <string.h>

/* A line "@@espy NONCE WORD ..."; *rest is what stands behind WORD. */
static bool
is_mark(struct span line, const char *nonce, const char *word,
    struct span *rest)
{
	struct span w;

	return span_starts(line, "@@espy ") && span_word(&line, &w) &&
	    span_word(&line, &w) && span_is(w, nonce) && span_word(&line, &w) &&
	    span_is(w, word) && (*rest = line, true);
}

static bool
is_begin(struct span line, const char *nonce, struct span *name)
{
	struct span rest;

	return is_mark(line, nonce, "begin", &rest) && span_word(&rest, name);
}

static bool
is_end(struct span line, const char *nonce, struct span name, int *status)
{
	struct span rest, w;
	uint64_t v;

	if (!is_mark(line, nonce, "end", &rest) || !span_word(&rest, &w) ||
	    w.n != name.n || memcmp(w.p, name.p, w.n) != 0 ||
	    !span_word(&rest, &w) || span_u64(w, SECTION_STATUS_MAX, &v) < 0)
		return false;
	*status = (int)v;
	return true;
}

/* The bytes from the start of text up to p, less the frame's newline. */
static struct span
text_until(struct span text, const char *p)
{
	size_t n = (size_t)(p - text.p);

	if (n > 0 && text.p[n - 1] == '\n')
		n--;
	return (struct span){ text.p, n };
}

/* Takes the body off *out; a section without its end stops where the next
 * begins, which stays. */
static void
take_body(struct span *out, const char *nonce, struct section *s)
{
	struct span text = *out, line, rest = *out, other;

	s->whole = false;
	s->status = 0;
	s->text = text;
	while (span_line(&rest, &line)) {
		if (is_end(line, nonce, s->name, &s->status)) {
			s->whole = true;
			s->text = text_until(text, line.p);
			break;
		}
		if (is_begin(line, nonce, &other)) {
			s->text = text_until(text, line.p);
			*out = (struct span){ line.p,
				(size_t)(out->p + out->n - line.p) };
			return;
		}
	}
	*out = rest;
}

bool
section_next(struct span *out, const char *nonce, struct section *ret)
{
	struct span line;
	struct section s = { 0 };

	while (span_line(out, &line)) {
		if (!is_begin(line, nonce, &s.name))
			continue;
		take_body(out, nonce, &s);
		*ret = s;
		return true;
	}
	return false;
}

bool
section_find(struct span out, const char *nonce, const char *name,
    struct section *ret)
{
	struct section s;

	while (section_next(&out, nonce, &s)) {
		if (span_is(s.name, name)) {
			*ret = s;
			return true;
		}
	}
	return false;
}
