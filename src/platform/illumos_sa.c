/*
 * `ipseckey -np dump esp`: a message for each SA, of lines that begin with a
 * word of three letters and a colon.  Their order is that of the kernel's
 * extensions, which nobody promises.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/err.h"
#include "base/mem.h"
#include "model/facts.h"
#include "platform/illumos.h"
#include "platform/section.h"
#include "platform/words.h"

enum { SAS_MAX = 65536 };

/* Lines without which there is no SA. */
enum {
	SAW_ID = 1 << 0,
	SAW_SRC = 1 << 1,
	SAW_DST = 1 << 2,
	SAW_FLAGS = 1 << 3,
	SAW_ALL = SAW_ID | SAW_SRC | SAW_DST | SAW_FLAGS
};

/* net/pfkeyv2.h; of 2018 to 2021 none has extended sequence numbers. */
enum {
	FLAG_TUNNEL = 0x20000,
	FLAG_OUTBOUND = 0x8000,
	FLAG_INBOUND = 0x4000,
	FLAG_NATTED = 0x1000
};

/* One message while it is read. */
struct reading {
	struct sa sa;
	unsigned saw;
	uint64_t flags, replay;
	bool dead;
};

/* Behind the first "what", or false. */
static bool
behind(struct span s, const char *what, struct span *ret)
{
	size_t n = strlen(what);

	for (size_t i = 0; n <= s.n && i <= s.n - n; i++) {
		if (memcmp(s.p + i, what, n) == 0) {
			*ret = (struct span){ s.p + i + n, s.n - i - n };
			return true;
		}
	}
	return false;
}

/* "SADB_ASSOC spi=0x11a183ba, replay window size=32, state=MATURE" */
static int
read_assoc(struct reading *r, struct span line)
{
	struct span spi, window, state;
	uint64_t v, size;

	if (!behind(line, "spi=", &spi) ||
	    words_number(spi, ", ", UINT32_MAX, &v) < 0 ||
	    !behind(line, "replay window size=", &window) ||
	    words_number(window, ", ", UINT32_MAX, &size) < 0 ||
	    !behind(line, "state=", &state))
		return -1;
	r->sa.spi = (uint32_t)v;
	r->sa.replay_window = (uint32_t)size;
	r->sa.larval = span_is(span_trim(state), "LARVAL");
	r->dead = span_is(span_trim(state), "DEAD");
	r->saw |= SAW_ID;
	return 0;
}

static int
read_sa(struct reading *r, struct span line)
{
	struct span v;

	if (behind(line, "SADB_ASSOC ", &v))
		return read_assoc(r, v);
	if (behind(line, "Authentication algorithm = ", &v))
		span_copy(span_trim(v), r->sa.auth, sizeof(r->sa.auth));
	else if (behind(line, "Encryption algorithm = ", &v))
		span_copy(span_trim(v), r->sa.crypt, sizeof(r->sa.crypt));
	else if (behind(line, "flags=", &v)) {
		r->saw |= SAW_FLAGS;
		return words_number(v, " ", UINT32_MAX, &r->flags);
	}
	return 0;
}

/*
 * "AF_INET: port 0, 203.0.113.141 (name)."; the blank and the name only when
 * names were asked for.  Another line says what follows.
 */
static int
read_address(struct span line, struct ip *ret, unsigned *saw, unsigned bit)
{
	struct span v, word, addr;

	if (!behind(line, "AF_INET", &v))
		return 0;
	if (!behind(v, ", ", &v) || !span_word(&v, &word))
		return -1;
	if (word.n > 0 && word.p[word.n - 1] == '.')
		word.n--;
	if (!span_until(&word, '/', &addr) || ip_parse(addr, ret) < 0)
		return -1;
	*saw |= bit;
	return 0;
}

static int
read_src(struct reading *r, struct span line)
{
	return read_address(line, &r->sa.src, &r->saw, SAW_SRC);
}

static int
read_dst(struct reading *r, struct span line)
{
	return read_address(line, &r->sa.dst, &r->saw, SAW_DST);
}

/* "Replay Value 15027"; when it is zero "<Value not found.>0". */
static int
read_replay(struct reading *r, struct span line)
{
	struct span v;

	if (!behind(line, "Replay Value", &v))
		return 0;
	v = span_trim(v);
	if (span_starts(v, "<"))
		return 0;
	return span_u64(v, UINT32_MAX, &r->replay);
}

/* "removed/128": the length is all that the scripts leave of a key. */
static int
read_cipher_key(struct reading *r, struct span line)
{
	struct span key;
	uint64_t bits;

	if (span_until(&line, '/', &key) && line.n > 0 &&
	    words_number(line, " +", UINT16_MAX, &bits) == 0)
		r->sa.key_bits = (uint32_t)bits;
	return 0;
}

static int
read_nat(struct reading *r, struct span line)
{
	(void)line;
	r->sa.encap = true;
	return 0;
}

/* ctime(3C)'s "Wed Oct  9 14:23:11 2019"; the scripts make it UTC. */
static int
read_ctime(struct span s, int64_t *ret)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct span w[5];
	char text[DATE_TEXT_MAX];
	struct wall t;
	uint64_t day;

	for (size_t i = 0; i < 5; i++)
		if (!span_word(&s, &w[i]))
			return -1;
	if (w[3].n != 8 || w[4].n != 4 || span_u64(w[2], 31, &day) < 0)
		return -1;
	for (size_t m = 0; m < 12; m++) {
		if (w[1].n != 3 || memcmp(w[1].p, months + 3 * m, 3) != 0)
			continue;
		snprintf(text, sizeof(text), "%.4s-%02zu-%02uT%.8sZ", w[4].p,
		    m + 1, (unsigned)day, w[3].p);
		if (date_parse(span_of(text), &t) < 0)
			return -1;
		*ret = t.ns / NS_PER_S;
		return 0;
	}
	return -1;
}

/* "12345 bytes (12.06 KB) protected, 0 allocations used." */
static int
read_current(struct reading *r, struct span line)
{
	struct span v, n;

	/* Not all releases' times are ctime's; they are not needed. */
	if (behind(line, "SA added at time: ", &v))
		read_ctime(v, &r->sa.added_s);
	if (!words_hold(line, " protected"))
		return 0;
	return span_word(&line, &n) ? span_u64(n, UINT64_MAX, &r->sa.bytes)
				    : -1;
}

/* "300 seconds (5.00 minutes) of post-add lifetime." */
static int
read_limit(struct span line, uint64_t *seconds, uint64_t *bytes)
{
	struct span n;

	if (words_hold(line, "of post-add lifetime"))
		return span_word(&line, &n) ? span_u64(n, UINT64_MAX, seconds)
					    : -1;
	if (bytes != NULL && words_hold(line, "of lifetime,"))
		return span_word(&line, &n) ? span_u64(n, UINT64_MAX, bytes)
					    : -1;
	return 0;
}

static int
read_soft(struct reading *r, struct span line)
{
	return read_limit(line, &r->sa.add_soft_s, NULL);
}

static int
read_hard(struct reading *r, struct span line)
{
	return read_limit(line, &r->sa.add_hard_s, &r->sa.hard_bytes);
}

static const struct {
	const char *tag;
	int (*read)(struct reading *r, struct span line);
} tags[] = {
	{ "SA:", read_sa },
	{ "SRC:", read_src },
	{ "DST:", read_dst },
	{ "EKY:", read_cipher_key },
	{ "RPL:", read_replay },
	{ "NLC:", read_nat },
	{ "NRM:", read_nat },
	{ "CLT:", read_current },
	{ "SLT:", read_soft },
	{ "HLT:", read_hard },
};

static int
read_line(struct reading *r, struct span line)
{
	struct span tag, rest = line;

	if (!span_word(&rest, &tag))
		return 0;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (span_is(tag, tags[i].tag))
			return tags[i].read(r, span_trim(rest));
	return 0;
}

/* What the flags say of the lines read before or behind them. */
static struct sa
conclude(const struct reading *r)
{
	struct sa sa = r->sa;

	sa.mode = (r->flags & FLAG_TUNNEL) != 0 ? SA_TUNNEL : SA_TRANSPORT;
	sa.encap |= (r->flags & FLAG_NATTED) != 0;
	/*
	 * The last number sent, and each packet has one.  Of what came in it is
	 * the highest that passed: as many as that, unless some were lost.
	 */
	sa.packets = r->replay;
	if ((r->flags & FLAG_OUTBOUND) != 0)
		sa.oseq = r->replay;
	else if ((r->flags & FLAG_INBOUND) != 0)
		sa.seq = r->replay;
	return sa;
}

struct list {
	struct sa *v;
	size_t n, cap;
};

/* A second dump says the same SAs again, a little later. */
static int
add_sa(struct list *l, const struct sa *sa)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].spi == sa->spi && l->v[i].proto == sa->proto &&
		    ip_equal(&l->v[i].dst, &sa->dst) &&
		    ip_equal(&l->v[i].src, &sa->src)) {
			l->v[i] = *sa;
			return 0;
		}
	}
	if (l->n == SAS_MAX)
		return -1;
	l->v = mem_grow(l->v, l->n, &l->cap, sizeof(*l->v));
	l->v[l->n++] = *sa;
	return 0;
}

/* The end of one message. */
static int
end_message(struct list *l, const struct reading *r)
{
	struct sa sa;

	if (r->sa.proto == 0 || r->dead)
		return 0;
	/* A larval SA has neither keys nor, in all releases, flags. */
	if ((r->saw & SAW_ALL) != SAW_ALL &&
	    !(r->sa.larval && (r->saw | SAW_FLAGS) == SAW_ALL))
		return -1;
	sa = conclude(r);
	return add_sa(l, &sa);
}

/* "Base message (version 2) type DUMP, SA type ESP." */
static void
begin_message(struct reading *r, struct span line)
{
	*r = (struct reading){ 0 };
	if (!words_hold(line, "type DUMP"))
		return;
	if (words_hold(line, "SA type ESP"))
		r->sa.proto = 50;
	else if (words_hold(line, "SA type AH"))
		r->sa.proto = 51;
}

/* Without the line that ends it, a dump may lack any number of SAs. */
static int
read_dump(struct span text, struct list *l, size_t *at)
{
	struct reading r = { 0 };
	struct span line;
	bool ended = false;

	while (span_line(&text, &line)) {
		bool begins = span_starts(line, "Base message ");
		bool ends = span_starts(line, "Dump succeeded ");

		++*at;
		if ((begins || ends) && end_message(l, &r) < 0)
			return -1;
		if (begins || ends)
			begin_message(&r, line);
		else if (r.sa.proto != 0 && read_line(&r, line) < 0)
			return -1;
		ended = ends || (ended && !begins);
	}
	return ended ? 0 : -1;
}

int
illumos_parse_sas(const struct section *s, struct facts *f, struct err *e)
{
	struct list l = { 0 };
	size_t at = 0;

	if (read_dump(s->text, &l, &at) < 0) {
		free(l.v);
		return err_set(e, ERR_INPUT,
		    "line %zu: not a whole dump as ipseckey prints it", at);
	}
	free(f->sas);
	f->sas = l.v;
	f->n_sas = l.n;
	return 0;
}
