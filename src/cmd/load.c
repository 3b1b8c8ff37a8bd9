#include "cmd/load.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "inventory/hostrange.h"
#include "inventory/inventory.h"
#include "io/child.h"
#include "io/file.h"
#include "io/log.h"

enum {
	PROGRAM_LIMIT_MS = 30000,
	PROGRAM_STDERR_MAX = 4096,
	NESTING_MAX = 8 /* directories in directories */
};

static const char *const usual_places[] = { "./inventory",
	"/opt/erigones/ans/hosts.cfg", NULL };

static bool
listed(const char *const *list, const char *name)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

/*
 * What a directory of inventories may hold besides: Ansible's list, but .cfg
 * and .ini are inventories here, for Danube Cloud's is called hosts.cfg.
 */
static bool
ignored(const char *name)
{
	static const char *const names[] = { "group_vars", "host_vars",
		"vars_plugins", "ansible.cfg", "examples", NULL };
	static const char *const endings[] = { "~", ".bak", ".orig", ".swp",
		".pyc", ".pyo", ".rpm", ".rpmnew", ".rpmsave", ".dpkg-old",
		".dpkg-dist", ".retry", ".md", ".txt", ".rst", NULL };
	size_t n = strlen(name);

	if (name[0] == '.' || listed(names, name))
		return true;
	for (size_t i = 0; endings[i] != NULL; i++) {
		size_t m = strlen(endings[i]);

		if (n >= m && strcmp(name + n - m, endings[i]) == 0)
			return true;
	}
	return false;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What is in a directory and not ignored, in alphabetical order. */
static int
list_directory(const char *path, struct names *ret, struct err *e)
{
	struct names out = { 0 };
	const struct dirent *d;
	DIR *dir = opendir(path);
	size_t cap = 0;

	if (dir == NULL)
		return err_sys(e, "open %s", path);
	while ((d = readdir(dir)) != NULL) {
		if (ignored(d->d_name))
			continue;
		if (out.n == INV_SOURCES_MAX) {
			closedir(dir);
			names_free(&out);
			return err_set(e, ERR_INPUT, "%s: more than %d files",
			    path, INV_SOURCES_MAX);
		}
		out.v = mem_grow(out.v, out.n, &cap, sizeof(*out.v));
		out.v[out.n++] = xstrdup(d->d_name);
	}
	closedir(dir);
	if (out.n > 0)
		qsort(out.v, out.n, sizeof(*out.v), compare_names);
	*ret = out;
	return 0;
}

static int
check_program(const char *path, int status, const struct buf *said,
    struct err *e)
{
	if (status == 0)
		return 0;
	return err_set(e, ERR_INPUT, "%s --list: exit status %d%s%s", path,
	    status, said->len > 0 ? ": " : "", said->data);
}

/* Its stderr is shown, whether it fails or not. */
static int
run_program(struct inv *inv, const char *path, struct err *e)
{
	char *exact =
	    strchr(path, '/') != NULL ? xstrdup(path) : xasprintf("./%s", path);
	const char *argv[] = { exact, "--list", NULL };
	struct buf out, said;
	struct child_spec spec = { .argv = argv,
		.limit_ms = PROGRAM_LIMIT_MS,
		.out = &out,
		.err = &said };
	int status, r;

	buf_init(&out, INV_TEXT_MAX);
	buf_init(&said, PROGRAM_STDERR_MAX);
	r = child_run(&spec, &status, e);
	while (said.len > 0 && said.data[said.len - 1] == '\n')
		said.data[--said.len] = '\0';
	if (r == 0)
		r = check_program(path, status, &said, e);
	if (r == 0 && said.len > 0)
		log_line(LOG_LEVEL_WARN, NULL, "%s --list: %s", path,
		    said.data);
	if (r == 0)
		r = inv_parse(inv, INV_JSON, path,
		    (struct span){ out.data, out.len }, e);
	buf_free(&out);
	buf_free(&said);
	free(exact);
	return r;
}

/* A program has the mode and the look of one; an x bit alone is an accident. */
static int
load_file(struct inv *inv, const char *path, const struct stat *st,
    struct err *e)
{
	struct span text;
	bool program;
	struct buf b;
	int r;

	buf_init(&b, INV_TEXT_MAX);
	r = file_read(path, &b, e);
	text = (struct span){ b.data, b.len };
	program = span_starts(text, "#!") ||
	    span_starts(text,
		"\x7f"
		"ELF");
	if (r == 0 && program)
		r = (st->st_mode & 0111) != 0
		    ? run_program(inv, path, e)
		    : err_set(e, ERR_INPUT,
			  "%s:1:1: a program that is not executable; chmod +x "
			  "it, or drop its first line",
			  path);
	else if (r == 0)
		r = inv_parse(inv, inv_guess(path, text), path, text, e);
	buf_free(&b);
	return r;
}

static int load_source(struct inv *inv, const char *path, int nesting,
    struct err *e);

static int
load_directory(struct inv *inv, const char *path, int nesting, struct err *e)
{
	struct names names;
	int r = 0;

	if (nesting == NESTING_MAX)
		return err_set(e, ERR_INPUT,
		    "%s: more than %d directories deep", path, NESTING_MAX);
	if (list_directory(path, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n && r == 0; i++) {
		char *sub = xasprintf("%s/%s", path, names.v[i]);

		r = load_source(inv, sub, nesting + 1, e);
		free(sub);
	}
	names_free(&names);
	return r;
}

static int
load_source(struct inv *inv, const char *path, int nesting, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		err_sys(e, "inventory %s", path);
		e->kind = ERR_INPUT;
		return -1;
	}
	if (S_ISDIR(st.st_mode))
		return load_directory(inv, path, nesting, e);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT,
		    "inventory %s: neither a file nor a directory", path);
	return load_file(inv, path, &st, e);
}

static int
load_vars_file(struct inv *inv, enum inv_owner kind, struct span owner,
    const char *path, struct err *e)
{
	struct buf b;
	int r;

	buf_init(&b, INV_TEXT_MAX);
	r = file_read(path, &b, e);
	if (r == 0 && str_starts(b.data, "$ANSIBLE_VAULT;"))
		log_line(LOG_LEVEL_WARN, NULL,
		    "%s: skipped: it is encrypted by ansible-vault", path);
	else if (r == 0)
		r = inv_parse_vars(inv, kind, owner, path,
		    (struct span){ b.data, b.len }, e);
	buf_free(&b);
	return r;
}

/* NAME, NAME.yml, NAME.yaml, NAME.json; a directory NAME holds such files. */
static int
load_vars_of(struct inv *inv, enum inv_owner kind, struct span owner,
    const char *path, struct err *e)
{
	struct names names;
	struct stat st;
	int r = 0;

	if (stat(path, &st) < 0)
		return err_sys(e, "stat %s", path);
	if (!S_ISDIR(st.st_mode))
		return load_vars_file(inv, kind, owner, path, e);
	if (list_directory(path, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n && r == 0; i++) {
		char *sub = xasprintf("%s/%s", path, names.v[i]);

		if (stat(sub, &st) == 0 && S_ISREG(st.st_mode))
			r = load_vars_file(inv, kind, owner, sub, e);
		free(sub);
	}
	names_free(&names);
	return r;
}

static struct span
without_ending(const char *name)
{
	static const char *const endings[] = { ".yml", ".yaml", ".json" };
	struct span s = span_of(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t n = strlen(endings[i]);

		if (s.n > n && strcmp(s.p + s.n - n, endings[i]) == 0)
			s.n -= n;
	}
	return s;
}

/* Whatever is not of the name of a group or host is none of our business. */
static int
load_vars_directory(struct inv *inv, enum inv_owner kind, const char *path,
    struct err *e)
{
	struct names names;
	struct stat st;
	int r = 0;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return 0;
	if (list_directory(path, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n && r == 0; i++) {
		struct span owner = without_ending(names.v[i]);
		char *sub = xasprintf("%s/%s", path, names.v[i]);

		if (inv_has(inv, kind, owner))
			r = load_vars_of(inv, kind, owner, sub, e);
		free(sub);
	}
	names_free(&names);
	return r;
}

/* group_vars/ and host_vars/ are in the directory, or beside the file. */
static int
load_vars(struct inv *inv, const char *path, struct err *e)
{
	static const struct {
		const char *name;
		enum inv_owner kind;
	} directories[] = {
		{ "group_vars", INV_GROUP },
		{ "host_vars", INV_HOST },
	};
	const char *slash = strrchr(path, '/');
	struct stat st;
	char *base;
	int r = 0;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		base = xstrdup(path);
	else if (slash == NULL)
		base = xstrdup(".");
	else
		base = xstrndup(path, (size_t)(slash - path) + 1);
	for (size_t i = 0; i < 2 && r == 0; i++) {
		char *sub = xasprintf("%s/%s", base, directories[i].name);

		r = load_vars_directory(inv, directories[i].kind, sub, e);
		free(sub);
	}
	free(base);
	return r;
}

const char *
load_find(const char *path)
{
	if (path != NULL)
		return path;
	path = getenv("ESPY_INVENTORY");
	if (path != NULL && path[0] != '\0')
		return path;
	for (size_t i = 0; usual_places[i] != NULL; i++)
		if (access(usual_places[i], F_OK) == 0)
			return usual_places[i];
	return NULL;
}

int
load_inventory(const char *path, struct inv **ret, struct err *e)
{
	struct inv *inv;
	int r;

	path = load_find(path);
	if (path == NULL)
		return err_set(e, ERR_INPUT,
		    "no inventory: name one with -i or $ESPY_INVENTORY; there "
		    "is no %s and no %s",
		    usual_places[0], usual_places[1]);
	inv = inv_new();
	if (strchr(path, ',') != NULL && access(path, F_OK) < 0) {
		r = inv_parse_list(inv, "-i", span_of(path), e);
	} else {
		r = load_source(inv, path, 0, e);
		if (r == 0)
			r = load_vars(inv, path, e);
	}
	if (r == 0)
		r = inv_finish(inv, e);
	if (r < 0) {
		inv_free(inv);
		return -1;
	}
	*ret = inv;
	return 0;
}

/* Appends the lines of a file, each behind the word's sign and a comma. */
static int
add_lines(struct buf *out, char sign, struct span path, struct err *e)
{
	char *name = xstrndup(path.p, path.n);
	struct span rest, line;
	struct buf text;
	int r;

	buf_init(&text, INV_TEXT_MAX);
	r = file_read(name, &text, e);
	if (r < 0)
		e->kind = ERR_USAGE;
	rest = (struct span){ text.data, text.len };
	while (r == 0 && span_line(&rest, &line)) {
		line = span_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		buf_puts(out, out->len > 0 ? "," : "");
		if (sign != '\0')
			buf_add(out, &sign, 1);
		buf_add(out, line.p, line.n);
	}
	buf_free(&text);
	free(name);
	return r;
}

/* pattern with every "@FILE", up to the next comma, replaced. */
static int
expand_files(const char *pattern, struct buf *out, struct err *e)
{
	struct span rest = span_of(pattern), part;

	while (span_until(&rest, ',', &part)) {
		struct span word = span_trim(part);
		char sign = '\0';

		if (word.n > 1 && (word.p[0] == '!' || word.p[0] == '&')) {
			sign = word.p[0];
			word = (struct span){ word.p + 1, word.n - 1 };
		}
		if (word.n > 1 && word.p[0] == '@') {
			word = (struct span){ word.p + 1, word.n - 1 };
			if (add_lines(out, sign, word, e) < 0)
				return err_wrap(e, "pattern \"%.200s\"",
				    pattern);
			continue;
		}
		buf_puts(out, out->len > 0 ? "," : "");
		buf_add(out, part.p, part.n);
	}
	return 0;
}

int
load_pick(const struct inv *inv, const char *pattern, const char *limit,
    struct inv_pick *ret, struct err *e)
{
	struct buf words, only;
	int r;

	buf_init(&words, 2 * INV_TEXT_MAX);
	buf_init(&only, 2 * INV_TEXT_MAX);
	r = expand_files(pattern != NULL ? pattern : "all", &words, e);
	if (r == 0 && limit != NULL)
		r = expand_files(limit, &only, e);
	if (r == 0)
		r = inv_select(inv, words.data,
		    limit != NULL ? only.data : NULL, ret, e);
	buf_free(&words);
	buf_free(&only);
	return r;
}

int
load_hosts(const struct common *c, const char *pattern, struct inv **ret,
    struct inv_pick *ret_pick, struct err *e)
{
	struct inv *inv;

	if (load_inventory(c->inventory, &inv, e) < 0)
		return -1;
	if (load_pick(inv, pattern, c->limit, ret_pick, e) < 0) {
		inv_free(inv);
		return -1;
	}
	*ret = inv;
	return 0;
}

/* One host for one word. */
static int
load_one(const struct inv *inv, const char *command, const char *word,
    const struct host **ret, struct err *e)
{
	struct inv_pick pick = { 0 };
	int r = 0;

	if (inv_select(inv, word, NULL, &pick, e) < 0)
		return -1;
	if (pick.n != 1)
		r = err_set(e, ERR_USAGE, "%s: \"%s\" is %zu hosts; name one",
		    command, word, pick.n);
	else if (pick.hosts[0]->address == NULL)
		r = err_set(e, ERR_INPUT,
		    "%s: %s has no address in the inventory",
		    pick.hosts[0]->where, pick.hosts[0]->name);
	else
		*ret = pick.hosts[0];
	inv_pick_free(&pick);
	return r;
}

int
load_pair(const struct inv *inv, const char *command, const struct args *a,
    const struct host *ret[2], struct err *e)
{
	const struct host *hosts[2];

	if (a->n_words != 2)
		return err_set(e, ERR_USAGE, "%s: two hosts are needed, not %d",
		    command, a->n_words);
	for (int i = 0; i < 2; i++)
		if (load_one(inv, command, a->words[i], &hosts[i], e) < 0)
			return -1;
	if (hosts[0] == hosts[1])
		return err_set(e, ERR_USAGE, "%s: %s and itself are no pair",
		    command, hosts[0]->name);
	for (int i = 0; i < 2; i++)
		ret[i] = hosts[i];
	return 0;
}
