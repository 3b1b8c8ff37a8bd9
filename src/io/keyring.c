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

static void
load(struct item *it)
{
	char *path = keyring_expand(it->path);
	struct buf text;

	buf_init(&text, KEY_FILE_MAX);
	if (file_read(path, &text, &it->why) == 0 &&
	    key_parse((struct span){ text.data, text.len }, &it->key,
		&it->why) < 0)
		err_wrap(&it->why, "key %s", path);
	memset(text.data, 0, text.len);
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
	char *private, *public;
	struct buf text;
	struct err e;
	int result = -1;

	if (it->key != NULL) {
		struct span blob = key_blob(it->key);

		return buf_add(ret, blob.p, blob.n);
	}
	private = keyring_expand(path);
	public = xasprintf("%s.pub", private);
	buf_init(&text, KEY_FILE_MAX);
	if (file_read(public, &text, &e) == 0)
		result =
		    key_parse_public((struct span){ text.data, text.len }, ret);
	buf_free(&text);
	free(public);
	free(private);
	return result;
}
