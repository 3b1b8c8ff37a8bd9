#include "io/rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/run.h"
#include "model/run_json.h"
#include "model/run_path.h"

enum { NAMES_TRIED = 100 };

struct rundir_file {
	char *path; /* for messages */
	int fd;
	uint64_t bytes;
	struct err failure; /* kind ERR_NONE: none yet */
};

char *
rundir_name(struct wall started, const char *a, const char *b)
{
	char stamp[DATE_STAMP_MAX];

	return xasprintf("espy-run-%s-%s-%s", date_stamp(started, stamp), a, b);
}

/* ---- paths below the directory ------------------------------------------ */

/*
 * Opens the directory that holds the last component of rel, below dir, never
 * through a symbolic link; makes directories on the way when make is set.
 * Returns a descriptor, and the last component in *last (borrowed from rel).
 */
static int
open_parent(const char *dir, const char *rel, bool make, const char **last)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *slash;

	while (fd >= 0 && (slash = strchr(rel, '/')) != NULL) {
		char *part = xstrndup(rel, (size_t)(slash - rel));
		int below = -1, why;

		if (!make || mkdirat(fd, part, 0700) == 0 || errno == EEXIST)
			below = openat(fd, part,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		why = errno;
		free(part);
		close(fd);
		errno = why;
		fd = below;
		rel = slash + 1;
	}
	*last = rel;
	return fd;
}

static int
open_below(const char *dir, const char *rel, int flags, bool make)
{
	const char *last;
	int at = open_parent(dir, rel, make, &last);
	int fd, why;

	if (at < 0)
		return -1;
	fd = openat(at, last, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
	why = errno;
	close(at);
	errno = why;
	return fd;
}

static void
unlink_below(const char *dir, const char *rel)
{
	const char *last;
	int at = open_parent(dir, rel, false, &last);

	if (at < 0)
		return;
	unlinkat(at, last, 0);
	close(at);
}

/* ---- making and writing ------------------------------------------------- */

static int
make_named(const char *name, char **ret, struct err *e)
{
	for (int i = 1; i <= NAMES_TRIED; i++) {
		char *path = i == 1 ? xasprintf("./%s", name)
				    : xasprintf("./%s-%d", name, i);

		if (mkdir(path, 0700) == 0) {
			*ret = path;
			return 0;
		}
		if (errno != EEXIST || i == NAMES_TRIED) {
			err_sys(e, "make run directory %s", path);
			free(path);
			return -1;
		}
		free(path);
	}
	return -1;
}

int
rundir_create(const char *path, const char *name, char **ret, struct err *e)
{
	if (path == NULL && !run_path_node_ok(name))
		return err_set(e, ERR_INPUT,
		    "make run directory: \"%s\" cannot name a directory", name);
	if (path == NULL)
		return make_named(name, ret, e);
	if (mkdir(path, 0700) < 0)
		return err_sys(e, "make run directory %s", path);
	*ret = xstrdup(path);
	return 0;
}

static int
write_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Creates dir/rel with this content; on failure it is not there. */
static int
write_new(const char *dir, const char *rel, const char *p, size_t len,
    struct err *e)
{
	int fd = open_below(dir, rel, O_WRONLY | O_CREAT | O_EXCL, true);
	int bad;

	if (fd < 0)
		return err_sys(e, "create %s/%s", dir, rel);
	bad = write_all(fd, p, len);
	if (bad < 0)
		err_sys(e, "write %s/%s", dir, rel);
	if (close(fd) < 0 && bad == 0)
		bad = err_sys(e, "write %s/%s", dir, rel);
	if (bad < 0)
		unlink_below(dir, rel);
	return bad;
}

static int
check_text(const struct run_node *n, const char *name, size_t len,
    struct err *e)
{
	if (n->name == NULL || !run_path_node_ok(n->name))
		return err_set(e, ERR_INPUT,
		    "a node's name cannot name a directory: \"%s\"",
		    n->name != NULL ? n->name : "");
	if (!run_path_text_ok(name))
		return err_set(e, ERR_INPUT,
		    "node %s: a text's name cannot name a file: \"%s\"",
		    n->name, name);
	if (run_text(n, name) != NULL)
		return err_set(e, ERR_INPUT, "node %s: there is a %s already",
		    n->name, name);
	if (len > RUN_TEXT_MAX)
		return err_set(e, ERR_LIMIT,
		    "node %s: %s has more than %d bytes", n->name, name,
		    (int)RUN_TEXT_MAX);
	if (n->n_texts >= RUN_NODE_TEXTS_MAX)
		return err_set(e, ERR_LIMIT, "node %s: more than %d texts",
		    n->name, (int)RUN_NODE_TEXTS_MAX);
	return 0;
}

int
rundir_write_text(const char *dir, struct run_node *n, const char *name,
    const char *text, size_t len, int status, struct err *e)
{
	char *rel;
	int r;

	if (check_text(n, name, len, e) < 0)
		return -1;
	rel = run_path_text(n->name, name);
	r = write_new(dir, rel, text, len, e);
	free(rel);
	if (r == 0)
		run_add_text(n, name, text, len, status);
	return r;
}

/* ---- captures ----------------------------------------------------------- */

char *
rundir_capture_path(const char *dir, const struct run_node *n, enum point p)
{
	char *rel = run_path_capture(n->name, p);
	char *path = xasprintf("%s/%s", dir, rel);

	free(rel);
	return path;
}

int
rundir_capture_open(const char *dir, const struct run_node *n, enum point p,
    struct rundir_file **ret, struct err *e)
{
	struct rundir_file *f;
	char *rel;
	int fd;

	if (n->name == NULL || !run_path_node_ok(n->name))
		return err_set(e, ERR_INPUT,
		    "a node's name cannot name a directory: \"%s\"",
		    n->name != NULL ? n->name : "");
	rel = run_path_capture(n->name, p);
	fd = open_below(dir, rel, O_WRONLY | O_CREAT | O_EXCL, true);
	if (fd < 0)
		err_sys(e, "create %s/%s", dir, rel);
	free(rel);
	if (fd < 0)
		return -1;
	f = xcalloc(1, sizeof(*f));
	f->path = rundir_capture_path(dir, n, p);
	f->fd = fd;
	*ret = f;
	return 0;
}

int
rundir_file_write(struct rundir_file *f, const void *data, size_t len,
    struct err *e)
{
	const char *p = data;

	while (f->failure.kind == ERR_NONE && len > 0) {
		size_t room = RUNDIR_CAPTURE_MAX - (size_t)f->bytes;
		ssize_t n;

		if (room == 0) {
			err_set(&f->failure, ERR_LIMIT,
			    "write %s: more than %d bytes", f->path,
			    (int)RUNDIR_CAPTURE_MAX);
			break;
		}
		n = write(f->fd, p, len < room ? len : room);
		if (n < 0 && errno != EINTR)
			err_sys(&f->failure, "write %s", f->path);
		if (n > 0) {
			f->bytes += (uint64_t)n;
			p += n;
			len -= (size_t)n;
		}
	}
	if (f->failure.kind == ERR_NONE)
		return 0;
	*e = f->failure;
	return -1;
}

int
rundir_file_close(struct rundir_file *f, uint64_t *bytes, struct err *e)
{
	int r = 0;

	if (f == NULL)
		return 0;
	if (close(f->fd) < 0)
		r = err_sys(e, "write %s", f->path);
	if (bytes != NULL)
		*bytes = f->bytes;
	free(f->path);
	free(f);
	return r;
}

/* ---- run.json ----------------------------------------------------------- */

/* fd is dir's; the text is on disk before run.json becomes it. */
static int
replace(int at, const char *dir, const struct buf *text, struct err *e)
{
	int fd = openat(at, "run.json.new",
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r;

	if (fd < 0)
		return err_sys(e, "create %s/run.json.new", dir);
	r = write_all(fd, text->data, text->len);
	if (r == 0)
		r = fsync(fd);
	if (r < 0)
		err_sys(e, "write %s/run.json.new", dir);
	if (close(fd) < 0 && r == 0)
		r = err_sys(e, "write %s/run.json.new", dir);
	if (r == 0 && renameat(at, "run.json.new", at, "run.json") < 0)
		r = err_sys(e, "replace %s/run.json", dir);
	if (r < 0)
		unlinkat(at, "run.json.new", 0);
	return r;
}

int
rundir_save(const char *dir, const struct run *run, struct err *e)
{
	struct buf text;
	int at, r = -1;

	buf_init(&text, RUN_JSON_MAX);
	if (run_json_write(run, &text, e) < 0)
		goto out;
	at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (at < 0) {
		err_sys(e, "open %s", dir);
		goto out;
	}
	r = replace(at, dir, &text, e);
	close(at);
out:
	buf_free(&text);
	return r;
}

/* ---- reading ------------------------------------------------------------ */

static int
read_all(int fd, struct buf *b)
{
	char block[65536];

	for (;;) {
		ssize_t n = read(fd, block, sizeof(block));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		if (buf_add(b, block, (size_t)n) < 0)
			return 0;
	}
}

/* When it is not there, the disk is in order and the run is not. */
static int
absent(const char *dir, const char *rel, struct err *e)
{
	bool missing = errno == ENOENT || errno == ENOTDIR;

	err_sys(e, "open %s/%s", dir, rel);
	if (missing)
		e->kind = ERR_INPUT;
	return -1;
}

/* Appends dir/rel to b, up to its cap; it must be a regular file. */
static int
read_below(const char *dir, const char *rel, struct buf *b, struct err *e)
{
	/* A FIFO must not keep us waiting before it is refused. */
	int fd = open_below(dir, rel, O_RDONLY | O_NONBLOCK, false);
	struct stat st;
	int r = -1;

	if (fd < 0 && errno == ELOOP)
		return err_set(e, ERR_INPUT, "%s/%s: is a symbolic link", dir,
		    rel);
	if (fd < 0)
		return absent(dir, rel, e);
	if (fstat(fd, &st) < 0)
		err_sys(e, "stat %s/%s", dir, rel);
	else if (!S_ISREG(st.st_mode))
		err_set(e, ERR_INPUT, "%s/%s: is no regular file", dir, rel);
	else if (read_all(fd, b) < 0)
		err_sys(e, "read %s/%s", dir, rel);
	else if (b->cut)
		err_set(e, ERR_LIMIT, "%s/%s: more than %zu bytes", dir, rel,
		    b->max);
	else
		r = 0;
	close(fd);
	return r;
}

static int
load_text(const char *dir, const char *node, struct run_text *t, struct err *e)
{
	char *rel = run_path_text(node, t->name);
	struct buf b;
	int r;

	buf_init(&b, RUN_TEXT_MAX);
	r = read_below(dir, rel, &b, e);
	if (r == 0 && b.len != t->len)
		r = err_set(e, ERR_INPUT,
		    "%s/%s: %zu bytes, but run.json says %zu", dir, rel, b.len,
		    t->len);
	if (r == 0)
		t->text = b.data; /* the text's now */
	else
		buf_free(&b);
	free(rel);
	return r;
}

/* A capture may be absent; half of one that was copied must not pass. */
static int
check_capture(const char *dir, const struct run *r, const struct run_node *n,
    enum point p, struct err *e)
{
	char *rel = run_path_capture(n->name, p);
	int fd = open_below(dir, rel, O_RDONLY | O_NONBLOCK, false);
	uint64_t want = n->captures[p].bytes;
	struct stat st;
	int got = 0;

	if (fd < 0 && errno == ELOOP)
		got = err_set(e, ERR_INPUT, "%s/%s: is a symbolic link", dir,
		    rel);
	else if (fd < 0 && errno != ENOENT)
		got = err_sys(e, "open %s/%s", dir, rel);
	else if (fd >= 0 && fstat(fd, &st) < 0)
		got = err_sys(e, "stat %s/%s", dir, rel);
	else if (fd >= 0 && !S_ISREG(st.st_mode))
		got = err_set(e, ERR_INPUT, "%s/%s: is no regular file", dir,
		    rel);
	else if (fd >= 0 && r->complete && (uint64_t)st.st_size != want)
		got = err_set(e, ERR_INPUT,
		    "%s/%s: %llu bytes, but run.json says %llu", dir, rel,
		    (unsigned long long)st.st_size, (unsigned long long)want);
	if (fd >= 0)
		close(fd);
	free(rel);
	return got;
}

static int
load_files(const char *dir, struct run *r, struct err *e)
{
	size_t total = 0;

	for (size_t i = 0; i < SIDES; i++) {
		struct run_node *n = &r->nodes[i];

		for (size_t t = 0; t < n->n_texts; t++) {
			total += n->texts[t].len;
			if (total > RUN_TEXTS_MAX)
				return err_set(e, ERR_LIMIT,
				    "%s: more than %d bytes of texts", dir,
				    (int)RUN_TEXTS_MAX);
			if (load_text(dir, n->name, &n->texts[t], e) < 0)
				return -1;
		}
		for (size_t p = 0; p < POINTS; p++)
			if (check_capture(dir, r, n, (enum point)p, e) < 0)
				return -1;
	}
	return 0;
}

int
rundir_load(const char *dir, struct run *ret, struct err *e)
{
	struct buf text;
	struct run run;
	int r;

	buf_init(&text, RUN_JSON_MAX);
	r = read_below(dir, "run.json", &text, e);
	if (r == 0) {
		r = run_json_read(text.data, text.len, &run, e);
		if (r < 0)
			err_wrap(e, "run %s", dir);
	}
	buf_free(&text);
	if (r < 0)
		return -1;
	if (load_files(dir, &run, e) < 0) {
		run_free(&run);
		return -1;
	}
	*ret = run;
	return 0;
}
