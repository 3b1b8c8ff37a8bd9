#include "io/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

struct source {
	int fd;
	char *path;
};

size_t
source_peek(const char *path, void *ret, size_t n)
{
	struct stat st;
	ssize_t got = 0;
	int fd;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	got = read(fd, ret, n);
	close(fd);
	return got > 0 ? (size_t)got : 0;
}

int
source_open(const char *path, struct source **ret, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct source *s;

	if (fd < 0) {
		bool missing = errno == ENOENT || errno == ENOTDIR;

		err_sys(e, "%s: open", path);
		if (missing)
			e->kind = ERR_INPUT;
		return -1;
	}
	s = xcalloc(1, sizeof(*s));
	s->fd = fd;
	s->path = xstrdup(path);
	*ret = s;
	return 0;
}

int
source_read(struct source *s, struct buf *b, struct err *e)
{
	char piece[SOURCE_PIECE];
	size_t room = b->max - b->len;
	ssize_t n;

	if (room == 0)
		return err_set(e, ERR_LIMIT,
		    "%s: no room for more than %zu "
		    "bytes",
		    s->path, b->max);
	do
		n = read(s->fd, piece,
		    room < sizeof(piece) ? room : sizeof(piece));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, "%s: read", s->path);
	if (n == 0)
		return 0;
	buf_add(b, piece, (size_t)n);
	return 1;
}

void
source_close(struct source *s)
{
	if (s == NULL)
		return;
	close(s->fd);
	free(s->path);
	free(s);
}
