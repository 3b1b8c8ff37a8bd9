/*
 * `kstat -p`: "module:instance:name:statistic<TAB>value".  A counter is kept as
 * "name.statistic"; where it counts the very same as one of Linux's, it is kept
 * under that name as well, for the rules.
 */
#include <string.h>

#include "base/err.h"
#include "model/facts.h"
#include "platform/illumos.h"
#include "platform/section.h"
#include "platform/tally.h"

/*
 * The same event on both, from the kernels' sources.  Not here, though they
 * look alike: esp_bytes_expire and spd_explicit (of both directions there, of
 * one each here), spd_got_clear (Linux's XfrmInTmplMismatch is also any other
 * mismatch), spd_got_secure (there may be a policy), sadb_acquire_* (packets
 * that waited for IKE in vain, not packets without an SA), inDatagrams (not
 * known whether before or behind the policy check).
 */
static const struct {
	const char *set, *stat, *as;
} same[] = {
	/* no SA for the SPI of an inbound packet */
	{ "ipdrop", "esp_no_sa", "XfrmInNoStates" },
	/* outside the replay window, before and after the integrity check */
	{ "ipdrop", "esp_early_replay", "XfrmInStateSeqError" },
	{ "ipdrop", "esp_replay", "XfrmInStateSeqError" },
	/* the integrity check, or what decryption made, is wrong */
	{ "ipdrop", "esp_bad_auth", "XfrmInStateProtoError" },
	{ "ipdrop", "esp_bad_padlen", "XfrmInStateProtoError" },
	{ "ipdrop", "esp_bad_padding", "XfrmInStateProtoError" },
	/* a UDP datagram to a port that nobody has */
	{ "ip", "noPorts", "Udp.NoPorts" },
};

static int
add_same(struct tally *t, struct span set, struct span stat, uint64_t v)
{
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (span_is(set, same[i].set) && span_is(stat, same[i].stat))
			return tally_sum(t, same[i].as, v);
	return 0;
}

/* Times and classes are no counters. */
static int
add_line(struct tally *t, struct span line)
{
	struct span module, instance, set, stat;
	uint64_t v;

	if (!span_until(&line, ':', &module) ||
	    !span_until(&line, ':', &instance) ||
	    !span_until(&line, ':', &set) || !span_until(&line, '\t', &stat) ||
	    set.n == 0 || stat.n == 0 || line.n == 0)
		return -1;
	if (span_u64(span_trim(line), UINT64_MAX, &v) < 0)
		return 0;
	return tally_add(t, set, stat, v) < 0 ? -1 : add_same(t, set, stat, v);
}

static bool
has_counter(const struct tally *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->v[i].name, name) == 0)
			return true;
	return false;
}

/* All of wanted must be there: what is missing must not look like zero. */
static int
read_kstats(struct span text, const char *const *wanted, struct facts *f,
    struct err *e)
{
	struct tally t = { 0 };
	struct span line;
	size_t at = 0;

	while (span_line(&text, &line)) {
		at++;
		if (span_trim(line).n > 0 && add_line(&t, line) < 0) {
			tally_free(&t);
			return err_set(e, ERR_INPUT, "line %zu: not a kstat",
			    at);
		}
	}
	for (; *wanted != NULL; wanted++) {
		if (!has_counter(&t, *wanted)) {
			tally_free(&t);
			return err_set(e, ERR_INPUT, "no %s", *wanted);
		}
	}
	tally_give(&t, f);
	return 0;
}

int
illumos_parse_counters(const struct section *s, struct facts *f, struct err *e)
{
	static const char *const wanted[] = { "ip.noPorts", "ip.inDiscards",
		NULL };

	return read_kstats(s->text, wanted, f, e);
}

int
illumos_parse_ipsec_stat(const struct section *s, struct facts *f,
    struct err *e)
{
	static const char *const wanted[] = { "ipdrop.esp_no_sa",
		"ipdrop.esp_early_replay", "ipdrop.esp_replay",
		"ipdrop.esp_bad_auth", "ipdrop.esp_bad_padlen",
		"ipdrop.esp_bad_padding", NULL };

	return read_kstats(s->text, wanted, f, e);
}
