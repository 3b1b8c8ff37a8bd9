/* sshchan: the channels of libssh2's sessions. */
#include "io/sshlib.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

enum { PACKET = 32768 };

struct channel *
sshchan_new(struct session *s)
{
	struct channel *c = xcalloc(1, sizeof(*c));

	c->session = s;
	c->type = "session";
	c->next = s->channels;
	s->channels = c;
	return c;
}

enum step
sshchan_open(struct channel *c, struct err *e)
{
	struct session *s = c->session;
	int rc;

	if (!sshlib_claim(s, c, OP_OPEN) ||
	    (s->opening != NULL && s->opening != c))
		return STEP_WAIT;
	if (s->opening == NULL)
		c->id = s->next_id++;
	s->opening = c;
	c->lc =
	    libssh2_channel_open_ex(s->ls, c->type, (unsigned)strlen(c->type),
		s->window, PACKET, c->message.p, (unsigned)c->message.n);
	rc = c->lc != NULL ? 0 : libssh2_session_last_errno(s->ls);
	if (sshlib_must_wait(s, c, OP_OPEN, rc))
		return STEP_WAIT;
	s->opening = NULL;
	if (rc == 0)
		return STEP_NEXT;
	if (rc != LIBSSH2_ERROR_CHANNEL_FAILURE)
		return sshlib_broken(s, e);
	err_set(e, ERR_HOST, "the host opens no channel: %s", sshlib_error(s));
	return STEP_REFUSED;
}

enum step
sshchan_exec(struct channel *c, const char *command, struct err *e)
{
	struct session *s = c->session;
	int rc;

	if (!sshlib_claim(s, c, OP_EXEC) ||
	    (s->starting != NULL && s->starting != c))
		return STEP_WAIT;
	s->starting = c;
	rc = libssh2_channel_process_startup(c->lc, "exec", 4, command,
	    (unsigned)strlen(command));
	if (sshlib_must_wait(s, c, OP_EXEC, rc))
		return STEP_WAIT;
	s->starting = NULL;
	if (rc == 0) {
		s->quick = false;
		return STEP_NEXT;
	}
	if (rc != LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED)
		return sshlib_broken(s, e);
	err_set(e, ERR_HOST, "the host runs no command: %s", sshlib_error(s));
	return STEP_REFUSED;
}

ssize_t
sshchan_read(struct channel *c, enum chan_stream from, void *p, size_t n,
    struct err *e)
{
	enum op op = from == CHAN_OUT ? OP_READ_OUT : OP_READ_ERR;
	struct session *s = c->session;
	ssize_t rc;

	if (!sshlib_claim(s, c, op))
		return 0;
	rc = libssh2_channel_read_ex(c->lc,
	    from == CHAN_OUT ? 0 : SSH_EXTENDED_DATA_STDERR, p, n);
	if (sshlib_must_wait(s, c, op, rc))
		return 0;
	if (rc >= 0)
		return rc;
	sshlib_broken(s, e);
	return -1;
}

ssize_t
sshchan_write(struct channel *c, const void *p, size_t n, struct err *e)
{
	struct session *s = c->session;
	ssize_t rc;

	if (!sshlib_claim(s, c, OP_WRITE))
		return 0;
	rc = libssh2_channel_write_ex(c->lc, 0, p, n);
	if (sshlib_must_wait(s, c, OP_WRITE, rc))
		return 0;
	if (rc >= 0)
		return rc;
	err_set(e, ERR_HOST, "write: %s", sshlib_error(s));
	return -1;
}

enum step
sshchan_send_eof(struct channel *c, struct err *e)
{
	struct session *s = c->session;
	int rc;

	if (!sshlib_claim(s, c, OP_EOF))
		return STEP_WAIT;
	rc = libssh2_channel_send_eof(c->lc);
	if (sshlib_must_wait(s, c, OP_EOF, rc))
		return STEP_WAIT;
	if (rc == 0)
		return STEP_NEXT;
	err_set(e, ERR_HOST, "close input: %s", sshlib_error(s));
	return STEP_REFUSED;
}

enum step
sshchan_ended(struct channel *c, struct err *e)
{
	struct session *s = c->session;
	int rc;

	if (!sshlib_claim(s, c, OP_ENDED) || !libssh2_channel_eof(c->lc))
		return STEP_WAIT;
	rc = libssh2_channel_wait_closed(c->lc);
	if (sshlib_must_wait(s, c, OP_ENDED, rc))
		return STEP_WAIT;
	return rc == 0 ? STEP_NEXT : sshlib_broken(s, e);
}

void
sshchan_status(const struct channel *c, struct chan_status *ret)
{
	char *name = NULL;
	size_t len = 0;

	*ret = (struct chan_status){ .exited = c->exited,
		.status = (int)(c->status & 0x7fffffff) };
	if (c->lc == NULL)
		return;
	libssh2_channel_get_exit_signal(c->lc, &name, &len, NULL, NULL, NULL,
	    NULL);
	if (name != NULL) {
		span_copy((struct span){ name, len }, ret->signal,
		    sizeof(ret->signal));
		libssh2_free(c->session->ls, name);
	}
}

enum step
sshchan_close(struct channel *c)
{
	struct session *s = c->session;
	struct channel **at = &s->channels;

	struct err e;

	/* An opening once begun must be seen through, or none can follow. */
	if (s->opening == c && sshchan_open(c, &e) == STEP_WAIT)
		return STEP_WAIT;
	if (c->lc != NULL) {
		if (!sshlib_claim(s, c, OP_CLOSE))
			return STEP_WAIT;
		if (sshlib_must_wait(s, c, OP_CLOSE,
			libssh2_channel_free(c->lc)))
			return STEP_WAIT;
	}
	/* Its answer is still to come until here, and would confuse another. */
	if (s->starting == c)
		s->starting = NULL;
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	free(c);
	return STEP_NEXT;
}
