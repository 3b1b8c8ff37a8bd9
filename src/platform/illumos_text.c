/* Small answers in text: uname, date, svcs. */
#include <string.h>

#include "base/date.h"
#include "base/err.h"
#include "model/facts.h"
#include "platform/illumos.h"
#include "platform/section.h"

/* "SunOS 5.11 joyent_20191010T153230Z": the version says which image it is. */
int
illumos_parse_uname(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, sysname, release;

	if (!span_line(&text, &release) || !span_word(&release, &sysname) ||
	    !span_is(sysname, platform_illumos.sysname) ||
	    span_trim(release).n == 0)
		return err_set(e, ERR_INPUT, "not a SunOS");
	span_copy(span_of(platform_illumos.name), f->platform,
	    sizeof(f->platform));
	span_copy(span_trim(release), f->release, sizeof(f->release));
	return 0;
}

/* "2019-10-09T14:23:11Z", "unix:0:system_misc:boot_time<TAB>1570600000" */
int
illumos_parse_clock(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, date, boot, name;
	struct wall now;
	uint64_t booted_s;

	if (!span_line(&text, &date) || date_parse(span_trim(date), &now) < 0 ||
	    !span_line(&text, &boot) || !span_until(&boot, '\t', &name) ||
	    !span_is(name, "unix:0:system_misc:boot_time") ||
	    span_u64(span_trim(boot), INT64_MAX / NS_PER_S, &booted_s) < 0)
		return err_set(e, ERR_INPUT, "not two times");
	f->clock = now;
	/* The clock may have been set back since. */
	f->uptime_s = now.ns / NS_PER_S > (int64_t)booted_s
	    ? (uint64_t)(now.ns / NS_PER_S) - booted_s
	    : 0;
	return 0;
}

static bool
is_state(struct span s)
{
	static const char *const states[] = { "uninitialized", "offline",
		"online", "degraded", "maintenance", "disabled", "legacy_run",
		"-" };

	/* In transition. */
	if (s.n > 0 && s.p[s.n - 1] == '*')
		s.n--;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (span_is(s, states[i]))
			return true;
	return false;
}

/*
 * "online         svc:/network/ipsec/ike:default", in any order; one that does
 * not exist has no row.
 */
int
illumos_parse_services(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line, state, fmri;
	bool online = false, told = false;

	while (span_line(&text, &line)) {
		if (span_trim(line).n == 0)
			continue;
		if (!span_word(&line, &state) || !is_state(state) ||
		    !span_word(&line, &fmri) || !span_starts(fmri, "svc:/"))
			return err_set(e, ERR_INPUT, "not services");
		if (span_is(fmri, "svc:/network/ipsec/ike:default")) {
			online = span_is(state, "online") ||
			    span_is(state, "degraded");
			told = true;
		}
	}
	/* Of a service that is not there it complains. */
	if (!told && s->status == 0)
		return err_set(e, ERR_INPUT, "no word of ike");
	span_copy(span_of(online ? "in.iked" : ""), f->ike_daemon,
	    sizeof(f->ike_daemon));
	return 0;
}

/* "NIC_admin='igb0'": lines of KEY=VALUE, most of them quoted. */
int
illumos_parse_sysinfo(const struct section *s, struct facts *f, struct err *e)
{
	struct span text = s->text, line, key, value;
	bool any = false;

	while (span_line(&text, &line)) {
		if (memchr(line.p, '=', line.n) == NULL)
			continue;
		any = true;
		span_until(&line, '=', &key);
		if (!span_is(key, "NIC_admin"))
			continue;
		value = span_trim(line);
		if (value.n >= 2 && value.p[0] == '\'')
			value = (struct span){ value.p + 1, value.n - 2 };
		span_copy(value, f->admin_link, sizeof(f->admin_link));
	}
	return any ? 0 : err_set(e, ERR_INPUT, "no keys and values");
}
