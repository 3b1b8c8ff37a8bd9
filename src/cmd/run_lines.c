/* run_lines: what hosts print, line by line, each behind its host's name. */
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cmd/run_impl.h"
#include "io/say.h"

enum { LINE_MAX_BYTES = 65536, SHOWN_MAX = 8 * LINE_MAX_BYTES };

void
run_lines_init(struct run_lines *l, const char *host, bool live, size_t out_max)
{
	*l = (struct run_lines){ .host = host, .live = live };
	for (int s = 0; s < 2; s++) {
		buf_init(&l->held[s], LINE_MAX_BYTES);
		buf_init(&l->kept[s], out_max);
	}
}

/* Where --live prints is not where the answer will be. */
static int
print_line(const struct run_lines *l, enum task_stream s, struct span line,
    struct err *e)
{
	int fd = l->live || s == TASK_ERR ? STDERR_FILENO : STDOUT_FILENO;
	struct buf b;
	int r;

	buf_init(&b, SHOWN_MAX);
	buf_printf(&b, "%s: %s", l->host,
	    l->live && s == TASK_ERR ? "stderr: " : "");
	if (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	utf8_clean(&b, line, UTF8_TEXT);
	buf_puts(&b, "\n");
	r = say(fd, b.data, b.len, e);
	buf_free(&b);
	return r;
}

static int
print_held(struct run_lines *l, enum task_stream s, struct err *e)
{
	struct buf *held = &l->held[s];
	int r = print_line(l, s, (struct span){ held->data, held->len }, e);

	buf_clear(held);
	return r;
}

/* Bytes up to and with the newline, or as many as the line has room for. */
static size_t
piece(const struct buf *held, struct span rest)
{
	size_t room = held->max - held->len;
	size_t n = rest.n < room ? rest.n : room;
	const char *end = memchr(rest.p, '\n', n);

	return end != NULL ? (size_t)(end - rest.p) + 1 : n;
}

int
run_lines_take(struct run_lines *l, enum task_stream s, const void *p, size_t n,
    struct err *e)
{
	struct span rest = { p, n };
	struct buf *held = &l->held[s];
	int r = 0;

	if (l->live)
		buf_add(&l->kept[s], p, n);
	while (rest.n > 0 && r == 0) {
		size_t take = piece(held, rest);
		bool ends = rest.p[take - 1] == '\n';

		buf_add(held, rest.p, take);
		rest.p += take;
		rest.n -= take;
		if (ends || held->len == held->max)
			r = print_held(l, s, e);
	}
	return r;
}

/* What was kept belongs to the result, be it shown or not. */
static void
give_kept(const struct run_lines *l, struct task_result *r)
{
	r->out = l->kept[TASK_OUT].data;
	r->out_len = l->kept[TASK_OUT].len;
	r->out_cut = l->kept[TASK_OUT].cut;
	r->err = l->kept[TASK_ERR].data;
	r->err_len = l->kept[TASK_ERR].len;
	r->err_cut = l->kept[TASK_ERR].cut;
}

int
run_lines_end(struct run_lines *l, struct task_result *r, struct err *e)
{
	int failed = 0;

	if (l->host == NULL)
		return 0;
	for (int s = 0; s < 2 && failed == 0; s++)
		if (l->held[s].len > 0)
			failed = print_held(l, (enum task_stream)s, e);
	if (l->live)
		give_kept(l, r);
	return failed;
}

void
run_lines_free(struct run_lines *l)
{
	if (l->host == NULL)
		return;
	for (int s = 0; s < 2; s++) {
		buf_free(&l->held[s]);
		buf_free(&l->kept[s]);
	}
	*l = (struct run_lines){ .host = NULL };
}
