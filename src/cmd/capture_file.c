/*
 * capture_file: packets into one pcapng file, in the order of time.
 *
 * How far apart the clocks are is known at the end only.  Until then each point
 * has a pcap of its own in PATH.part, with its node's times: what is there is
 * readable even when espy was killed.  At the end they are merged into a file
 * beside them, which then takes the place of PATH.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "base/mem.h"
#include "cmd/capture_impl.h"
#include "cmd/cmd.h"
#include "cmd/nodes.h"
#include "cmd/tap.h"
#include "io/source.h"
#include "model/capstat.h"
#include "model/frame.h"
#include "model/host.h"
#include "model/packet.h"

enum { SPOTS = SIDES * POINTS, RECORD_ROOM = STREAM_RECORD_MAX + 64 };

/* A file that is written. */
struct part {
	char *path;
	FILE *f;
};

struct spool {
	struct capture *c;
	char *dir;
	struct part parts[SPOTS], merged;
	bool begun[SPOTS];
	struct buf block;
	bool kept; /* something went wrong: it stays */
};

static struct spot *
spot_of(const struct spool *p, size_t i)
{
	return &p->c->spots[i / POINTS][i % POINTS];
}

/* ---- writing ------------------------------------------------------------ */

static int
part_open(struct part *p, char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	p->path = path;
	p->f = fd < 0 ? NULL : fdopen(fd, "wb");
	if (p->f != NULL)
		return 0;
	err_sys(e, "create %s", path);
	if (fd >= 0)
		close(fd);
	return -1;
}

static int
part_write(struct part *p, const struct buf *b, struct err *e)
{
	if (fwrite(b->data, 1, b->len, p->f) == b->len)
		return 0;
	return err_sys(e, "write %s", p->path);
}

static int
part_close(struct part *p, struct err *e)
{
	FILE *f = p->f;

	p->f = NULL;
	if (f == NULL)
		return 0;
	if (fflush(f) == 0 && fsync(fileno(f)) == 0)
		return fclose(f) == 0 ? 0 : err_sys(e, "write %s", p->path);
	err_sys(e, "write %s", p->path);
	fclose(f);
	return -1;
}

/* A device or a directory must not be replaced by a file. */
static int
check_target(const char *path, struct err *e)
{
	struct stat st;

	if (path[0] == '\0' || strcmp(path, "-") == 0)
		return err_set(e, ERR_USAGE, "-w \"%s\": a file is needed",
		    path);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(e, ERR_USAGE, "-w %s: it is no regular file",
		    path);
	return 0;
}

static int
make_directory(struct spool *p, struct err *e)
{
	if (mkdir(p->dir, 0700) == 0)
		return 0;
	if (errno == EEXIST)
		return err_set(e, ERR_USAGE,
		    "%s is there already: another capture runs, or was killed "
		    "and left its packets there; move it away",
		    p->dir);
	return err_sys(e, "make %s", p->dir);
}

int
spool_open(struct capture *c, struct spool **ret, struct err *e)
{
	struct spool *p;

	if (check_target(c->path, e) < 0)
		return -1;
	p = xcalloc(1, sizeof(*p));
	p->c = c;
	p->dir = xasprintf("%s.part", c->path);
	buf_init(&p->block, STREAM_CAPTURED_MAX + PCAPNG_PACKET_MORE);
	if (make_directory(p, e) < 0) {
		free(p->dir);
		buf_free(&p->block);
		free(p);
		return -1;
	}
	*ret = p;
	for (size_t i = 0; i < SPOTS; i++)
		if (part_open(&p->parts[i],
			xasprintf("%s/%s-%s.pcap", p->dir,
			    side_name((enum side)(i / POINTS)),
			    point_name((enum point)(i % POINTS))),
			e) < 0)
			return -1;
	return 0;
}

/* What is there stays there. */
static int
give_up(struct spool *p, struct err *e)
{
	p->kept = true;
	return err_wrap(e, "the packets are in %s, with their nodes' times",
	    p->dir);
}

int
spool_add(struct spool *p, const struct spot *s, const struct frame *f,
    struct err *e)
{
	size_t i = (size_t)s->side * POINTS + s->point;

	buf_clear(&p->block);
	if (!p->begun[i])
		stream_put_header(&p->block, f->link, (uint32_t)p->c->snaplen);
	p->begun[i] = true;
	stream_put_frame(&p->block, f);
	if (part_write(&p->parts[i], &p->block, e) < 0)
		return give_up(p, e);
	return 0;
}

int
spool_flush(struct spool *p, struct err *e)
{
	for (size_t i = 0; i < SPOTS; i++) {
		if (p->parts[i].f == NULL || fflush(p->parts[i].f) == 0)
			continue;
		err_sys(e, "write %s", p->parts[i].path);
		return give_up(p, e);
	}
	return 0;
}

/* ---- merging ------------------------------------------------------------ */

/* One point's packets, read again. */
struct reader {
	struct spot *spot;
	struct source *source;
	struct stream stream;
	struct buf bytes;
	size_t used;
	bool has; /* frame is the next one, its time on A's clock */
	struct frame frame;
	enum pcapng_direction direction;
};

/* 0 also at the end. */
static int
reader_next(struct reader *r, struct err *e)
{
	r->has = false;
	for (;;) {
		const uint8_t *p = (const uint8_t *)r->bytes.data + r->used;
		size_t n;
		enum stream_result got = stream_next(&r->stream, p,
		    r->bytes.len - r->used, &n, &r->frame, e);
		int more;

		r->used += n;
		if (got == STREAM_BAD)
			return -1;
		if (got == STREAM_FRAME) {
			r->has = true;
			return 0;
		}
		buf_drop(&r->bytes, r->used);
		r->used = 0;
		more = source_read(r->source, &r->bytes, e);
		if (more <= 0)
			return more;
	}
}

static void
readers_close(struct reader *r)
{
	for (size_t i = 0; i < SPOTS; i++) {
		source_close(r[i].source);
		if (r[i].spot != NULL)
			buf_free(&r[i].bytes);
	}
}

static int
advance(struct capture *c, struct reader *r, struct err *e)
{
	struct packet p;

	if (reader_next(r, e) < 0)
		return -1;
	if (!r->has)
		return 0;
	r->frame.time = capture_time(c, r->spot->side, r->frame.time);
	/* No file can hold what is before 1970. */
	if (r->frame.time.ns < 0)
		r->frame.time.ns = 0;
	decode_frame(&r->frame, &c->decode, &p);
	r->direction = capture_direction(c, r->spot, &p);
	return 0;
}

static int
readers_open(struct spool *p, struct reader *r, struct err *e)
{
	for (size_t i = 0; i < SPOTS; i++) {
		r[i].spot = spot_of(p, i);
		stream_init(&r[i].stream);
		buf_init(&r[i].bytes, RECORD_ROOM + SOURCE_PIECE);
		if (source_open(p->parts[i].path, &r[i].source, e) < 0 ||
		    advance(p->c, &r[i], e) < 0)
			return -1;
	}
	return 0;
}

static bool
before(const struct reader *a, const struct reader *b)
{
	if (a->frame.time.ns != b->frame.time.ns)
		return a->frame.time.ns < b->frame.time.ns;
	return capture_rank(a->spot, a->direction) <
	    capture_rank(b->spot, b->direction);
}

static struct reader *
earliest(struct reader *r)
{
	struct reader *best = NULL;

	for (size_t i = 0; i < SPOTS; i++)
		if (r[i].has && (best == NULL || before(&r[i], best)))
			best = &r[i];
	return best;
}

static int
put_packet(struct spool *p, const struct reader *r, struct err *e)
{
	const struct pcapng_packet what = {
		.interface =
		    (uint32_t)(r->spot->side * POINTS + r->spot->point),
		.direction = r->direction
	};

	buf_clear(&p->block);
	pcapng_put_packet(&p->block, &r->frame, &what);
	return part_write(&p->merged, &p->block, e);
}

static void
put_description(const struct spool *p, const struct spot *s, struct buf *ret)
{
	const struct run_node *n = &p->c->plan.nodes[s->side];
	char text[IP_TEXT_MAX];

	if (s->filter == NULL)
		buf_puts(ret, "nothing was captured here: the node failed");
	else if (s->point == POINT_OVERLAY)
		buf_printf(ret, "overlay device of %s, %s, VNI %lu",
		    p->c->ns->v[s->side].host->name, ip_text(&n->overlay, text),
		    (unsigned long)n->vni);
	else
		buf_printf(ret, "underlay device of %s, %s",
		    p->c->ns->v[s->side].host->name,
		    ip_text(&n->underlay, text));
}

static int
put_interface(struct spool *p, const struct spot *s, struct err *e)
{
	const struct node *n = &p->c->ns->v[s->side];
	char *name = capture_spot_name(s);
	struct buf about;
	struct pcapng_interface i = { .link = s->link,
		.snaplen = (uint32_t)p->c->snaplen,
		.name = name,
		.filter = s->filter,
		.os = n->platform != NULL ? n->said.platform : NULL };
	int r;

	buf_init(&about, PCAPNG_TEXT_MAX);
	put_description(p, s, &about);
	i.description = about.data;
	buf_clear(&p->block);
	pcapng_put_interface(&p->block, &i);
	r = part_write(&p->merged, &p->block, e);
	buf_free(&about);
	free(name);
	return r;
}

static int
put_head(struct spool *p, struct err *e)
{
	struct buf comment;
	struct pcapng_section s = { .application = "espy " ESPY_VERSION };
	int r;

	buf_init(&comment, PCAPNG_TEXT_MAX);
	capture_put_clocks(p->c, &comment);
	if (p->c->expression != NULL)
		buf_printf(&comment, "\nonly packets that match: %s",
		    p->c->expression);
	s.comment = comment.data;
	buf_clear(&p->block);
	pcapng_put_section(&p->block, &s);
	r = part_write(&p->merged, &p->block, e);
	for (size_t i = 0; r == 0 && i < SPOTS; i++)
		r = put_interface(p, spot_of(p, i), e);
	buf_free(&comment);
	return r;
}

static int
put_tail(struct spool *p, struct wall last, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < SPOTS; i++) {
		const struct spot *s = spot_of(p, i);
		struct capstat st;
		struct pcapng_statistics out = { .interface = (uint32_t)i,
			.at = last,
			.delivered = s->packets };

		if (s->tap == NULL)
			continue;
		tap_stat(s->tap, &st);
		out.counted = st.counted;
		out.received = st.received;
		out.dropped = st.dropped;
		out.if_dropped = st.if_dropped;
		buf_clear(&p->block);
		pcapng_put_statistics(&p->block, &out);
		r = part_write(&p->merged, &p->block, e);
	}
	return r;
}

static int
merge(struct spool *p, struct err *e)
{
	struct reader readers[SPOTS] = { 0 }, *next;
	struct wall last = { 0 };
	int r = readers_open(p, readers, e);

	if (r == 0)
		r = put_head(p, e);
	while (r == 0 && (next = earliest(readers)) != NULL) {
		last = next->frame.time;
		r = put_packet(p, next, e);
		if (r == 0)
			r = advance(p->c, next, e);
	}
	if (r == 0)
		r = put_tail(p, last, e);
	readers_close(readers);
	return r;
}

static int
finish(struct spool *p, struct err *e)
{
	for (size_t i = 0; i < SPOTS; i++)
		if (part_close(&p->parts[i], e) < 0)
			return -1;
	if (part_open(&p->merged, xasprintf("%s/merged.pcapng", p->dir), e) <
		0 ||
	    merge(p, e) < 0 || part_close(&p->merged, e) < 0)
		return -1;
	if (rename(p->merged.path, p->c->path) < 0)
		return err_sys(e, "rename %s to %s", p->merged.path,
		    p->c->path);
	return 0;
}

int
spool_finish(struct spool *p, struct err *e)
{
	if (finish(p, e) == 0)
		return 0;
	/* Half of a file is of no use; what it is made of is. */
	if (p->merged.path != NULL)
		unlink(p->merged.path);
	return give_up(p, e);
}

void
spool_free(struct spool *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < SPOTS; i++) {
		if (p->parts[i].f != NULL)
			fclose(p->parts[i].f);
		if (!p->kept && p->parts[i].path != NULL)
			unlink(p->parts[i].path);
		free(p->parts[i].path);
	}
	if (p->merged.f != NULL)
		fclose(p->merged.f);
	if (!p->kept)
		rmdir(p->dir);
	free(p->merged.path);
	free(p->dir);
	buf_free(&p->block);
	free(p);
}
