/* links: model/run_json model/run_field model/run_path model/run
 * model/point model/addr base/buf base/date base/err base/mem base/str
 * base/utf8 */
#include "unit.h"

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/run_json.h"
#include "model/run_path.h"
#include "sample_run.h"

static void
write_run(const struct run *r, struct buf *b)
{
	struct err e = { 0 };

	buf_init(b, RUN_JSON_MAX);
	if (run_json_write(r, b, &e) < 0)
		fail_msg("%s", e.text);
}

static void
same_capture(const struct run_capture *a, const struct run_capture *b)
{
	assert_int_equal(a->wanted, b->wanted);
	assert_string_equal(a->link, b->link);
	assert_string_equal(a->filter, b->filter);
	assert_string_equal(a->log, b->log);
	assert_int_equal(a->status, b->status);
	assert_true(a->bytes == b->bytes);
}

static void
same_node(const struct run_node *a, const struct run_node *b)
{
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->site, b->site);
	assert_string_equal(a->platform, b->platform);
	assert_true((a->failure == NULL) == (b->failure == NULL));
	if (a->failure != NULL)
		assert_string_equal(a->failure, b->failure);
	assert_string_equal(a->overlay_link, b->overlay_link);
	assert_string_equal(a->underlay_link, b->underlay_link);
	assert_memory_equal(&a->overlay, &b->overlay, sizeof(a->overlay));
	assert_memory_equal(&a->underlay, &b->underlay, sizeof(a->underlay));
	assert_int_equal(a->vni, b->vni);
	assert_int_equal(a->vxlan_port, b->vxlan_port);
	for (size_t p = 0; p < POINTS; p++)
		same_capture(&a->captures[p], &b->captures[p]);
	assert_int_equal(a->n_texts, b->n_texts);
	for (size_t i = 0; i < a->n_texts; i++) {
		assert_string_equal(a->texts[i].name, b->texts[i].name);
		assert_int_equal(a->texts[i].len, b->texts[i].len);
		assert_int_equal(a->texts[i].status, b->texts[i].status);
		assert_null(b->texts[i].text);
	}
}

static void
test_round_trip(void **state)
{
	struct err e = { 0 };
	struct run r, back;
	struct buf one, two;

	(void)state;
	sample_run(&r);
	run_add_text(&r.nodes[SIDE_A], "before/sas", "no keys\n", 8, 0);
	run_add_text(&r.nodes[SIDE_A], "after/sas", "", 0, -1);
	run_add_text(&r.nodes[SIDE_B], "uname", "x", 1, 127);
	r.nodes[SIDE_B].failure = xstrdup("timeout");
	r.nodes[SIDE_B].captures[POINT_OVERLAY].status = -1;
	r.nodes[SIDE_B].overlay = (struct ip){ 0 };
	r.nodes[SIDE_B].underlay =
	    ip_v6((const uint8_t[16]){ 0x20, 1, 0xd, 0xb8, [15] = 1 });
	r.complete = false;
	r.why = xstrdup("cut short \x1b[1m \"quoted\"");
	write_run(&r, &one);
	if (run_json_read(one.data, one.len, &back, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(back.tool, r.tool);
	assert_string_equal(back.kind, r.kind);
	assert_true(back.started.ns == r.started.ns);
	assert_false(back.complete);
	assert_string_equal(back.why, r.why);
	assert_memory_equal(&back.probes, &r.probes, sizeof(r.probes));
	same_node(&r.nodes[SIDE_A], &back.nodes[SIDE_A]);
	same_node(&r.nodes[SIDE_B], &back.nodes[SIDE_B]);
	write_run(&back, &two);
	assert_string_equal(one.data, two.data);
	buf_free(&one);
	buf_free(&two);
	run_free(&r);
	run_free(&back);
}

/* Bytes that are no UTF-8 are mended, and what is too long is cut. */
static void
test_strings_of_nodes(void **state)
{
	struct err e = { 0 };
	struct run r, back;
	struct buf b;

	(void)state;
	sample_run(&r);
	r.why = xstrdup("a\xff"
			"b");
	free(r.nodes[0].captures[0].log);
	r.nodes[0].captures[0].log = xcalloc(RUN_LOG_MAX + 100, 1);
	memset(r.nodes[0].captures[0].log, 'x', RUN_LOG_MAX + 99);
	snprintf(r.nodes[1].overlay_link, FACT_NAME_MAX, "v\xfe");
	write_run(&r, &b);
	if (run_json_read(b.data, b.len, &back, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(back.why,
	    "a\xef\xbf\xbd"
	    "b");
	assert_int_equal(strlen(back.nodes[0].captures[0].log), RUN_LOG_MAX);
	assert_string_equal(back.nodes[1].overlay_link, "v\xef\xbf\xbd");
	buf_free(&b);
	run_free(&r);
	run_free(&back);
}

static void
test_an_empty_run_is_not_written(void **state)
{
	struct err e = { 0 };
	struct run r;
	struct buf b;

	(void)state;
	run_init(&r);
	buf_init(&b, RUN_JSON_MAX);
	assert_int_equal(run_json_write(&r, &b, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_int_equal(b.len, 0);
	buf_free(&b);
}

static void
test_hostile_names_are_not_written(void **state)
{
	static const char *const bad[] = { "", ".", "..", ".a", "a/b", "/a",
		"../a", "a\n", "a\x1b[m", "a\xff", "a\x7f",
		"\xe2\x80\xae"
		"a" };
	struct err e = { 0 };
	struct run r;
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		sample_run(&r);
		free(r.nodes[SIDE_B].name);
		r.nodes[SIDE_B].name = xstrdup(bad[i]);
		buf_init(&b, RUN_JSON_MAX);
		assert_false(run_path_node_ok(bad[i]));
		assert_int_equal(run_json_write(&r, &b, &e), -1);
		buf_free(&b);
		run_free(&r);
	}
	assert_true(run_path_node_ok("node-1.example.org"));
	assert_true(run_path_node_ok("2001:db8::1"));
	assert_true(run_path_node_ok("n\xc3\xb6rdlich"));
}

static void
test_names_of_texts(void **state)
{
	static const char *const bad[] = { "", "/", "/a", "a/", "a//b", "..",
		"a/..", "a/.b", ".a", "a b", "a\n", "a\\b", "\xc3\xa4" };
	char longest[RUN_TEXT_NAME_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(run_path_text_ok(bad[i]));
	assert_true(run_path_text_ok("uname"));
	assert_true(run_path_text_ok("before/sas-2_x.y"));
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_false(run_path_text_ok(longest));
	longest[RUN_TEXT_NAME_MAX] = '\0';
	assert_true(run_path_text_ok(longest));
}

/* ---- every member absent, and of every wrong type ------------------------ */

static void
refuse(const json_t *whole, const char *why_has)
{
	struct err e = { 0 };
	struct run r;
	char *text = json_dumps(whole, 0);

	assert_non_null(text);
	memset(&r, 0x5a, sizeof(r));
	assert_int_equal(run_json_read(text, strlen(text), &r, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_int_equal(((unsigned char *)&r)[0], 0x5a);
	if (strncmp(e.text, "run.json: member ", 17) != 0 ||
	    strstr(e.text, why_has) == NULL || strchr(e.text, '\n') != NULL)
		fail_msg("wanted %s: %s", why_has, e.text);
	free(text);
}

/* Each of these in the member's place, and then the member again. */
static void
break_one(const json_t *whole, json_t *o, const char *key)
{
	json_t *keep = json_incref(json_object_get(o, key));

	json_object_del(o, key);
	refuse(whole, key);
	json_object_set_new(o, key, json_pack("[{}]"));
	refuse(whole, key);
	json_object_set_new(o, key, json_real(1.5));
	refuse(whole, key);
	json_object_set_new(o, key, json_integer(-1));
	refuse(whole, key);
	json_object_set_new(o, key, keep);
}

/* Goes through o, which is part of whole, and breaks each member in turn. */
static void
break_each(const json_t *whole, json_t *o, size_t *n)
{
	char keys[32][32];
	size_t n_keys = 0, i;
	const char *key;
	json_t *v;

	json_object_foreach(o, key, v)
	{
		assert_true(n_keys < 32 && strlen(key) < 32);
		snprintf(keys[n_keys++], 32, "%s", key);
	}
	for (size_t k = 0; k < n_keys; k++, (*n)++) {
		break_one(whole, o, keys[k]);
		v = json_object_get(o, keys[k]);
		if (json_is_object(v))
			break_each(whole, v, n);
		for (i = 0; i < json_array_size(v); i++)
			if (json_is_object(json_array_get(v, i)))
				break_each(whole, json_array_get(v, i), n);
	}
}

static json_t *
sample_json(void)
{
	struct run r;
	struct buf b;
	json_t *o;

	sample_run(&r);
	run_add_text(&r.nodes[SIDE_A], "uname", "x", 1, 0);
	run_add_text(&r.nodes[SIDE_B], "before/sas", "y", 1, 0);
	write_run(&r, &b);
	o = json_loads(b.data, 0, NULL);
	assert_non_null(o);
	buf_free(&b);
	run_free(&r);
	return o;
}

static void
test_every_bad_member(void **state)
{
	json_t *o = sample_json();
	size_t n = 0;

	(void)state;
	break_each(o, o, &n);
	/* 8 of the run, 5 of the probes, 13 + 2 * 8 + 4 of each node */
	assert_int_equal(n, 8 + 5 + 2 * (13 + 16 + 4));
	json_decref(o);
}

static void
set(json_t *o, const char *node_key, size_t node, json_t *v)
{
	json_t *n = json_array_get(json_object_get(o, "nodes"), node);

	assert_int_equal(json_object_set_new(n, node_key, v), 0);
}

static void
test_bad_values(void **state)
{
	static const struct {
		const char *key, *value, *why;
	} t[] = {
		{ "name", "\"../b\"", "nodes[1].name: cannot name" },
		{ "name", "\"a\"", "nodes[1].name: the same" },
		{ "side", "\"A\"", "nodes[1].side: not \"B\"" },
		{ "overlay", "\"10.0.0\"", "nodes[1].overlay: not an addr" },
		{ "vni", "16777216", "nodes[1].vni: out of range" },
		{ "vxlan_port", "65536", "nodes[1].vxlan_port: out of" },
		{ "captures", "[]", "nodes[1].captures: too few" },
		{ "texts", "[1]", "nodes[1].texts[0]: not an object" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		json_t *o = sample_json();

		set(o, t[i].key, 1,
		    json_loads(t[i].value, JSON_DECODE_ANY, NULL));
		refuse(o, t[i].why);
		json_decref(o);
	}
}

/* No two texts of one name, none that points elsewhere. */
static void
test_bad_texts(void **state)
{
	static const char *const good =
	    "{\"name\":\"u\",\"status\":0,\"bytes\":1,"
	    "\"file\":\"nodes/a/u.txt\"}";
	static const struct {
		const char *text, *why;
	} t[] = {
		{ "{\"name\":\"u\",\"status\":0,\"bytes\":1,"
		  "\"file\":\"/etc/passwd\"}",
		    "texts[0].file: not \"nodes/a/u.txt\"" },
		{ "{\"name\":\"../u\",\"status\":0,\"bytes\":1,"
		  "\"file\":\"nodes/a/../u.txt\"}",
		    "texts[0].name: cannot name a file" },
		{ "{\"name\":\"u\",\"status\":0,\"bytes\":4194305,"
		  "\"file\":\"nodes/a/u.txt\"}",
		    "texts[0].bytes: out of range" },
	};
	json_t *o = sample_json(), *twice = json_array();

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		json_t *list = json_array();

		json_array_append_new(list, json_loads(t[i].text, 0, NULL));
		set(o, "texts", 0, list);
		refuse(o, t[i].why);
	}
	json_array_append_new(twice, json_loads(good, 0, NULL));
	json_array_append_new(twice, json_loads(good, 0, NULL));
	set(o, "texts", 0, twice);
	refuse(o, "texts[1].name: the same");
	json_decref(o);
}

static void
test_version_and_syntax(void **state)
{
	struct err e = { 0 };
	struct run r;
	json_t *o = sample_json();

	(void)state;
	json_object_set_new(o, "version", json_integer(2));
	refuse(o, "version: 2, but this espy reads 1");
	json_decref(o);
	assert_int_equal(run_json_read("{\n \x1b", 4, &r, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_memory_equal(e.text, "run.json:2:", 11);
	assert_null(strchr(e.text, '\x1b'));
	assert_int_equal(run_json_read("", 0, &r, &e), -1);
	assert_int_equal(run_json_read("[]", 2, &r, &e), -1);
	assert_string_equal(e.text, "run.json: not an object");
	assert_int_equal(run_json_read("{\"a\":1,\"a\":1}", 13, &r, &e), -1);
}

/* Cut anywhere, it is refused. */
static void
test_every_cut(void **state)
{
	struct err e = { 0 };
	struct run r, back;
	struct buf b;

	(void)state;
	sample_run(&r);
	write_run(&r, &b);
	for (size_t n = 0; n + 1 < b.len; n++)
		assert_int_equal(run_json_read(b.data, n, &back, &e), -1);
	buf_free(&b);
	run_free(&r);
}

static void
test_unknown_members_are_ignored(void **state)
{
	struct err e = { 0 };
	struct run r;
	json_t *o = sample_json();
	char *text;

	(void)state;
	json_object_set_new(o, "later", json_integer(1));
	set(o, "later", 0, json_true());
	text = json_dumps(o, 0);
	assert_int_equal(run_json_read(text, strlen(text), &r, &e), 0);
	run_free(&r);
	free(text);
	json_decref(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_strings_of_nodes),
		cmocka_unit_test(test_an_empty_run_is_not_written),
		cmocka_unit_test(test_hostile_names_are_not_written),
		cmocka_unit_test(test_names_of_texts),
		cmocka_unit_test(test_every_bad_member),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_bad_texts),
		cmocka_unit_test(test_version_and_syntax),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_unknown_members_are_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
