#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "cmd/captures.h"
#include "cmd/frames.h"
#include "decode/decode.h"
#include "model/frame.h"
#include "model/packet.h"

enum { TEXT_MAX = 64 * 1024 * 1024 };

static void
count_result(struct captures *c, unsigned i, enum decode_result r)
{
	if (r == DEC_BAD)
		c->bad[i]++;
	if (r == DEC_SHORT)
		c->brief[i]++;
}

static int
read_frames(struct captures *c, unsigned i, struct frames *in,
    struct espflow *x, struct err *e)
{
	struct decode_opts o;
	struct packet p;
	struct frame f;
	int r;

	decode_opts_init(&o);
	while ((r = frames_next(in, &f, e)) == 1) {
		count_result(c, i, decode_frame(&f, &o, &p));
		if (espflow_add(x, i, &p, e) < 0)
			return err_wrap(e, "%s", c->name[i]);
	}
	c->cut[i] = frames_were_cut(in);
	c->drops[i] = frames_drops(in);
	return r;
}

static int
read_captures(struct captures *c, struct espflow *x, struct err *e)
{
	int r = 0;

	for (unsigned i = 0; i < CAPTURES && r == 0; i++) {
		struct frames *in = NULL;

		r = frames_open(c->name[i], &in, e);
		if (r == 0)
			r = read_frames(c, i, in, x, e);
		frames_close(in);
	}
	return r;
}

static void
print_text(const struct captures *c, const struct captures_verdict *v)
{
	struct buf b;

	buf_init(&b, TEXT_MAX);
	buf_printf(&b, "%s\n", v->text);
	if (c->result.n > 0)
		buf_puts(&b, "\n");
	captures_text(c, &b);
	captures_notes(c, &b);
	fwrite(b.data, 1, b.len, stdout);
	buf_free(&b);
}

static void
print_json(const struct captures *c, const struct captures_verdict *v)
{
	json_t *j = captures_json(c, v);

	json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(j);
}

int
analyze_captures(const struct args *a)
{
	struct captures c = { .name = { a->words[0], a->words[1] } };
	struct espflow_opts o = { .seed = (uint64_t)time(NULL) << 20 ^
		    (uint64_t)getpid() };
	struct espflow *x = espflow_new(&o);
	struct captures_verdict v;
	struct err e;
	int status;

	if (read_captures(&c, x, &e) < 0) {
		status = cmd_fail(&e);
		goto out;
	}
	espflow_judge(x, &c.result);
	captures_judge(&c, &v);
	if (a->common.json)
		print_json(&c, &v);
	else
		print_text(&c, &v);
	status = (int)v.status;
out:
	free(c.result.flows);
	espflow_free(x);
	return status;
}
