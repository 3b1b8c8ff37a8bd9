#include "model/run_path.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

bool
run_path_node_ok(const char *name)
{
	size_t n = strlen(name);
	struct buf shown;
	bool same;

	if (n == 0 || n > RUN_NODE_NAME_MAX || name[0] == '.' ||
	    strchr(name, '/') != NULL)
		return false;
	buf_init(&shown, RUN_NODE_NAME_MAX);
	same = utf8_clean(&shown, span_of(name), UTF8_LINE) == 0 &&
	    strcmp(shown.data, name) == 0;
	buf_free(&shown);
	return same;
}

static bool
component_ok(struct span s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";

	if (s.n == 0 || s.p[0] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (memchr(letters, s.p[i], sizeof(letters) - 1) == NULL)
			return false;
	return true;
}

bool
run_path_text_ok(const char *name)
{
	struct span rest = span_of(name), part;

	if (rest.n == 0 || rest.n > RUN_TEXT_NAME_MAX ||
	    name[rest.n - 1] == '/')
		return false;
	while (span_until(&rest, '/', &part))
		if (!component_ok(part))
			return false;
	return true;
}

char *
run_path_text(const char *node, const char *text)
{
	return xasprintf("nodes/%s/%s.txt", node, text);
}

char *
run_path_capture(const char *node, enum point p)
{
	return xasprintf("nodes/%s/%s.pcap", node, point_name(p));
}
