#include "inventory/value.h"

#include "base/buf.h"
#include "base/ytree.h"

/* RFC 8259, section 7. */
static void
put_string(struct span s, struct buf *b)
{
	buf_puts(b, "\"");
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c < ' ')
			buf_printf(b, "\\u%04x", c);
		else
			buf_add(b, &s.p[i], 1);
	}
	buf_puts(b, "\"");
}

/* A number that JSON would write the same, or a truth. */
static bool
is_literal(const struct ynode *n)
{
	struct span s = n->text;

	if (!n->plain)
		return false;
	if (span_is(s, "true") || span_is(s, "false"))
		return true;
	if (s.n > 1 && s.p[0] == '-')
		s = (struct span){ s.p + 1, s.n - 1 };
	if (s.n == 0 || s.n > 15 || (s.n > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

/* Everything below the top; depth and number of nodes are ytree's to limit. */
static void
put_node(const struct ynode *n, struct buf *b)
{
	if (b->cut)
		return;
	if (n->kind == YNODE_SCALAR) {
		if (ynode_is_null(n))
			buf_puts(b, "null");
		else if (is_literal(n))
			buf_add(b, n->text.p, n->text.n);
		else
			put_string(n->text, b);
		return;
	}
	buf_puts(b, n->kind == YNODE_MAP ? "{" : "[");
	for (size_t i = 0; i < n->n; i++) {
		buf_puts(b, i > 0 ? "," : "");
		if (n->kind == YNODE_MAP) {
			put_string(n->keys[i]->text, b);
			buf_puts(b, ":");
		}
		put_node(n->items[i], b);
	}
	buf_puts(b, n->kind == YNODE_MAP ? "}" : "]");
}

void
value_from_yaml(const struct ynode *n, struct buf *b)
{
	if (ynode_is_null(n))
		return;
	if (n->kind == YNODE_SCALAR)
		buf_add(b, n->text.p, n->text.n);
	else
		put_node(n, b);
}
