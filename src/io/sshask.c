#include "io/sshask.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/file.h"
#include "io/keyring.h"
#include "io/spawn.h"
#include "io/sshconfig.h"

enum {
	ANSWER_MAX = 262144,
	CONFIG_MAX = 1048576,
	ASK_LIMIT_MS = 10000,
	ASK_AT_ONCE = 16, /* each is a process, and most of it is CPU */
	INCLUDE_DEPTH = 8
};

/* Stands for any host when all are alike. */
static const char anyone[] = "espy-any-host.invalid";

struct waiter {
	void (*ready)(void *arg);
	void *arg;
};

struct asked {
	struct sshask *config;
	char *host;
	bool done;
	struct spawn *child; /* NULL: done, or it waits for its turn */
	struct sshconfig_answer answer;
	struct waiter *waiters;
	size_t n, cap;
};

struct sshask {
	struct loop *loop;
	char *file;
	enum { ASK_NOBODY, ASK_ONCE, ASK_EACH } how;
	struct asked **asked;
	size_t n, cap;
	size_t next, running; /* the first that was not started yet */
};

static bool file_is_uniform(const char *path, const char *dir, int depth);

/* Relative includes are relative to the configuration's own directory. */
static bool
include_is_uniform(const char *pattern, const char *dir, int depth)
{
	char *home = keyring_expand(pattern);
	char *full =
	    home[0] == '/' ? xstrdup(home) : xasprintf("%s/%s", dir, home);
	glob_t g;
	bool yes = true;

	if (glob(full, 0, NULL, &g) == 0) {
		for (size_t i = 0; yes && i < g.gl_pathc; i++)
			yes = file_is_uniform(g.gl_pathv[i], dir, depth + 1);
		globfree(&g);
	}
	free(full);
	free(home);
	return yes;
}

static bool
file_is_uniform(const char *path, const char *dir, int depth)
{
	struct sshconfig_files includes = { .n = 0 };
	struct buf text;
	struct err e;
	bool yes;

	if (depth > INCLUDE_DEPTH)
		return false;
	buf_init(&text, CONFIG_MAX);
	yes = file_read(path, &text, &e) == 0 &&
	    sshconfig_is_uniform((struct span){ text.data, text.len },
		&includes);
	for (size_t i = 0; yes && i < includes.n; i++)
		yes = include_is_uniform(includes.path[i], dir, depth);
	sshconfig_files_fini(&includes);
	buf_free(&text);
	return yes;
}

struct sshask *
sshask_new(struct loop *l, const char *file)
{
	static const char system_wide[] = "/etc/ssh/ssh_config";
	struct sshask *c = xcalloc(1, sizeof(*c));
	char *own = keyring_expand("~/.ssh/config");
	char *own_dir = keyring_expand("~/.ssh");
	bool has_own = access(own, F_OK) == 0;
	bool has_system = access(system_wide, F_OK) == 0;

	c->loop = l;
	c->file = file != NULL ? xstrdup(file) : NULL;
	if (file != NULL)
		c->how =
		    file_is_uniform(file, own_dir, 0) ? ASK_ONCE : ASK_EACH;
	else if (!has_own && !has_system)
		c->how = ASK_NOBODY;
	else if ((!has_own || file_is_uniform(own, own_dir, 0)) &&
	    (!has_system || file_is_uniform(system_wide, "/etc/ssh", 0)))
		c->how = ASK_ONCE;
	else
		c->how = ASK_EACH;
	free(own);
	free(own_dir);
	return c;
}

void
sshask_free(struct sshask *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++) {
		spawn_cancel(c->asked[i]->child);
		sshconfig_answer_fini(&c->asked[i]->answer);
		free(c->asked[i]->host);
		free(c->asked[i]->waiters);
		free(c->asked[i]);
	}
	free(c->asked);
	free(c->file);
	free(c);
}

static void start_next(struct sshask *c);

static void
tell(struct asked *a)
{
	a->done = true;
	for (size_t i = 0; i < a->n; i++)
		a->waiters[i].ready(a->waiters[i].arg);
	a->n = 0;
}

static void
answered(void *arg, int status, struct span out)
{
	struct asked *a = arg;
	struct span line = { "no answer", 9 };

	a->child = NULL;
	a->config->running--;
	sshconfig_parse(out, &a->answer);
	if (status == 127 && out.n == 0) {
		/* No ssh here: then its configuration is not for us either. */
		sshconfig_answer_fini(&a->answer);
		memset(&a->answer, 0, sizeof(a->answer));
	} else if (status != 0) {
		span_line(&out, &line);
		err_set(&a->answer.failed, ERR_INPUT, "ssh -G %s: %.*s",
		    a->host, (int)(line.n < 200 ? line.n : 200), line.p);
	}
	if (a->answer.hostname != NULL &&
	    strcmp(a->answer.hostname, anyone) == 0) {
		free(a->answer.hostname);
		a->answer.hostname = NULL;
	}
	tell(a);
	start_next(a->config);
}

static int
start(struct asked *a)
{
	const char *file = a->config->file;
	const char *with_file[] = { "ssh", "-G", "-F", file, "--", a->host,
		NULL };
	const char *plain[] = { "ssh", "-G", "--", a->host, NULL };
	const struct spawn_spec spec = { .argv =
					     file != NULL ? with_file : plain,
		.out_max = ANSWER_MAX,
		.limit_ms = ASK_LIMIT_MS,
		.done = answered,
		.arg = a };

	return spawn_start(a->config->loop, &spec, &a->child,
	    &a->answer.failed);
}

/* In the order they were asked. */
static void
start_next(struct sshask *c)
{
	while (c->next < c->n && c->running < ASK_AT_ONCE) {
		struct asked *a = c->asked[c->next++];

		if (c->how == ASK_NOBODY || start(a) < 0)
			tell(a);
		else
			c->running++;
	}
}

static struct asked *
ask(struct sshask *c, const char *host)
{
	struct asked *a = xcalloc(1, sizeof(*a));

	a->config = c;
	a->host = xstrdup(host);
	c->asked = mem_grow(c->asked, c->n, &c->cap, sizeof(struct asked *));
	c->asked[c->n++] = a;
	start_next(c);
	return a;
}

const struct sshconfig_answer *
sshask_get(struct sshask *c, const char *host, void (*ready)(void *arg),
    void *arg)
{
	const char *name = c->how == ASK_EACH ? host : anyone;
	struct asked *a = NULL;

	for (size_t i = 0; a == NULL && i < c->n; i++)
		if (strcmp(c->asked[i]->host, name) == 0)
			a = c->asked[i];
	if (a == NULL)
		a = ask(c, name);
	if (a->done)
		return &a->answer;
	a->waiters = mem_grow(a->waiters, a->n, &a->cap, sizeof(*a->waiters));
	a->waiters[a->n++] = (struct waiter){ ready, arg };
	return NULL;
}
