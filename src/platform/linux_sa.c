/*
 * `ip -s xfrm state list nokeys`.  What a line is, its first words say; lines
 * that are not in the table say nothing that is wanted.
 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/err.h"
#include "base/mem.h"
#include "platform/linux.h"
#include "platform/linux_xfrm.h"
#include "platform/section.h"
#include "platform/words.h"

/* Lines without which an SA's numbers would be invented. */
enum {
	SAW_ID = 1 << 0,
	SAW_REPLAY = 1 << 1,
	SAW_CURRENT = 1 << 2,
	SAW_STATS = 1 << 3,
	SAW_ALL = SAW_ID | SAW_REPLAY | SAW_CURRENT | SAW_STATS
};

/* "proto esp spi 0xc3ab0d85(3282767237) reqid 1(0x00000001) mode transport" */
static int
sa_id(struct sa *sa, struct span line, unsigned *saw)
{
	struct span w;

	if (!words_value(line, "proto", &w) ||
	    xfrm_read_protocol(w, &sa->proto) < 0 ||
	    words_u32(line, "reqid", &sa->reqid) < 0 ||
	    words_u32(line, "spi", &sa->spi) < 0)
		return -1;
	sa->mode = xfrm_read_mode(line);
	*saw |= SAW_ID;
	return 0;
}

/* The window's size, "replay-window 32 seq ...", or the losses behind it:
 * "replay-window 0 replay 0 failed 0". */
static int
sa_window(struct sa *sa, struct span line, unsigned *saw)
{
	if (!words_have(line, "failed")) {
		struct span flags;

		if (span_until(&line, '(', &flags))
			sa->esn |= words_have(flags, "esn");
		return words_u32(flags, "replay-window", &sa->replay_window);
	}
	*saw |= SAW_STATS;
	return words_u64(line, "replay-window", UINT32_MAX,
		   &sa->stat_replay_window) < 0 ||
		words_u64(line, "replay", UINT32_MAX, &sa->stat_replay) < 0 ||
		words_u64(line, "failed", UINT32_MAX, &sa->stat_failed) < 0
	    ? -1
	    : 0;
}

/* "auth-trunc hmac(sha512) <<Keys hidden>> 256": the ICV's bits are last. */
static int
sa_algorithm(struct span line, char *name, size_t size, uint32_t *icv)
{
	struct span w, last = { NULL, 0 };
	uint64_t bits;

	span_word(&line, &w);
	if (!span_word(&line, &w))
		return -1;
	span_copy(w, name, size);
	while (span_word(&line, &w))
		last = w;
	if (icv != NULL && last.n > 0 && span_u64(last, 4096, &bits) == 0)
		*icv = (uint32_t)bits;
	return 0;
}

static int
sa_auth(struct sa *sa, struct span line, unsigned *saw)
{
	(void)saw;
	return sa_algorithm(line, sa->auth, sizeof(sa->auth), &sa->icv_bits);
}

static int
sa_aead(struct sa *sa, struct span line, unsigned *saw)
{
	(void)saw;
	return sa_algorithm(line, sa->crypt, sizeof(sa->crypt), &sa->icv_bits);
}

static int
sa_enc(struct sa *sa, struct span line, unsigned *saw)
{
	(void)saw;
	return sa_algorithm(line, sa->crypt, sizeof(sa->crypt), NULL);
}

static int
sa_encap(struct sa *sa, struct span line, unsigned *saw)
{
	(void)line, (void)saw;
	sa->encap = true;
	return 0;
}

static int
sa_offload(struct sa *sa, struct span line, unsigned *saw)
{
	(void)line, (void)saw;
	sa->hw_offload = true;
	return 0;
}

/* "anti-replay context: seq 0x2f, oseq 0x0, bitmap 0x0000ffff" */
static int
sa_replay(struct sa *sa, struct span line, unsigned *saw)
{
	*saw |= SAW_REPLAY;
	if (words_u64(line, "seq", UINT32_MAX, &sa->seq) < 0 ||
	    words_u64(line, "oseq", UINT32_MAX, &sa->oseq) < 0)
		return -1;
	return 0;
}

/*
 * "seq-hi 0x0, seq 0x2f, oseq-hi 0x0, oseq 0x0", behind "anti-replay esn
 * context:".  The kernel uses that context for large windows too; only the
 * flag says that the numbers are extended.
 */
static int
sa_esn_seq(struct sa *sa, struct span line, unsigned *saw)
{
	uint64_t hi, lo, ohi, olo;

	*saw |= SAW_REPLAY;
	if (words_u64(line, "seq-hi", UINT32_MAX, &hi) < 0 ||
	    words_u64(line, "seq", UINT32_MAX, &lo) < 0 ||
	    words_u64(line, "oseq-hi", UINT32_MAX, &ohi) < 0 ||
	    words_u64(line, "oseq", UINT32_MAX, &olo) < 0)
		return -1;
	sa->seq = hi << 32 | lo;
	sa->oseq = ohi << 32 | olo;
	return 0;
}

static int
sa_esn_window(struct sa *sa, struct span line, unsigned *saw)
{
	(void)saw;
	return words_u32(line, "replay_window", &sa->replay_window);
}

static int
sa_selector(struct sa *sa, struct span line, unsigned *saw)
{
	struct xfrm_selector s;

	(void)saw;
	if (xfrm_read_selector(line, &s) < 0)
		return -1;
	sa->sel_src = s.src;
	sa->sel_dst = s.dst;
	sa->sel_src_prefix = s.src_prefix;
	sa->sel_dst_prefix = s.dst_prefix;
	sa->sel_proto = s.proto;
	sa->sel_sport = s.sport;
	sa->sel_dport = s.dport;
	return 0;
}

/* "limit: soft (INF)(bytes), hard 1000(bytes)", or packets. */
static int
sa_limit(struct sa *sa, struct span line, unsigned *saw)
{
	struct span w;
	uint64_t v = 0, *to;

	(void)saw;
	if (!words_value(line, "hard", &w))
		return -1;
	to =
	    memchr(w.p, 'p', w.n) != NULL ? &sa->hard_packets : &sa->hard_bytes;
	if (!span_starts(w, "(INF)") &&
	    words_number(w, "(", UINT64_MAX, &v) < 0)
		return -1;
	*to = v;
	return 0;
}

static int
sa_expire(struct sa *sa, struct span line, unsigned *saw)
{
	(void)saw;
	if (words_u64(line, "soft", UINT64_MAX, &sa->add_soft_s) < 0 ||
	    words_u64(line, "hard", UINT64_MAX, &sa->add_hard_s) < 0)
		return -1;
	return 0;
}

/* "add 2026-11-23 15:14:30 use -"; the scripts make it UTC. */
static int
sa_added(struct sa *sa, struct span line, unsigned *saw)
{
	struct span day, hour;
	char text[DATE_TEXT_MAX] = "";
	struct wall t;

	(void)saw;
	span_word(&line, &day);
	if (!span_word(&line, &day))
		return -1;
	if (span_is(day, "-"))
		return 0;
	if (!span_word(&line, &hour) || day.n != 10 || hour.n != 8)
		return -1;
	memcpy(text, day.p, 10);
	text[10] = 'T';
	memcpy(text + 11, hour.p, 8);
	text[19] = 'Z';
	if (date_parse(span_of(text), &t) < 0)
		return -1;
	sa->added_s = t.ns / NS_PER_S;
	return 0;
}

static int
sa_mark(struct sa *sa, struct span line, unsigned *saw)
{
	(void)saw;
	return xfrm_read_mark(line, &sa->mark, &sa->mark_mask);
}

static int
sa_if_id(struct sa *sa, struct span line, unsigned *saw)
{
	(void)saw;
	return words_u32(line, "if_id", &sa->if_id);
}

static const struct {
	const char *head;
	int (*read)(struct sa *sa, struct span line, unsigned *saw);
} sa_lines[] = {
	{ "proto ", sa_id },
	{ "replay-window ", sa_window },
	{ "auth-trunc ", sa_auth },
	{ "auth ", sa_auth },
	{ "aead ", sa_aead },
	{ "enc ", sa_enc },
	{ "encap ", sa_encap },
	{ "anti-replay context:", sa_replay },
	{ "seq-hi ", sa_esn_seq },
	{ "replay_window ", sa_esn_window },
	{ "crypto offload parameters:", sa_offload },
	{ "sel ", sa_selector },
	{ "limit: ", sa_limit },
	{ "expire add: ", sa_expire },
	{ "add ", sa_added },
	{ "mark ", sa_mark },
	{ "if_id ", sa_if_id },
};

/* "  1400(bytes), 10(packets)" */
static int
sa_current(struct sa *sa, struct span line, unsigned *saw)
{
	struct span b, p;

	if (!span_word(&line, &b) || !span_word(&line, &p) || b.n < 8 ||
	    memcmp(b.p + b.n - 8, "(bytes),", 8) != 0)
		return 0;
	*saw |= SAW_CURRENT;
	if (words_number(b, "(", UINT64_MAX, &sa->bytes) < 0 ||
	    words_number(p, "(", UINT64_MAX, &sa->packets) < 0)
		return -1;
	return 0;
}

static int
sa_line(struct sa *sa, struct span line, unsigned *saw)
{
	for (size_t i = 0; i < sizeof(sa_lines) / sizeof(sa_lines[0]); i++)
		if (span_starts(line, sa_lines[i].head))
			return sa_lines[i].read(sa, line, saw);
	return sa_current(sa, line, saw);
}

/* "src 192.0.2.11 dst 198.51.100.13" */
static int
sa_begin(struct sa *sa, struct span line)
{
	struct span w;

	*sa = (struct sa){ 0 };
	if (!span_starts(line, "src ") || !words_value(line, "src", &w) ||
	    ip_parse(w, &sa->src) < 0 || !words_value(line, "dst", &w) ||
	    ip_parse(w, &sa->dst) < 0)
		return -1;
	return 0;
}

static int
sa_end(struct sa *sa, unsigned saw)
{
	/* IPComp and its tunnels have neither, and are whole. */
	sa->larval = (sa->proto == 50 || sa->proto == 51) &&
	    sa->crypt[0] == '\0' && sa->auth[0] == '\0';
	return (saw & SAW_ALL) == SAW_ALL ? 0 : -1;
}

int
linux_parse_sas(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line;
	struct sa *v = NULL;
	size_t n = 0, cap = 0, at = 0;
	unsigned saw = SAW_ALL;

	while (span_line(&text, &line)) {
		bool inner = xfrm_is_inner(line);

		at++;
		if (span_trim(line).n == 0)
			continue;
		if (inner &&
		    (n == 0 || sa_line(&v[n - 1], span_trim(line), &saw) < 0))
			goto bad;
		if (inner)
			continue;
		if ((n > 0 && sa_end(&v[n - 1], saw) < 0) ||
		    n == XFRM_ENTRIES_MAX)
			goto bad;
		v = mem_grow(v, n, &cap, sizeof(*v));
		if (sa_begin(&v[n++], line) < 0)
			goto bad;
		saw = 0;
	}
	if (n > 0 && sa_end(&v[n - 1], saw) < 0)
		goto bad;
	free(f->sas);
	f->sas = v;
	f->n_sas = n;
	return 0;
bad:
	free(v);
	return err_set(e, ERR_INPUT, "line %zu: not an SA as ip prints it", at);
}
