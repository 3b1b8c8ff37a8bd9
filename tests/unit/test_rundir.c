/* links: io/rundir model/run_json model/run_field model/run_path
 * model/run model/point model/addr base/buf base/date base/err base/mem
 * base/str base/utf8 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "io/rundir.h"
#include "model/run_json.h"
#include "sample_run.h"

static char top[64]; /* a directory of the test's own; the current one */

static int
enter(void **state)
{
	(void)state;
	snprintf(top, sizeof(top), "/tmp/espy-rundir-XXXXXX");
	return mkdtemp(top) != NULL ? chdir(top) : -1;
}

/* Everything the tests make lies at most this deep. */
static int
leave(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", top);
	return chdir("/") == 0 ? system(command) : -1;
}

static mode_t
mode(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

static void
put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static char *
make(const char *path)
{
	struct err e = { 0 };
	char *dir = NULL;

	if (rundir_create(path, "unused", &dir, &e) < 0)
		fail_msg("%s", e.text);
	return dir;
}

static void
test_create_is_exclusive(void **state)
{
	struct err e = { 0 };
	char *dir = make("one"), *again = NULL;

	(void)state;
	assert_string_equal(dir, "one");
	assert_int_equal(mode("one"), 0700);
	assert_int_equal(rundir_create("one", "x", &again, &e), -1);
	assert_string_equal(e.text, "make run directory one: File exists");
	assert_int_equal(rundir_create("no/where", "x", &again, &e), -1);
	assert_int_equal(symlink("/tmp", "link"), 0);
	assert_int_equal(rundir_create("link", "x", &again, &e), -1);
	assert_null(again);
	free(dir);
}

static void
test_default_names(void **state)
{
	static const char *const bad[] = { "../x", "a/b", "a\nb", "" };
	struct err e = { 0 };
	char *name = rundir_name((struct wall){ 0 }, "a", "b");
	char *one = NULL, *two = NULL, *none = NULL;

	(void)state;
	assert_string_equal(name, "espy-run-19700101T000000Z-a-b");
	assert_int_equal(rundir_create(NULL, name, &one, &e), 0);
	assert_string_equal(one, "./espy-run-19700101T000000Z-a-b");
	assert_int_equal(rundir_create(NULL, name, &two, &e), 0);
	assert_string_equal(two, "./espy-run-19700101T000000Z-a-b-2");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(rundir_create(NULL, bad[i], &none, &e), -1);
	assert_null(none);
	free(name);
	free(one);
	free(two);
}

static void
test_round_trip(void **state)
{
	static const char data[] = "0123456789abcdefghijklmn";
	struct err e = { 0 };
	struct rundir_file *f;
	char *dir = make("trip"), *path;
	struct run r, back;
	uint64_t bytes = 0;

	(void)state;
	sample_run(&r);
	assert_int_equal(rundir_save(dir, &r, &e), 0);
	assert_int_equal(rundir_write_text(dir, &r.nodes[SIDE_A], "before/sas",
			     "a\0b\n", 4, 0, &e),
	    0);
	assert_int_equal(rundir_write_text(dir, &r.nodes[SIDE_B], "uname", "",
			     0, -1, &e),
	    0);
	assert_int_equal(rundir_capture_open(dir, &r.nodes[SIDE_A],
			     POINT_UNDERLAY, &f, &e),
	    0);
	assert_int_equal(rundir_file_write(f, data, 4, &e), 0);
	assert_int_equal(rundir_file_write(f, data + 4, 20, &e), 0);
	assert_int_equal(rundir_file_close(f, &bytes, &e), 0);
	assert_int_equal(bytes, 24);
	assert_int_equal(rundir_save(dir, &r, &e), 0);

	assert_int_equal(mode("trip/run.json"), 0600);
	assert_int_equal(mode("trip/nodes"), 0700);
	assert_int_equal(mode("trip/nodes/a/before/sas.txt"), 0600);
	assert_int_equal(mode("trip/run.json.new"), 0);
	path = rundir_capture_path(dir, &r.nodes[SIDE_A], POINT_UNDERLAY);
	assert_string_equal(path, "trip/nodes/a/underlay.pcap");
	assert_int_equal(mode(path), 0600);
	free(path);

	if (rundir_load(dir, &back, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(back.nodes[SIDE_A].n_texts, 1);
	assert_int_equal(back.nodes[SIDE_A].texts[0].len, 4);
	assert_memory_equal(back.nodes[SIDE_A].texts[0].text, "a\0b\n", 5);
	assert_string_equal(run_text(&back.nodes[SIDE_B], "uname")->text, "");
	assert_int_equal(back.nodes[SIDE_B].texts[0].status, -1);
	run_free(&back);
	run_free(&r);
	free(dir);
}

/* Saved once at the start: readable, whatever came to lie beside it. */
static void
test_cut_short(void **state)
{
	struct err e = { 0 };
	struct rundir_file *f;
	char *dir = make("cut");
	struct run r, back;

	(void)state;
	sample_run(&r);
	r.complete = false;
	assert_int_equal(rundir_save(dir, &r, &e), 0);
	assert_int_equal(rundir_write_text(dir, &r.nodes[SIDE_A], "uname", "x",
			     1, 0, &e),
	    0);
	assert_int_equal(rundir_capture_open(dir, &r.nodes[SIDE_B],
			     POINT_OVERLAY, &f, &e),
	    0);
	assert_int_equal(rundir_file_write(f, "half", 4, &e), 0);
	assert_int_equal(rundir_file_close(f, NULL, &e), 0);
	put("cut/run.json.new", "{ \"version\"");
	if (rundir_load(dir, &back, &e) < 0)
		fail_msg("%s", e.text);
	assert_false(back.complete);
	assert_int_equal(back.nodes[SIDE_A].n_texts, 0);
	/* ... and what was left behind is no hindrance to the next save. */
	assert_int_equal(rundir_save(dir, &r, &e), 0);
	assert_int_equal(mode("cut/run.json.new"), 0);
	run_free(&back);
	run_free(&r);
	free(dir);
}

static void
test_hostile_names(void **state)
{
	static const char *const bad[] = { "..", "../x", "a/../../x", "/tmp/x",
		"a\nb", "", "." };
	struct err e = { 0 };
	struct rundir_file *f = NULL;
	char *dir = make("hostile");
	struct run r;

	(void)state;
	sample_run(&r);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct run_node n = { .name = xstrdup(bad[i]) };

		assert_int_equal(rundir_write_text(dir, &n, "uname", "x", 1, 0,
				     &e),
		    -1);
		assert_int_equal(e.kind, ERR_INPUT);
		assert_int_equal(rundir_capture_open(dir, &n, POINT_OVERLAY, &f,
				     &e),
		    -1);
		assert_int_equal(rundir_write_text(dir, &r.nodes[SIDE_A],
				     bad[i], "x", 1, 0, &e),
		    -1);
		assert_int_equal(n.n_texts, 0);
		free(n.name);
	}
	assert_null(f);
	assert_int_equal(mode("hostile/nodes"), 0); /* nothing was made */
	run_free(&r);
	free(dir);
}

static void
test_a_text_is_written_once(void **state)
{
	struct err e = { 0 };
	char *dir = make("once"), *big = xcalloc(RUN_TEXT_MAX + 1, 1);
	struct run r;

	(void)state;
	sample_run(&r);
	assert_int_equal(rundir_write_text(dir, &r.nodes[0], "u", "x", 1, 0,
			     &e),
	    0);
	assert_int_equal(rundir_write_text(dir, &r.nodes[0], "u", "y", 1, 0,
			     &e),
	    -1);
	assert_string_equal(e.text, "node a: there is a u already");
	assert_int_equal(rundir_write_text(dir, &r.nodes[0], "big", big,
			     RUN_TEXT_MAX + 1, 0, &e),
	    -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_int_equal(r.nodes[0].n_texts, 1);
	run_free(&r);
	free(big);
	free(dir);
}

/* A directory from elsewhere must not lead out of itself. */
static void
test_links_are_refused(void **state)
{
	struct err e = { 0 };
	char *dir = make("links");
	struct run r, back;

	(void)state;
	sample_run(&r);
	assert_int_equal(rundir_write_text(dir, &r.nodes[0], "u", "x", 1, 0,
			     &e),
	    0);
	assert_int_equal(rundir_save(dir, &r, &e), 0);
	put("secret", "x");
	assert_int_equal(unlink("links/nodes/a/u.txt"), 0);
	assert_int_equal(symlink("../../../secret", "links/nodes/a/u.txt"), 0);
	assert_int_equal(rundir_load(dir, &back, &e), -1);
	assert_string_equal(e.text, "links/nodes/a/u.txt: is a symbolic link");
	assert_int_equal(unlink("links/nodes/a/u.txt"), 0);
	assert_int_equal(mkfifo("links/nodes/a/u.txt", 0600), 0);
	assert_int_equal(rundir_load(dir, &back, &e), -1);
	assert_string_equal(e.text, "links/nodes/a/u.txt: is no regular file");
	assert_int_equal(rename("links/nodes/a", "elsewhere"), 0);
	assert_int_equal(symlink("../../elsewhere", "links/nodes/a"), 0);
	assert_int_equal(rundir_load(dir, &back, &e), -1);
	assert_int_equal(rundir_write_text(dir, &r.nodes[0], "v", "x", 1, 0,
			     &e),
	    -1);
	run_free(&r);
	free(dir);
}

static void
test_files_that_do_not_fit(void **state)
{
	struct err e = { 0 };
	char *dir = make("fit");
	struct run r, back;

	(void)state;
	sample_run(&r);
	assert_int_equal(rundir_load(dir, &back, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_string_equal(e.text,
	    "open fit/run.json: No such file or directory");
	assert_int_equal(rundir_write_text(dir, &r.nodes[0], "u", "xyz", 3, 0,
			     &e),
	    0);
	assert_int_equal(rundir_save(dir, &r, &e), 0);
	put("fit/nodes/a/u.txt", "xy");
	assert_int_equal(rundir_load(dir, &back, &e), -1);
	assert_string_equal(e.text,
	    "fit/nodes/a/u.txt: 2 bytes, but run.json says 3");
	assert_int_equal(unlink("fit/nodes/a/u.txt"), 0);
	assert_int_equal(rundir_load(dir, &back, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	put("fit/nodes/a/u.txt", "xyz");
	put("fit/nodes/a/overlay.pcap", "not 24 bytes");
	assert_int_equal(rundir_load(dir, &back, &e), -1);
	assert_string_equal(e.text,
	    "fit/nodes/a/overlay.pcap: 12 bytes, but run.json says 24");
	put("fit/run.json", "{}");
	assert_int_equal(rundir_load(dir, &back, &e), -1);
	assert_string_equal(e.text,
	    "run fit: run.json: member version: missing");
	run_free(&r);
	free(dir);
}

/* A full disk, as far as a limit on the size of files can play one. */
static void
test_no_room(void **state)
{
	struct rlimit old, small;
	struct err e = { 0 };
	struct rundir_file *f;
	char *dir = make("full"), block[4096] = { 0 };
	struct run r, back;
	uint64_t bytes = 0;

	(void)state;
	sample_run(&r);
	r.complete = false;
	assert_int_equal(rundir_save(dir, &r, &e), 0);
	assert_int_equal(rundir_capture_open(dir, &r.nodes[SIDE_A],
			     POINT_OVERLAY, &f, &e),
	    0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 1000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);

	assert_int_equal(rundir_file_write(f, block, sizeof(block), &e), -1);
	assert_int_equal(e.kind, ERR_SYS);
	assert_string_equal(e.text,
	    "write full/nodes/a/overlay.pcap: File too large");
	assert_int_equal(rundir_file_write(f, block, 1, &e), -1);
	assert_int_equal(rundir_file_close(f, &bytes, &e), 0);
	assert_int_equal(bytes, 1000);
	assert_int_equal(rundir_write_text(dir, &r.nodes[0], "big", block,
			     sizeof(block), 0, &e),
	    -1);
	assert_int_equal(mode("full/nodes/a/big.txt"), 0);
	assert_int_equal(r.nodes[0].n_texts, 0);
	r.complete = true;
	assert_int_equal(rundir_save(dir, &r, &e), -1);
	assert_string_equal(e.text, "write full/run.json.new: File too large");
	assert_int_equal(mode("full/run.json.new"), 0);

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	if (rundir_load(dir, &back, &e) < 0)
		fail_msg("%s", e.text);
	assert_false(back.complete);
	run_free(&back);
	run_free(&r);
	free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create_is_exclusive),
		cmocka_unit_test(test_default_names),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_a_text_is_written_once),
		cmocka_unit_test(test_links_are_refused),
		cmocka_unit_test(test_files_that_do_not_fit),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
