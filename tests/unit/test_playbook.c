/*
 * Playbooks: what is read, and what is refused where.
 * links: play/
 * links: base/arena base/buf base/err base/map base/mem base/quote base/str
 * links: base/utf8 base/ytree
 */
#include "unit.h"

#include "base/buf.h"
#include "base/err.h"
#include "play/playbook.h"
#include "play/shell.h"
#include "play/shell_word.h"
#include "play/tags.h"

static struct playbook *
parse(const char *text)
{
	struct playbook *p;
	struct err e;

	if (playbook_parse("p.yml", span_of(text), &p, &e) < 0)
		fail_msg("%s: %s", text, e.text);
	return p;
}

static void
refused(const char *text, const char *want)
{
	struct playbook *p;
	struct err e;

	if (playbook_parse("p.yml", span_of(text), &p, &e) == 0)
		fail_msg("not refused: %s", text);
	assert_int_equal(e.kind, ERR_INPUT);
	if (strstr(e.text, want) == NULL)
		fail_msg("%s: %s, not %s", text, e.text, want);
}

/* A play of one task. */
static void
task_refused(const char *task, const char *want)
{
	char text[1024];

	snprintf(text, sizeof(text), "- hosts: all\n  tasks:\n    - %s\n",
	    task);
	refused(text, want);
}

static const char whole[] =
    "- name: a play\n"
    "  hosts: [a, b]\n"
    "  vars: {x: 1, y: \"{{ x }}\"}\n"
    "  serial: [1, 50%]\n"
    "  become: yes\n"
    "  gather_facts: false\n"
    "  tags: p\n"
    "  tasks:\n"
    "    - name: first\n"
    "      ansible.builtin.shell: \"ls 'a=b creates=c' creates='/x y' |\n"
    "        wc\"\n"
    "      args: {chdir: /tmp}\n"
    "      when: [x == 1, true]\n"
    "      register: r\n"
    "      notify: done\n"
    "      become: no\n"
    "      tags: [t, u]\n"
    "    - copy: src=a dest=\"{{ x }} y\" mode=0644\n"
    "    - debug:\n"
    "    - command: {cmd: \"true\"}\n"
    "      check_mode: false\n"
    "  handlers:\n"
    "    - {name: h, listen: done, raw: echo}\n";

static void
test_whole(void **state)
{
	struct playbook *p = parse(whole);
	const struct play *play = playbook_play(p, 0);
	const struct play_task *t = play->tasks[0];

	(void)state;
	assert_int_equal(playbook_n_plays(p), 1);
	assert_string_equal(play->name, "a play");
	assert_true(play->no_facts);
	assert_int_equal(play->n_tasks, 4);
	assert_int_equal(play->n_handlers, 1);
	assert_int_equal(t->at.line, 9);
	assert_int_equal(t->at.column, 7);
	assert_int_equal(t->module->id, MODULE_SHELL);
	assert_string_equal(json_string_value(t->args[ARG_CMD].v),
	    "ls 'a=b creates=c'  | wc");
	assert_string_equal(json_string_value(t->args[ARG_CREATES].v), "/x y");
	assert_string_equal(json_string_value(t->args[ARG_CHDIR].v), "/tmp");
	assert_int_equal(t->when.n, 2);
	assert_string_equal(t->registers, "r");
	assert_int_equal(t->said.become, FLAG_NO);
	assert_int_equal(t->said.tags.n, 3);
	assert_true(play_task_changes(t));
	t = play->tasks[1];
	assert_string_equal(json_string_value(t->args[ARG_DEST].v),
	    "{{ x }} y");
	assert_string_equal(json_string_value(t->args[ARG_MODE].v), "0644");
	assert_int_equal(t->said.become, FLAG_YES);
	assert_string_equal(t->name, "copy");
	assert_false(play_task_changes(play->tasks[2]));
	assert_false(play_task_changes(play->tasks[3]));
	assert_true(play_answers(play->handlers[0], "done"));
	assert_true(play_answers(play->handlers[0], "h"));
	playbook_free(p);
}

static void
test_words_of_yaml(void **state)
{
	struct playbook *p =
	    parse("- hosts: a\n"
		  "  vars: {a: yes, b: 'yes', c: 0644, d: 0x1f,"
		  " e: ~, f: 1.5, g: -3, h: off, i: 12x}\n");
	const json_t *v = playbook_play(p, 0)->vars;

	(void)state;
	assert_true(json_is_true(json_object_get(v, "a")));
	assert_true(json_is_string(json_object_get(v, "b")));
	assert_int_equal(json_integer_value(json_object_get(v, "c")), 0644);
	assert_int_equal(json_integer_value(json_object_get(v, "d")), 31);
	assert_true(json_is_null(json_object_get(v, "e")));
	assert_true(json_real_value(json_object_get(v, "f")) == 1.5);
	assert_int_equal(json_integer_value(json_object_get(v, "g")), -3);
	assert_true(json_is_false(json_object_get(v, "h")));
	assert_true(json_is_string(json_object_get(v, "i")));
	playbook_free(p);
}

#define RUN_IT "; run it with ansible-playbook"

static void
test_plays_refused(void **state)
{
	(void)state;
	refused("", "p.yml:1:1: a playbook is a list");
	refused("hosts: all", "p.yml:1:1: a playbook is a list");
	refused("[]", "a playbook is a list");
	refused("- x", "p.yml:1:3: a word where a play is due");
	refused("- tasks: []", "without \"hosts\"");
	refused("- hosts: a\n  roles: [x]",
	    "p.yml:2:3: \"roles\" is not a keyword of a play that espy "
	    "has" RUN_IT);
	refused("- import_playbook: x", RUN_IT);
	refused("$ANSIBLE_VAULT;1.1;AES256\n6162", "Ansible Vault" RUN_IT);
	refused("- hosts: a\n  vars: {x: !vault y}", "Vault" RUN_IT);
	refused("- hosts: a\n  vars: {x: '{% if y %}'}",
	    "p.yml:2:13: a Jinja"
	    " block");
	refused("- hosts: a\n  vars: [x: 1]", RUN_IT);
	refused("- hosts: a\n  vars: {x-y: 1}", "name of a variable");
	refused("- hosts: a\n  vars: {x: 1:30}", "quotes" RUN_IT);
	refused("- hosts: a\n  become_method: su", RUN_IT);
	refused("- hosts: a\n  become: '{{ x }}'", RUN_IT);
	refused("- hosts: a\n  become: perhaps", "neither true nor false");
	refused("- hosts: a\n  tasks: x", "list of tasks");
	refused("- hosts: []", "pattern");
	refused("- hosts: a\n  tasks: [\n", "p.yml:");
}

static void
test_tasks_refused(void **state)
{
	(void)state;
	task_refused("x", "p.yml:3:7: a word where a task is due" RUN_IT);
	task_refused("name: x", "p.yml:3:7: a task without a module");
	task_refused("yum: name=x", "p.yml:3:7: \"yum\" is neither");
	task_refused("block: []", RUN_IT);
	task_refused("raw: ls\n      delegate_to: x", "p.yml:4:7: ");
	task_refused("raw: ls\n      command: ls", "a second module");
	task_refused("raw:", "raw needs \"cmd\"");
	task_refused("copy: src=a", "needs \"dest\"");
	task_refused("copy: dest=a", "either");
	task_refused("copy: src=a dest=b backup=yes", "no argument of copy");
	task_refused("copy: {src: a, dest: b, backup: yes}", "\"backup\"");
	task_refused("copy: {content: {a: 1}, dest: b}", "a mapping");
	task_refused("fetch: src=a dest=b flat=perhaps", "neither true");
	task_refused("raw: ls\n      args: {cmd: ls}", "said twice");
	task_refused("raw: ls\n      args: x", "mapping");
	task_refused("raw: [ls]", "a list");
	task_refused("pause:", RUN_IT);
	task_refused("pause: {prompt: x}", RUN_IT);
	task_refused("raw: ls\n      when: x = 1", "p.yml:4:13: in \"x = 1\"");
	task_refused("raw: ls\n      when: '{{ x }}'", "without {{ }}");
	task_refused("raw: ls\n      when: {x: y}", RUN_IT);
	task_refused("raw: ls\n      register: 1x", "name of a variable");
	task_refused("raw: ls\n      loop: x", RUN_IT);
	task_refused("raw: ls\n      notify: x", "no such handler");
	task_refused("raw: ls\n      listen: x", "only a handler");
	task_refused("raw: ls\n      timeout: x", "not a number");
	task_refused("raw: echo {{ x | nope }}", "the filter \"nope\"");
	task_refused("debug: {msg: [a, '{{ x.y() }}']}", "a call" RUN_IT);
	task_refused("debug: {var: '{{ x }}'}", "without {{ }}");
	task_refused("debug: {msg: a, var: b}", "both");
	task_refused("assert: {that: [x y]}", "\"that\"");
	task_refused("assert: {that: 'x is match(1)'}", RUN_IT);
	task_refused("pause: seconds=1\n      loop: [1]", RUN_IT);
}

static void
test_tags(void **state)
{
	static const char *const ab[] = { "a", "b" },
				 *const never[] = { "never", "n" },
				 *const always[] = { "always" };
	const struct strings none = { NULL, 0 };
	const struct strings some = { (const char **)(uintptr_t)ab, 2 };
	const struct strings off = { (const char **)(uintptr_t)never, 2 };
	const struct strings on = { (const char **)(uintptr_t)always, 1 };

	(void)state;
	assert_true(tags_choose(&none, NULL, NULL));
	assert_false(tags_choose(&off, NULL, NULL));
	assert_true(tags_choose(&off, "n", NULL));
	assert_true(tags_choose(&some, "x, b", NULL));
	assert_false(tags_choose(&some, "x", NULL));
	assert_false(tags_choose(&some, "a", "b"));
	assert_true(tags_choose(&on, "x", NULL));
	assert_true(tags_choose(&on, "x", "all"));
	assert_false(tags_choose(&on, "x", "always"));
	assert_true(tags_choose(&some, "tagged", NULL));
	assert_false(tags_choose(&none, "tagged", NULL));
	assert_true(tags_choose(&none, "untagged", NULL));
	assert_false(tags_choose(&none, NULL, "untagged"));
	assert_false(tags_choose(&some, NULL, "tagged"));
}

static void
word_is(const char *word, const char *want)
{
	struct buf b;

	buf_init(&b, 1024);
	shell_word_path(&b, word);
	assert_string_equal(b.data, want);
	buf_free(&b);
}

static void
test_words_of_shell(void **state)
{
	char perm[10];

	(void)state;
	word_is("a b", "a\\ b");
	word_is("", "''");
	word_is("~/x", "~/x");
	word_is("a~", "a\\~");
	word_is("~x y", "\\~x\\ y");
	word_is("$HOME/x", "\"${HOME-\\$HOME}\"/x");
	word_is("${A}b", "\"${A-\\${A\\}}\"b");
	word_is("$1$", "\\$1\\$");
	word_is("`x`;\n", "\\`x\\`\\;'\n'");
	word_is("*", "\\*");
	assert_int_equal(shell_permissions("0644", perm), 0);
	assert_string_equal(perm, "rw-r--r--");
	assert_int_equal(shell_permissions("7751", perm), 0);
	assert_string_equal(perm, "rwsr-s--t");
	assert_int_equal(shell_permissions("4600", perm), 0);
	assert_string_equal(perm, "rwS------");
	assert_int_equal(shell_permissions("u=rw", perm), -1);
	assert_int_equal(shell_permissions("98", perm), -1);
	assert_int_equal(shell_permissions("", perm), -1);
}

static void
test_command(void **state)
{
	const struct shell_how how = { .word = "W" };
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, SHELL_TEXT_MAX);
	assert_int_equal(shell_put_command(&b, &how, "a 'b c'\"d\\\"\" \\e\nf",
			     &e),
	    0);
	assert_string_equal(b.data, "exec a b\\ cd\\\" e f </dev/null\n");
	assert_int_equal(shell_put_command(&b, &how, "a 'b", &e), -1);
	assert_int_equal(shell_put_command(&b, &how, "a \\", &e), -1);
	assert_int_equal(shell_put_command(&b, &how, " \n", &e), -1);
	assert_int_equal(shell_put_shell(&b, &how, " ", &e), -1);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_words_of_yaml),
		cmocka_unit_test(test_plays_refused),
		cmocka_unit_test(test_tasks_refused),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_words_of_shell),
		cmocka_unit_test(test_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
