#include "platform/pings.h"

#include "base/mem.h"
#include "platform/section.h"
#include "platform/words.h"

enum { REPLIES_MAX = 1 << 20, ENDS_MAX = 4096 };

/* A parse under way. */
struct parse {
	const struct ping_lines *lines;
	struct pingstat p;
	size_t replies_cap, ends_cap;
};

int64_t
pings_rtt(struct span s)
{
	struct span whole;
	uint64_t ms, fraction = 0, scale = 1000;

	if (!span_until(&s, '.', &whole) || span_u64(whole, 1U << 30, &ms) < 0)
		return -1;
	for (size_t i = 0; i < s.n && i < 3; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		scale /= 10;
		fraction += (uint64_t)(s.p[i] - '0') * scale;
	}
	return (int64_t)(ms * 1000 + fraction);
}

static bool
take_reply(struct parse *s, struct span line)
{
	struct pingstat *p = &s->p;
	struct ping_reply r = { .rtt_us = -1 };

	if (p->n_replies == REPLIES_MAX || !s->lines->reply(line, &r))
		return false;
	p->replies = mem_grow(p->replies, p->n_replies, &s->replies_cap,
	    sizeof(*p->replies));
	p->replies[p->n_replies++] = r;
	return true;
}

static bool
take_totals(struct parse *s, struct span line)
{
	uint64_t sent, received;

	if (!s->lines->totals(line, &sent, &received))
		return false;
	s->p.finished++;
	s->p.transmitted += sent;
	s->p.received += received;
	return true;
}

/* "= 56 0": the script's own line. */
static bool
take_end(struct parse *s, struct span line)
{
	struct pingstat *p = &s->p;
	struct span mark, size, status;
	uint64_t bytes, st;

	if (!span_word(&line, &mark) || !span_is(mark, "=") ||
	    !span_word(&line, &size) || !span_word(&line, &status) ||
	    span_u64(size, 65507, &bytes) < 0 ||
	    span_u64(status, SECTION_STATUS_MAX, &st) < 0 ||
	    p->n_ends == ENDS_MAX)
		return false;
	p->ends = mem_grow(p->ends, p->n_ends, &s->ends_cap, sizeof(*p->ends));
	p->ends[p->n_ends++] =
	    (struct ping_end){ .size = (uint32_t)bytes, .status = (int)st };
	return true;
}

static void
take_error(struct parse *s, struct span line)
{
	const struct ping_lines *l = s->lines;
	size_t i = 0;

	if (!l->is_error(line))
		return;
	s->p.errors++;
	if (s->p.fail != PING_FINE)
		return;
	while (i < l->n_causes && !words_hold(line, l->causes[i].text))
		i++;
	s->p.fail = i < l->n_causes ? l->causes[i].fail : PING_OTHER;
	words_copy_line(line, s->p.why, sizeof(s->p.why));
}

void
pings_parse(struct span out, const struct ping_lines *lines,
    struct pingstat *ret)
{
	struct parse s = { .lines = lines };
	struct span line;

	while (span_line(&out, &line)) {
		line = span_trim(line);
		if (!take_reply(&s, line) && !take_totals(&s, line) &&
		    !take_end(&s, line))
			take_error(&s, line);
	}
	*ret = s.p;
}
