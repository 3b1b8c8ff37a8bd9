/* The words and signs of an expression. */
#include <string.h>

#include "base/err.h"
#include "play/expr_impl.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    is_digit(c);
}

static struct span
take(struct span *text, size_t n)
{
	struct span s = { text->p, n };

	text->p += n;
	text->n -= n;
	return s;
}

static int
take_string(struct span *text, struct token *ret, struct err *e)
{
	char quote = text->p[0];

	for (size_t i = 1; i < text->n; i++) {
		if (text->p[i] == '\\') {
			i++;
		} else if (text->p[i] == quote) {
			ret->kind = TOKEN_STRING;
			ret->text = take(text, i + 1);
			return 0;
		}
	}
	return err_set(e, ERR_INPUT, "a quote is not closed");
}

static int
take_sign(struct span *text, struct token *ret, struct err *e)
{
	static const char *const signs[] = { "==", "!=", "<=", ">=", "<", ">",
		"(", ")", "[", "]", ".", ",", "|", "-" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (!span_starts(*text, signs[i]))
			continue;
		ret->kind = TOKEN_SIGN;
		ret->text = take(text, strlen(signs[i]));
		return 0;
	}
	if (text->p[0] == '{')
		return err_set(e, ERR_INPUT,
		    "\"{\" within an expression, which needs no {{ }} itself");
	if (strchr("+*/%~=:", text->p[0]) != NULL)
		return err_set(e, ERR_INPUT,
		    "\"%c\": there is no arithmetic here", text->p[0]);
	return err_set(e, ERR_INPUT, "a character that makes no sense");
}

int
token_take(struct span *text, struct token *ret, struct err *e)
{
	size_t n = 0;

	while (text->n > 0 && strchr(" \t\r\n", text->p[0]) != NULL &&
	    text->p[0] != '\0')
		take(text, 1);
	if (text->n == 0) {
		*ret = (struct token){ TOKEN_END, { "", 0 } };
		return 0;
	}
	if (text->p[0] == '\'' || text->p[0] == '"')
		return take_string(text, ret, e);
	if (text->p[0] == '\0' || !is_name_char(text->p[0]))
		return take_sign(text, ret, e);
	ret->kind = is_digit(text->p[0]) ? TOKEN_NUMBER : TOKEN_NAME;
	while (n < text->n &&
	    (is_name_char(text->p[n]) ||
		(ret->kind == TOKEN_NUMBER && text->p[n] == '.' &&
		    n + 1 < text->n && is_digit(text->p[n + 1]))))
		n++;
	ret->text = take(text, n);
	return 0;
}
