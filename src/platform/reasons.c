#include "platform/reasons.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/reason.h"
#include "platform/script.h"
#include "platform/watch.h"

/* More of them in a script's time than a kernel could drop. */
#define COUNT_MAX (UINT64_MAX / 4 / REASONS_ROWS_MAX)

/* A line's WHY for those that it had no room to look at. */
#define UNSEEN "unseen"

int
reasons_head(const struct reasons_ask *ask, const char *signals, struct buf *b,
    struct err *e)
{
	if (ask->seconds == 0 || ask->seconds > REASONS_S_MAX)
		return err_set(e, ERR_USAGE,
		    "script: %u s of drops: 1 to %d wanted", ask->seconds,
		    REASONS_S_MAX);
	if (script_head(b, ask->nonce, e) < 0 ||
	    watch_put(b, signals, ask->seconds + REASONS_SLACK_S, e) < 0)
		return -1;
	return buf_printf(b, "span=%u\n", ask->seconds);
}

/* By the numbers of if_ether.h; what else there is keeps its own. */
static void
name_protocol(struct span number, char ret[REASON_TEXT_MAX])
{
	static const struct {
		uint64_t type;
		const char *name;
	} types[] = {
		{ 0, "-" },
		{ 0x0800, "IPv4" },
		{ 0x0806, "ARP" },
		{ 0x8100, "VLAN" },
		{ 0x86dd, "IPv6" },
		{ 0x88cc, "LLDP" },
	};
	uint64_t type;

	span_copy(number, ret, REASON_TEXT_MAX);
	if (span_u64(number, UINT16_MAX, &type) < 0)
		return;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].type == type) {
			snprintf(ret, REASON_TEXT_MAX, "%s", types[i].name);
			return;
		}
	}
	snprintf(ret, REASON_TEXT_MAX, "0x%04" PRIx64, type);
}

static bool
read_line(struct span line, struct reason *ret)
{
	struct span f[4];
	size_t n = 0;

	while (n < 4 && span_until(&line, '\t', &f[n]))
		n++;
	if (n != 4 || line.n > 0 || span_u64(f[0], COUNT_MAX, &ret->count) < 0)
		return false;
	if (f[1].n == 0 || f[2].n == 0 || f[2].n >= REASON_TEXT_MAX ||
	    f[3].n == 0)
		return false;
	name_protocol(f[2], ret->which);
	return span_copy(f[1], ret->why, sizeof(ret->why)) &&
	    span_copy(f[3], ret->where, sizeof(ret->where));
}

static void
add(struct reasons *ret, const struct reason *r)
{
	struct span why = span_of(r->why);

	if (span_is(why, UNSEEN))
		ret->unseen += r->count;
	else if (r->count > 0)
		reasons_add(ret, r);
}

int
reasons_read(struct span text, struct reasons *ret, struct err *e)
{
	struct span rest = text, line;
	struct reason r;
	size_t rows = 0;

	for (; span_line(&rest, &line); rows++)
		if (line.n > 0 &&
		    (rows == REASONS_ROWS_MAX || !read_line(line, &r)))
			return err_set(e, ERR_INPUT,
			    "reasons of drops: line %zu makes no sense",
			    rows + 1);
	for (rest = text; span_line(&rest, &line);)
		if (line.n > 0 && read_line(line, &r))
			add(ret, &r);
	return 0;
}
