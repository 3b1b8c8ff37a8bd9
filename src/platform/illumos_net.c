/* `route -n get`, `arp -an`. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/facts.h"
#include "platform/illumos.h"
#include "platform/section.h"
#include "platform/words.h"

enum { ENTRIES_MAX = 65536 };

/* "? 203.0.113.110 from 203.0.113.141" */
static int
read_question(struct span line, struct route *r)
{
	struct span w;

	*r = (struct route){ 0 };
	if (!words_value(line, "?", &w) || ip_parse(w, &r->dst) < 0)
		return -1;
	return words_value(line, "from", &w) ? ip_parse(w, &r->src) : 0;
}

/* "  interface: external0", "    gateway: 203.0.113.65" */
static int
read_answer(struct span line, struct route *r)
{
	struct span key, value, name;

	line = span_trim(line);
	if (r->why[0] == '\0')
		words_copy_line(line, r->why, sizeof(r->why));
	if (!span_until(&line, ':', &key))
		return 0;
	value = span_trim(line);
	if (span_is(key, "gateway"))
		return ip_parse(value, &r->via);
	if (span_is(key, "interface")) {
		/* Without the number of a logical interface. */
		return span_until(&value, ':', &name) &&
			span_copy(name, r->link, sizeof(r->link))
		    ? 0
		    : -1;
	}
	/* <UP,GATEWAY,DONE,REJECT> */
	if (span_is(key, "flags") &&
	    (words_hold(value, "REJECT") || words_hold(value, "BLACKHOLE"))) {
		words_copy_line(value, r->why, sizeof(r->why));
		r->reachable = false;
	}
	return 0;
}

/* What says that there is no route; anything else is route's own trouble. */
static bool
says_no_route(const struct route *r)
{
	struct span why = span_of(r->why);

	return words_hold(why, "not in table") ||
	    words_hold(why, "No such process") ||
	    words_hold(why, "etwork is unreachable") ||
	    words_hold(why, "REJECT") || words_hold(why, "BLACKHOLE");
}

/* "= 0": how route ended. */
static int
read_end(struct span line, struct route *r)
{
	uint64_t status;

	if (words_u64(line, "=", SECTION_STATUS_MAX, &status) < 0)
		return -1;
	if (says_no_route(r)) {
		r->reachable = false;
		r->link[0] = '\0';
		return 0;
	}
	if (status != 0 || r->link[0] == '\0')
		return -1;
	r->reachable = true;
	r->why[0] = '\0';
	return 0;
}

struct routes {
	struct route *v;
	size_t n, cap;
	bool open; /* the last one's end has not come */
};

static int
routes_line(struct routes *t, struct span line)
{
	if (span_starts(line, "? ")) {
		if (t->open || t->n == ENTRIES_MAX)
			return -1;
		t->v = mem_grow(t->v, t->n, &t->cap, sizeof(*t->v));
		t->open = true;
		return read_question(line, &t->v[t->n++]);
	}
	if (span_trim(line).n == 0)
		return 0;
	if (!t->open)
		return -1;
	if (!span_starts(line, "= "))
		return read_answer(line, &t->v[t->n - 1]);
	t->open = false;
	return read_end(line, &t->v[t->n - 1]);
}

int
illumos_parse_routes(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line;
	struct routes t = { 0 };
	size_t at = 0;
	int r = 0;

	while (r == 0 && span_line(&text, &line)) {
		at++;
		r = routes_line(&t, line);
	}
	if (r < 0 || t.open) {
		free(t.v);
		return err_set(e, ERR_INPUT, "line %zu: not a route", at);
	}
	free(f->routes);
	f->routes = t.v;
	f->n_routes = t.n;
	return 0;
}

/*
 * "net0   203.0.113.65         255.255.255.255 o        00:00:5e:00:01:01":
 * flags and MAC may be missing.  1, or 0 when it maps a group address.
 */
static int
read_neigh(struct span line, struct neigh *n)
{
	struct span link, ip, mask, w, flags = { NULL, 0 };
	struct ip m;

	*n = (struct neigh){ 0 };
	if (!span_word(&line, &link) || !span_word(&line, &ip) ||
	    !span_word(&line, &mask) ||
	    !span_copy(link, n->link, sizeof(n->link)) ||
	    ip_parse(ip, &n->ip) < 0 || ip_parse(mask, &m) < 0)
		return -1;
	while (span_word(&line, &w)) {
		if (mac_parse(w, &n->mac) == 0)
			n->has_mac = true;
		else
			flags = w;
	}
	if (flags.n > 0 && memchr(flags.p, 'M', flags.n) != NULL)
		return 0;
	/* U: asked for, and not answered so far. */
	if (flags.n > 0 && memchr(flags.p, 'U', flags.n) != NULL)
		span_copy(span_of("INCOMPLETE"), n->state, sizeof(n->state));
	else
		span_copy(span_of(n->has_mac ? "REACHABLE" : "NONE"), n->state,
		    sizeof(n->state));
	return 1;
}

static bool
is_heading(struct span line)
{
	return span_trim(line).n == 0 || span_starts(line, "Net to Media") ||
	    span_starts(line, "Device ") || span_starts(line, "------");
}

int
illumos_parse_neighs(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line;
	struct neigh *v = NULL;
	size_t n = 0, cap = 0;
	int r;

	while (span_line(&text, &line)) {
		if (is_heading(line))
			continue;
		v = mem_grow(v, n, &cap, sizeof(*v));
		r = n < ENTRIES_MAX ? read_neigh(line, &v[n]) : -1;
		if (r < 0) {
			free(v);
			return err_set(e, ERR_INPUT,
			    "entry %zu: not a neighbour", n + 1);
		}
		n += (size_t)r;
	}
	free(f->neighs);
	f->neighs = v;
	f->n_neighs = n;
	return 0;
}
