#include "platform/ofmt.h"

#include "platform/section.h"
#include "platform/words.h"

int
ofmt_read(struct span line, size_t n, struct ofmt *ret)
{
	size_t field = 0, len = 0;

	if (n > OFMT_FIELDS_MAX)
		return -1;
	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];

		if (c == ':') {
			ret->v[field][len] = '\0';
			len = 0;
			if (++field == n)
				return -1;
			continue;
		}
		if (c == '\\' && ++i == line.n)
			return -1;
		if (len == OFMT_VALUE_MAX - 1)
			return -1;
		ret->v[field][len++] = line.p[i];
	}
	ret->v[field][len] = '\0';
	return field + 1 == n ? 0 : -1;
}

int
ofmt_part(struct span *text, const char *name, struct span *ret)
{
	struct span line, word, body;
	uint64_t status;

	if (!span_line(text, &line) || !words_value(line, "?", &word) ||
	    !span_is(word, name))
		return -1;
	body = (struct span){ text->p, 0 };
	while (span_line(text, &line)) {
		if (!span_starts(line, "= ")) {
			body.n = (size_t)(text->p - body.p);
			continue;
		}
		if (words_u64(line, "=", SECTION_STATUS_MAX, &status) < 0)
			return -1;
		*ret = body;
		return (int)status;
	}
	return -1;
}
