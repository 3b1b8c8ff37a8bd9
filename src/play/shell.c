#include "play/shell.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/quote.h"
#include "play/shell_word.h"

/* ---- the frame of every command ----------------------------------------- */

static void
put_line(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "%s=", name);
	quote_word(b, value != NULL ? value : "");
	buf_puts(b, "\n");
}

/* creates and removes are patterns of file names. */
static void
put_reason(struct buf *b, const char *word, const char *pattern, bool creates)
{
	if (pattern == NULL)
		return;
	buf_puts(b, "set -- ");
	shell_word_pattern(b, pattern);
	buf_printf(b, "\nif %s; then\n\techo '%s %s'\n\texit 0\nfi\n",
	    creates ? "[ -e \"$1\" ] || [ -h \"$1\" ]"
		    : "! [ -e \"$1\" ] && ! [ -h \"$1\" ]",
	    word, creates ? "exists" : "missing");
}

static void
put_frame(struct buf *b, const struct shell_how *how)
{
	if (how->chdir != NULL) {
		buf_puts(b, "cd ");
		shell_word_path(b, how->chdir);
		buf_puts(b, " || exit 1\n");
	}
	put_reason(b, how->word, how->creates, true);
	put_reason(b, how->word, how->removes, false);
	if (how->check)
		buf_printf(b, "echo '%s would'\nexit 0\n", how->word);
}

static int
check_size(const struct buf *b, struct err *e)
{
	if (!b->cut && b->len <= SHELL_TEXT_MAX)
		return 0;
	return err_set(e, ERR_INPUT, "a command of more than %d bytes",
	    SHELL_TEXT_MAX);
}

int
shell_put_command(struct buf *b, const struct shell_how *how, const char *text,
    struct err *e)
{
	struct span rest = span_of(text);
	size_t n = 0;

	put_frame(b, how);
	buf_puts(b, "exec");
	for (;;) {
		struct buf word;
		int r;

		buf_init(&word, SHELL_TEXT_MAX);
		r = shell_word_take(&rest, &word, e);
		if (r > 0) {
			buf_puts(b, " ");
			shell_word_path(b, word.data);
			n++;
		}
		buf_free(&word);
		if (r < 0)
			return -1;
		if (r == 0)
			break;
	}
	if (n == 0)
		return err_set(e, ERR_INPUT, "no command given");
	buf_puts(b, " </dev/null\n");
	return check_size(b, e);
}

int
shell_put_shell(struct buf *b, const struct shell_how *how, const char *text,
    struct err *e)
{
	if (span_trim(span_of(text)).n == 0)
		return err_set(e, ERR_INPUT, "no command given");
	put_frame(b, how);
	buf_puts(b, "exec ");
	quote_word(b, how->executable != NULL ? how->executable : "/bin/sh");
	buf_puts(b, " -c ");
	quote_word(b, text);
	buf_puts(b, " </dev/null\n");
	return check_size(b, e);
}

int
shell_first_word(const char *text, struct buf *word, const char **rest,
    struct err *e)
{
	struct span s = span_of(text);
	int r = shell_word_take(&s, word, e);

	if (r == 0)
		return err_set(e, ERR_INPUT, "no file given");
	*rest = s.p;
	return r < 0 ? -1 : 0;
}

/* ---- what needs a file for a while -------------------------------------- */

/*
 * What is long runs in the background: a shell that waits obeys its traps at
 * once, one with a command in the foreground only behind it.
 */
static const char temporary[] = "clean() {\n"
				"	rm -rf \"$t\"\n"
				"}\n"
				"fail() {\n"
				"	echo \"$1\" >&2\n"
				"	exit 1\n"
				"}\n"
				"trap clean EXIT\n"
				"trap 'exit 143' HUP INT TERM PIPE\n"
				"exec 3<&0\n"
				"receive() {\n"
				"	cat <&3 >\"$1\" &\n"
				"	wait $! || fail \"cannot write $1\"\n"
				"	[ \"$(wc -c <\"$1\")\" -eq $size ] ||\n"
				"	    fail \"$1 came incomplete\"\n"
				"}\n";

int
shell_put_script(struct buf *b, const struct shell_how *how, const char *words,
    size_t size, struct err *e)
{
	put_frame(b, how);
	buf_printf(b, "t=/tmp/.espy-%s\nsize=%zu\nwas=$(umask)\numask 077\n",
	    how->word, size);
	buf_puts(b, "mkdir \"$t\" || exit 1\n");
	buf_puts(b, temporary);
	buf_puts(b,
	    "receive \"$t/script\"\nchmod 700 \"$t/script\"\n"
	    "umask $was\n");
	if (how->executable != NULL) {
		quote_word(b, how->executable);
		buf_puts(b, " ");
	}
	buf_printf(b, "\"$t/script\" %s </dev/null 3<&- &\nwait $!\n", words);
	return check_size(b, e);
}

/* ---- copy --------------------------------------------------------------- */

/* Looks at what is there; $new: no such file yet, or a link to replace. */
static const char copy_look[] =
    "case $d in\n"
    "*/) if [ ! -d \"$d\" ] && [ \"$name\" ] && [ ! \"$check\" ]; then\n"
    "	(umask $was; mkdir -p \"$d\") || exit 1\n"
    "fi ;;\n"
    "esac\n"
    "case $d in\n"
    "*/) into=1 ;;\n"
    "*) into=; [ ! -d \"$d\" ] || into=1 ;;\n"
    "esac\n"
    "if [ \"$into\" ]; then\n"
    "	[ \"$name\" ] || fail \"$d is a directory\"\n"
    "	d=${d%/}/$name\n"
    "	[ ! -d \"$d\" ] || fail \"$d is a directory\"\n"
    "fi\n"
    "new=\n"
    "if [ -h \"$d\" ] || [ ! -e \"$d\" ]; then\n"
    "	new=1\n"
    "elif [ ! -f \"$d\" ]; then\n"
    "	fail \"$d is no regular file\"\n"
    "fi\n"
    /* Are mode, owner and group of $1 those that are wanted? */
    "fits() {\n"
    "	is=$(ls -ld \"$1\")\n"
    "	nr=$(ls -ldn \"$1\")\n"
    "	[ ! \"$perm\" ] || case $is in\n"
    "	?\"$perm\"*) ;;\n"
    "	*) return 1 ;;\n"
    "	esac\n"
    "	set -f\n"
    "	set -- $is\n"
    "	io=$3 ig=$4\n"
    "	set -- $nr\n"
    "	set +f\n"
    "	[ ! \"$owner\" ] || [ \"$owner\" = \"$io\" ] ||\n"
    "	    [ \"$owner\" = \"$3\" ] || return 1\n"
    "	[ ! \"$group\" ] || [ \"$group\" = \"$ig\" ] ||\n"
    "	    [ \"$group\" = \"$4\" ]\n"
    "}\n";

static const char copy_check[] =
    "if [ \"$new\" ] || ! cmp -s - \"$d\" || ! fits \"$d\"; then\n"
    "	echo \"$word changed $d\"\n"
    "else\n"
    "	echo \"$word same $d\"\n"
    "fi\n";

/*
 * The temporary stands beside the file, so that mv is one rename(2), and is a
 * copy of it first: that keeps mode and owner, which no POSIX tool prints in a
 * form that chmod reads.
 */
static const char copy_write[] =
    "case $d in\n"
    "*/*) dir=${d%/*}/ ;;\n"
    "*) dir=./ ;;\n"
    "esac\n"
    "[ -d \"$dir\" ] || fail \"there is no directory $dir\"\n"
    "f=$dir.espy-$word\n"
    "(set -C; : >\"$f\") || exit 1\n"
    "t=$f\n"
    "[ \"$new\" ] || cp -p \"$d\" \"$t\" || exit 1\n"
    "receive \"$t\"\n"
    "attributes() {\n"
    "	[ ! \"$owner\" ] || chown -h \"$owner\" \"$1\" || exit 1\n"
    "	[ ! \"$group\" ] || chgrp -h \"$group\" \"$1\" || exit 1\n"
    "	[ ! \"$mode\" ] || chmod \"$mode\" \"$1\" || exit 1\n"
    "}\n"
    "if [ ! \"$new\" ] && cmp -s \"$t\" \"$d\"; then\n"
    "	if fits \"$d\"; then\n"
    "		echo \"$word same $d\"\n"
    "	else\n"
    "		attributes \"$d\"\n"
    "		echo \"$word changed $d\"\n"
    "	fi\n"
    "	exit 0\n"
    "fi\n"
    "if [ \"$new\" ] && [ ! \"$mode\" ]; then\n"
    "	umask $was\n"
    /* Without "u" or "a" the umask counts. */
    "	chmod =rw \"$t\" || exit 1\n"
    "fi\n"
    "attributes \"$t\"\n"
    "mv -f \"$t\" \"$d\" || exit 1\n"
    "echo \"$word changed $d\"\n";

int
shell_put_copy(struct buf *b, const struct shell_copy *c, struct err *e)
{
	char permissions[10] = "";

	if (c->mode != NULL && shell_permissions(c->mode, permissions) < 0)
		return err_set(e, ERR_INPUT,
		    "mode \"%s\" is not octal; run it with ansible-playbook",
		    c->mode);
	buf_printf(b, "t=\nsize=%zu\nwas=$(umask)\numask 077\n", c->size);
	buf_puts(b, temporary);
	buf_puts(b, "d=");
	shell_word_path(b, c->dest);
	buf_puts(b, "\n");
	put_line(b, "word", c->word);
	put_line(b, "name", c->name);
	put_line(b, "mode", c->mode);
	put_line(b, "perm", permissions);
	put_line(b, "owner", c->owner);
	put_line(b, "group", c->group);
	put_line(b, "check", c->check ? "1" : "");
	buf_puts(b, copy_look);
	buf_puts(b, c->check ? copy_check : copy_write);
	return check_size(b, e);
}

int
shell_put_fetch(struct buf *b, const char *word, const char *src, struct err *e)
{
	buf_puts(b, "f=");
	shell_word_path(b, src);
	buf_printf(b,
	    "\nif [ -d \"$f\" ]; then\n"
	    "	echo '%s directory' >&2\n"
	    "	exit 3\n"
	    "elif [ ! -e \"$f\" ]; then\n"
	    "	echo '%s missing' >&2\n"
	    "	exit 3\n"
	    "fi\n"
	    "exec cat <\"$f\"\n",
	    word, word);
	return check_size(b, e);
}
