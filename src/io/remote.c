#include "io/remote.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"

enum {
	SEARCH_MAX = 8192, /* bytes before the watcher's line: rc files talk */
	COMMAND_MAX = 1024 * 1024
};

/*
 * The mark stands in front, where ps(1) shows it even if it cuts the line.  $1
 * is the mark again, $2 the limit in seconds, $3 the pid of the connection's
 * sshd when the caller knows it.
 *
 * $p is the command's shell, which is this one's parent and leads the process
 * group; $s is sshd, by default $p's parent.  Who $s is, and how ($m) to ask
 * whether it is alive, is found out before the command starts: later, sshd
 * could be gone, and the answer be taken for "cannot be seen".  Where $s is 1
 * the connection was gone even earlier.
 *
 * No newline, and "!" only where remote_quote() sees it: csh would choke.
 */
static const char watcher[] =
    "exec 2>/dev/null;p=$PPID;s=$3;"
    "[ \"$s\" ]||read a b c s d </proc/$p/stat||"
    "s=$(ps -o ppid= -p $p|tr -d \" \");"
    "if [ -d /proc/$s ];then m=d;elif kill -0 $s;then m=k;else m=;fi;"
    "{ l(){ kill -0 $p||[ -d /proc/$p ];};"
    "a(){ case $m in d) [ -d /proc/$s ];;k) kill -0 $s;;esac;};"
    "k(){ trap \"\" TERM;kill -TERM 0;"
    "sleep 1;l&&sleep 1;l&&sleep 1;kill -KILL 0;};"
    "trap k TERM;trap \"\" HUP INT;"
    "i=0;while sleep 1& wait $!;do i=$((i+1));"
    "l||exit;[ \"$s\" != 1 ]&&a&&[ $i -lt $2 ]||k;done;"
    "} </dev/null >/dev/null& echo $1 $!";

void
remote_quote(struct buf *b, const char *word)
{
	buf_puts(b, "'");
	while (*word != '\0') {
		/* csh expands "!" within quotes, fish "\"; outside of them a
		 * backslash makes each plain for all. */
		size_t plain = strcspn(word, "'!\\");

		buf_add(b, word, plain);
		word += plain;
		if (*word != '\0')
			buf_printf(b, "'\\%c'", *word++);
	}
	buf_puts(b, "'");
}

static void
put_watcher(struct buf *b, const char *mark, int64_t limit_s, const char *sshd)
{
	buf_printf(b, "sh -c ': %s;'", mark);
	remote_quote(b, watcher);
	buf_printf(b, " espy %s %" PRId64 "%s;", mark, limit_s, sshd);
}

static const char *
sudo_user(const struct remote_as *as)
{
	return as->user != NULL ? as->user : "root";
}

/* How sudo is to ask, if it may; mark as in io/remote.h. */
static void
put_sudo(struct buf *b, const struct remote_as *as, const char *mark)
{
	buf_puts(b, "sudo ");
	if (as->asks)
		buf_printf(b, "-S -p %s%%%%: ", mark);
	else
		buf_puts(b, "-n ");
}

/*
 * sudo puts itself between sshd and the command, so the shell before it, which
 * is sshd's child, hands the pid of sshd on.
 */
static void
put_become(struct buf *b, const struct remote_as *as, const char *mark,
    const char *inner)
{
	struct buf outer;

	buf_init(&outer, 256);
	buf_puts(&outer, "exec ");
	put_sudo(&outer, as, mark);
	buf_puts(&outer, "-u \"$1\" -- sh -c \"$2\" espy \"$PPID\"");
	buf_puts(b, "exec sh -c ");
	remote_quote(b, outer.data);
	buf_puts(b, " espy ");
	remote_quote(b, sudo_user(as));
	buf_puts(b, " ");
	remote_quote(b, inner);
	buf_free(&outer);
}

void
remote_command(struct buf *b, const struct remote_as *as, const char *command,
    const char *mark, int64_t limit_s)
{
	const char *what = command != NULL ? command : "exec sh -s";
	struct buf inner;

	if (!as->become) {
		put_watcher(b, mark, limit_s, "");
		buf_puts(b, what);
		return;
	}
	buf_init(&inner, COMMAND_MAX);
	put_watcher(&inner, mark, limit_s, " $1");
	buf_puts(&inner, what);
	put_become(b, as, mark, inner.data);
	buf_free(&inner);
}

void
remote_kill(struct buf *b, const struct remote_as *as, const char *mark,
    int64_t pid)
{
	struct buf inner;

	/* By now the number could be someone else's. */
	buf_init(&inner, COMMAND_MAX);
	buf_printf(&inner,
	    "{ cat /proc/%" PRId64 "/cmdline 2>/dev/null||"
	    "ps -o args= -p %" PRId64
	    ";}|grep %s >/dev/null&&kill -TERM %" PRId64,
	    pid, pid, mark, pid);
	if (as->become) {
		put_sudo(b, as, mark);
		buf_puts(b, "-u ");
		remote_quote(b, sudo_user(as));
		buf_puts(b, " -- ");
	}
	buf_puts(b, "sh -c ");
	remote_quote(b, inner.data);
	buf_free(&inner);
}

/* Whether what is held may yet become "MARK DIGITS\n". */
static bool
may_be_watcher(const struct remote_filter *f)
{
	size_t n = strlen(f->mark);
	size_t cmp = f->held < n ? f->held : n;

	if (f->held >= sizeof(f->line) - 1 ||
	    memcmp(f->line, f->mark, cmp) != 0)
		return false;
	if (f->held > n && f->line[n] != ' ')
		return false;
	for (size_t i = n + 1; i < f->held; i++)
		if (strchr("0123456789", f->line[i]) == NULL)
			return false;
	return true;
}

/* One byte; true when it, with what was held, is to be passed on. */
static bool
take(struct remote_filter *f, char c)
{
	size_t n = strlen(f->mark);
	uint64_t pid;

	if (c == '\n' && f->held > n + 1 && may_be_watcher(f) &&
	    span_u64((struct span){ f->line + n + 1, f->held - n - 1 },
		INT64_MAX, &pid) == 0) {
		f->watcher = (int64_t)pid;
		f->done = true;
		f->held = 0;
		return false;
	}
	f->line[f->held++] = c;
	return !may_be_watcher(f);
}

static int
flush(struct remote_filter *f, int (*pass)(void *arg, struct span bytes),
    void *arg)
{
	struct span s = { f->line, f->held };

	f->seen += f->held;
	f->held = 0;
	return s.n > 0 ? pass(arg, s) : 0;
}

/* The rest of a line that is not the watcher's: passed up to its newline. */
static int
pass_line(struct remote_filter *f, struct span *bytes, bool *in_line,
    int (*pass)(void *arg, struct span bytes), void *arg)
{
	const char *end = memchr(bytes->p, '\n', bytes->n);
	size_t n = end != NULL ? (size_t)(end - bytes->p) + 1 : bytes->n;
	struct span line = { bytes->p, n };

	*in_line = end == NULL;
	f->seen += n;
	bytes->p += n;
	bytes->n -= n;
	return pass(arg, line);
}

int
remote_filter(struct remote_filter *f, struct span bytes,
    int (*pass)(void *arg, struct span bytes), void *arg)
{
	int r = 0;

	while (!f->done && bytes.n > 0 && r == 0) {
		if (!f->in_line && f->held == 0 && f->seen > SEARCH_MAX) {
			f->done = true;
			break;
		}
		if (f->in_line) {
			r = pass_line(f, &bytes, &f->in_line, pass, arg);
		} else if (take(f, *bytes.p++)) {
			f->in_line = f->line[f->held - 1] != '\n';
			bytes.n--;
			r = flush(f, pass, arg);
		} else {
			bytes.n--;
		}
	}
	if (r == 0 && bytes.n > 0)
		r = pass(arg, bytes);
	return r;
}

int
remote_filter_end(struct remote_filter *f,
    int (*pass)(void *arg, struct span bytes), void *arg)
{
	f->done = true;
	return flush(f, pass, arg);
}
