#include "io/sshconfig.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* ---- the answer's lines ---- */

enum kind {
	KIND_TEXT,
	KIND_PORT,
	KIND_NUMBER,
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
	{ "connecttimeout", KIND_NUMBER, AT(connect_s) },
	{ "serveraliveinterval", KIND_NUMBER, AT(alive_s) },
	{ "serveralivecountmax", KIND_NUMBER, AT(alive_max) },
	{ "hostkeyalias", KIND_TEXT, AT(host_key_alias) },
	{ "certificatefile", KIND_TEXT, AT(certificate) },
	{ "gssapiauthentication", KIND_YES, AT(gssapi) },
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
	case KIND_NUMBER:
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

void
sshconfig_files_fini(struct sshconfig_files *f)
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
	free(a->certificate);
	sshconfig_files_fini(&a->identities);
	sshconfig_files_fini(&a->user_hosts);
	sshconfig_files_fini(&a->global_hosts);
}

/* ---- ProxyJump ---- */

enum { HOP_MAX = 255 };

/* Nothing that ssh, known_hosts or a terminal could take for something else. */
static bool
is_plain(struct span s, const char *besides)
{
	if (s.n == 0 || s.n > HOP_MAX || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f ||
		    strchr("'\"`$;&<>|(){}", s.p[i]) != NULL ||
		    strchr(besides, s.p[i]) != NULL)
			return false;
	return true;
}

/* "host", "host:port", "[host]" or "[host]:port"; more colons need brackets. */
static bool
split_port(struct span s, struct span *host, struct span *port)
{
	const char *end;

	*port = (struct span){ NULL, 0 };
	if (s.n > 0 && s.p[0] == '[') {
		end = memchr(s.p, ']', s.n);
		if (end == NULL)
			return false;
		*host = (struct span){ s.p + 1, (size_t)(end - s.p) - 1 };
		end++;
	} else {
		end = memchr(s.p, ':', s.n);
		if (end == NULL)
			end = s.p + s.n;
		*host = (struct span){ s.p, (size_t)(end - s.p) };
	}
	if (end == s.p + s.n)
		return true;
	*port = (struct span){ end + 1, (size_t)(s.p + s.n - end) - 1 };
	return *end == ':';
}

static bool
parse_hop(struct span s, struct sshconfig_hop *ret)
{
	struct span user = { NULL, 0 }, host, port;
	uint64_t n = 0;
	size_t at = s.n;

	if (span_starts(s, "ssh://")) {
		s = (struct span){ s.p + 6, s.n - 6 };
		if (s.n > 0 && s.p[s.n - 1] == '/')
			s.n--;
		at = s.n;
	}
	while (at > 0 && s.p[at - 1] != '@')
		at--;
	if (at > 0) {
		user = (struct span){ s.p, at - 1 };
		s = (struct span){ s.p + at, s.n - at };
		if (!is_plain(user, ""))
			return false;
	}
	if (!split_port(s, &host, &port) || !is_plain(host, "\\@/"))
		return false;
	if (port.p != NULL && (span_u64(port, 65535, &n) < 0 || n == 0))
		return false;
	ret->user = user.p != NULL ? xstrndup(user.p, user.n) : NULL;
	ret->host = xstrndup(host.p, host.n);
	ret->port = (uint16_t)n;
	return true;
}

int
sshconfig_last_hop(struct span jump, struct span *before,
    struct sshconfig_hop *ret, struct err *e)
{
	size_t at = jump.n;
	struct span last;

	while (at > 0 && jump.p[at - 1] != ',')
		at--;
	last = span_trim((struct span){ jump.p + at, jump.n - at });
	if (!parse_hop(last, ret))
		return err_set(e, ERR_INPUT,
		    "ssh_config: ProxyJump \"%.*s\" is not [user@]host[:port]",
		    (int)(last.n < HOP_MAX ? last.n : HOP_MAX), last.p);
	*before =
	    at > 0 ? (struct span){ jump.p, at - 1 } : (struct span){ NULL, 0 };
	return 0;
}

void
sshconfig_hop_fini(struct sshconfig_hop *h)
{
	free(h->user);
	free(h->host);
}

/* ---- whether it matters which host it is ---- */

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
