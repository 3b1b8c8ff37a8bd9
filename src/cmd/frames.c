#include "cmd/frames.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "capture/snoop.h"
#include "io/savefile.h"
#include "io/source.h"

/* Read ahead in pieces, so that few bytes are moved a packet. */
enum { AHEAD = SNOOP_RECORD_MAX + SOURCE_PIECE };

struct frames {
	struct savefile *save; /* pcap and pcapng; NULL: snoop, below */
	struct source *source;
	struct snoop snoop;
	struct buf bytes;
	size_t used; /* of bytes */
	bool cut;
	char *path;
};

static const uint8_t *
unused(const struct frames *f)
{
	return (const uint8_t *)f->bytes.data + f->used;
}

/* libpcap reads all the others, and complains of what is no capture. */
static int
choose(struct frames *f, struct err *e)
{
	uint8_t magic[SNOOP_MAGIC_LEN];
	size_t n = source_peek(f->path, magic, sizeof(magic));

	if (snoop_recognize(magic, n))
		return source_open(f->path, &f->source, e);
	return savefile_open(f->path, &f->save, e);
}

int
frames_open(const char *path, struct frames **ret, struct err *e)
{
	struct frames *f = xcalloc(1, sizeof(*f));

	f->path = xstrdup(path);
	buf_init(&f->bytes, AHEAD);
	snoop_init(&f->snoop);
	if (choose(f, e) < 0) {
		frames_close(f);
		return -1;
	}
	*ret = f;
	return 0;
}

static int
next_snoop(struct frames *f, struct frame *ret, struct err *e)
{
	for (;;) {
		size_t n;
		enum snoop_result r = snoop_next(&f->snoop, unused(f),
		    f->bytes.len - f->used, &n, ret, e);
		int more;

		f->used += n;
		if (r == SNOOP_FRAME)
			return 1;
		if (r == SNOOP_BAD)
			return err_wrap(e, "%s", f->path);
		buf_drop(&f->bytes, f->used);
		f->used = 0;
		more = source_read(f->source, &f->bytes, e);
		if (more > 0)
			continue;
		f->cut = !snoop_may_end(&f->snoop, f->bytes.len);
		return more;
	}
}

int
frames_next(struct frames *f, struct frame *ret, struct err *e)
{
	if (f->save != NULL)
		return savefile_next(f->save, ret, e);
	return next_snoop(f, ret, e);
}

bool
frames_were_cut(const struct frames *f)
{
	return f->save != NULL ? savefile_was_cut(f->save) : f->cut;
}

unsigned long
frames_drops(const struct frames *f)
{
	return f->save != NULL ? 0 : f->snoop.drops;
}

void
frames_close(struct frames *f)
{
	if (f == NULL)
		return;
	savefile_close(f->save);
	source_close(f->source);
	buf_free(&f->bytes);
	free(f->path);
	free(f);
}
