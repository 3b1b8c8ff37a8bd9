#include "cmd/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "inventory/hostrange.h"

enum { KEY_MAX = 64 * 1024 * 1024, LINE_TEXT_MAX = 1024 * 1024 };

/* One answer and who gave it. */
struct group {
	enum fold_class class;
	char *label; /* NULL: the class's name, when it is not FOLD_OK */
	char *why;
	char *out, *err;
	size_t out_len, err_len;
	bool out_cut, err_cut;
	char **names;
	size_t n, cap;
	size_t order; /* when it first came */
};

struct fold {
	struct group **groups;
	size_t n, cap;
	struct map by_key;
	char **keys; /* the map borrows them */
	size_t n_keys, keys_cap;
	size_t count[FOLD_CLASSES];
};

const char *
fold_class_name(enum fold_class c)
{
	static const char *const names[] = {
		[FOLD_OK] = "ok",
		[FOLD_FAILED] = "failed",
		[FOLD_TIMEOUT] = "timeout",
		[FOLD_UNREACHABLE] = "unreachable",
		[FOLD_HOST_KEY] = "host key",
		[FOLD_AUTH] = "auth",
		[FOLD_CANCELLED] = "cancelled",
		[FOLD_CLASSES] = "?",
	};

	return names[c];
}

enum fold_class
fold_class_of(enum task_end end, int status)
{
	static const enum fold_class classes[] = {
		[TASK_EXITED] = FOLD_FAILED,
		[TASK_SIGNALLED] = FOLD_FAILED,
		[TASK_NO_STATUS] = FOLD_FAILED,
		[TASK_TIMEOUT] = FOLD_TIMEOUT,
		[TASK_CANCELLED] = FOLD_CANCELLED,
		[TASK_UNREACHABLE] = FOLD_UNREACHABLE,
		[TASK_HOST_KEY] = FOLD_HOST_KEY,
		[TASK_AUTH] = FOLD_AUTH,
		[TASK_LOST] = FOLD_FAILED,
	};

	return end == TASK_EXITED && status == 0 ? FOLD_OK : classes[end];
}

struct fold *
fold_new(void)
{
	return xcalloc(1, sizeof(struct fold));
}

static void
free_group(struct group *g)
{
	for (size_t i = 0; i < g->n; i++)
		free(g->names[i]);
	free(g->names);
	free(g->label);
	free(g->why);
	free(g->out);
	free(g->err);
	free(g);
}

void
fold_free(struct fold *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n; i++)
		free_group(f->groups[i]);
	for (size_t i = 0; i < f->n_keys; i++)
		free(f->keys[i]);
	free(f->groups);
	free(f->keys);
	map_free(&f->by_key);
	free(f);
}

/* ---- adding ---- */

/* Everything that makes two answers differ, lengths first. */
static void
make_key(const struct fold_answer *a, struct buf *b)
{
	buf_printf(b, "%d %s %d %d %zu %zu %zu ", (int)a->class,
	    a->label != NULL ? a->label : "", a->out_cut, a->err_cut,
	    strlen(a->why), a->out.n, a->err.n);
	buf_puts(b, a->why);
	buf_add(b, a->out.p, a->out.n);
	buf_add(b, a->err.p, a->err.n);
}

static char *
copy(struct span s)
{
	char *p = xcalloc(s.n + 1, 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

static struct group *
new_group(struct fold *f, const struct fold_answer *a)
{
	struct group *g = xcalloc(1, sizeof(*g));

	*g = (struct group){ .class = a->class,
		.label = a->label != NULL ? xstrdup(a->label) : NULL,
		.why = xstrdup(a->why),
		.out = copy(a->out),
		.out_len = a->out.n,
		.err = copy(a->err),
		.err_len = a->err.n,
		.out_cut = a->out_cut,
		.err_cut = a->err_cut,
		.order = f->n };
	f->groups = mem_grow(f->groups, f->n, &f->cap, sizeof(struct group *));
	f->groups[f->n++] = g;
	return g;
}

static struct group *
find_group(struct fold *f, const struct fold_answer *a)
{
	struct buf key;
	size_t at;
	struct group *g;

	buf_init(&key, KEY_MAX);
	make_key(a, &key);
	if (map_get(&f->by_key, (struct span){ key.data, key.len }, &at)) {
		g = f->groups[at];
		buf_free(&key);
		return g;
	}
	g = new_group(f, a);
	map_put(&f->by_key, (struct span){ key.data, key.len }, f->n - 1);
	f->keys = mem_grow(f->keys, f->n_keys, &f->keys_cap, sizeof(char *));
	f->keys[f->n_keys++] = key.data;
	return g;
}

void
fold_add(struct fold *f, const char *host, const struct fold_answer *a)
{
	struct group *g = find_group(f, a);

	g->names = mem_grow(g->names, g->n, &g->cap, sizeof(char *));
	g->names[g->n++] = xstrdup(host);
	f->count[a->class]++;
}

size_t
fold_count(const struct fold *f, enum fold_class c)
{
	return f->count[c];
}

/* ---- printing ---- */

static void
put_names(const struct group *g, struct buf *b)
{
	const char **names = xcalloc(g->n, sizeof(*names));
	struct buf folded;

	for (size_t i = 0; i < g->n; i++)
		names[i] = g->names[i];
	buf_init(&folded, LINE_TEXT_MAX);
	hostrange_fold(names, g->n, &folded);
	utf8_clean(b, (struct span){ folded.data, folded.len }, UTF8_LINE);
	buf_free(&folded);
	free(names);
}

/* Each line, indented; sign goes before it. */
static void
put_lines(struct buf *b, const char *text, size_t n, bool cut, const char *sign)
{
	struct span rest = { text, n }, line;

	while (span_until(&rest, '\n', &line)) {
		buf_puts(b, sign);
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		utf8_clean(b, line, UTF8_TEXT);
		buf_puts(b, "\n");
	}
	if (cut)
		buf_printf(b, "%s(more was cut here)\n", sign);
}

static bool
is_one_line(const struct group *g)
{
	const char *end = memchr(g->out, '\n', g->out_len);

	return g->err_len == 0 && !g->out_cut && g->out_len > 0 &&
	    (end == NULL || end == g->out + g->out_len - 1);
}

static void
put_texts(const struct group *g, struct buf *b)
{
	put_lines(b, g->out, g->out_len, g->out_cut, "  ");
	put_lines(b, g->err, g->err_len, g->err_cut, "  stderr: ");
}

static void
put_ok(const struct group *g, struct buf *b)
{
	const char *nothing = g->label != NULL ? "\n" : ": (no output)\n";

	if (g->label != NULL)
		buf_printf(b, "%s: ", g->label);
	put_names(g, b);
	if (is_one_line(g)) {
		put_lines(b, g->out, g->out_len, false, ": ");
		return;
	}
	buf_puts(b, g->out_len + g->err_len == 0 ? nothing : ":\n");
	put_texts(g, b);
}

static void
put_failed(const struct group *g, struct buf *b)
{
	buf_printf(b,
	    "%s: ", g->label != NULL ? g->label : fold_class_name(g->class));
	put_names(g, b);
	buf_puts(b, ": ");
	utf8_clean(b, span_of(g->why), UTF8_LINE);
	buf_puts(b, "\n");
	put_texts(g, b);
}

/* Class, then how many hosts said it, then who was first. */
static int
compare(const void *left, const void *right)
{
	const struct group *a = *(struct group *const *)left;
	const struct group *b = *(struct group *const *)right;

	if (a->class != b->class)
		return a->class < b->class ? -1 : 1;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static struct group **
sorted(const struct fold *f)
{
	struct group **list = xcalloc(f->n, sizeof(struct group *));

	if (f->n > 0)
		memcpy(list, f->groups, f->n * sizeof(struct group *));
	qsort(list, f->n, sizeof(struct group *), compare);
	return list;
}

void
fold_print(const struct fold *f, struct buf *ret, bool only_failures)
{
	struct group **list = sorted(f);

	for (size_t i = 0; i < f->n; i++) {
		if (list[i]->class != FOLD_OK)
			put_failed(list[i], ret);
		else if (!only_failures)
			put_ok(list[i], ret);
	}
	free(list);
}

/* ---- differences ---- */

/* How often each line of a text is in it. */
struct bag {
	struct map lines; /* to places in left */
	size_t *left;
	size_t n, cap;
};

static void
bag_fill(struct bag *b, struct span text)
{
	struct span line;

	while (span_until(&text, '\n', &line)) {
		size_t at;

		if (!map_get(&b->lines, line, &at)) {
			b->left =
			    mem_grow(b->left, b->n, &b->cap, sizeof(*b->left));
			at = b->n++;
			b->left[at] = 0;
			map_put(&b->lines, line, at);
		}
		b->left[at]++;
	}
}

static bool
bag_take(struct bag *b, struct span line)
{
	size_t at;

	if (!map_get(&b->lines, line, &at) || b->left[at] == 0)
		return false;
	b->left[at]--;
	return true;
}

/* Lines that a has more often than b; returns how many. */
static size_t
put_missing(struct buf *ret, struct span a, struct span b, const char *sign)
{
	struct bag bag = { .n = 0 };
	struct span line;
	size_t n = 0;

	bag_fill(&bag, b);
	while (span_until(&a, '\n', &line)) {
		if (bag_take(&bag, line))
			continue;
		put_lines(ret, line.p, line.n, false, sign);
		/* An empty line is one, too. */
		if (line.n == 0)
			buf_printf(ret, "%s\n", sign);
		n++;
	}
	map_free(&bag.lines);
	free(bag.left);
	return n;
}

static bool
same_lines(struct span a, struct span b)
{
	struct span left = { "", 0 }, right = { "", 0 };
	bool more;

	do {
		more = span_until(&a, '\n', &left);
		if (more != span_until(&b, '\n', &right))
			return false;
		if (more &&
		    (left.n != right.n || memcmp(left.p, right.p, left.n) != 0))
			return false;
	} while (more);
	return true;
}

static void
put_difference(struct buf *ret, const struct group *common,
    const struct group *g)
{
	struct span a = { common->out, common->out_len };
	struct span b = { g->out, g->out_len };
	struct span ea = { common->err, common->err_len };
	struct span eb = { g->err, g->err_len };
	size_t n = put_missing(ret, a, b, "  - ");

	n += put_missing(ret, b, a, "  + ");
	n += put_missing(ret, ea, eb, "  - stderr: ");
	n += put_missing(ret, eb, ea, "  + stderr: ");
	if (n > 0)
		return;
	buf_puts(ret,
	    same_lines(a, b) && same_lines(ea, eb)
		? "  (only in where the output ends)\n"
		: "  (the same lines in another order)\n");
}

void
fold_print_diff(const struct fold *f, struct buf *ret)
{
	struct group **list = sorted(f);

	for (size_t i = 0; i < f->n; i++) {
		if (list[i]->class != FOLD_OK) {
			put_failed(list[i], ret);
		} else if (i == 0) {
			put_ok(list[i], ret);
		} else {
			put_names(list[i], ret);
			buf_puts(ret, ": differs:\n");
			put_difference(ret, list[0], list[i]);
		}
	}
	free(list);
}
