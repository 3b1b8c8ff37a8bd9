/* parser: how a platform's row says which parser reads which section. */
#ifndef ESPY_PLATFORM_PARSER_H
#define ESPY_PLATFORM_PARSER_H
#include <stddef.h>

#include "platform/platform.h"

struct section_parser {
	enum platform_section section;
	unsigned have;	/* set when the parser was content */
	int max_status; /* of the command; above it has failed */
	int (*parse)(const struct section *s, struct facts *f, struct err *e);
};

/* What parse_section() of struct platform promises, by n rows of a table; what
 * is not understood is noted in f->unsaid. */
int platform_read_section(const struct section_parser *parsers, size_t n,
    const struct section *s, struct facts *f, struct err *e);

#endif
