#include "io/auth.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "io/agent.h"
#include "io/key.h"
#include "io/keyring.h"
#include "io/sshconfig.h"
#include "io/unlock.h"
#include "model/host.h"

enum { CANDIDATES_MAX = 64, BLOB_MAX = 16384 };

/*
 * A key to try.  Exactly one of key, agent and locked is set, until a locked
 * file is opened: then an agent has the key.
 */
struct candidate {
	struct auth *auth;
	const struct key *key;
	struct agent *agent;
	char *locked;
	struct buf blob;      /* the public half */
	struct buf auth_blob; /* as the host is shown it */
	struct agent_sign *sign;
	char *label;
};

struct auth {
	struct keyring *keys;
	struct unlock *unlock;
	const struct host *host;
	const struct sshconfig_answer *config;
	struct agent *agent;
	void (*ready)(void *arg);
	void *arg;
	bool collected, asks;
	struct candidate *list[CANDIDATES_MAX];
	size_t n, next;
	struct err unusable; /* a key file that was named and cannot be used */
};

/* What ssh tries when nobody names a file. */
static const char *const defaults[] = { "~/.ssh/id_ed25519", "~/.ssh/id_ecdsa",
	"~/.ssh/id_rsa" };

static struct agent *
find_agent(struct agents *agents, const struct sshconfig_answer *config)
{
	const char *path = getenv("SSH_AUTH_SOCK");
	const char *said = config->identity_agent;
	struct agent *a;
	char *full;

	if (said != NULL && strcmp(said, "SSH_AUTH_SOCK") != 0)
		path = said[0] == '$' ? getenv(said + 1) : said;
	if (agents == NULL || path == NULL || path[0] == '\0' ||
	    strcmp(path, "none") == 0)
		return NULL;
	full = keyring_expand(path);
	a = agents_get(agents, full);
	free(full);
	return a;
}

struct auth *
auth_new(struct keyring *keys, struct agents *agents, struct unlock *unlock,
    const struct host *h, const struct sshconfig_answer *config,
    void (*ready)(void *arg), void *arg)
{
	struct auth *a = xcalloc(1, sizeof(*a));

	*a = (struct auth){ .keys = keys,
		.unlock = unlock,
		.host = h,
		.config = config,
		.agent = find_agent(agents, config),
		.ready = ready,
		.arg = arg };
	return a;
}

static void
free_candidate(struct candidate *c)
{
	agent_sign_free(c->sign);
	buf_free(&c->blob);
	buf_free(&c->auth_blob);
	free(c->label);
	free(c->locked);
	free(c);
}

void
auth_free(struct auth *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->n; i++)
		free_candidate(a->list[i]);
	free(a);
}

/* ---- collecting ---- */

static bool
has(const struct auth *a, struct span blob)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->list[i]->blob.len == blob.n &&
		    memcmp(a->list[i]->blob.data, blob.p, blob.n) == 0)
			return true;
	return false;
}

/* What tells one kind of candidate from another. */
struct source {
	const struct key *key;
	struct agent *agent;
	const char *locked;
};

static void
add(struct auth *a, struct source from, struct span blob, struct span label)
{
	struct candidate *c;

	if (a->n >= CANDIDATES_MAX || blob.n > BLOB_MAX || has(a, blob))
		return;
	c = xcalloc(1, sizeof(*c));
	*c = (struct candidate){ .auth = a,
		.key = from.key,
		.agent = from.agent,
		.locked = from.locked != NULL ? xstrdup(from.locked) : NULL };
	buf_init(&c->blob, BLOB_MAX);
	buf_init(&c->auth_blob, BLOB_MAX + 16);
	buf_add(&c->blob, blob.p, blob.n);
	key_auth_blob(blob, &c->auth_blob);
	c->label = xstrndup(label.p, label.n);
	a->list[a->n++] = c;
}

/*
 * Locked files or those that are not.  named: the user asked for this file, so
 * its trouble is worth telling.
 */
static void
add_file(struct auth *a, const char *path, bool locked, bool named)
{
	struct err e = { .kind = ERR_NONE };
	const struct key *k = keyring_get(a->keys, path, &e);

	if (k != NULL && key_is_locked(k) == locked)
		add(a,
		    locked ? (struct source){ .locked = path }
			   : (struct source){ .key = k },
		    key_blob(k), span_of(path));
	else if (k == NULL && named && a->unusable.kind == ERR_NONE)
		a->unusable = e;
}

static void
add_files(struct auth *a, bool locked)
{
	const struct sshconfig_files *f = &a->config->identities;

	for (size_t i = 0; i < f->n; i++)
		add_file(a, f->path[i], locked, false);
	for (size_t i = 0;
	     f->n == 0 && i < sizeof(defaults) / sizeof(defaults[0]); i++)
		add_file(a, defaults[i], locked, false);
}

/* With IdentitiesOnly the agent may use only keys that a file names. */
static bool
is_named(struct auth *a, struct span blob)
{
	const struct sshconfig_files *f = &a->config->identities;
	bool yes = false;
	struct buf b;

	buf_init(&b, BLOB_MAX);
	for (size_t i = 0; !yes && i < f->n; i++) {
		buf_clear(&b);
		yes = keyring_public(a->keys, f->path[i], &b) == 0 &&
		    b.len == blob.n && memcmp(b.data, blob.p, b.len) == 0;
	}
	if (!yes && a->host->key_file != NULL) {
		buf_clear(&b);
		yes = keyring_public(a->keys, a->host->key_file, &b) == 0 &&
		    b.len == blob.n && memcmp(b.data, blob.p, b.len) == 0;
	}
	buf_free(&b);
	return yes;
}

/* The named file first, then what else there is; STEP_WAIT for the agent. */
static enum step
collect(struct auth *a)
{
	const struct agent_key *keys = NULL;
	size_t n = 0;

	if (a->agent != NULL &&
	    agent_list(a->agent, &keys, &n, a->ready, a->arg) == 0)
		return STEP_WAIT;
	if (a->host->key_file != NULL)
		add_file(a, a->host->key_file, false, true);
	for (size_t i = 0; i < n; i++)
		if (!a->config->identities_only || is_named(a, keys[i].blob))
			add(a, (struct source){ .agent = a->agent },
			    keys[i].blob, keys[i].comment);
	add_files(a, false);
	if (a->host->key_file != NULL)
		add_file(a, a->host->key_file, true, true);
	add_files(a, true);
	a->collected = true;
	return STEP_NEXT;
}

/* ---- trying ---- */

/* 0: an agent has it; 1: ask again later; -1: it cannot be had. */
static int
open_locked(struct candidate *c)
{
	struct auth *a = c->auth;
	struct err e;
	int r =
	    unlock_get(a->unlock, c->locked, &c->agent, a->ready, a->arg, &e);

	a->asks = r == 0;
	if (r < 0)
		a->unusable = e;
	return r < 0 ? -1 : r == 0;
}

static int
sign(void *arg, struct span data, struct buf *ret)
{
	struct candidate *c = arg;
	struct err e;
	int r = 0;

	if (c->key != NULL)
		return key_sign(c->key, data, ret, &e);
	if (c->agent == NULL)
		r = open_locked(c);
	if (r != 0)
		return r;
	if (c->sign == NULL)
		c->sign = agent_sign(c->agent,
		    (struct span){ c->blob.data, c->blob.len }, data,
		    c->auth->ready, c->auth->arg);
	return agent_sign_take(c->sign, ret);
}

static void
explain(const struct auth *a, const char *user, struct err *e)
{
	if (a->unusable.kind != ERR_NONE)
		err_set(e, ERR_HOST, "%s", a->unusable.text);
	else if (a->n == 0)
		err_set(e, ERR_HOST,
		    "no key to offer for user %s: none named, no agent, none "
		    "in ~/.ssh",
		    user);
	else
		err_set(e, ERR_HOST,
		    "user %s: none of %zu keys was accepted, the last was %.200s",
		    user, a->n, a->list[a->n - 1]->label);
}

enum step
auth_step(struct auth *a, const struct transport *t, struct session *s,
    const char *user, struct err *e)
{
	if (!a->collected && collect(a) == STEP_WAIT)
		return STEP_WAIT;
	for (; a->next < a->n; a->next++) {
		struct candidate *c = a->list[a->next];
		const struct signer k = { .blob = { c->auth_blob.data,
					      c->auth_blob.len },
			.sign = sign,
			.arg = c };
		enum step r = t->auth(s, user, &k, e);

		/*
		 * sshd hangs up after too many keys: that is a no as well.
		 * While somebody typed it was just tired of waiting.
		 */
		if (r == STEP_FAIL && a->next > 0 && c->locked == NULL)
			break;
		if (r != STEP_REFUSED)
			return r;
	}
	explain(a, user, e);
	return STEP_REFUSED;
}

bool
auth_asks(const struct auth *a)
{
	return a->asks;
}
