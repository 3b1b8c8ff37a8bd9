#include "io/become.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* More than this is no sudo that asks. */
enum { SAID_MAX = 16384 };

void
become_init(struct become *b, const struct remote_as *as, const char *mark,
    const char *password)
{
	*b = (struct become){ .user = as->user };
	b->state = as->become ? BECOME_SILENT : BECOME_OFF;
	buf_init(&b->said, SAID_MAX);
	buf_init(&b->answer, BECOME_PASSWORD_MAX + 1);
	snprintf(b->prompt, sizeof(b->prompt), "%s%%:", mark);
	if (as->become && as->asks && password != NULL)
		buf_printf(&b->answer, "%s\n", password);
}

static void
forget_answer(struct become *b)
{
	if (b->answer.data != NULL)
		mem_wipe(b->answer.data, b->answer.room);
	buf_free(&b->answer);
}

void
become_fini(struct become *b)
{
	forget_answer(b);
	buf_free(&b->said);
}

/* Cuts the prompt out of what was said; it counts when nothing stands behind
 * it, for sudo waits then. */
static bool
find_prompt(struct become *b)
{
	size_t n = strlen(b->prompt);

	for (size_t at = b->asked_at; at + n <= b->said.len; at++) {
		char *p = b->said.data + at;
		bool last = at + n == b->said.len;

		if (memcmp(p, b->prompt, n) != 0)
			continue;
		memmove(p, p + n, b->said.len - at - n + 1);
		b->said.len -= n;
		b->asked_at = at;
		return last;
	}
	return false;
}

/* From now on all is the command's. */
static int
let_pass(struct become *b, size_t from,
    int (*pass)(void *arg, struct span bytes), void *arg)
{
	struct span rest = { b->said.data + from, b->said.len - from };
	int r = rest.n > 0 ? pass(arg, rest) : 0;

	b->state = BECOME_OFF;
	forget_answer(b);
	buf_clear(&b->said);
	return r;
}

int
become_take(struct become *b, struct span bytes,
    int (*pass)(void *arg, struct span bytes), void *arg)
{
	size_t room = b->said.max - b->said.len;
	int r;

	if (b->state == BECOME_OFF)
		return pass(arg, bytes);
	if (bytes.n > room) {
		r = let_pass(b, 0, pass, arg);
		return r != 0 ? r : pass(arg, bytes);
	}
	buf_add(&b->said, bytes.p, bytes.n);
	if (find_prompt(b))
		b->state = b->state == BECOME_SILENT && b->answer.len > 0
		    ? BECOME_ASKS
		    : BECOME_REFUSED;
	return 0;
}

int
become_begun(struct become *b, int (*pass)(void *arg, struct span bytes),
    void *arg)
{
	size_t from = b->asked_at;

	if (b->state == BECOME_OFF)
		return 0;
	/* Where a person types, sudo ends the line itself. */
	if (b->state == BECOME_ANSWERED && from < b->said.len &&
	    b->said.data[from] == '\n')
		from++;
	return let_pass(b, from, pass, arg);
}

bool
become_holds(const struct become *b)
{
	return b->state != BECOME_OFF && b->answer.len > 0;
}

struct span
become_answer(const struct become *b)
{
	if (b->state != BECOME_ASKS)
		return (struct span){ "", 0 };
	return (struct span){ b->answer.data + b->answered,
		b->answer.len - b->answered };
}

void
become_sent(struct become *b, size_t n)
{
	b->answered += n;
	if (b->answered >= b->answer.len)
		b->state = BECOME_ANSWERED;
}

static bool
says(const struct become *b, const char *what)
{
	return b->said.data != NULL && strstr(b->said.data, what) != NULL;
}

/* The last line of what sudo said, without its name. */
static struct span
last_line(const struct become *b)
{
	struct span rest = { b->said.data, b->said.len }, line;
	struct span last = { "it said nothing", 15 };

	while (span_line(&rest, &line))
		if (span_trim(line).n > 0)
			last = span_trim(line);
	if (span_starts(last, "sudo: "))
		last = (struct span){ last.p + 6, last.n - 6 };
	return last;
}

/*
 * sudo's words are English at best, so they only make the reason clearer: that
 * it refused is known without them.
 */
bool
become_refused(const struct become *b, int status, char ret[BECOME_WHY_MAX])
{
	const char *user = b->user != NULL ? b->user : "root";
	struct span line = last_line(b);

	if (b->state == BECOME_OFF || status != 1 || b->said.len == 0)
		return false;
	if (b->state == BECOME_REFUSED || says(b, "incorrect password"))
		snprintf(ret, BECOME_WHY_MAX,
		    "sudo: wrong password for becoming %.100s", user);
	else if (says(b, "must have a tty"))
		snprintf(ret, BECOME_WHY_MAX,
		    "sudo there wants a terminal (requiretty in its sudoers), "
		    "and espy gives none");
	else if (says(b, "password is required") ||
	    says(b, "to read the password"))
		snprintf(ret, BECOME_WHY_MAX,
		    "sudo wants a password for becoming %.100s: -K asks for "
		    "it",
		    user);
	else
		snprintf(ret, BECOME_WHY_MAX, "sudo refused: %.*s",
		    (int)(line.n < 200 ? line.n : 200), line.p);
	return true;
}
