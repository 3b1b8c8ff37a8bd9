/* links: io/key io/keyfile io/wire base/buf base/err base/mem base/str */
#include "unit.h"

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/err.h"
#include "io/key.h"
#include "io/wire.h"

static void
read_seed(struct buf *b, const char *name)
{
	char path[128], chunk[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "tests/fuzz/seeds/key/%s", name);
	f = fopen(path, "rb");
	assert_non_null(f);
	buf_init(b, 1 << 20);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(b, chunk, n);
	fclose(f);
}

static struct key *
load(const char *name)
{
	struct key *k = NULL;
	struct buf b;
	struct err e;

	read_seed(&b, name);
	assert_int_equal(key_parse((struct span){ b.data, b.len }, &k, &e), 0);
	buf_free(&b);
	return k;
}

/* Written by ssh-keygen: our public half is the one beside it. */
static void
test_public_halves(void **state)
{
	static const char *const names[] = { "ed25519", "ecdsa", "ecdsa521",
		"rsa", "rsa-pem", "ecdsa-pkcs8" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct key *k = load(names[i]);
		struct buf line, pub;
		char name[64];

		snprintf(name, sizeof(name), "%s-public", names[i]);
		read_seed(&line, name);
		buf_init(&pub, 8192);
		assert_int_equal(key_parse_public((struct span){ line.data,
						      line.len },
				     &pub),
		    0);
		assert_int_equal(pub.len, key_blob(k).n);
		assert_memory_equal(pub.data, key_blob(k).p, pub.len);
		buf_free(&pub);
		buf_free(&line);
		key_free(k);
	}
}

static void
test_ed25519_signature_verifies(void **state)
{
	struct key *k = load("ed25519");
	struct span blob = key_blob(k), name, raw;
	struct buf sig;
	struct err e;
	EVP_PKEY *pub;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	(void)state;
	buf_init(&sig, 4096);
	assert_int_equal(key_sign(k, span_of("signed"), &sig, &e), 0);
	assert_int_equal(sig.len, 64);
	assert_true(wire_string(&blob, &name) && wire_string(&blob, &raw));
	pub = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
	    (const unsigned char *)raw.p, raw.n);
	assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pub), 1);
	assert_int_equal(EVP_DigestVerify(ctx, (const unsigned char *)sig.data,
			     sig.len, (const unsigned char *)"signed", 6),
	    1);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pub);
	buf_free(&sig);
	key_free(k);
}

/* RFC 5656 section 3.1.2: two mpints and nothing else. */
static void
test_ecdsa_signature_has_its_form(void **state)
{
	struct key *k = load("ecdsa521");
	struct span rest, r, s;
	struct buf sig;
	struct err e;

	(void)state;
	buf_init(&sig, 4096);
	assert_int_equal(key_sign(k, span_of("signed"), &sig, &e), 0);
	rest = (struct span){ sig.data, sig.len };
	assert_true(wire_string(&rest, &r) && wire_string(&rest, &s));
	assert_int_equal(rest.n, 0);
	assert_in_range(r.n, 60, 66);
	assert_in_range(s.n, 60, 66);
	buf_free(&sig);
	key_free(k);
}

static void
test_rsa_is_shown_as_sha2(void **state)
{
	struct key *k = load("rsa");
	struct span rest, name;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	key_auth_blob(key_blob(k), &b);
	rest = (struct span){ b.data, b.len };
	assert_true(wire_string(&rest, &name));
	assert_true(span_is(name, "rsa-sha2-512"));
	assert_int_equal(b.len, key_blob(k).n + 5);
	buf_free(&b);
	key_free(k);
}

/* A passphrase hides the private half alone; PEM hides the public one too. */
static void
test_locked(void **state)
{
	static const struct {
		const char *name;
		size_t public;
	} keys[] = { { "locked", 51 }, { "locked-pem", 0 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct key *k = NULL;
		struct buf b;
		struct err e;

		read_seed(&b, keys[i].name);
		assert_int_equal(key_parse((struct span){ b.data, b.len }, &k,
				     &e),
		    0);
		assert_true(key_is_locked(k));
		assert_int_equal(key_blob(k).n, keys[i].public);
		buf_free(&b);
		key_free(k);
	}
}

/* What FILE.pub says of a locked key; nonsense leaves it without. */
static void
test_set_public(void **state)
{
	static const char line[] =
	    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMU"
	    "FRYXGBkaGxwdHh8g me";
	struct key *k = NULL;
	struct buf b;
	struct err e;

	(void)state;
	read_seed(&b, "locked-pem");
	assert_int_equal(key_parse((struct span){ b.data, b.len }, &k, &e), 0);
	assert_int_equal(key_set_public(k, span_of("ssh-rsa AAAA")), -1);
	assert_int_equal(key_blob(k).n, 0);
	assert_int_equal(key_set_public(k, span_of(line)), 0);
	assert_int_equal(key_blob(k).n, 51);
	assert_true(key_is_locked(k));
	buf_free(&b);
	key_free(k);
}

/* Cut anywhere, a key is no key: never read past, never half a key. */
static void
test_every_cut(void **state)
{
	struct key *k = NULL;
	struct buf b;
	struct err e;

	(void)state;
	read_seed(&b, "ecdsa");
	for (size_t n = 0; n + 2 < b.len; n++)
		assert_int_equal(key_parse((struct span){ b.data, n }, &k, &e),
		    -1);
	assert_null(k);
	buf_free(&b);
}

static void
test_wire(void **state)
{
	static const char *const good[][2] = { { "", "" }, { "Zg==", "f" },
		{ "Zm8=", "fo" }, { "Zm9v", "foo" }, { "Zm9vYg", "foob" } };
	static const char *const bad[] = { "Z", "Zm9v!", "Zm=v", "Zm9vY" };
	struct buf b;

	(void)state;
	buf_init(&b, 64);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		buf_clear(&b);
		assert_int_equal(base64_decode(span_of(good[i][0]), &b), 0);
		assert_string_equal(b.data, good[i][1]);
	}
	buf_clear(&b);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(base64_decode(span_of(bad[i]), &b), -1);
	assert_int_equal(b.len, 0);
	base64_encode(span_of("fo"), &b);
	assert_string_equal(b.data, "Zm8=");
	buf_clear(&b);
	wire_put_mpint(&b, (struct span){ "\0\0\x80", 3 });
	assert_int_equal(b.len, 6);
	assert_memory_equal(b.data, "\0\0\0\2\0\x80", 6);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_public_halves),
		cmocka_unit_test(test_ed25519_signature_verifies),
		cmocka_unit_test(test_ecdsa_signature_has_its_form),
		cmocka_unit_test(test_rsa_is_shown_as_sha2),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_set_public),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_wire),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
