/* Small answers in text: uname, clock, routes, offloads. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/facts.h"
#include "platform/linux.h"
#include "platform/section.h"
#include "platform/words.h"

enum { ROUTES_MAX = 4096, GRO_MAX = 4096 };

/* "Linux 6.1.0-18-amd64 x86_64" */
int
linux_parse_uname(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, sysname, release;

	if (!span_word(&text, &sysname) || !span_word(&text, &release) ||
	    !span_is(sysname, platform_linux.sysname))
		return err_set(e, ERR_INPUT, "not a Linux");
	span_copy(span_of(platform_linux.name), f->platform,
	    sizeof(f->platform));
	span_copy(release, f->release, sizeof(f->release));
	return 0;
}

/* "1764.123456789"; a date without %N prints "1764.%N". */
static int
read_time(struct span s, struct wall *ret)
{
	struct span whole;
	uint64_t seconds, ns;

	if (!span_until(&s, '.', &whole) ||
	    span_u64(whole, INT64_MAX / NS_PER_S - 1, &seconds) < 0)
		return -1;
	if (s.n != 9 || span_u64(s, 999999999, &ns) < 0)
		ns = 0;
	ret->ns = (int64_t)seconds * NS_PER_S + (int64_t)ns;
	return 0;
}

/* The wall clock, and the seconds since the boot: "1764.123456789 3600.12". */
int
linux_parse_clock(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, now, up;
	struct wall clock;
	uint64_t uptime_s;

	if (!span_word(&text, &now) || !span_word(&text, &up) ||
	    read_time(now, &clock) < 0 ||
	    words_number(up, ".", INT64_MAX, &uptime_s) < 0)
		return err_set(e, ERR_INPUT, "not two times");
	f->clock = clock;
	f->uptime_s = uptime_s;
	return 0;
}

/*
 * "/proc/760/comm:charon-systemd"; grep found none: status 1.  With status 2
 * it has not seen all processes, and only a daemon that it did see is known.
 */
int
linux_parse_ike(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line, path, name = { NULL, 0 };

	while (name.n == 0 && span_line(&text, &line))
		if (span_until(&line, ':', &path))
			name = span_trim(line);
	if (s->status > 1 && name.n == 0)
		return err_set(e, ERR_INPUT, "grep: status %d", s->status);
	span_copy(name, f->ike_daemon, sizeof(f->ike_daemon));
	return 0;
}

/* The question: "? 203.0.113.13 from 203.0.113.11". */
static int
read_question(struct span line, struct route *ret)
{
	struct span w;

	*ret = (struct route){ 0 };
	if (!words_value(line, "?", &w) || ip_parse(w, &ret->dst) < 0)
		return -1;
	return words_value(line, "from", &w) ? ip_parse(w, &ret->src) : 0;
}

/* Types of route (ip-route(8)) that carry no packet. */
static bool
is_dead_end(struct span line)
{
	return span_starts(line, "unreachable ") ||
	    span_starts(line, "blackhole ") || span_starts(line, "prohibit ") ||
	    span_starts(line, "throw ");
}

/*
 * "198.51.100.13 via 192.0.2.1 dev eth0 src 192.0.2.11 uid 0", or
 * "RTNETLINK answers: Network is unreachable".
 */
static int
read_answer(struct span line, struct route *r)
{
	struct span w;

	span_copy(line, r->why, sizeof(r->why));
	if (is_dead_end(line) || !words_value(line, "dev", &w))
		return 0;
	span_copy(w, r->link, sizeof(r->link));
	if (words_value(line, "src", &w) && ip_parse(w, &r->src) < 0)
		return -1;
	if (!words_value(line, "via", &w))
		return 0;
	if (span_is(w, "inet6") || span_is(w, "inet"))
		words_value(line, span_is(w, "inet") ? "inet" : "inet6", &w);
	return ip_parse(w, &r->via);
}

/* "= 2": how ip ended. */
static int
read_end(struct span line, struct route *r)
{
	uint64_t status;

	if (words_u64(line, "=", SECTION_STATUS_MAX, &status) < 0)
		return -1;
	r->reachable = status == 0 && r->link[0] != '\0';
	if (r->reachable)
		r->why[0] = '\0';
	else
		r->link[0] = '\0';
	return 0;
}

/* What the next line must be. */
enum route_state { ROUTE_QUESTION, ROUTE_ANSWER, ROUTE_END };

static int
route_line(struct span line, struct route *r, enum route_state *st)
{
	if (span_starts(line, "? ")) {
		if (*st != ROUTE_QUESTION)
			return -1;
		*st = ROUTE_ANSWER;
		return read_question(line, r);
	}
	if (*st == ROUTE_QUESTION)
		return -1;
	if (span_starts(line, "= ")) {
		*st = ROUTE_QUESTION;
		return read_end(line, r);
	}
	/* Lines behind the first tell of caches and MTUs. */
	if (*st == ROUTE_END || span_trim(line).n == 0)
		return 0;
	*st = ROUTE_END;
	return read_answer(span_trim(line), r);
}

int
linux_parse_routes(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line;
	struct route *v = NULL;
	size_t n = 0, cap = 0, at = 0;
	enum route_state st = ROUTE_QUESTION;

	while (span_line(&text, &line)) {
		at++;
		if (n == 0 && span_trim(line).n == 0)
			continue;
		if (span_starts(line, "? ") && n < ROUTES_MAX) {
			v = mem_grow(v, n, &cap, sizeof(*v));
			n++;
		}
		if (n == 0 || route_line(line, &v[n - 1], &st) < 0)
			goto bad;
	}
	if (st != ROUTE_QUESTION)
		goto bad;
	free(f->routes);
	f->routes = v;
	f->n_routes = n;
	return 0;
bad:
	free(v);
	return err_set(e, ERR_INPUT, "line %zu: not a route", at);
}

/* A link's features, behind "? eth0"; each tells of GRO. */
static int
offload_line(struct span line, struct span *link, bool *on)
{
	struct span w;

	*on = false;
	if (span_starts(line, "? ")) {
		if (link->n > 0)
			return -1;
		return words_value(line, "?", link) ? 0 : -1;
	}
	if (!words_value(line, "generic-receive-offload:", &w))
		return 0;
	if (link->n == 0)
		return -1;
	*on = span_is(w, "on");
	return 1;
}

int
linux_parse_offload(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line, link = { NULL, 0 };
	char(*v)[FACT_NAME_MAX] = NULL;
	size_t n = 0, cap = 0;
	bool on;
	int r = 0;

	while (r >= 0 && n < GRO_MAX && span_line(&text, &line)) {
		r = offload_line(line, &link, &on);
		if (on) {
			v = mem_grow(v, n, &cap, sizeof(*v));
			span_copy(link, v[n++], FACT_NAME_MAX);
		}
		if (r > 0)
			link.n = 0;
	}
	if (r < 0 || link.n > 0) {
		free(v);
		return err_set(e, ERR_INPUT, "not the features of links");
	}
	free(f->gro_links);
	f->gro_links = v;
	f->n_gro_links = n;
	return 0;
}
