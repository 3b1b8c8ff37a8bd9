/*
 * `kstat -p`: "module:instance:name:statistic<TAB>value".  A counter is kept as
 * "name.statistic".
 */
#include <string.h>

#include "base/err.h"
#include "model/facts.h"
#include "platform/illumos.h"
#include "platform/section.h"
#include "platform/tally.h"

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
	return tally_add(t, set, stat, v);
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
