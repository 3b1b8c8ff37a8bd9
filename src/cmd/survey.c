/* espy survey: every fact of every node; what is wrong, what differs. */
#include "cluster/survey.h"

#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/nodes.h"
#include "cmd/survey.h"
#include "model/host.h"
#include "platform/platform.h"

enum {
	SECTIONS_ASKED = SECTION_BIT(SECTION_UNAME) |
	    SECTION_BIT(SECTION_CLOCK) | SECTION_BIT(SECTION_MODULES) |
	    SECTION_BIT(SECTION_IKE) | SECTION_BIT(SECTION_SAS) |
	    SECTION_BIT(SECTION_POLICIES) | SECTION_BIT(SECTION_LINKS) |
	    SECTION_BIT(SECTION_OFFLOAD) | SECTION_BIT(SECTION_FDB) |
	    SECTION_BIT(SECTION_SYSINFO)
};

static struct wall
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (struct wall){ t.tv_sec * NS_PER_S + t.tv_nsec };
}

static void
learn(struct nodes *ns, struct wall asked, struct survey_node *v)
{
	const struct wall answered = now();

	for (size_t i = 0; i < ns->n; i++) {
		struct node *n = &ns->v[i];

		v[i] = (struct survey_node){ .name = n->host->name,
			.site = n->host->site,
			.asked = asked,
			.answered = answered };
		if (n->host->address != NULL)
			ip_parse(span_of(n->host->address), &v[i].address);
		if (n->failure != NULL)
			continue;
		nodes_need(n, HAVE_LINKS, "which devices it has");
		if (n->failure == NULL)
			v[i].facts = &n->facts;
	}
}

static size_t
count_wrong(const struct survey *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_findings; i++)
		n += survey_wrong(s->findings[i].kind);
	return n;
}

static int
ask_and_show(struct nodes *ns, void *arg, struct err *e)
{
	struct survey_node *v;
	struct survey s;
	struct wall asked;
	int status;

	(void)arg;
	if (nodes_connect(ns, e) < 0)
		return cmd_fail(e);
	asked = now();
	if (nodes_facts(ns, "facts", SECTIONS_ASKED, e) < 0)
		return cmd_fail(e);
	v = xcalloc(ns->n, sizeof(*v));
	learn(ns, asked, v);
	survey_make(v, ns->n, &s);
	if (ns->common->json)
		survey_print_json(ns, &s);
	else
		survey_print(ns, &s);
	status = nodes_status(ns, count_wrong(&s) > 0);
	survey_free(&s);
	free(v);
	return status;
}

int
cmd_survey(int argc, char **argv)
{
	static const struct nodes_command command = { .name = "survey",
		.would = "what they are made of",
		.run = ask_and_show };

	return nodes_command(&command, argc, argv);
}
