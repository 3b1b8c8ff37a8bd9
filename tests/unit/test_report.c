/* links: report/text report/json report/picture report/layout report/names
 * model/loss model/run model/ledger model/point model/addr base/binom base/buf
 * base/date base/mem base/str base/utf8 */
#include "unit.h"

#include <jansson.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "report/report.h"
#include "sample_ledger.h"
#include "sample_run.h"

enum { REPORT_MAX = 4 << 20 };

struct scene {
	struct run run;
	struct ledger ledger;
	struct verdict verdict;
};

static void
scene_begin(struct scene *s, unsigned asked)
{
	memset(s, 0, sizeof(*s));
	sample_run(&s->run);
	sample_begin(&s->ledger, asked);
}

static void
scene_end(struct scene *s)
{
	run_free(&s->run);
	ledger_free(&s->ledger);
}

static void
say(struct scene *s, enum verdict_kind kind, const char *sentence)
{
	s->verdict.kind = kind;
	snprintf(s->verdict.sentence, sizeof(s->verdict.sentence), "%s",
	    sentence);
}

/* ---- golden files: ESPY_GOLDEN=update writes them ------------------------ */

static void
read_file(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "r");
	char block[4096];
	size_t n;

	if (f == NULL)
		fail_msg("%s: cannot be read", path);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(b, block, n);
	fclose(f);
}

static void
compare(const struct buf *got, const char *name)
{
	char path[256];
	struct buf want;

	snprintf(path, sizeof(path), "tests/golden/report/%s", name);
	if (getenv("ESPY_GOLDEN") != NULL) {
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		fwrite(got->data, 1, got->len, f);
		assert_int_equal(fclose(f), 0);
		return;
	}
	buf_init(&want, REPORT_MAX);
	read_file(path, &want);
	if (strcmp(got->data, want.data) != 0)
		fail_msg("%s: wanted\n%s\ngot\n%s", path, want.data, got->data);
	buf_free(&want);
}

/* No line leaves the screen but one to be typed; no control character. */
static void
fits(const struct buf *b)
{
	struct span rest = { b->data, b->len }, line;
	size_t lines = 0;

	while (span_line(&rest, &line)) {
		struct span s = line;

		lines++;
		while (s.n > 0)
			assert_true(utf8_take(&s) >= ' ');
		if (utf8_length(line) > 80 &&
		    strstr(line.p, "on a: ip") == NULL)
			fail_msg("too long: %.*s", (int)line.n, line.p);
		assert_false(line.n > 0 && line.p[line.n - 1] == ' ');
	}
	assert_true(lines <= 24);
}

static void
golden(const struct scene *s, const char *name)
{
	const struct report_opts o = { .run_path = "./espy-run-x-a-b" };
	char path[128];
	struct buf b;

	buf_init(&b, REPORT_MAX);
	assert_int_equal(report_text(&s->run, &s->ledger, &s->verdict, &o, &b),
	    0);
	fits(&b);
	snprintf(path, sizeof(path), "%s.txt", name);
	compare(&b, path);
	buf_free(&b);
}

static void
golden_json(const struct scene *s, const char *name)
{
	const struct report_opts o = { .run_path = "./espy-run-x-a-b" };
	char path[128];
	struct buf b;

	buf_init(&b, REPORT_MAX);
	assert_int_equal(report_json(&s->run, &s->ledger, &s->verdict, &o, &b),
	    0);
	snprintf(path, sizeof(path), "%s.json", name);
	compare(&b, path);
	buf_free(&b);
}

/* ---- what reports say --------------------------------------------------- */

static void
test_healthy(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, 100);
	sample_probes(&s.ledger, 100, STAGE_DELIVERED, false);
	s.ledger.has_offset = true;
	s.ledger.offset_min_ns = 4999990000;
	s.ledger.offset_max_ns = 5000010000;
	say(&s, VERDICT_HEALTHY,
	    "a and b reach each other over the overlay, both ways.");
	golden(&s, "healthy");
	scene_end(&s);
}

static void
test_healthy_in_clear(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, 20);
	sample_probes(&s.ledger, 20, STAGE_DELIVERED, true);
	say(&s, VERDICT_HEALTHY,
	    "a and b reach each other over the overlay, both ways.");
	golden(&s, "healthy-clear");
	golden_json(&s, "healthy-clear");
	scene_end(&s);
}

static void
test_total_loss_at_each_stage(void **state)
{
	(void)state;
	for (int st = STAGE_EGRESS_A; st < STAGE_DELIVERED; st++) {
		struct scene s;
		char name[64];

		scene_begin(&s, 100);
		sample_probes(&s.ledger, 100, (enum stage)st, false);
		sample_fault(&s.verdict, &s.ledger, (enum stage)st);
		snprintf(name, sizeof(name), "dead-%d", st);
		golden(&s, name);
		scene_end(&s);
	}
}

/* Nothing even left A: its overlay device is down. */
static void
test_refused_capture(void **state)
{
	struct scene s;
	struct tap *t;

	(void)state;
	scene_begin(&s, 100);
	t = &s.ledger.taps[SIDE_A][POINT_OVERLAY];
	*t = (struct tap){ .wanted = true, .refused = true, .link_down = true };
	snprintf(t->why, sizeof(t->why), "tcpdump: vx0: That device is not up");
	sample_fault(&s.verdict, &s.ledger, STAGE_HOST_A);
	s.verdict.findings[0].rule = "overlay-down";
	s.verdict.findings[0].lost = s.verdict.findings[0].of = 100;
	golden(&s, "refused");
	scene_end(&s);
}

static void
test_partial_loss(void **state)
{
	struct scene s;
	struct finding *f;

	(void)state;
	scene_begin(&s, 120);
	sample_probes(&s.ledger, 97, STAGE_DELIVERED, false);
	sample_probes(&s.ledger, 12, STAGE_NETWORK_AB, false);
	sample_probes(&s.ledger, 11, STAGE_NETWORK_BA, false);
	f = sample_fault(&s.verdict, &s.ledger, STAGE_NETWORK_AB);
	f->rule = "network-loss";
	f->confidence = CONFIDENCE_HIGH;
	f->n_remedies = 0;
	snprintf(f->cause, sizeof(f->cause),
	    "ESP packets are lost between the underlay devices");
	f = sample_fault(&s.verdict, &s.ledger, STAGE_NETWORK_BA);
	f->rule = "network-loss";
	say(&s, VERDICT_FAULT,
	    "The network between a and b loses packets in both directions.");
	golden(&s, "partial");
	scene_end(&s);
}

/* The far capture was not live: what was not seen there proves nothing. */
static void
test_unproven(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, 30);
	sample_probes(&s.ledger, 10, STAGE_DELIVERED, false);
	for (int i = 0; i < 20; i++) {
		struct probe *p =
		    sample_probe(&s.ledger, STAGE_UNPROVEN, false);

		p->seen = i < 15 ? 0x03 : 0xc3;
		p->spi[1] = i < 15 ? 0 : p->spi[1];
		p->inferred = i < 15 ? 0 : 0x3c;
		p->first = i < 15 ? STAGE_NETWORK_AB : STAGE_INGRESS_A;
		p->last = i < 15 ? STAGE_HOST_B : STAGE_DELIVERED;
		p->doubt = i < 15 ? DOUBT_NOT_LIVE : DOUBT_CAPTURE_LOSS;
	}
	s.ledger.taps[SIDE_B][POINT_OVERLAY] = (struct tap){ .wanted = true };
	s.run.complete = false;
	s.run.why = xstrdup("interrupted");
	say(&s, VERDICT_UNKNOWN,
	    "The captures do not say where 20 of 30 probes died.");
	snprintf(s.verdict.notes[0], FINDING_TEXT_MAX,
	    "the capture on b began too late; run it again");
	s.verdict.n_notes = 1;
	golden(&s, "unproven");
	golden_json(&s, "unproven");
	scene_end(&s);
}

/* It did not come to probes: no picture of nothing, no failure twice. */
static void
test_unreachable(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, 0);
	memset(s.ledger.taps, 0, sizeof(s.ledger.taps));
	s.run.complete = false;
	s.run.why = xstrdup("b: unreachable: connect 192.0.2.2 port 22: "
			    "No route to host");
	s.run.nodes[SIDE_B].failure =
	    xstrdup("unreachable: connect 192.0.2.2 port 22: No route to host");
	say(&s, VERDICT_UNKNOWN, "Nothing is known about a and b.");
	golden(&s, "unreachable");
	golden_json(&s, "unreachable");
	scene_end(&s);
}

/* ESP is taken before B's capture sees it: no number, not a zero. */
static void
test_blind_capture(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, 10);
	for (int i = 0; i < 10; i++) {
		struct probe *p =
		    sample_probe(&s.ledger, STAGE_UNPROVEN, false);

		p->seen = 0x03;
		p->spi[1] = 0;
		p->first = STAGE_NETWORK_AB;
		p->last = STAGE_INGRESS_B;
		p->doubt = DOUBT_BLIND;
	}
	s.ledger.taps[SIDE_B][POINT_UNDERLAY].blind = true;
	say(&s, VERDICT_UNKNOWN, "The probes die in the network or on b.");
	golden(&s, "blind");
	scene_end(&s);
}

static void
test_arp_is_judged(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, 100);
	sample_probes(&s.ledger, 3, STAGE_INGRESS_B, false);
	for (size_t i = 0; i < s.ledger.n_probes; i++)
		s.ledger.probes[i].kind = PROBE_ARP;
	s.ledger.pings = 0;
	s.ledger.judged = PROBE_ARP;
	sample_fault(&s.verdict, &s.ledger, STAGE_INGRESS_B);
	golden(&s, "arp");
	scene_end(&s);
}

/* More evidence, findings and notes than a screen holds. */
static void
test_too_much_to_say(void **state)
{
	struct scene s;
	struct finding *f;

	(void)state;
	scene_begin(&s, 100);
	sample_probes(&s.ledger, 100, STAGE_INGRESS_B, false);
	f = sample_fault(&s.verdict, &s.ledger, STAGE_INGRESS_B);
	f->n_remedies = 1;
	for (size_t i = 2; i < FINDING_EVIDENCE_MAX; i++) {
		f->evidence[i] = f->evidence[0];
		f->n_evidence++;
	}
	for (int i = 1; i < 8; i++) {
		f = sample_fault(&s.verdict, &s.ledger, STAGE_INGRESS_B);
		f->stage = STAGE_DELIVERED;
		f->culprit = CULPRIT_NOBODY;
		snprintf(f->cause, sizeof(f->cause), "remark %d", i);
	}
	golden(&s, "much");
	scene_end(&s);
}

/* Everything that a node could have said, said by a hostile one. */
static void
test_hostile_strings(void **state)
{
	static const char evil[] = "\x1b]0;x\x07\x1b[2J\xff\n\xe2\x80\xae%s";
	struct scene s;
	struct finding *f;

	(void)state;
	scene_begin(&s, 1);
	sample_probes(&s.ledger, 1, STAGE_INGRESS_B, false);
	f = sample_fault(&s.verdict, &s.ledger, STAGE_INGRESS_B);
	for (size_t i = 0; i < SIDES; i++) {
		struct run_node *n = &s.run.nodes[i];

		snprintf(n->overlay_link, FACT_NAME_MAX, "%s", evil);
		snprintf(n->underlay_link, FACT_NAME_MAX, "%s", evil);
		n->failure = xstrdup(evil);
	}
	snprintf(f->cause, sizeof(f->cause), "%s", evil);
	snprintf(f->evidence[0].text, FACT_TEXT_MAX, "%s", evil);
	snprintf(f->evidence[0].source, FACT_TEXT_MAX, "%s", evil);
	snprintf(f->remedies[0].command, FACT_TEXT_MAX, "%s", evil);
	snprintf(f->remedies[0].node, FACT_NAME_MAX, "%s", evil);
	snprintf(s.verdict.sentence, FINDING_TEXT_MAX, "%s", evil);
	snprintf(s.verdict.notes[0], FINDING_TEXT_MAX, "%s", evil);
	s.verdict.n_notes = 1;
	s.ledger.taps[SIDE_B][POINT_OVERLAY] =
	    (struct tap){ .wanted = true, .refused = true };
	snprintf(s.ledger.taps[SIDE_B][POINT_OVERLAY].why, FACT_TEXT_MAX, "%s",
	    evil);
	golden(&s, "hostile");
	golden_json(&s, "hostile");
	scene_end(&s);
}

/* Colour adds sequences and nothing else. */
static void
test_colour(void **state)
{
	const struct report_opts plain = { 0 }, colour = { .colour = true };
	struct scene s;
	struct buf a, b, stripped;

	(void)state;
	scene_begin(&s, 10);
	sample_probes(&s.ledger, 10, STAGE_HOST_B, false);
	sample_fault(&s.verdict, &s.ledger, STAGE_HOST_B);
	buf_init(&a, REPORT_MAX);
	buf_init(&b, REPORT_MAX);
	buf_init(&stripped, REPORT_MAX);
	report_text(&s.run, &s.ledger, &s.verdict, &plain, &a);
	report_text(&s.run, &s.ledger, &s.verdict, &colour, &b);
	assert_null(strchr(a.data, '\033'));
	assert_non_null(strstr(b.data, "\033[1;31m --x10\033[0m"));
	for (const char *p = b.data; *p != '\0'; p++) {
		if (*p == '\033')
			p = strchr(p, 'm');
		else
			buf_add(&stripped, p, 1);
	}
	assert_string_equal(stripped.data, a.data);
	assert_null(strstr(a.data, "Run "));
	buf_free(&a);
	buf_free(&b);
	buf_free(&stripped);
	scene_end(&s);
}

/* At any cap the report says that it is cut. */
static void
test_caps(void **state)
{
	const struct report_opts o = { 0 };
	struct scene s;

	(void)state;
	scene_begin(&s, 3);
	sample_probes(&s.ledger, 3, STAGE_NETWORK_BA, false);
	sample_fault(&s.verdict, &s.ledger, STAGE_NETWORK_BA);
	for (size_t max = 0; max < 200; max += 7) {
		struct buf b;

		buf_init(&b, max);
		assert_int_equal(report_text(&s.run, &s.ledger, &s.verdict, &o,
				     &b),
		    -1);
		buf_clear(&b);
		assert_int_equal(report_json(&s.run, &s.ledger, &s.verdict, &o,
				     &b),
		    -1);
		assert_true(b.len <= max);
		buf_free(&b);
	}
	scene_end(&s);
}

/* ---- what the JSON holds ------------------------------------------------ */

static json_t *
parsed(const struct scene *s)
{
	const struct report_opts o = { 0 };
	json_error_t e;
	struct buf b;
	json_t *j;

	buf_init(&b, REPORT_MAX);
	assert_int_equal(report_json(&s->run, &s->ledger, &s->verdict, &o, &b),
	    0);
	for (size_t i = 0; i < b.len; i++)
		assert_true((unsigned char)b.data[i] < 0x7f);
	j = json_loadb(b.data, b.len, JSON_REJECT_DUPLICATES, &e);
	if (j == NULL)
		fail_msg("%d: %s", e.line, e.text);
	buf_free(&b);
	return j;
}

static json_int_t
int_at(const json_t *o, const char *list, size_t i, const char *key)
{
	return json_integer_value(
	    json_object_get(json_array_get(json_object_get(o, list), i), key));
}

static void
test_json_values(void **state)
{
	const json_t *probe, *at;
	struct scene s;
	json_t *o;

	(void)state;
	scene_begin(&s, 5);
	sample_probes(&s.ledger, 4, STAGE_DELIVERED, false);
	sample_probe(&s.ledger, STAGE_NETWORK_BA, false);
	sample_fault(&s.verdict, &s.ledger, STAGE_NETWORK_BA);
	o = parsed(&s);
	assert_int_equal(json_integer_value(json_object_get(o, "version")), 1);
	assert_int_equal(json_array_size(json_object_get(o, "probes")), 5);
	assert_int_equal(int_at(o, "sightings", SIGHT_BU_OUT, "seen"), 5);
	assert_int_equal(int_at(o, "sightings", SIGHT_AU_IN, "seen"), 4);
	assert_int_equal(int_at(o, "stages", STAGE_NETWORK_BA - 1, "probes"),
	    0);
	assert_int_equal(int_at(o, "stages", STAGE_NETWORK_BA, "probes"), 1);
	assert_int_equal(int_at(o, "findings", 0, "lost"), 1);
	assert_true(json_is_null(json_object_get(
	    json_array_get(json_object_get(o, "findings"), 0), "node")));
	probe = json_array_get(json_object_get(o, "probes"), 4);
	at = json_object_get(probe, "at_ns");
	/* B's times count from B's own first sighting. */
	assert_int_equal(json_integer_value(json_array_get(at, 1)), 40000);
	assert_int_equal(json_integer_value(json_array_get(at, 2)), 0);
	assert_int_equal(json_integer_value(json_array_get(at, 5)), 120000);
	assert_true(json_is_null(json_array_get(at, 6)));
	json_decref(o);
	scene_end(&s);
}

/* The same members, of an empty ledger as of a full one. */
static void
test_json_shape_is_fixed(void **state)
{
	struct scene empty, full;
	json_t *a, *b, *v;
	const char *key;

	(void)state;
	scene_begin(&empty, 0);
	scene_begin(&full, 5);
	sample_probes(&full.ledger, 5, STAGE_INGRESS_B, false);
	sample_fault(&full.verdict, &full.ledger, STAGE_INGRESS_B);
	a = parsed(&empty);
	b = parsed(&full);
	assert_int_equal(json_object_size(a), json_object_size(b));
	json_object_foreach(a, key, v)
	{
		const json_t *w = json_object_get(b, key);

		assert_non_null(w);
		assert_int_equal(json_is_array(v), json_is_array(w));
	}
	json_decref(a);
	json_decref(b);
	scene_end(&empty);
	scene_end(&full);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_healthy),
		cmocka_unit_test(test_healthy_in_clear),
		cmocka_unit_test(test_total_loss_at_each_stage),
		cmocka_unit_test(test_refused_capture),
		cmocka_unit_test(test_partial_loss),
		cmocka_unit_test(test_unproven),
		cmocka_unit_test(test_unreachable),
		cmocka_unit_test(test_blind_capture),
		cmocka_unit_test(test_arp_is_judged),
		cmocka_unit_test(test_too_much_to_say),
		cmocka_unit_test(test_hostile_strings),
		cmocka_unit_test(test_colour),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_json_values),
		cmocka_unit_test(test_json_shape_is_fixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
