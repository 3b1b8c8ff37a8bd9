#include "io/hostkey.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "io/wire.h"

enum { SHA1_LEN = 20, BLOB_MAX = 16384, NAME_LEN_MAX = 300, BUCKETS_MIN = 64 };

enum mark { MARK_NONE, MARK_REVOKED, MARK_CA };

/* How the line names its hosts. */
enum naming {
	NAMING_PLAIN,	/* words without wildcards: found by hash table */
	NAMING_PATTERN, /* a list with wildcards or negation */
	NAMING_HASHED
};

struct entry {
	enum mark mark;
	enum naming naming;
	struct span names; /* within the text */
	unsigned char salt[SHA1_LEN], hash[SHA1_LEN];
	struct span blob; /* owned */
	const char *file;
	size_t line;
};

/* Chains of entries: by plain name, and by key for hashed lines. */
struct slot {
	struct slot *next;
	uint64_t hash;
	struct span name; /* of NAMING_PLAIN */
	size_t entry;
};

struct index {
	struct slot **buckets;
	size_t n_buckets, n;
};

struct hostkeys {
	struct entry *entries;
	size_t n, cap;
	char **texts; /* copies of files and their names */
	size_t n_texts, texts_cap;
	struct index by_name, by_blob;
	size_t *patterns, *hashed; /* numbers of entries */
	size_t n_patterns, patterns_cap, n_hashed, hashed_cap;
	unsigned hashed_types; /* bits of types[] that hashed lines have */
};

/* Types we can verify, best first; the bit is an index into this table. */
static const char *const types[] = { "ssh-ed25519", "ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521" };

enum { N_TYPES = sizeof(types) / sizeof(types[0]) };

/* FNV-1a; the names come from the user's own files. */
static uint64_t
hash_bytes(struct span s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	return h;
}

static void
index_grow(struct index *x)
{
	size_t n = x->n_buckets > 0 ? x->n_buckets * 4 : BUCKETS_MIN;
	struct slot **fresh = xcalloc(n, sizeof(*fresh));

	for (size_t i = 0; i < x->n_buckets; i++) {
		struct slot *s = x->buckets[i], *next;

		for (; s != NULL; s = next) {
			next = s->next;
			s->next = fresh[s->hash % n];
			fresh[s->hash % n] = s;
		}
	}
	free(x->buckets);
	x->buckets = fresh;
	x->n_buckets = n;
}

static void
index_add(struct index *x, struct span key, struct span name, size_t entry)
{
	struct slot *s = xcalloc(1, sizeof(*s));

	if (x->n >= x->n_buckets)
		index_grow(x);
	s->hash = hash_bytes(key);
	s->name = name;
	s->entry = entry;
	s->next = x->buckets[s->hash % x->n_buckets];
	x->buckets[s->hash % x->n_buckets] = s;
	x->n++;
}

static const struct slot *
index_first(const struct index *x, uint64_t hash)
{
	return x->n_buckets > 0 ? x->buckets[hash % x->n_buckets] : NULL;
}

static void
index_free(struct index *x)
{
	for (size_t i = 0; i < x->n_buckets; i++) {
		struct slot *s = x->buckets[i], *next;

		for (; s != NULL; s = next) {
			next = s->next;
			free(s);
		}
	}
	free(x->buckets);
}

struct hostkeys *
hostkeys_new(void)
{
	return xcalloc(1, sizeof(struct hostkeys));
}

void
hostkeys_free(struct hostkeys *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->n_texts; i++)
		free(h->texts[i]);
	free(h->texts);
	free(h->entries);
	index_free(&h->by_name);
	index_free(&h->by_blob);
	free(h->patterns);
	free(h->hashed);
	free(h);
}

/* Keeps memory until the end. */
static char *
keep(struct hostkeys *h, char *text)
{
	h->texts =
	    mem_grow(h->texts, h->n_texts, &h->texts_cap, sizeof(*h->texts));
	h->texts[h->n_texts++] = text;
	return text;
}

struct span
hostkey_type(struct span blob)
{
	struct span name;

	return wire_string(&blob, &name) ? name : span_of("?");
}

/* ---- parsing ---- */

static int
parse_hashed(struct span names, struct entry *ret)
{
	struct span version, salt, hash;
	struct buf b;
	int r = -1;

	names.p++; /* the first | */
	names.n--;
	if (!span_until(&names, '|', &version) || !span_is(version, "1") ||
	    !span_until(&names, '|', &salt))
		return -1;
	hash = names;
	buf_init(&b, 256);
	if (base64_decode(salt, &b) == 0 && b.len == SHA1_LEN &&
	    base64_decode(hash, &b) == 0 && b.len == (size_t)2 * SHA1_LEN) {
		memcpy(ret->salt, b.data, SHA1_LEN);
		memcpy(ret->hash, b.data + SHA1_LEN, SHA1_LEN);
		r = 0;
	}
	buf_free(&b);
	return r;
}

static const char *
parse_names(struct span names, struct entry *ret)
{
	ret->names = names;
	ret->naming = NAMING_PLAIN;
	for (size_t i = 0; i < names.n; i++)
		if (strchr("*?!", names.p[i]) != NULL)
			ret->naming = NAMING_PATTERN;
	if (names.p[0] != '|')
		return NULL;
	ret->naming = NAMING_HASHED;
	return parse_hashed(names, ret) < 0 ? "bad hashed host name" : NULL;
}

static const char *
parse_blob(struct hostkeys *h, struct span type, struct span text,
    struct entry *ret)
{
	struct buf b;
	struct span blob, name;
	const char *what = NULL;

	buf_init(&b, BLOB_MAX);
	if (base64_decode(text, &b) < 0 || b.cut)
		what = "the key is not base64";
	blob = (struct span){ b.data, b.len };
	name = hostkey_type(blob);
	if (what == NULL &&
	    (name.n != type.n || memcmp(name.p, type.p, type.n) != 0))
		what = "the key is not of the type the line says";
	if (what == NULL) {
		ret->blob = (struct span){ keep(h, b.data), b.len };
		return NULL;
	}
	buf_free(&b);
	return what;
}

/* NULL, or what is wrong with the line; an empty one gives "". */
static const char *
parse_line(struct hostkeys *h, struct span line, struct entry *ret)
{
	struct span word, type, key;
	const char *what;

	if (!span_word(&line, &word) || word.p[0] == '#')
		return "";
	if (word.p[0] == '@') {
		if (span_is(word, "@revoked"))
			ret->mark = MARK_REVOKED;
		else if (span_is(word, "@cert-authority"))
			ret->mark = MARK_CA;
		else
			return "unknown marker";
		if (!span_word(&line, &word))
			return "no host name";
	}
	if (!span_word(&line, &type))
		return "no key";
	if (isdigit((unsigned char)type.p[0]))
		return "a key of SSH version 1";
	if (!span_word(&line, &key))
		return "no key";
	what = parse_names(word, ret);
	return what != NULL ? what : parse_blob(h, type, key, ret);
}

static void
add_number(size_t **list, size_t *n, size_t *cap, size_t entry)
{
	*list = mem_grow(*list, *n, cap, sizeof(**list));
	(*list)[(*n)++] = entry;
}

/* Lower case in place: the text is our copy. */
static void
fold_case(struct span s)
{
	char *p = (char *)(uintptr_t)s.p;

	for (size_t i = 0; i < s.n; i++)
		p[i] = (char)tolower((unsigned char)p[i]);
}

/* Bits of types[] that a trusted line's key has. */
static unsigned
type_bits(const struct entry *e)
{
	struct span type = hostkey_type(e->blob);

	for (unsigned i = 0; i < N_TYPES; i++)
		if (e->mark == MARK_NONE && span_is(type, types[i]))
			return 1U << i;
	return 0;
}

static void
add_entry(struct hostkeys *h, const struct entry *e)
{
	struct span names = e->names, name;
	size_t at = h->n;

	h->entries = mem_grow(h->entries, h->n, &h->cap, sizeof(*h->entries));
	h->entries[h->n++] = *e;
	switch (e->naming) {
	case NAMING_PLAIN:
		fold_case(names);
		while (span_until(&names, ',', &name))
			if (name.n > 0)
				index_add(&h->by_name, name, name, at);
		break;
	case NAMING_PATTERN:
		fold_case(names);
		add_number(&h->patterns, &h->n_patterns, &h->patterns_cap, at);
		break;
	case NAMING_HASHED:
		index_add(&h->by_blob, e->blob, (struct span){ 0 }, at);
		h->hashed_types |= type_bits(e);
		add_number(&h->hashed, &h->n_hashed, &h->hashed_cap, at);
		break;
	}
}

static void
complain(const char *file, size_t line, const char *what,
    void (*warn)(void *arg, const char *what), void *arg)
{
	char *text = xasprintf("%s:%zu: %s; line ignored", file, line, what);

	warn(arg, text);
	free(text);
}

void
hostkeys_parse(struct hostkeys *h, struct span text, const char *file,
    void (*warn)(void *arg, const char *what), void *arg)
{
	char *copy = keep(h, xcalloc(text.n + 1, 1));
	const char *name = keep(h, xstrdup(file));
	struct span rest = { copy, text.n }, line;

	if (text.n > 0)
		memcpy(copy, text.p, text.n);
	for (size_t n = 1; span_line(&rest, &line); n++) {
		struct entry e = { .file = name, .line = n };
		const char *what = line.n > HOSTKEY_LINE_MAX
		    ? "longer than 65536 bytes"
		    : parse_line(h, line, &e);

		if (what == NULL)
			add_entry(h, &e);
		else if (what[0] != '\0')
			complain(file, n, what, warn, arg);
	}
}

/* ---- looking up ---- */

/* "host", or "[host]:port" when the port is not SSH's own; lower case. */
static struct span
lookup_name(const char *host, uint16_t port, struct buf *b)
{
	if (port == 0 || port == 22)
		buf_puts(b, host);
	else
		buf_printf(b, "[%s]:%u", host, port);
	fold_case((struct span){ b->data, b->len });
	return (struct span){ b->data, b->len };
}

/* ssh_config(5)'s "*" and "?"; linear but for the last star. */
static bool
glob(struct span pattern, struct span s)
{
	size_t p = 0, i = 0, star = SIZE_MAX, from = 0;

	while (i < s.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			from = i;
		} else if (p < pattern.n &&
		    (pattern.p[p] == '?' || pattern.p[p] == s.p[i])) {
			p++;
			i++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			i = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

/* A negated pattern that matches overrules all others of its line. */
static bool
list_matches(struct span list, struct span name)
{
	struct span word;
	bool yes = false;

	while (span_until(&list, ',', &word)) {
		bool negated = word.n > 0 && word.p[0] == '!';

		if (negated) {
			word.p++;
			word.n--;
		}
		if (word.n == 0 || !glob(word, name))
			continue;
		if (negated)
			return false;
		yes = true;
	}
	return yes;
}

static bool
hashed_matches(const struct entry *e, struct span name)
{
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	return HMAC(EVP_sha1(), e->salt, SHA1_LEN,
		   (const unsigned char *)name.p, name.n, out, &len) != NULL &&
	    len == SHA1_LEN && memcmp(out, e->hash, SHA1_LEN) == 0;
}

static bool
same(struct span a, struct span b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

/* What the lines that name a host say; NULL: no such line. */
struct found {
	struct span blob; /* the key looked for */
	const struct entry *equal, *revoked, *same_type, *other, *ca;
	unsigned types; /* bits of the types of known keys */
};

static void
note(struct found *f, const struct entry *e)
{
	bool equal = same(e->blob, f->blob);

	f->types |= type_bits(e);
	if (e->mark == MARK_REVOKED) {
		if (equal)
			f->revoked = e;
	} else if (e->mark == MARK_CA) {
		f->ca = e;
	} else if (equal) {
		f->equal = e;
	} else if (same(hostkey_type(e->blob), hostkey_type(f->blob))) {
		f->same_type = e;
	} else {
		f->other = e;
	}
}

static void
search_cheap(const struct hostkeys *h, struct span name, struct found *f)
{
	uint64_t hash = hash_bytes(name);
	const struct slot *s = index_first(&h->by_name, hash);

	for (; s != NULL; s = s->next)
		if (s->hash == hash && same(s->name, name))
			note(f, &h->entries[s->entry]);
	for (size_t i = 0; i < h->n_patterns; i++) {
		const struct entry *e = &h->entries[h->patterns[i]];

		if (list_matches(e->names, name))
			note(f, e);
	}
}

/* Hashed lines that have this very key: one HMAC each. */
static void
search_hashed_blob(const struct hostkeys *h, struct span name, struct found *f)
{
	uint64_t hash = hash_bytes(f->blob);
	const struct slot *s = index_first(&h->by_blob, hash);

	for (; s != NULL; s = s->next) {
		const struct entry *e = &h->entries[s->entry];

		if (s->hash == hash && same(e->blob, f->blob) &&
		    hashed_matches(e, name))
			note(f, e);
	}
}

static void
search_hashed(const struct hostkeys *h, struct span name, struct found *f)
{
	for (size_t i = 0; i < h->n_hashed; i++) {
		const struct entry *e = &h->entries[h->hashed[i]];

		if (hashed_matches(e, name))
			note(f, e);
	}
}

static void
answer(struct hostkey_answer *ret, enum hostkey_verdict v,
    const struct entry *e)
{
	ret->verdict = v;
	ret->file = e != NULL ? e->file : NULL;
	ret->line = e != NULL ? e->line : 0;
}

void
hostkeys_check(const struct hostkeys *h, const char *host, uint16_t port,
    struct span blob, struct hostkey_answer *ret)
{
	struct found f = { .blob = blob };
	struct span name;
	struct buf b;

	buf_init(&b, NAME_LEN_MAX);
	name = lookup_name(host, port, &b);
	search_cheap(h, name, &f);
	search_hashed_blob(h, name, &f);
	if (f.equal == NULL && f.revoked == NULL && f.same_type == NULL)
		search_hashed(h, name, &f);
	buf_free(&b);
	if (f.revoked != NULL)
		answer(ret, HOSTKEY_REVOKED, f.revoked);
	else if (f.equal != NULL)
		answer(ret, HOSTKEY_OK, f.equal);
	else if (f.same_type != NULL)
		answer(ret, HOSTKEY_CHANGED, f.same_type);
	else if (f.other != NULL)
		answer(ret, HOSTKEY_OTHER, f.other);
	else if (f.ca != NULL)
		answer(ret, HOSTKEY_CA_ONLY, f.ca);
	else
		answer(ret, HOSTKEY_UNKNOWN, NULL);
}

static void
put_types(struct buf *b, unsigned bits)
{
	for (unsigned i = 0; i < N_TYPES; i++)
		if (bits & 1U << i)
			buf_printf(b, "%s%s", b->len > 0 ? "," : "", types[i]);
}

void
hostkeys_algorithms(const struct hostkeys *h, const char *host, uint16_t port,
    bool thorough, struct buf *ret)
{
	const unsigned all = (1U << N_TYPES) - 1;
	struct found f = { .blob = { "", 0 } };
	struct span name;
	struct buf b;

	buf_init(&b, NAME_LEN_MAX);
	name = lookup_name(host, port, &b);
	search_cheap(h, name, &f);
	if (thorough)
		search_hashed(h, name, &f);
	else if (f.types == 0)
		f.types = h->hashed_types;
	buf_free(&b);
	if (f.types == 0)
		return;
	put_types(ret, f.types);
	if (!thorough)
		put_types(ret, all & ~f.types);
}

void
hostkeys_add(struct hostkeys *h, const char *host, uint16_t port,
    struct span blob, struct buf *ret)
{
	struct span type = hostkey_type(blob);
	struct entry e = { .naming = NAMING_PLAIN,
		.file = "a key accepted in this run" };
	struct buf b;
	char *copy;

	buf_init(&b, NAME_LEN_MAX);
	e.names = lookup_name(host, port, &b);
	buf_printf(ret, "%s %.*s ", b.data, (int)type.n, type.p);
	base64_encode(blob, ret);
	buf_puts(ret, "\n");
	keep(h, b.data);
	copy = keep(h, xcalloc(blob.n, 1));
	memcpy(copy, blob.p, blob.n);
	e.blob = (struct span){ copy, blob.n };
	add_entry(h, &e);
}

void
hostkey_fingerprint(struct span blob, struct buf *ret)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (EVP_Digest(blob.p, blob.n, digest, &len, EVP_sha256(), NULL) != 1)
		len = 0;
	buf_puts(ret, "SHA256:");
	base64_encode((struct span){ (const char *)digest, len }, ret);
	while (ret->len > 0 && ret->data[ret->len - 1] == '=')
		ret->data[--ret->len] = '\0';
}
