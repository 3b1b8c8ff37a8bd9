#include "base/quote.h"

#include <string.h>

#include "base/buf.h"

static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			    "_-+./:,@%";

int
quote_word(struct buf *b, const char *word)
{
	if (word[0] != '\0' && word[strspn(word, plain)] == '\0')
		return buf_puts(b, word);
	buf_puts(b, "'");
	for (const char *s = word; *s != '\0'; s++) {
		if (*s == '\'')
			buf_puts(b, "'\\''");
		else
			buf_add(b, s, 1);
	}
	return buf_puts(b, "'");
}
