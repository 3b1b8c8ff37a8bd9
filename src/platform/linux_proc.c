/* Files of /proc and what was read out of them (proc(5), kernel's
 * Documentation/networking/snmp_counter.rst, xfrm_proc.rst). */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/facts.h"
#include "platform/linux.h"
#include "platform/section.h"
#include "platform/tally.h"
#include "platform/words.h"

enum { LISTENERS_MAX = 65536, SETTINGS_MAX = 65536 };

/*
 * A table of /proc/net/snmp or netstat: a line of names, a line of values,
 * both after "Ip:".  A value below zero (Tcp.MaxConn) is no counter.
 */
static int
add_table(struct tally *t, struct span names, struct span values)
{
	struct span table, other, name, value;
	uint64_t v;

	if (!span_word(&names, &table) || !span_word(&values, &other) ||
	    table.n != other.n || memcmp(table.p, other.p, table.n) != 0)
		return -1;
	table.n--; /* the colon */
	while (span_word(&names, &name)) {
		if (!span_word(&values, &value))
			return -1;
		if (value.n > 1 && value.p[0] == '-')
			continue;
		if (span_u64(value, UINT64_MAX, &v) < 0 ||
		    tally_add(t, table, name, v) < 0)
			return -1;
	}
	return span_word(&values, &value) ? -1 : 0;
}

/* "Ip6InReceives  17": the form of snmp6 and of xfrm_stat. */
static int
add_pair(struct tally *t, struct span line)
{
	struct span name, value, more;
	uint64_t v;

	if (!span_word(&line, &name) || !span_word(&line, &value) ||
	    span_word(&line, &more) || span_u64(value, UINT64_MAX, &v) < 0)
		return -1;
	return tally_add(t, span_of(""), name, v);
}

static bool
has_counter(const struct tally *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->v[i].name, name) == 0)
			return true;
	return false;
}

static int
add_counters(struct tally *t, struct span text, size_t *at)
{
	struct span line, values, word, rest;

	while (span_line(&text, &line)) {
		++*at;
		rest = line;
		if (!span_word(&rest, &word))
			continue;
		if (word.p[word.n - 1] != ':') {
			if (add_pair(t, line) < 0)
				return -1;
			continue;
		}
		++*at;
		if (!span_line(&text, &values) ||
		    add_table(t, line, values) < 0)
			return -1;
	}
	return 0;
}

/* All of names must be there: what is missing must not look like zero. */
static int
give_counters(struct tally *t, const char *const *names, struct facts *f,
    struct err *e)
{
	for (; *names != NULL; names++) {
		if (!has_counter(t, *names)) {
			tally_free(t);
			return err_set(e, ERR_INPUT, "no %s", *names);
		}
	}
	tally_give(t, f);
	return 0;
}

int
linux_parse_counters(const struct section *s, struct facts *f, struct err *e)
{
	static const char *const wanted[] = { "Ip.InDelivers", "Icmp.InEchos",
		"Udp.NoPorts", NULL };
	struct tally t = { 0 };
	size_t at = 0;

	if (add_counters(&t, s->text, &at) < 0) {
		tally_free(&t);
		return err_set(e, ERR_INPUT,
		    "line %zu: not a table of counters", at);
	}
	return give_counters(&t, wanted, f, e);
}

int
linux_parse_xfrm_stat(const struct section *s, struct facts *f, struct err *e)
{
	static const char *const wanted[] = { "XfrmInNoStates",
		"XfrmInStateProtoError", "XfrmOutNoStates", NULL };
	struct span text = s->text, line;
	struct tally t = { 0 };
	size_t at = 0;

	while (span_line(&text, &line)) {
		at++;
		if (span_trim(line).n > 0 && add_pair(&t, line) < 0) {
			tally_free(&t);
			return err_set(e, ERR_INPUT, "line %zu: not a counter",
			    at);
		}
	}
	return give_counters(&t, wanted, f, e);
}

/* A hexadecimal number without 0x. */
static int
read_hex(struct span s, uint64_t max, uint64_t *ret)
{
	char text[20] = "0x";

	if (s.n == 0 || s.n > 16)
		return -1;
	memcpy(text + 2, s.p, s.n);
	return span_u64((struct span){ text, s.n + 2 }, max, ret);
}

/* A line a processor: packets, of those dropped for a full backlog, ... */
int
linux_parse_softnet(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line, w;
	uint64_t packets, drops;
	struct tally t = { 0 };

	while (span_line(&text, &line)) {
		if (!span_word(&line, &w))
			continue;
		if (read_hex(w, UINT32_MAX, &packets) < 0 ||
		    !span_word(&line, &w) ||
		    read_hex(w, UINT32_MAX, &drops) < 0) {
			tally_free(&t);
			return err_set(e, ERR_INPUT, "not a line of numbers");
		}
		tally_sum(&t, "Softnet.Packets", packets);
		tally_sum(&t, "Softnet.Dropped", drops);
	}
	tally_give(&t, f);
	return 0;
}

/* "  97: 00000000:12B6 00000000:0000 07 ..."; 1 when it is a listener. */
static int
read_socket(struct span line, struct listener *ret)
{
	struct span slot, local, remote, state, addr;
	uint64_t port;

	if (!span_word(&line, &slot) || !span_word(&line, &local) ||
	    !span_word(&line, &remote) || !span_word(&line, &state) ||
	    !span_until(&local, ':', &addr) ||
	    read_hex(local, UINT16_MAX, &port) < 0)
		return -1;
	ret->port = (uint16_t)port;
	ret->any_addr = true;
	for (size_t i = 0; i < addr.n; i++)
		if (addr.p[i] != '0')
			ret->any_addr = false;
	return span_is(state, "07") ? 1 : 0; /* TCP_CLOSE: not connected */
}

int
linux_parse_sockets(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line;
	struct listener *v = NULL, l;
	size_t n = 0, cap = 0;
	bool head = false;
	int r;

	while (span_line(&text, &line)) {
		if (span_starts(span_trim(line), "sl ")) {
			head = true;
			continue;
		}
		if (span_trim(line).n == 0)
			continue;
		r = head && n < LISTENERS_MAX ? read_socket(line, &l) : -1;
		if (r < 0) {
			free(v);
			return err_set(e, ERR_INPUT, "not a table of sockets");
		}
		if (r == 0)
			continue;
		v = mem_grow(v, n, &cap, sizeof(*v));
		v[n++] = l;
	}
	if (!head)
		return err_set(e, ERR_INPUT, "nothing there");
	free(f->listeners);
	f->listeners = v;
	f->n_listeners = n;
	return 0;
}

/*
 * "/proc/sys/net/ipv4/conf/eth0.5/rp_filter:1" is
 * net.ipv4.conf.eth0/5.rp_filter to sysctl(8), and to us.
 */
static int
read_setting(struct span line, struct setting *ret)
{
	static const char root[] = "/proc/sys/";
	struct span path;

	if (!span_until(&line, ':', &path) || !span_starts(path, root))
		return -1;
	path.p += strlen(root);
	path.n -= strlen(root);
	if (!span_copy(path, ret->name, sizeof(ret->name)) ||
	    !span_copy(span_trim(line), ret->value, sizeof(ret->value)))
		return -1;
	for (char *c = ret->name; *c != '\0'; c++)
		*c = *c == '/' ? '.' : *c == '.' ? '/' : *c;
	return 0;
}

int
linux_parse_settings(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line;
	struct setting *v = NULL;
	size_t n = 0, cap = 0, at = 0;

	while (span_line(&text, &line)) {
		at++;
		if (span_trim(line).n == 0)
			continue;
		v = mem_grow(v, n, &cap, sizeof(*v));
		if (n == SETTINGS_MAX || read_setting(line, &v[n++]) < 0) {
			free(v);
			return err_set(e, ERR_INPUT, "line %zu: not a setting",
			    at);
		}
	}
	if (n == 0) {
		free(v);
		return err_set(e, ERR_INPUT, "nothing there");
	}
	free(f->settings);
	f->settings = v;
	f->n_settings = n;
	return 0;
}

/* "esp4_offload 16384 0 - Live 0x0", or ".../esp4_offload.ko" when built in. */
static bool
is_module(struct span line, const char *name)
{
	size_t n = strlen(name);
	struct span path, part = { NULL, 0 };

	if (span_starts(line, name) && line.n > n && line.p[n] == ' ')
		return true;
	path = line;
	while (span_until(&path, '/', &part))
		;
	return span_starts(part, name) && part.n == n + 3 &&
	    memcmp(part.p + n, ".ko", 3) == 0;
}

/*
 * Is an ESP offload in the kernel?  "No" needs both lists, or ESP itself as a
 * module, for then its offload can be nothing else.
 */
int
linux_parse_modules(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line;
	bool loaded = false, builtin = false, offload = false, esp = false;

	while (span_line(&text, &line)) {
		loaded |= span_is(line, "read modules");
		builtin |= span_is(line, "read builtin");
		offload |= is_module(line, "esp4_offload") ||
		    is_module(line, "esp6_offload");
		esp |= is_module(line, "esp4");
	}
	if (!offload && !(loaded && (builtin || esp)))
		return err_set(e, ERR_INPUT, "the node does not tell them all");
	f->esp_offload = offload;
	return 0;
}
