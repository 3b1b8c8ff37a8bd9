#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

static int
read_all(int fd, const char *path, struct buf *b, struct err *e)
{
	char chunk[16384];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n == 0)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "read %s", path);
		if (buf_add(b, chunk, (size_t)n) < 0)
			return err_set(e, ERR_INPUT,
			    "read %s: longer than %zu bytes", path, b->max);
	}
}

int
file_read(const char *path, struct buf *ret, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t before = ret->len;
	int r;

	if (fd < 0) {
		int why = errno;

		err_sys(e, "open %s", path);
		if (why == ENOENT || why == ENOTDIR)
			e->kind = ERR_INPUT;
		return -1;
	}
	r = read_all(fd, path, ret, e);
	close(fd);
	if (r < 0) {
		ret->len = before;
		ret->data[before] = '\0';
		ret->cut = false;
	}
	return r;
}

static int
write_all(int fd, const char *path, const char *p, size_t len, struct err *e)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "write %s", path);
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int
file_write(const char *path, const void *data, size_t len, unsigned mode,
    struct err *e)
{
	char *tmp = xasprintf("%s.XXXXXX", path);
	int fd = mkstemp(tmp);
	int r = -1;

	if (fd < 0) {
		err_sys(e, "create %s", tmp);
		free(tmp);
		return -1;
	}
	if (write_all(fd, tmp, data, len, e) < 0)
		goto out;
	if (fchmod(fd, (mode_t)mode) < 0 || fsync(fd) < 0) {
		err_sys(e, "write %s", tmp);
		goto out;
	}
	if (rename(tmp, path) < 0) {
		err_sys(e, "rename %s to %s", tmp, path);
		goto out;
	}
	r = 0;
out:
	if (close(fd) < 0 && r == 0)
		r = err_sys(e, "close %s", path);
	if (r < 0)
		unlink(tmp);
	free(tmp);
	return r;
}

int
file_create(const char *path, const void *data, size_t len, unsigned mode,
    struct err *e)
{
	int fd =
	    open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
	int r;

	if (fd < 0)
		return err_sys(e, "create %s", path);
	r = write_all(fd, path, data, len, e);
	if (close(fd) < 0 && r == 0)
		r = err_sys(e, "close %s", path);
	return r;
}

static bool
lacks_newline(int fd)
{
	struct stat st;
	char last = '\n';

	if (fstat(fd, &st) < 0 || st.st_size == 0)
		return false;
	return pread(fd, &last, 1, st.st_size - 1) == 1 && last != '\n';
}

int
file_append_lines(const char *path, const void *data, size_t len, unsigned mode,
    struct err *e)
{
	int fd =
	    open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, (mode_t)mode);
	int r = 0;

	if (fd < 0)
		return err_sys(e, "open %s", path);
	if (lacks_newline(fd))
		r = write_all(fd, path, "\n", 1, e);
	if (r == 0)
		r = write_all(fd, path, data, len, e);
	if (close(fd) < 0 && r == 0)
		r = err_sys(e, "close %s", path);
	return r;
}

char *
file_private_dir(struct err *e)
{
	const char *run = getenv("XDG_RUNTIME_DIR");
	char *dir = xasprintf("%s/espy.XXXXXX",
	    run != NULL && access(run, W_OK) == 0 ? run : "/tmp");

	if (mkdtemp(dir) != NULL)
		return dir;
	err_sys(e, "mkdtemp %s", dir);
	free(dir);
	return NULL;
}
