#include "io/key.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "io/keyfile.h"
#include "io/wire.h"

enum { BLOB_MAX = 8192 };

struct key {
	EVP_PKEY *pkey;		   /* NULL: locked */
	const struct curve *curve; /* NULL: not ECDSA */
	struct buf blob;
};

/* RFC 5656 section 6.2.1 ties the digest to the curve's size. */
static const struct curve {
	const char *ssh_name, *ssh_curve, *group;
	const EVP_MD *(*digest)(void);
} curves[] = {
	{ "ecdsa-sha2-nistp256", "nistp256", "prime256v1", EVP_sha256 },
	{ "ecdsa-sha2-nistp384", "nistp384", "secp384r1", EVP_sha384 },
	{ "ecdsa-sha2-nistp521", "nistp521", "secp521r1", EVP_sha512 },
};

static void
put_bn(struct buf *b, const BIGNUM *n)
{
	unsigned char raw[2048];
	int len = BN_num_bytes(n);

	if (len <= (int)sizeof(raw)) {
		BN_bn2bin(n, raw);
		wire_put_mpint(b,
		    (struct span){ (const char *)raw, (size_t)len });
	}
}

static int
blob_ed25519(struct key *k)
{
	unsigned char raw[32];
	size_t len = sizeof(raw);

	if (EVP_PKEY_get_raw_public_key(k->pkey, raw, &len) != 1)
		return -1;
	wire_put_string(&k->blob, span_of("ssh-ed25519"));
	wire_put_string(&k->blob, (struct span){ (const char *)raw, len });
	return 0;
}

static int
blob_rsa(struct key *k)
{
	BIGNUM *n = NULL, *pe = NULL;
	int r = -1;

	if (EVP_PKEY_get_bn_param(k->pkey, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
	    EVP_PKEY_get_bn_param(k->pkey, OSSL_PKEY_PARAM_RSA_E, &pe) == 1) {
		wire_put_string(&k->blob, span_of("ssh-rsa"));
		put_bn(&k->blob, pe);
		put_bn(&k->blob, n);
		r = 0;
	}
	BN_free(n);
	BN_free(pe);
	return r;
}

static int
blob_ecdsa(struct key *k)
{
	unsigned char point[256];
	char group[64];
	size_t len;

	if (EVP_PKEY_get_group_name(k->pkey, group, sizeof(group), &len) != 1)
		return -1;
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (strcmp(group, curves[i].group) == 0)
			k->curve = &curves[i];
	if (k->curve == NULL ||
	    EVP_PKEY_get_octet_string_param(k->pkey, OSSL_PKEY_PARAM_PUB_KEY,
		point, sizeof(point), &len) != 1)
		return -1;
	wire_put_string(&k->blob, span_of(k->curve->ssh_name));
	wire_put_string(&k->blob, span_of(k->curve->ssh_curve));
	wire_put_string(&k->blob, (struct span){ (const char *)point, len });
	return 0;
}

static int
fill_blob(struct key *k)
{
	switch (EVP_PKEY_get_base_id(k->pkey)) {
	case EVP_PKEY_ED25519:
		return blob_ed25519(k);
	case EVP_PKEY_RSA:
		return blob_rsa(k);
	case EVP_PKEY_EC:
		return blob_ecdsa(k);
	default:
		return -1;
	}
}

/* OpenSSL would ask on the terminal; io/unlock has ssh-add do it. */
static int
no_passphrase(char *text, int size, int writing, void *arg)
{
	(void)text;
	(void)size;
	(void)writing;
	*(int *)arg = 1;
	return -1;
}

static EVP_PKEY *
parse_pem(struct span text, bool *locked, struct err *e)
{
	BIO *bio = BIO_new_mem_buf(text.p, (int)text.n);
	int encrypted = 0;
	EVP_PKEY *k = NULL;

	if (bio != NULL)
		k = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase,
		    &encrypted);
	BIO_free(bio);
	*locked = encrypted != 0;
	if (k == NULL)
		err_set(e, ERR_INPUT,
		    "not a private key that OpenSSL can read");
	return k;
}

int
key_parse(struct span text, struct key **ret, struct err *e)
{
	bool locked = false;
	struct key *k;

	if (text.n > KEY_FILE_MAX)
		return err_set(e, ERR_INPUT, "longer than %d bytes",
		    KEY_FILE_MAX);
	k = xcalloc(1, sizeof(*k));
	buf_init(&k->blob, BLOB_MAX);
	k->pkey = keyfile_is_openssh(text)
	    ? keyfile_parse(text, &k->blob, &locked, e)
	    : parse_pem(text, &locked, e);
	if (k->pkey == NULL && !locked) {
		key_free(k);
		return -1;
	}
	if ((!locked && fill_blob(k) < 0) || k->blob.cut) {
		key_free(k);
		return err_set(e, ERR_INPUT,
		    "a key of a kind that SSH does not know");
	}
	*ret = k;
	return 0;
}

bool
key_is_locked(const struct key *k)
{
	return k->pkey == NULL;
}

int
key_set_public(struct key *k, struct span line)
{
	buf_clear(&k->blob);
	return key_parse_public(line, &k->blob);
}

void
key_free(struct key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->pkey);
	buf_free(&k->blob);
	free(k);
}

struct span
key_blob(const struct key *k)
{
	return (struct span){ k->blob.data, k->blob.len };
}

/* OpenSSL's DER becomes two mpints, RFC 5656 section 3.1.2. */
static int
put_ecdsa(struct buf *ret, const unsigned char *der, size_t len)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);

	if (sig == NULL)
		return -1;
	put_bn(ret, ECDSA_SIG_get0_r(sig));
	put_bn(ret, ECDSA_SIG_get0_s(sig));
	ECDSA_SIG_free(sig);
	return 0;
}

static const EVP_MD *
digest_of(const struct key *k)
{
	if (k->curve != NULL)
		return k->curve->digest();
	return EVP_PKEY_get_base_id(k->pkey) == EVP_PKEY_RSA ? EVP_sha512()
							     : NULL;
}

int
key_sign(const struct key *k, struct span data, struct buf *ret, struct err *e)
{
	unsigned char sig[2048];
	size_t len = sizeof(sig);
	EVP_MD_CTX *ctx;
	int r = -1;

	assert(!key_is_locked(k));
	ctx = EVP_MD_CTX_new();
	if (ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, digest_of(k), NULL, k->pkey) == 1 &&
	    EVP_DigestSign(ctx, sig, &len, (const unsigned char *)data.p,
		data.n) == 1)
		r = 0;
	EVP_MD_CTX_free(ctx);
	if (r == 0 && k->curve != NULL)
		r = put_ecdsa(ret, sig, len);
	else if (r == 0)
		buf_add(ret, sig, len);
	if (r < 0)
		return err_set(e, ERR_SYS, "sign: libcrypto refused");
	return 0;
}

void
key_auth_blob(struct span blob, struct buf *ret)
{
	struct span rest = blob, name;

	if (wire_string(&rest, &name) && span_is(name, "ssh-rsa")) {
		wire_put_string(ret, span_of("rsa-sha2-512"));
		buf_add(ret, rest.p, rest.n);
	} else {
		buf_add(ret, blob.p, blob.n);
	}
}

int
key_parse_public(struct span line, struct buf *ret)
{
	struct span type, text, rest, name;
	size_t before = ret->len;

	if (!span_word(&line, &type) || !span_word(&line, &text) ||
	    base64_decode(text, ret) < 0)
		return -1;
	rest = (struct span){ ret->data + before, ret->len - before };
	if (wire_string(&rest, &name) && name.n == type.n &&
	    memcmp(name.p, type.p, type.n) == 0)
		return 0;
	ret->len = before;
	ret->data[before] = '\0';
	return -1;
}
