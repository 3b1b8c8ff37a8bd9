#include "io/killer.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "io/transport.h"

enum { COMMAND_MAX = 1024 * 1024 };

struct killer {
	const struct transport *tr;
	struct channel *chan;
	enum {
		KILLER_OPENS,
		KILLER_STARTS,
		KILLER_TALKS, /* with sudo, until the command ends */
		KILLER_CLOSES,
		KILLER_OVER
	} state;
	struct buf command;
	struct become become;
};

struct killer *
killer_new(const struct transport *tr, struct session *s,
    const struct killer_spec *spec)
{
	struct killer *k = xcalloc(1, sizeof(*k));

	k->tr = tr;
	buf_init(&k->command, COMMAND_MAX);
	remote_kill(&k->command, &spec->as, spec->mark, spec->watcher);
	become_init(&k->become, &spec->as, spec->mark, spec->password);
	k->chan = tr->chan_new(s);
	return k;
}

void
killer_free(struct killer *k)
{
	if (k == NULL)
		return;
	buf_free(&k->command);
	become_fini(&k->become);
	free(k);
}

bool
killer_is_over(const struct killer *k)
{
	return k->state == KILLER_OVER;
}

void
killer_lost(struct killer *k)
{
	k->chan = NULL;
	k->state = KILLER_OVER;
}

static int
drop(void *arg, struct span bytes)
{
	(void)arg;
	(void)bytes;
	return 0;
}

/* STEP_WAIT: nothing moved; STEP_NEXT: something did. */
static enum step
talk(struct killer *k, struct err *e)
{
	char chunk[1024];
	ssize_t out =
	    k->tr->chan_read(k->chan, CHAN_OUT, chunk, sizeof(chunk), e);
	ssize_t err = out < 0
	    ? -1
	    : k->tr->chan_read(k->chan, CHAN_ERR, chunk, sizeof(chunk), e);
	struct span s;
	ssize_t n = 0;

	if (err < 0)
		return STEP_FAIL;
	if (err > 0)
		become_take(&k->become, (struct span){ chunk, (size_t)err },
		    drop, NULL);
	s = become_answer(&k->become);
	if (s.n > 0)
		n = k->tr->chan_write(k->chan, s.p, s.n, e);
	if (n > 0)
		become_sent(&k->become, (size_t)n);
	if (n < 0 || k->become.state == BECOME_REFUSED)
		return STEP_REFUSED;
	return out + err + n > 0 ? STEP_NEXT : STEP_WAIT;
}

/* Without a password there is nothing to say: it does its work alone. */
static enum step
talk_on(struct killer *k, bool hurry, struct err *e)
{
	enum step s = STEP_REFUSED;

	if (!hurry && become_holds(&k->become))
		s = talk(k, e);
	if (s == STEP_WAIT)
		s = k->tr->chan_ended(k->chan, e) == STEP_WAIT ? STEP_WAIT
							       : STEP_REFUSED;
	if (s == STEP_REFUSED)
		k->state = KILLER_CLOSES;
	return s;
}

/* STEP_REFUSED is no more than a step: what was opened must be closed. */
bool
killer_step(struct killer *k, bool hurry)
{
	enum step s = STEP_WAIT;
	struct err e;

	switch (k->state) {
	case KILLER_OPENS:
		s = k->tr->chan_open(k->chan, &e);
		if (s == STEP_NEXT)
			k->state = KILLER_STARTS;
		else if (s == STEP_REFUSED)
			k->state = KILLER_CLOSES;
		break;
	case KILLER_STARTS:
		s = k->tr->chan_exec(k->chan, k->command.data, &e);
		if (s == STEP_NEXT)
			k->state = KILLER_TALKS;
		else if (s == STEP_REFUSED)
			k->state = KILLER_CLOSES;
		break;
	case KILLER_TALKS:
		s = talk_on(k, hurry, &e);
		break;
	case KILLER_CLOSES:
		s = k->tr->chan_close(k->chan);
		if (s != STEP_WAIT)
			k->state = KILLER_OVER;
		break;
	case KILLER_OVER:
		break;
	}
	if (s == STEP_FAIL)
		k->state = KILLER_OVER;
	return s != STEP_WAIT;
}
