/*
 * What an INI inventory says and what it must not.
 * links: inventory/inventory inventory/build inventory/vars inventory/merge
 * links: inventory/known inventory/ini inventory/word inventory/yaml
 * links: inventory/json inventory/value inventory/hostrange
 * links: base/arena base/buf base/err base/map base/mem base/str base/utf8
 * links: base/ytree model/addr model/host
 */
#include "unit.h"

#include "base/err.h"
#include "inventory/inventory.h"

static struct inv *
parse(const char *text)
{
	struct inv *inv = inv_new();
	struct err e = { .text = "" };

	if (inv_parse(inv, INV_INI, "h.cfg", span_of(text), &e) < 0 ||
	    inv_finish(inv, &e) < 0)
		fail_msg("%s", e.text);
	return inv;
}

static const struct host *
host(const struct inv *inv, const char *name)
{
	const struct host *h = inv_find_host(inv, span_of(name));

	if (h == NULL)
		fail_msg("no host %s", name);
	return h;
}

static void
check_var(const struct inv *inv, const char *name, const char *var,
    const char *want)
{
	const char *got = host_var(host(inv, name), var);

	if (got == NULL)
		fail_msg("%s has no %s", name, var);
	assert_string_equal(got, want);
}

static void
check_bad(const char *text, const char *why)
{
	struct inv *inv = inv_new();
	struct err e = { .text = "" };
	int r = inv_parse(inv, INV_INI, "h.cfg", span_of(text), &e);

	if (r == 0)
		r = inv_finish(inv, &e);
	inv_free(inv);
	assert_int_equal(r, -1);
	assert_string_equal(e.text, why);
	assert_int_equal(e.kind, ERR_INPUT);
}

/* As Danube Cloud writes it. */
static void
test_danube(void **state)
{
	struct inv *inv =
	    parse("[nodes]\n"
		  "node01.example.com ansible_ssh_host=172.17.0.101 "
		  "ansible_python_interpreter=/opt/local/bin/python "
		  "dc_name=\"MY DC\"\n"
		  "node02.example.com ansible_ssh_host=None dc_name=\"R-1\"\r\n"
		  "node03.example.com ansible_ssh_host= dc_name=\"R-1\"\n"
		  "\n");
	const struct host *h = host(inv, "node01.example.com");
	struct err e;

	(void)state;
	assert_int_equal(inv_n_hosts(inv), 3);
	assert_string_equal(h->address, "172.17.0.101");
	assert_string_equal(h->site, "MY DC");
	assert_string_equal(h->where, "h.cfg:2");
	assert_int_equal(h->port, 0);
	assert_null(h->user);
	assert_false(h->become);
	assert_int_equal(host_need_address(h, &e), 0);
	h = host(inv, "node02.example.com");
	assert_null(h->address);
	assert_string_equal(h->site, "R-1");
	assert_int_equal(host_need_address(h, &e), -1);
	assert_int_equal(e.kind, ERR_HOST);
	assert_string_equal(e.text,
	    "h.cfg:3: host node02.example.com has no address; set "
	    "ansible_ssh_host, or try espy hosts --refresh");
	assert_null(host(inv, "node03.example.com")->address);
	inv_free(inv);
}

static void
test_known_variables(void **state)
{
	struct inv *inv =
	    parse("a ansible_host=192.0.2.1 ansible_port=2222 ansible_user=ops "
		  "ansible_ssh_private_key_file='~/my key' ansible_become=True "
		  "ansible_become_user=admin\n"
		  "b:77 ansible_ssh_user=x ansible_user=y ansible_become=no\n"
		  "[2001:db8::1]:2022\n"
		  "2001:db8::2\n"
		  "c ansible_ssh_host=None ansible_host=192.0.2.3\n"
		  "d ansible_ssh_host=192.0.2.4 ansible_host=192.0.2.5\n");
	const struct host *h = host(inv, "a");

	(void)state;
	assert_string_equal(h->address, "192.0.2.1");
	assert_int_equal(h->port, 2222);
	assert_string_equal(h->user, "ops");
	assert_string_equal(h->key_file, "~/my key");
	assert_true(h->become);
	assert_string_equal(h->become_user, "admin");
	h = host(inv, "b");
	assert_string_equal(h->address, "b");
	assert_int_equal(h->port, 77);
	assert_string_equal(h->user, "x");
	assert_false(h->become);
	assert_int_equal(host(inv, "2001:db8::1")->port, 2022);
	assert_int_equal(host(inv, "2001:db8::2")->port, 0);
	assert_string_equal(host(inv, "c")->address, "192.0.2.3");
	assert_string_equal(host(inv, "d")->address, "192.0.2.4");
	inv_free(inv);
}

/* Each of these was compared with ansible-inventory 2.14. */
static void
test_quotes_and_comments(void **state)
{
	struct inv *inv = parse(
	    "# a comment\n  ; and another\n"
	    "[a]# x\n"
	    "n1 x=a#b y=lost\n"
	    "n2 y='c d' z=\"q\\\"r\" w=e\\ f u=\"it's\" t='\"lit\"' r= # end\n"
	    "[a:vars]\n"
	    "k1 = v # kept\nk2 = \"v w\" # gone\nk3=22 # gone\n"
	    "k4 = \"a\\tb\"\nk5 = a ; b\nk6 = 'x' 'y'\nk7 =\nk8=a=b\n");

	(void)state;
	check_var(inv, "n1", "x", "a");
	assert_null(host_var(host(inv, "n1"), "y"));
	check_var(inv, "n2", "y", "c d");
	check_var(inv, "n2", "z", "q\"r");
	check_var(inv, "n2", "w", "e f");
	check_var(inv, "n2", "u", "it's");
	check_var(inv, "n2", "t", "lit");
	check_var(inv, "n2", "r", "");
	check_var(inv, "n1", "k1", "v # kept");
	check_var(inv, "n1", "k2", "v w");
	check_var(inv, "n1", "k3", "22");
	check_var(inv, "n1", "k4", "a\tb");
	check_var(inv, "n1", "k5", "a ; b");
	check_var(inv, "n1", "k6", "xy");
	check_var(inv, "n1", "k7", "");
	check_var(inv, "n1", "k8", "a=b");
	inv_free(inv);
}

static void
test_precedence(void **state)
{
	struct inv *inv = parse("[parent:children]\nzchild\nachild\n"
				"[zchild]\nh1 v=host\nh2\n"
				"[achild]\nh1\nh2\nh3\n"
				"[other]\nh3\n"
				"[other:vars]\nw=other\n"
				"[all:vars]\nv=all\nw=all\nx=all\ny=all\n"
				"[parent:vars]\nv=parent\nw=parent\nx=parent\n"
				"[zchild:vars]\nv=z\nw=z\n"
				"[achild:vars]\nv=a\nw=a\n");

	(void)state;
	check_var(inv, "h1", "v", "host");
	check_var(inv, "h2", "v", "z");
	check_var(inv, "h3", "w", "a");
	check_var(inv, "h2", "x", "parent");
	check_var(inv, "h2", "y", "all");
	inv_free(inv);
	inv = parse("[a]\nh\n[b]\nh\n[a:vars]\nv=a\n"
		    "ansible_group_priority=10\n[b:vars]\nv=b\n");
	check_var(inv, "h", "v", "a");
	assert_null(host_var(host(inv, "h"), "ansible_group_priority"));
	inv_free(inv);
}

static void
test_groups(void **state)
{
	struct inv *inv = parse("lone\n[b:children]\na\n[a]\nh\n[all]\nfar\n");
	const char *const *groups;
	size_t n;

	(void)state;
	inv_host_groups(inv, host(inv, "h"), &groups, &n);
	assert_int_equal(n, 2);
	assert_string_equal(groups[0], "b");
	assert_string_equal(groups[1], "a");
	inv_host_groups(inv, host(inv, "far"), &groups, &n);
	assert_int_equal(n, 1);
	assert_string_equal(groups[0], "ungrouped");
	inv_host_groups(inv, host(inv, "lone"), &groups, &n);
	assert_int_equal(n, 1);
	assert_string_equal(groups[0], "ungrouped");
	assert_int_equal(inv_n_groups(inv), 4);
	inv_free(inv);
}

static void
test_later_lines_add(void **state)
{
	struct inv *inv = parse("[a]\nn[1:3] ansible_port=7 x=1\n"
				"n2 ansible_host=192.0.2.2 x=2\n[b]\nn2 z=3\n");

	(void)state;
	assert_int_equal(inv_n_hosts(inv), 3);
	check_var(inv, "n2", "x", "2");
	check_var(inv, "n1", "x", "1");
	check_var(inv, "n2", "z", "3");
	assert_int_equal(host(inv, "n2")->port, 7);
	assert_string_equal(host(inv, "n2")->where, "h.cfg:2");
	inv_free(inv);
}

static void
test_refuses_lines(void **state)
{
	(void)state;
	check_bad("[nodes\n", "h.cfg:1:1: \"[\" without \"]\"");
	check_bad("[]\n", "h.cfg:1:1: a section without a name");
	check_bad("[a:]\n", "h.cfg:1:1: nothing behind \":\" in [a:]");
	check_bad("\n[a:hsts]\n",
	    "h.cfg:2:4: unknown kind of section \"hsts\"; there are vars, "
	    "children and hosts");
	check_bad("[a b]\n", "h.cfg:1:2: \"a b\" is no group name");
	check_bad("[a]\nh x\n",
	    "h.cfg:2:3: expected NAME=VALUE behind the host, not \"x\"");
	check_bad("[a]\nh =x\n", "h.cfg:2:3: a variable without a name");
	check_bad("[a]\nh x='y\n", "h.cfg:2:5: no closing quotation mark");
	check_bad("[a]\nh x=\\\n",
	    "h.cfg:2:3: a backslash at the end of the line");
	check_bad("[a]\n[a:vars]\nxy\n",
	    "h.cfg:3:1: expected NAME = VALUE in this section, not \"xy\"");
	check_bad("[a]\n[b:children]\na c\n",
	    "h.cfg:3:3: expected one group's name on this line, not \"a c\"");
	check_bad("[a]\n -x\n", "h.cfg:2:2: \"-x\" is no host name");
	check_bad("---\n", "h.cfg:1:1: \"---\" is no host name");
	check_bad("a/b\n", "h.cfg:1:1: \"a/b\" is no host name");
	check_bad("..\n", "h.cfg:1:1: \"..\" is no host name");
	check_bad("n[16:01]\n",
	    "h.cfg:1:2: host range \"16:01\": it begins after its end");
	check_bad("h:\n",
	    "h.cfg:1:2: \"\" is no port from 1 to 65535 behind \":\"");
	check_bad("h:70000\n",
	    "h.cfg:1:2: \"70000\" is no port from 1 to 65535 behind \":\"");
	check_bad("\x7f"
		  "ELF\x02\n",
	    "h.cfg:1:1: byte 0x7f: this is no inventory");
	check_bad("ok\nh\xff\n", "h.cfg:2:2: byte 0xff: this is no inventory");
}

static void
test_refuses_the_whole(void **state)
{
	(void)state;
	check_bad("[a:vars]\nx=1\n",
	    "h.cfg:1:2: unknown group \"a\"; a [a] section would declare it");
	check_bad("[a:children]\nb\n",
	    "h.cfg:2:1: unknown group \"b\"; a [b] section would declare it");
	check_bad("[a:children]\na\n",
	    "h.cfg:2:1: group \"a\" is its own child");
	check_bad("[a:children]\nall\n",
	    "h.cfg:2:1: group \"all\" cannot be a child");
	check_bad("[x:children]\na\n[a:children]\nb\n[b:children]\nc\n"
		  "[c:children]\na\n",
	    "h.cfg:8:1: group \"a\" is among its own children, through \"c\"");
	check_bad("[a]\nn ansible_host=192.0.2.1\nn ansible_host=192.0.2.2\n",
	    "h.cfg:3:3: duplicate host \"n\": ansible_host is 192.0.2.2 here "
	    "but 192.0.2.1 at h.cfg:2; keep one");
	check_bad("n ansible_port=0\n",
	    "h.cfg:1:3: ansible_port: \"0\" is no port from 1 to 65535");
	check_bad("n\n[all:vars]\nansible_port = ssh\n",
	    "h.cfg:3:1: ansible_port: \"ssh\" is no port from 1 to 65535");
	check_bad("n\n[all:vars]\nansible_user = ops # me\n",
	    "h.cfg:3:1: ansible_user: \"ops # me\" holds a blank; a comment "
	    "needs a line of its own");
	check_bad("n ansible_host=-oProxyCommand=x\n",
	    "h.cfg:1:3: ansible_host: \"-oProxyCommand=x\" begins with \"-\"");
	check_bad("n ansible_host=a/b\n",
	    "h.cfg:1:3: ansible_host: \"a/b\" is no address or name");
	check_bad("n ansible_host=\"{{ x }}\"\n",
	    "h.cfg:1:3: ansible_host: \"{{ x }}\" is a template; write the "
	    "value itself");
	check_bad("n ansible_become=maybe\n",
	    "h.cfg:1:3: ansible_become: \"maybe\" is neither true nor false");
	check_bad("[a]\nn\n[a:vars]\nansible_group_priority=x\n",
	    "h.cfg:4:1: ansible_group_priority: \"x\" is no number up to "
	    "1000000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_danube),
		cmocka_unit_test(test_known_variables),
		cmocka_unit_test(test_quotes_and_comments),
		cmocka_unit_test(test_precedence),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_later_lines_add),
		cmocka_unit_test(test_refuses_lines),
		cmocka_unit_test(test_refuses_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
