/*
 * links: platform/ base/buf base/date base/err base/map base/mem base/quote
 * links: base/str model/addr model/facts model/pingstat model/reason
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "model/facts.h"
#include "platform/platform.h"
#include "platform/section.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The first line names the section and the command's status, the rest is what
 * it printed.  What was refused sets no bit.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size }, head, status;
	struct section s = { .whole = true };
	struct facts f = { 0 };
	struct err e = { 0 };
	uint64_t st = 0;

	if (!span_line(&text, &head) || !span_word(&head, &s.name))
		return 0;
	if (span_word(&head, &status))
		span_u64(status, 255, &st);
	s.status = (int)st;
	s.text = text;
	if (platform_find(span_of("Linux"))->parse_section(&s, &f, &e) < 0 &&
	    (f.have != 0 || e.kind != ERR_INPUT || e.text[0] == '\0'))
		abort();
	facts_free(&f);
	return 0;
}
