#include "io/sshconfig.h"

#include <ctype.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/file.h"
#include "io/keyring.h"
#include "io/spawn.h"

enum {
	ANSWER_MAX = 262144,
	CONFIG_MAX = 1048576,
	ASK_LIMIT_MS = 10000,
	INCLUDE_DEPTH = 8
};

/* Stands for any host when all are alike. */
static const char anyone[] = "espy-any-host.invalid";

struct waiter {
	void (*ready)(void *arg);
	void *arg;
};

struct asked {
	struct sshconfig *config;
	char *host;
	bool done;
	struct spawn *child;
	struct sshconfig_answer answer;
	struct waiter *waiters;
	size_t n, cap;
};

struct sshconfig {
	struct loop *loop;
	char *file;
	enum { ASK_NOBODY, ASK_ONCE, ASK_EACH } how;
	struct asked **asked;
	size_t n, cap;
};

/* ---- pure: the answer's lines ---- */

enum kind {
	KIND_TEXT,
	KIND_PORT,
	KIND_SECONDS,
	KIND_YES,
	KIND_FILE,
	KIND_FILES
};

#define AT(m) offsetof(struct sshconfig_answer, m)
static const struct {
	const char *name;
	enum kind kind;
	size_t at;
} known[] = {
	{ "hostname", KIND_TEXT, AT(hostname) },
	{ "user", KIND_TEXT, AT(user) },
	{ "port", KIND_PORT, AT(port) },
	{ "identityfile", KIND_FILE, AT(identities) },
	{ "identitiesonly", KIND_YES, AT(identities_only) },
	{ "identityagent", KIND_TEXT, AT(identity_agent) },
	{ "userknownhostsfile", KIND_FILES, AT(user_hosts) },
	{ "globalknownhostsfile", KIND_FILES, AT(global_hosts) },
	{ "stricthostkeychecking", KIND_TEXT, AT(strict) },
	{ "connecttimeout", KIND_SECONDS, AT(connect_s) },
	{ "hostkeyalias", KIND_TEXT, AT(host_key_alias) },
	{ "proxyjump", KIND_TEXT, AT(proxy_jump) },
	{ "proxycommand", KIND_TEXT, AT(proxy_command) },
};
#undef AT

static void
add_file(struct sshconfig_files *f, struct span path)
{
	if (f->n < SSHCONFIG_FILES_MAX && path.n > 0)
		f->path[f->n++] = xstrndup(path.p, path.n);
}

static void
take_line(enum kind kind, void *to, struct span value)
{
	struct span word;
	uint64_t n;

	switch (kind) {
	case KIND_TEXT:
		free(*(char **)to);
		*(char **)to = xstrndup(value.p, value.n);
		break;
	case KIND_PORT:
		if (span_u64(value, 65535, &n) == 0)
			*(uint16_t *)to = (uint16_t)n;
		break;
	case KIND_SECONDS:
		if (span_u64(value, 86400, &n) == 0)
			*(int64_t *)to = (int64_t)n;
		break;
	case KIND_YES:
		*(bool *)to = span_is(value, "yes");
		break;
	case KIND_FILE:
		add_file(to, value);
		break;
	case KIND_FILES:
		while (span_word(&value, &word))
			add_file(to, word);
		break;
	}
}

void
sshconfig_parse(struct span text, struct sshconfig_answer *ret)
{
	struct span line, name;

	while (span_line(&text, &line)) {
		if (!span_word(&line, &name))
			continue;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (span_is(name, known[i].name))
				take_line(known[i].kind,
				    (char *)ret + known[i].at, span_trim(line));
	}
}

static void
files_fini(struct sshconfig_files *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->path[i]);
	f->n = 0;
}

void
sshconfig_answer_fini(struct sshconfig_answer *a)
{
	free(a->hostname);
	free(a->user);
	free(a->host_key_alias);
	free(a->identity_agent);
	free(a->proxy_jump);
	free(a->proxy_command);
	free(a->strict);
	files_fini(&a->identities);
	files_fini(&a->user_hosts);
	files_fini(&a->global_hosts);
}

/* ---- pure: whether it matters which host it is ---- */

/* ssh_config(5): "keyword arguments" or "keyword=arguments". */
static struct span
keyword(struct span *line)
{
	struct span all = span_trim(*line);
	size_t n = 0;

	while (n < all.n && strchr(" \t=", all.p[n]) == NULL)
		n++;
	*line = (struct span){ all.p + n, all.n - n };
	while (line->n > 0 && strchr(" \t=", line->p[0]) != NULL) {
		line->p++;
		line->n--;
	}
	return (struct span){ all.p, n };
}

static bool
is_keyword(struct span s, const char *name)
{
	return s.n == strlen(name) && strncasecmp(s.p, name, s.n) == 0;
}

bool
sshconfig_is_uniform(struct span text, struct sshconfig_files *includes)
{
	struct span line, word, key;

	while (span_line(&text, &line)) {
		key = keyword(&line);
		if (is_keyword(key, "match") || is_keyword(key, "hostname"))
			return false;
		if (is_keyword(key, "host") && !span_is(span_trim(line), "*"))
			return false;
		if (memchr(line.p, '%', line.n) != NULL)
			return false; /* %h and its like */
		if (!is_keyword(key, "include") || includes == NULL)
			continue;
		while (span_word(&line, &word)) {
			if (includes->n >= SSHCONFIG_FILES_MAX)
				return false;
			add_file(includes, word);
		}
	}
	return true;
}

/* ---- asking ---- */

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
	files_fini(&includes);
	buf_free(&text);
	return yes;
}

struct sshconfig *
sshconfig_new(struct loop *l, const char *file)
{
	static const char system_wide[] = "/etc/ssh/ssh_config";
	struct sshconfig *c = xcalloc(1, sizeof(*c));
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
sshconfig_free(struct sshconfig *c)
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

static void
answered(void *arg, int status, struct span out)
{
	struct asked *a = arg;
	struct span line = { "no answer", 9 };

	a->child = NULL;
	a->done = true;
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
	for (size_t i = 0; i < a->n; i++)
		a->waiters[i].ready(a->waiters[i].arg);
	a->n = 0;
}

static struct asked *
ask(struct sshconfig *c, const char *host)
{
	const char *with_file[] = { "ssh", "-G", "-F", c->file, "--", host,
		NULL };
	const char *plain[] = { "ssh", "-G", "--", host, NULL };
	struct asked *a = xcalloc(1, sizeof(*a));
	const struct spawn_spec spec = { .argv = c->file != NULL ? with_file
								 : plain,
		.out_max = ANSWER_MAX,
		.limit_ms = ASK_LIMIT_MS,
		.done = answered,
		.arg = a };

	a->config = c;
	a->host = xstrdup(host);
	c->asked = mem_grow(c->asked, c->n, &c->cap, sizeof(struct asked *));
	c->asked[c->n++] = a;
	if (c->how == ASK_NOBODY ||
	    spawn_start(c->loop, &spec, &a->child, &a->answer.failed) < 0)
		a->done = true;
	return a;
}

const struct sshconfig_answer *
sshconfig_get(struct sshconfig *c, const char *host, void (*ready)(void *arg),
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
