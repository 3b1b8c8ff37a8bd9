/*
 * Inventories as they lie on a disk: search order, directories, programs.
 * links: cmd/load io/child io/file io/log io/sig
 * links: inventory/inventory inventory/build inventory/vars inventory/merge
 * links: inventory/known inventory/ini inventory/word inventory/yaml
 * links: inventory/json inventory/value inventory/hostrange
 * links: inventory/select inventory/words inventory/regex base/glob
 * links: base/arena base/buf base/err base/map base/mem base/str base/utf8
 * links: base/ytree model/addr model/host
 */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "cmd/load.h"
#include "inventory/inventory.h"

static char top[4096], dir[] = "/tmp/espy-test-load-XXXXXX";

static void
put(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* Everything happens in a directory of its own, which goes at the end. */
static int
setup(void **state)
{
	(void)state;
	unsetenv("ESPY_INVENTORY");
	if (getcwd(top, sizeof(top)) == NULL || mkdtemp(dir) == NULL)
		return -1;
	return chdir(dir);
}

static int
teardown(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return chdir(top) == 0 ? system(command) : -1;
}

static struct inv *
load(const char *path)
{
	struct inv *inv = NULL;
	struct err e = { .text = "" };

	if (load_inventory(path, &inv, &e) < 0)
		fail_msg("%s", e.text);
	return inv;
}

static void
check_bad(const char *path, enum err_kind kind, const char *why)
{
	struct inv *inv = NULL;
	struct err e = { .text = "" };

	assert_int_equal(load_inventory(path, &inv, &e), -1);
	assert_null(inv);
	assert_string_equal(e.text, why);
	assert_int_equal(e.kind, kind);
}

static void
test_search_order(void **state)
{
	struct inv *inv;

	(void)state;
	if (access("/opt/erigones/ans/hosts.cfg", F_OK) < 0)
		check_bad(NULL, ERR_INPUT,
		    "no inventory: name one with -i or $ESPY_INVENTORY; there "
		    "is no ./inventory and no /opt/erigones/ans/hosts.cfg");
	put("inventory", "here\n", 0644);
	assert_string_equal(load_find(NULL), "./inventory");
	inv = load(NULL);
	assert_non_null(inv_find_host(inv, span_of("here")));
	assert_string_equal(inv_host(inv, 0)->where, "./inventory:1");
	inv_free(inv);
	setenv("ESPY_INVENTORY", "x,y", 1);
	assert_string_equal(load_find(NULL), "x,y");
	assert_string_equal(load_find("z"), "z");
	inv = load(NULL);
	assert_int_equal(inv_n_hosts(inv), 2);
	inv_free(inv);
	unsetenv("ESPY_INVENTORY");
	assert_int_equal(unlink("inventory"), 0);
}

static void
test_directory(void **state)
{
	struct inv *inv;

	(void)state;
	mkdir("d", 0755);
	mkdir("d/sub", 0755);
	mkdir("d/examples", 0755);
	mkdir("d/group_vars", 0755);
	mkdir("d/group_vars/g", 0755);
	mkdir("d/host_vars", 0755);
	put("d/10.cfg", "[g]\na x=10 y=10\n", 0644);
	put("d/20.yml", "g: {hosts: {a: {x: 20}, b: }}\n", 0644);
	put("d/30",
	    "#!/bin/sh\n[ \"$1\" = --list ] || exit 9\n"
	    "echo '{\"g\": [\"c\"], \"_meta\": {\"hostvars\": {}}}'\n",
	    0755);
	put("d/sub/one", "d\n", 0755);
	put("d/a.cfg~", "garbage [[[\n", 0644);
	put("d/README.md", "garbage [[[\n", 0644);
	put("d/ansible.cfg", "garbage [[[\n", 0644);
	put("d/.hidden", "garbage [[[\n", 0644);
	put("d/examples/x.cfg", "garbage [[[\n", 0644);
	put("d/group_vars/g/1.yml", "v: 1\nw: 1\n", 0644);
	put("d/group_vars/g/2.yml", "w: 2\n", 0644);
	put("d/group_vars/stranger.yml", "garbage: [\n", 0644);
	put("d/host_vars/a.yml", "y: file\n", 0644);
	put("d/host_vars/b", "$ANSIBLE_VAULT;1.1;AES256\n3132\n", 0644);
	inv = load("d");
	assert_int_equal(inv_n_hosts(inv), 4);
	assert_string_equal(host_var(inv_host(inv, 0), "x"), "20");
	assert_string_equal(host_var(inv_host(inv, 0), "y"), "file");
	assert_string_equal(host_var(inv_host(inv, 1), "v"), "1");
	assert_string_equal(host_var(inv_host(inv, 2), "w"), "2");
	assert_string_equal(inv_host(inv, 2)->where, "d/30");
	assert_string_equal(inv_host(inv, 3)->where, "d/sub/one:1");
	inv_free(inv);
	/* Beside a file, too. */
	inv = load("d/10.cfg");
	assert_int_equal(inv_n_hosts(inv), 1);
	assert_string_equal(host_var(inv_host(inv, 0), "y"), "file");
	inv_free(inv);
}

static void
test_refuses(void **state)
{
	(void)state;
	check_bad("none", ERR_INPUT,
	    "inventory none: No such file or directory");
	check_bad("/dev/null", ERR_INPUT,
	    "inventory /dev/null: neither a file nor a directory");
	put("p", "#!/bin/sh\necho oops >&2\nexit 3\n", 0755);
	check_bad("p", ERR_INPUT, "p --list: exit status 3: oops");
	put("p", "#!/bin/sh\necho '[]'\n", 0755);
	check_bad("p", ERR_INPUT, "p: expected a JSON object of groups");
	put("p", "#!/bin/sh\n", 0644);
	check_bad("p", ERR_INPUT,
	    "p:1:1: a program that is not executable; chmod +x it, or drop its "
	    "first line");
	put("p", "#!/nonexistent\n", 0755);
	check_bad("p", ERR_SYS, "run ./p: No such file or directory");
	check_bad("a,b[", ERR_INPUT, "-i: \"[\" without \"]\"");
}

static void
test_files_in_patterns(void **state)
{
	struct inv *inv = load("a,b,c,d,");
	struct inv_pick p = { 0 };
	struct err e = { .text = "" };

	(void)state;
	put("list", "# down\nb\n\n  c\n", 0644);
	assert_int_equal(load_pick(inv, "@list", NULL, &p, &e), 0);
	assert_int_equal(p.n, 2);
	assert_string_equal(p.hosts[1]->name, "c");
	inv_pick_free(&p);
	assert_int_equal(load_pick(inv, NULL, "all,!@list", &p, &e), 0);
	assert_int_equal(p.n, 2);
	assert_string_equal(p.hosts[1]->name, "d");
	inv_pick_free(&p);
	assert_int_equal(load_pick(inv, "a,@nolist", NULL, &p, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_non_null(strstr(e.text, "nolist"));
	put("list", "x\n", 0644);
	assert_int_equal(load_pick(inv, "a,@list", NULL, &p, &e), -1);
	assert_string_equal(e.text,
	    "pattern \"a,x\": no host or group matches \"x\"");
	inv_free(inv);
}

/* What the repository offers to learn from must work. */
static void
test_examples(void **state)
{
	struct inv *inv;

	(void)state;
	assert_int_equal(chdir(top), 0);
	inv = load("inventory/examples/danube.cfg");
	assert_int_equal(inv_n_hosts(inv), 4);
	assert_string_equal(inv_host(inv, 2)->site, "Remote DC");
	assert_null(inv_host(inv, 3)->address);
	inv_free(inv);
	inv = load("inventory/examples/cluster.yml");
	assert_int_equal(inv_n_hosts(inv), 7);
	assert_true(inv_host(inv, 0)->become);
	inv_free(inv);
	inv = load("inventory/examples/program");
	assert_int_equal(inv_n_hosts(inv), 3);
	assert_int_equal(inv_host(inv, 2)->port, 2022);
	inv_free(inv);
	inv = load("inventory");
	assert_null(inv_find_host(inv, span_of("hv1")));
	inv_free(inv);
	assert_int_equal(chdir(dir), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search_order),
		cmocka_unit_test(test_directory),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_files_in_patterns),
		cmocka_unit_test(test_examples),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
