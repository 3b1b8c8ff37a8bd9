#include "io/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/utf8.h"

enum { LINE_MAX_BYTES = 2048 };

/* The one piece of state: how much the user wants to hear. */
static enum log_level loudest = LOG_LEVEL_WARN;

void
log_set_level(int verbose)
{
	loudest = verbose <= 0 ? LOG_LEVEL_WARN
	    : verbose == 1     ? LOG_LEVEL_INFO
			       : LOG_LEVEL_DEBUG;
}

void
log_line(enum log_level level, const char *host, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	struct buf b;
	va_list ap;

	if (level > loudest)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf_init(&b, sizeof(line) * 4);
	utf8_clean(&b, span_of(line), UTF8_LINE);
	fprintf(stderr, "espy: %s%s%s\n", host != NULL ? host : "",
	    host != NULL ? ": " : "", b.data);
	buf_free(&b);
}
