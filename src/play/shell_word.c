#include "play/shell_word.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"

/* ---- shlex -------------------------------------------------------------- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Within double quotes a backslash escapes itself and the quote alone. */
static size_t
take_quoted(struct span s, struct buf *word)
{
	char quote = s.p[0];
	size_t i = 1;

	for (; i < s.n && s.p[i] != quote; i++) {
		if (quote == '"' && s.p[i] == '\\' && i + 1 < s.n &&
		    (s.p[i + 1] == '"' || s.p[i + 1] == '\\'))
			i++;
		buf_add(word, &s.p[i], 1);
	}
	return i + 1; /* past the end when it is not closed */
}

int
shell_word_take(struct span *text, struct buf *word, struct err *e)
{
	size_t i = 0, began;

	while (i < text->n && is_blank(text->p[i]))
		i++;
	began = i;
	while (i < text->n && !is_blank(text->p[i])) {
		if (text->p[i] == '\'' || text->p[i] == '"') {
			i += take_quoted((struct span){ text->p + i,
					     text->n - i },
			    word);
		} else if (text->p[i] == '\\') {
			if (i + 1 < text->n)
				buf_add(word, &text->p[i + 1], 1);
			i += 2;
		} else {
			buf_add(word, &text->p[i++], 1);
		}
	}
	if (i > text->n)
		return err_set(e, ERR_INPUT, "a quote is not closed");
	*text = (struct span){ text->p + i, text->n - i };
	return i > began;
}

/* ---- for sh ------------------------------------------------------------- */

static size_t
name_length(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

	return *s >= '0' && *s <= '9' ? 0 : strspn(s, letters);
}

/* $NAME or ${NAME} at s: its length, and where the name is; 0: none. */
static size_t
variable(const char *s, const char **name, size_t *n)
{
	bool braces = s[1] == '{';

	*name = s + 1 + braces;
	*n = name_length(*name);
	if (*n == 0 || (braces && (*name)[*n] != '}'))
		return 0;
	return 1 + *n + 2 * (size_t)braces;
}

static void
put_character(struct buf *b, char c, bool pattern)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./:,@%+=";

	if (c == '\n')
		buf_puts(b, "'\n'");
	else if (strchr(plain, c) != NULL || (unsigned char)c >= 0x80 ||
	    (pattern && strchr("*?[]!", c) != NULL))
		buf_add(b, &c, 1);
	else
		buf_printf(b, "\\%c", c);
}

static void
put_word(struct buf *b, const char *s, bool pattern)
{
	if (*s == '\0')
		buf_puts(b, "''");
	if (*s == '~') {
		size_t n = 1 + name_length(s + 1);

		if (s[n] == '\0' || s[n] == '/') {
			buf_add(b, s, n);
			s += n;
		}
	}
	while (*s != '\0') {
		const char *name;
		size_t n, length = *s == '$' ? variable(s, &name, &n) : 0;

		if (length == 0) {
			put_character(b, *s++, pattern);
			continue;
		}
		/* Within the braces its own brace needs an escape. */
		buf_printf(b, "\"${%.*s-\\%.*s%s}\"", (int)n, name,
		    (int)(name + n - s), s, s[1] == '{' ? "\\}" : "");
		s += length;
	}
}

void
shell_word_path(struct buf *b, const char *word)
{
	put_word(b, word, false);
}

void
shell_word_pattern(struct buf *b, const char *word)
{
	put_word(b, word, true);
}

int
shell_permissions(const char *mode, char ret[10])
{
	static const char letters[] = "rwxrwxrwx";
	uint64_t bits = 0;

	if (*mode == '\0' || strspn(mode, "01234567") != strlen(mode) ||
	    strlen(mode) > 5)
		return -1;
	for (; *mode != '\0'; mode++)
		bits = bits << 3 | (uint64_t)(*mode - '0');
	if (bits > 07777)
		return -1;
	for (int i = 0; i < 9; i++)
		ret[i] = bits >> (8 - i) & 1 ? letters[i] : '-';
	ret[9] = '\0';
	if (bits & 04000)
		ret[2] = ret[2] == 'x' ? 's' : 'S';
	if (bits & 02000)
		ret[5] = ret[5] == 'x' ? 's' : 'S';
	if (bits & 01000)
		ret[8] = ret[8] == 'x' ? 't' : 'T';
	return 0;
}
