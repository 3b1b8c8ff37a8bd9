/* The Linux row, and which parser reads which section. */
#include "platform/linux.h"

#include "base/err.h"
#include "model/facts.h"
#include "platform/section.h"

/* "Linux 6.1.0-18-amd64 x86_64" */
static int
parse_uname(const struct section *s, struct facts *f, struct err *e)
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

static const struct {
	enum platform_section section;
	unsigned have; /* set when the parser was content */
	int (*parse)(const struct section *s, struct facts *f, struct err *e);
} parsers[] = {
	{ SECTION_UNAME, 0, parse_uname },
};

static int
parse_section(const struct section *s, struct facts *f, struct err *e)
{
	for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++) {
		const char *name = platform_section_name(parsers[i].section);

		if (!span_is(s->name, name))
			continue;
		if (!s->whole)
			return err_set(e, ERR_INPUT, "%s: cut short", name);
		if (parsers[i].parse(s, f, e) < 0)
			return err_wrap(e, "%s", name);
		f->have |= parsers[i].have;
		return 0;
	}
	return err_set(e, ERR_INPUT, "%.*s: no such section",
	    (int)(s->name.n < 64 ? s->name.n : 64), s->name.p);
}

const struct platform platform_linux = {
	.name = "linux",
	.sysname = "Linux",
	.facts_script = linux_facts_script,
	.capture_script = linux_capture_script,
	.probe_script = linux_probe_script,
	.filter_underlay = linux_filter_underlay,
	.filter_overlay = linux_filter_overlay,
	.parse_section = parse_section,
};
