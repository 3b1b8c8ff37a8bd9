/* logs_show: lines, and what nodes say of themselves, as text or JSON. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/date.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/logs.h"
#include "cmd/nodes.h"
#include "inventory/hostrange.h"
#include "io/log.h"
#include "io/say.h"
#include "model/host.h"
#include "report/line.h"

enum { NAMES_MAX = 65536, SAY_BYTES = 1 << 16, SOURCE_WIDTH = 8 };

/* A clock that is no further off is not worth a word. */
#define AHEAD_NS (100 * NS_PER_MS)

static bool
in_json(const struct logs_run *r)
{
	return r->nodes->common->json;
}

static const char *
host_of(const struct logs_run *r, size_t i)
{
	return r->nodes->v[i].host->name;
}

void
logs_say(struct logs_run *r)
{
	if (r->out.len > 0 && !r->failed && !r->stopped) {
		int status =
		    say(STDOUT_FILENO, r->out.data, r->out.len, &r->err);

		r->failed = status < 0;
		r->stopped = status > 0;
	}
	buf_clear(&r->out);
}

/* ---- JSON: an object a line --------------------------------------------- */

static json_t *
object_of(const struct logs_run *r, size_t i, const char *kind)
{
	json_t *o = json_object();

	json_object_set_new(o, "kind", json_string(kind));
	json_object_set_new(o, "host", nodes_json_text(host_of(r, i)));
	return o;
}

static void
put_span(json_t *o, const char *key, struct span s)
{
	char *text = xstrndup(s.p, s.n);

	json_object_set_new(o, key, nodes_json_text(text));
	free(text);
}

static void
put_object(struct logs_run *r, json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);

	buf_puts(&r->out, text);
	buf_puts(&r->out, "\n");
	free(text);
	json_decref(o);
	if (r->out.len >= SAY_BYTES)
		logs_say(r);
}

static void
put_line_json(struct logs_run *r, const struct logs_line *line)
{
	static const char *const when[] = {
		[LOGS_WRITTEN] = "written",
		[LOGS_WRITTEN_S] = "written, to the second",
		[LOGS_WITH] = "with the line before",
		[LOGS_CAME] = "came",
	};
	json_t *o = object_of(r, line->node, "line");
	char text[DATE_TEXT_MAX];

	json_object_set_new(o, "source",
	    nodes_json_text(r->v[line->node].names[line->source]));
	json_object_set_new(o, "time",
	    json_string(date_text(line->time, text)));
	json_object_set_new(o, "when", json_string(when[line->when]));
	json_object_set_new(o, "line", nodes_json_text(line->text));
	put_object(r, o);
}

void
logs_show_record(struct logs_run *r, const struct logs_node *n,
    const struct log_record *rec)
{
	static const char *const kinds[] = {
		[LOG_SOURCE] = "source",
		[LOG_MISSING] = "missing",
		[LOG_WAS] = "debug before",
		[LOG_NOW] = "debug now",
		[LOG_BACK] = "debug after",
		[LOG_FAILED] = NULL,
	};
	json_t *o;

	if (!in_json(r) || kinds[rec->kind] == NULL)
		return;
	o = object_of(r, n->i, kinds[rec->kind]);
	put_span(o, "log", rec->name);
	put_span(o,
	    rec->kind == LOG_SOURCE || rec->kind == LOG_MISSING ? "path"
								: "state",
	    rec->text);
	put_object(r, o);
}

/* ---- text --------------------------------------------------------------- */

/* "11-24 20:01:02.123": the day, for the past may be old. */
static void
put_time(struct buf *b, const struct logs_line *line)
{
	char text[DATE_TEXT_MAX];

	if (line->when == LOGS_WITH) {
		buf_printf(b, "%18s", "");
		return;
	}
	date_text(line->time, text);
	buf_printf(b, "%.5s %.8s", text + 5, text + 11);
	if (line->when == LOGS_WRITTEN_S)
		buf_puts(b, "    ");
	else
		buf_printf(b, "%.4s", text + 19);
}

static void
put_source(struct buf *b, const char *name)
{
	size_t from = b->len;

	utf8_clean(b, span_of(name), UTF8_LINE);
	while (b->len - from < SOURCE_WIDTH && buf_puts(b, " ") == 0)
		;
	buf_puts(b, " ");
}

static void
put_line_text(struct logs_run *r, const struct logs_line *line)
{
	struct buf *b = &r->out;

	if (r->name_width == 0)
		for (size_t i = 0; i < r->nodes->n; i++)
			if ((int)strlen(host_of(r, i)) > r->name_width)
				r->name_width = (int)strlen(host_of(r, i));
	buf_printf(b, "%-*s ", r->name_width, host_of(r, line->node));
	put_time(b, line);
	buf_puts(b, " ");
	put_source(b, r->v[line->node].names[line->source]);
	utf8_clean(b, span_of(line->text + line->rest), UTF8_TEXT);
	buf_puts(b, "\n");
	if (b->len >= SAY_BYTES)
		logs_say(r);
}

void
logs_show_line(struct logs_run *r, const struct logs_line *line)
{
	if (in_json(r))
		put_line_json(r, line);
	else
		put_line_text(r, line);
}

/* ---- notes -------------------------------------------------------------- */

/* Tells what n has noted, for it and all that have noted the same. */
static void
say_note(struct logs_run *r, const struct logs_node *n, enum logs_note which)
{
	static const char *const what[NOTES] = {
		[NOTE_SOURCES] = "follows",
		[NOTE_RAISED] = "IPsec's debug logging:",
		[NOTE_LOWERED] = "IPsec's debug logging again:",
	};
	const char *text = n->notes[which].data;
	const char **names = xcalloc(r->nodes->n, sizeof(*names));
	size_t count = 0;
	struct buf b;

	for (size_t i = 0; i < r->nodes->n; i++) {
		struct logs_node *other = &r->v[i];

		if (other->told[which] || !other->whole[which] ||
		    strcmp(other->notes[which].data, text) != 0)
			continue;
		other->told[which] = true;
		names[count++] = host_of(r, i);
	}
	buf_init(&b, NAMES_MAX);
	hostrange_fold(names, count, &b);
	log_line(LOG_LEVEL_WARN, b.data, "%s %s", what[which], text);
	buf_free(&b);
	free(names);
}

static bool
all_whole(const struct logs_run *r, enum logs_note which)
{
	for (size_t i = 0; i < r->nodes->n; i++)
		if (r->v[i].task != NULL && !r->v[i].whole[which])
			return false;
	return true;
}

/* Whose clock is known to be another than ours. */
static void
say_clocks(const struct logs_run *r)
{
	for (size_t i = 0; i < r->nodes->n; i++) {
		int64_t ahead = logs_ahead(r->logs, i);
		struct buf b;

		if (ahead < AHEAD_NS && ahead > -AHEAD_NS)
			continue;
		buf_init(&b, NAMES_MAX);
		line_interval(&b, ahead < 0 ? -ahead : ahead);
		log_line(LOG_LEVEL_WARN, host_of(r, i),
		    "its clock is %s %s; times are shown by the one here",
		    b.data, ahead < 0 ? "behind" : "ahead");
		buf_free(&b);
	}
}

void
logs_show_notes(struct logs_run *r, bool late)
{
	for (enum logs_note k = NOTE_SOURCES; k < NOTES; k++) {
		bool said = false;

		if (!late && !all_whole(r, k))
			continue;
		for (size_t i = 0; i < r->nodes->n; i++) {
			if (!r->v[i].whole[k] || r->v[i].told[k])
				continue;
			say_note(r, &r->v[i], k);
			said = true;
		}
		if (said && k == NOTE_SOURCES)
			say_clocks(r);
	}
	if (r->flooded && !r->flood_told)
		log_line(LOG_LEVEL_WARN, NULL,
		    "lines come faster than they can be put in order; none is "
		    "left out");
	r->flood_told = r->flooded;
}

/* ---- failures ----------------------------------------------------------- */

void
logs_show_failure(struct logs_run *r, size_t i)
{
	log_line(LOG_LEVEL_WARN, host_of(r, i), "%s", r->nodes->v[i].failure);
}

static void
put_failures_json(struct logs_run *r)
{
	json_t *list = nodes_failures_json(r->nodes);
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o)
	{
		json_object_set_new(o, "kind", json_string("failed"));
		json_incref(o);
		put_object(r, o);
	}
	json_decref(list);
}

void
logs_show_failures(struct logs_run *r)
{
	if (in_json(r))
		put_failures_json(r);
	else
		nodes_put_failures(r->nodes, &r->out);
	logs_say(r);
}
