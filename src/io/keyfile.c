#include "io/keyfile.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "base/buf.h"
#include "base/err.h"
#include "io/wire.h"

static const char head[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
static const char tail[] = "-----END OPENSSH PRIVATE KEY-----";
static const char magic[] = "openssh-key-v1"; /* its NUL belongs to it */

enum { RAW_MAX = 65536, RSA_BITS_MAX = 16384 };

bool
keyfile_is_openssh(struct span text)
{
	return span_starts(span_trim(text), head);
}

/* The base64 lines between head and tail. */
static int
unwrap(struct span text, struct buf *raw)
{
	struct buf joined;
	struct span line;
	bool ended = false;
	int r = -1;

	buf_init(&joined, RAW_MAX * 2);
	text = span_trim(text);
	span_line(&text, &line); /* the head */
	while (!ended && span_line(&text, &line)) {
		line = span_trim(line);
		ended = span_is(line, tail);
		if (!ended)
			buf_add(&joined, line.p, line.n);
	}
	if (ended)
		r = base64_decode((struct span){ joined.data, joined.len },
		    raw);
	OPENSSL_cleanse(joined.data, joined.len);
	buf_free(&joined);
	return r;
}

static EVP_PKEY *
from_params(const char *type, OSSL_PARAM_BLD *bld)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *k = NULL;

	if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &k, EVP_PKEY_KEYPAIR, params) != 1)
		k = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return k;
}

static EVP_PKEY *
parse_ed25519(struct span *s)
{
	struct span pub, priv;

	if (!wire_string(s, &pub) || !wire_string(s, &priv) || pub.n != 32 ||
	    priv.n != 64)
		return NULL;
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
	    (const unsigned char *)priv.p, 32);
}

static const char *
group_of(struct span curve)
{
	if (span_is(curve, "nistp256"))
		return "prime256v1";
	if (span_is(curve, "nistp384"))
		return "secp384r1";
	if (span_is(curve, "nistp521"))
		return "secp521r1";
	return NULL;
}

static BIGNUM *
number(struct span s)
{
	BIGNUM *n;

	if (s.n > RSA_BITS_MAX / 8 + 1)
		return NULL;
	n = BN_bin2bn((const unsigned char *)s.p, (int)s.n, NULL);
	if (n != NULL)
		BN_set_flags(n, BN_FLG_CONSTTIME);
	return n;
}

static EVP_PKEY *
parse_ecdsa(struct span *s)
{
	struct span curve, point, priv;
	OSSL_PARAM_BLD *bld;
	const char *group;
	EVP_PKEY *k = NULL;
	BIGNUM *d;

	if (!wire_string(s, &curve) || !wire_string(s, &point) ||
	    !wire_string(s, &priv))
		return NULL;
	group = group_of(curve);
	if (group == NULL || point.n == 0)
		return NULL;
	d = number(priv);
	bld = OSSL_PARAM_BLD_new();
	if (d != NULL && bld != NULL &&
	    OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME,
		group, 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY,
		point.p, point.n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1)
		k = from_params("EC", bld);
	OSSL_PARAM_BLD_free(bld);
	BN_clear_free(d);
	return k;
}

/* The order they stand in the file, and two that follow from them. */
enum { RSA_N, RSA_E, RSA_D, RSA_QINV, RSA_P, RSA_Q, RSA_DP, RSA_DQ, RSA_ALL };

static const char *const rsa_names[RSA_ALL] = {
	[RSA_N] = OSSL_PKEY_PARAM_RSA_N,
	[RSA_E] = OSSL_PKEY_PARAM_RSA_E,
	[RSA_D] = OSSL_PKEY_PARAM_RSA_D,
	[RSA_QINV] = OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
	[RSA_P] = OSSL_PKEY_PARAM_RSA_FACTOR1,
	[RSA_Q] = OSSL_PKEY_PARAM_RSA_FACTOR2,
	[RSA_DP] = OSSL_PKEY_PARAM_RSA_EXPONENT1,
	[RSA_DQ] = OSSL_PKEY_PARAM_RSA_EXPONENT2,
};

/* ret = d mod (p - 1) */
static BIGNUM *
crt_exponent(const BIGNUM *d, const BIGNUM *p, BN_CTX *ctx)
{
	BIGNUM *less = BN_dup(p);
	BIGNUM *r = BN_new();

	if (less == NULL || r == NULL || BN_is_zero(p) || BN_is_one(p) ||
	    BN_sub_word(less, 1) != 1 || BN_mod(r, d, less, ctx) != 1) {
		BN_clear_free(r);
		r = NULL;
	}
	BN_clear_free(less);
	return r;
}

static EVP_PKEY *
build_rsa(BIGNUM *n[RSA_ALL])
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BN_CTX *ctx = BN_CTX_new();
	EVP_PKEY *k = NULL;
	int ok = bld != NULL && ctx != NULL;

	if (ok) {
		n[RSA_DP] = crt_exponent(n[RSA_D], n[RSA_P], ctx);
		n[RSA_DQ] = crt_exponent(n[RSA_D], n[RSA_Q], ctx);
	}
	for (int i = 0; ok && i < RSA_ALL; i++)
		ok = n[i] != NULL &&
		    OSSL_PARAM_BLD_push_BN(bld, rsa_names[i], n[i]) == 1;
	if (ok)
		k = from_params("RSA", bld);
	BN_CTX_free(ctx);
	OSSL_PARAM_BLD_free(bld);
	return k;
}

static EVP_PKEY *
parse_rsa(struct span *s)
{
	BIGNUM *n[RSA_ALL] = { NULL };
	EVP_PKEY *k = NULL;
	struct span text;
	int i;

	for (i = 0; i < RSA_DP && wire_string(s, &text); i++) {
		n[i] = number(text);
		if (n[i] == NULL)
			break;
	}
	if (i == RSA_DP)
		k = build_rsa(n);
	for (i = 0; i < RSA_ALL; i++)
		BN_clear_free(n[i]);
	return k;
}

static const struct {
	const char *name;
	EVP_PKEY *(*parse)(struct span *s);
} kinds[] = {
	{ "ssh-ed25519", parse_ed25519 },
	{ "ecdsa-sha2-nistp256", parse_ecdsa },
	{ "ecdsa-sha2-nistp384", parse_ecdsa },
	{ "ecdsa-sha2-nistp521", parse_ecdsa },
	{ "ssh-rsa", parse_rsa },
};

/* The private part: two equal numbers, the key's name, the key itself. */
static EVP_PKEY *
parse_private(struct span s, struct err *e)
{
	struct span name;
	uint32_t check, again;
	EVP_PKEY *k = NULL;

	if (!wire_u32(&s, &check) || !wire_u32(&s, &again) || check != again ||
	    !wire_string(&s, &name)) {
		err_set(e, ERR_INPUT, "damaged OpenSSH private key");
		return NULL;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!span_is(name, kinds[i].name))
			continue;
		k = kinds[i].parse(&s);
		if (k == NULL)
			err_set(e, ERR_INPUT, "damaged %s private key",
			    kinds[i].name);
		return k;
	}
	err_set(e, ERR_INPUT, "private key of kind %.*s is not supported",
	    (int)(name.n < 64 ? name.n : 64), name.p);
	return NULL;
}

static EVP_PKEY *
parse_raw(struct span s, struct buf *ret, bool *locked, struct err *e)
{
	struct span cipher, kdf, kdf_options, public, private, blob, name;
	uint32_t n;

	if (s.n < sizeof(magic) || memcmp(s.p, magic, sizeof(magic)) != 0)
		goto damaged;
	s.p += sizeof(magic);
	s.n -= sizeof(magic);
	if (!wire_string(&s, &cipher) || !wire_string(&s, &kdf) ||
	    !wire_string(&s, &kdf_options) || !wire_u32(&s, &n) || n != 1 ||
	    !wire_string(&s, &public) || !wire_string(&s, &private))
		goto damaged;
	if (!span_is(cipher, "none")) {
		blob = public;
		if (!wire_string(&blob, &name) || name.n == 0)
			goto damaged;
		buf_add(ret, public.p, public.n);
		*locked = true;
		err_set(e, ERR_INPUT, "the key has a passphrase");
		return NULL;
	}
	return parse_private(private, e);
damaged:
	err_set(e, ERR_INPUT, "damaged OpenSSH private key");
	return NULL;
}

EVP_PKEY *
keyfile_parse(struct span text, struct buf *public, bool *locked, struct err *e)
{
	struct buf raw;
	EVP_PKEY *k = NULL;

	buf_init(&raw, RAW_MAX);
	if (unwrap(text, &raw) < 0)
		err_set(e, ERR_INPUT, "damaged OpenSSH private key");
	else
		k = parse_raw((struct span){ raw.data, raw.len }, public,
		    locked, e);
	OPENSSL_cleanse(raw.data, raw.len);
	buf_free(&raw);
	return k;
}
