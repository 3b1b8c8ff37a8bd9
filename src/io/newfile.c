#include "io/newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"

struct newfile {
	char *path, *temporary;
	int fd;
	size_t n;
	bool failed;
};

/* Every directory of path but the last word. */
static int
make_directories(const char *path, struct err *e)
{
	char *dir = xstrdup(path);
	int r = 0;

	for (char *s = strchr(dir + 1, '/'); r == 0 && s != NULL;
	     s = strchr(s + 1, '/')) {
		*s = '\0';
		if (mkdir(dir, 0700) < 0 && errno != EEXIST)
			r = err_sys(e, "make directory %s", dir);
		*s = '/';
	}
	free(dir);
	return r;
}

static void
newfile_free(struct newfile *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->path);
	free(s->temporary);
	free(s);
}

int
newfile_open(const char *path, struct newfile **ret, struct err *e)
{
	static unsigned count;
	struct newfile *s;

	if (make_directories(path, e) < 0)
		return -1;
	s = xcalloc(1, sizeof(*s));
	s->path = xstrdup(path);
	s->temporary =
	    xasprintf("%s.espy-%ld-%u", path, (long)getpid(), count++);
	s->fd = open(s->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (s->fd < 0) {
		err_sys(e, "create %s", s->temporary);
		newfile_free(s);
		return -1;
	}
	*ret = s;
	return 0;
}

int
newfile_write(struct newfile *s, const void *data, size_t n, struct err *e)
{
	const char *p = data;

	if (s->failed || n > NEWFILE_MAX - s->n) {
		s->failed = true;
		return err_set(e, ERR_LIMIT, "%s: more than %d bytes", s->path,
		    NEWFILE_MAX);
	}
	s->n += n;
	while (n > 0) {
		ssize_t w = write(s->fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0) {
			s->failed = true;
			return err_sys(e, "write %s", s->temporary);
		}
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

/* Whether a regular file at path holds what was written. */
static bool
is_same(const struct newfile *s)
{
	char a[16384], b[16384];
	int fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	off_t at = 0;
	bool same = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size == (off_t)s->n;

	while (same && at < (off_t)s->n) {
		ssize_t n = pread(s->fd, a, sizeof(a), at);

		same = n > 0 && pread(fd, b, (size_t)n, at) == n &&
		    memcmp(a, b, (size_t)n) == 0;
		at += n;
	}
	if (fd >= 0)
		close(fd);
	return same;
}

int
newfile_keep(struct newfile *s, bool *changed, struct err *e)
{
	int r = 0;

	if (s->failed) {
		r = err_set(e, ERR_SYS, "%s is not whole", s->path);
	} else if (is_same(s)) {
		*changed = false;
		unlink(s->temporary);
	} else if (fsync(s->fd) < 0 || rename(s->temporary, s->path) < 0) {
		r = err_sys(e, "keep %s", s->path);
	} else {
		*changed = true;
	}
	if (r < 0)
		unlink(s->temporary);
	newfile_free(s);
	return r;
}

void
newfile_drop(struct newfile *s)
{
	if (s == NULL)
		return;
	unlink(s->temporary);
	newfile_free(s);
}
