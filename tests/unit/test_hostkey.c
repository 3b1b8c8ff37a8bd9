/* links: io/hostkey io/wire base/buf base/err base/mem base/str */
#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "io/hostkey.h"
#include "io/wire.h"

/* Blobs as short as they may be: a type and a number. */
static struct span
blob(struct buf *b, const char *type, const char *key)
{
	buf_init(b, 256);
	wire_put_string(b, span_of(type));
	wire_put_string(b, span_of(key));
	return (struct span){ b->data, b->len };
}

static char warned[512];
static unsigned warnings;

static void
warn(void *arg, const char *what)
{
	(void)arg;
	snprintf(warned, sizeof(warned), "%s", what);
	warnings++;
}

/* Adds "NAMES TYPE BASE64". */
static void
add_line(struct hostkeys *h, const char *names, const char *type,
    const char *key, const char *file)
{
	struct buf line, b;

	buf_init(&line, 1024);
	buf_printf(&line, "%s %s ", names, type);
	base64_encode(blob(&b, type, key), &line);
	buf_puts(&line, " a comment\n");
	hostkeys_parse(h, (struct span){ line.data, line.len }, file, warn,
	    NULL);
	buf_free(&b);
	buf_free(&line);
}

static struct hostkey_answer
ask(struct hostkeys *h, const char *host, uint16_t port, const char *key)
{
	struct hostkey_answer a;
	struct buf b;

	hostkeys_check(h, host, port, blob(&b, "ssh-ed25519", key), &a);
	buf_free(&b);
	return a;
}

static const char ed[] = "ssh-ed25519", ec[] = "ecdsa-sha2-nistp256";

static void
test_names(void **state)
{
	struct hostkeys *h = hostkeys_new();

	(void)state;
	add_line(h, "node1,192.0.2.1", ed, "k1", "f");
	add_line(h, "[node2]:2222", ed, "k2", "f");
	add_line(h, "*.Example.org,!bad.example.org", ed, "k3", "f");
	add_line(h, "n?de5", ed, "k5", "f");
	assert_int_equal(ask(h, "node1", 22, "k1").verdict, HOSTKEY_OK);
	assert_int_equal(ask(h, "NODE1", 0, "k1").verdict, HOSTKEY_OK);
	assert_int_equal(ask(h, "192.0.2.1", 22, "k1").verdict, HOSTKEY_OK);
	assert_int_equal(ask(h, "node1", 23, "k1").verdict, HOSTKEY_UNKNOWN);
	assert_int_equal(ask(h, "node2", 22, "k2").verdict, HOSTKEY_UNKNOWN);
	assert_int_equal(ask(h, "node2", 2222, "k2").verdict, HOSTKEY_OK);
	assert_int_equal(ask(h, "a.example.org", 22, "k3").verdict, HOSTKEY_OK);
	assert_int_equal(ask(h, "bad.example.org", 22, "k3").verdict,
	    HOSTKEY_UNKNOWN);
	assert_int_equal(ask(h, "example.org", 22, "k3").verdict,
	    HOSTKEY_UNKNOWN);
	assert_int_equal(ask(h, "node5", 22, "k5").verdict, HOSTKEY_OK);
	assert_int_equal(ask(h, "nde5", 22, "k5").verdict, HOSTKEY_UNKNOWN);
	hostkeys_free(h);
}

static void
test_verdicts(void **state)
{
	struct hostkeys *h = hostkeys_new();
	struct hostkey_answer a;

	(void)state;
	add_line(h, "n1", ed, "k1", "first");
	add_line(h, "n2", ec, "k2", "second");
	add_line(h, "@revoked *", ed, "stolen", "third");
	add_line(h, "@cert-authority n3", ed, "ca", "fourth");
	add_line(h, "n1", ed, "stolen", "fifth");
	a = ask(h, "n1", 22, "other");
	assert_int_equal(a.verdict, HOSTKEY_CHANGED);
	assert_int_equal(a.line, 1);
	a = ask(h, "n2", 22, "k2");
	assert_int_equal(a.verdict, HOSTKEY_OTHER);
	assert_string_equal(a.file, "second");
	/* Revoked overrules a line that trusts the key. */
	a = ask(h, "n1", 22, "stolen");
	assert_int_equal(a.verdict, HOSTKEY_REVOKED);
	assert_string_equal(a.file, "third");
	assert_int_equal(ask(h, "n9", 22, "stolen").verdict, HOSTKEY_REVOKED);
	/* The authority's own key is not a host's. */
	assert_int_equal(ask(h, "n3", 22, "ca").verdict, HOSTKEY_CA_ONLY);
	assert_int_equal(ask(h, "n9", 22, "k1").verdict, HOSTKEY_UNKNOWN);
	hostkeys_free(h);
}

static void
test_bad_lines_cost_themselves(void **state)
{
	static const char *const bad[] = { "oneword", "n ssh-ed25519",
		"n ssh-ed25519 AAAA", "n ssh-ed25519 !!!!",
		"@unknown n ssh-ed25519 AAAA", "@revoked",
		"|1|AAAA|AAAA ssh-ed25519 AAAA", "|2|x|y ssh-ed25519 AAAA",
		"n 1024 35 99999", "n ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAAmsx" };
	struct hostkeys *h = hostkeys_new();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf b;

		warnings = 0;
		buf_init(&b, 1024);
		buf_printf(&b, "# comment\n\n%s\n", bad[i]);
		hostkeys_parse(h, (struct span){ b.data, b.len }, "kh", warn,
		    NULL);
		buf_free(&b);
		assert_int_equal(warnings, 1);
		assert_ptr_equal(strstr(warned, "kh:3: "), warned);
	}
	add_line(h, "n", ed, "k", "kh");
	assert_int_equal(ask(h, "n", 22, "k").verdict, HOSTKEY_OK);
	hostkeys_free(h);
}

static struct span
read_seed(struct buf *b, const char *path)
{
	FILE *f = fopen(path, "rb");
	char chunk[4096];
	size_t n;

	assert_non_null(f);
	buf_init(b, 1 << 20);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(b, chunk, n);
	fclose(f);
	return (struct span){ b->data, b->len };
}

/* Written by ssh-keygen -H for node9 and [node9]:2222. */
static void
test_hashed(void **state)
{
	struct hostkeys *h = hostkeys_new();
	struct hostkey_answer a;
	struct buf b, pub, k;
	struct span line, type, text;

	(void)state;
	warnings = 0;
	hostkeys_parse(h, read_seed(&b, "tests/fuzz/seeds/hostkey/hashed"),
	    "hashed", warn, NULL);
	assert_int_equal(warnings, 0);
	line = read_seed(&pub, "tests/fuzz/seeds/key/ed25519-public");
	assert_true(span_word(&line, &type) && span_word(&line, &text));
	buf_init(&k, 1024);
	assert_int_equal(base64_decode(text, &k), 0);
	hostkeys_check(h, "node9", 22, (struct span){ k.data, k.len }, &a);
	assert_int_equal(a.verdict, HOSTKEY_OK);
	hostkeys_check(h, "node9", 2222, (struct span){ k.data, k.len }, &a);
	assert_int_equal(a.verdict, HOSTKEY_OK);
	hostkeys_check(h, "node8", 22, (struct span){ k.data, k.len }, &a);
	assert_int_equal(a.verdict, HOSTKEY_UNKNOWN);
	assert_int_equal(ask(h, "node9", 22, "x").verdict, HOSTKEY_CHANGED);
	buf_free(&b);
	buf_free(&pub);
	buf_free(&k);
	hostkeys_free(h);
}

static void
algs(struct hostkeys *h, const char *host, bool thorough, const char *want)
{
	struct buf b;

	buf_init(&b, 512);
	hostkeys_algorithms(h, host, 22, thorough, &b);
	assert_string_equal(b.data, want);
	buf_free(&b);
}

static void
test_algorithms(void **state)
{
	struct hostkeys *h = hostkeys_new();

	(void)state;
	algs(h, "n1", false, "");
	add_line(h, "n1", ec, "k1", "f");
	algs(h, "n1", false,
	    "ecdsa-sha2-nistp256,ssh-ed25519,ecdsa-sha2-nistp384,"
	    "ecdsa-sha2-nistp521");
	algs(h, "n1", true, "ecdsa-sha2-nistp256");
	add_line(h, "@revoked n2", ec, "k2", "f");
	algs(h, "n2", false, "");
	hostkeys_free(h);
}

static void
test_accepted_key_is_a_line(void **state)
{
	struct hostkeys *h = hostkeys_new(), *again = hostkeys_new();
	struct buf line, b;

	(void)state;
	buf_init(&line, 1024);
	hostkeys_add(h, "Node7", 2222, blob(&b, ed, "k7"), &line);
	buf_free(&b);
	assert_int_equal(ask(h, "node7", 2222, "k7").verdict, HOSTKEY_OK);
	warnings = 0;
	hostkeys_parse(again, (struct span){ line.data, line.len }, "f", warn,
	    NULL);
	assert_int_equal(warnings, 0);
	assert_int_equal(ask(again, "node7", 2222, "k7").verdict, HOSTKEY_OK);
	buf_free(&line);
	hostkeys_free(h);
	hostkeys_free(again);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_bad_lines_cost_themselves),
		cmocka_unit_test(test_hashed),
		cmocka_unit_test(test_algorithms),
		cmocka_unit_test(test_accepted_key_is_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
