#include "io/keyring.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "io/file.h"
#include "io/key.h"

/* One file: a key, or why there is none. */
struct item {
	char *path;
	struct key *key;
	struct err why;
};

struct keyring {
	struct item **items;
	size_t n, cap;
};

struct keyring *
keyring_new(void)
{
	return xcalloc(1, sizeof(struct keyring));
}

void
keyring_free(struct keyring *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++) {
		key_free(r->items[i]->key);
		free(r->items[i]->path);
		free(r->items[i]);
	}
	free(r->items);
	free(r);
}

char *
keyring_expand(const char *path)
{
	const char *home = getenv("HOME");

	if (path[0] == '~' && path[1] == '/' && home != NULL)
		return xasprintf("%s%s", home, path + 1);
	return xstrdup(path);
}

static int
read_public(const char *private, struct buf *ret, struct err *e)
{
	char *path = xasprintf("%s.pub", private);
	int r = file_read(path, ret, e);

	free(path);
	return r;
}

/* A locked key is of use only when a host can be asked whether it wants it. */
static int
find_public(struct key *k, const char *private, struct err *e)
{
	struct buf line;
	int r;

	if (key_blob(k).n > 0)
		return 0;
	buf_init(&line, KEY_FILE_MAX);
	r = read_public(private, &line, e);
	if (r == 0)
		r = key_set_public(k, (struct span){ line.data, line.len });
	buf_free(&line);
	if (r < 0)
		err_set(e, ERR_INPUT,
		    "key %s: it has a passphrase, and no %s.pub shows its "
		    "public half: ssh-keygen -y makes one",
		    private, private);
	return r;
}

static void
load(struct item *it)
{
	char *path = keyring_expand(it->path);
	struct buf text;

	buf_init(&text, KEY_FILE_MAX);
	if (file_read(path, &text, &it->why) == 0) {
		if (key_parse((struct span){ text.data, text.len }, &it->key,
			&it->why) < 0)
			err_wrap(&it->why, "key %s", path);
	}
	if (it->key != NULL && find_public(it->key, path, &it->why) < 0) {
		key_free(it->key);
		it->key = NULL;
	}
	mem_wipe(text.data, text.len);
	buf_free(&text);
	free(path);
}

static struct item *
find(struct keyring *r, const char *path)
{
	struct item *it;

	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->items[i]->path, path) == 0)
			return r->items[i];
	it = xcalloc(1, sizeof(*it));
	it->path = xstrdup(path);
	load(it);
	r->items = mem_grow(r->items, r->n, &r->cap, sizeof(struct item *));
	r->items[r->n++] = it;
	return it;
}

const struct key *
keyring_get(struct keyring *r, const char *path, struct err *e)
{
	struct item *it = find(r, path);

	if (it->key == NULL)
		*e = it->why;
	return it->key;
}

int
keyring_public(struct keyring *r, const char *path, struct buf *ret)
{
	struct item *it = find(r, path);
	char *private;
	struct buf text;
	struct err e;
	int result = -1;

	if (it->key != NULL) {
		struct span blob = key_blob(it->key);

		return buf_add(ret, blob.p, blob.n);
	}
	private = keyring_expand(path);
	buf_init(&text, KEY_FILE_MAX);
	if (read_public(private, &text, &e) == 0)
		result =
		    key_parse_public((struct span){ text.data, text.len }, ret);
	buf_free(&text);
	free(private);
	return result;
}
