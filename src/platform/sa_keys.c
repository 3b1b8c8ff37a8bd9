/* Whether both ends of an SA have the same keys, without showing them. */
#include "platform/sa_keys.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "model/facts.h"
#include "platform/illumos.h"
#include "platform/linux.h"

/*
 * digests PROGRAM COMMAND...: what the command prints goes to awk and nowhere
 * else; exits as the command does.
 */
#define DIGESTS \
	"digests() {\n" \
	"	program=$1\n" \
	"	shift\n" \
	"	{ \"$@\"; echo \"status $?\"; } | ${awk:-awk} \\\n" \
	"	    -v nonce=\"$nonce\" -v tool=\"$digest_tool\" \"$lex$program\"'\n" \
	"$1 == \"status\" { failed = $2 }\n" \
	"END { exit failed }'\n" \
	"}\n"

/*
 * ip-xfrm(8): "src A dst B", then "proto esp spi 0x...", and a line for each
 * algorithm, whose third word is the key.
 */
const char linux_sa_keys[] = DIGESTS
    "keys_of='\n"
    "function bare(s) { sub(/^0[xX]/, \"\", s); return tolower(s) }\n"
    "function leave() {\n"
    "	if (esp && crypt auth != \"\")\n"
    "		digest(\"sa \" spi \" \" dst \" \" form, crypt \" \" auth)\n"
    "	esp = 0; crypt = auth = \"\"; form = \"plain\"\n"
    "}\n"
    "/^src / { leave(); dst = word($4) }\n"
    "$1 == \"proto\" { esp = $2 == \"esp\"; spi = word($4) }\n"
    "$1 == \"enc\" { crypt = bare($3) }\n"
    "$1 == \"auth\" || $1 == \"auth-trunc\" { auth = bare($3) }\n"
    "$1 == \"aead\" { crypt = bare($3); form = \"aead\" }\n"
    "END { leave() }'\n"
    "keys() {\n"
    "	[ -e /proc/net/xfrm_stat ] || return 0\n"
    "	digests \"$keys_of\" ip xfrm state list\n"
    "}\n"
    "op() { say keys keys; }\n";

/*
 * ipseckey(1M) without -p: "EKY: HEX/BITS", and "EKY: HEX[SALT]/BITS+BITS"
 * where there is a salt.
 */
const char illumos_sa_keys[] = DIGESTS ILLUMOS_AWK
    "keys_of='\n"
    "function leave() {\n"
    "	if (spi != \"\" && crypt auth != \"\")\n"
    "		digest(\"sa \" spi \" \" dst \" \" form, crypt \" \" auth)\n"
    "	spi = crypt = auth = \"\"; form = \"plain\"\n"
    "}\n"
    "function hex(s) {\n"
    "	if (s ~ /[[]/) form = \"salted\"\n"
    "	sub(/[\\/].*/, \"\", s); gsub(/[][]/, \"\", s)\n"
    "	return tolower(s)\n"
    "}\n"
    "/^Base message/ { leave() }\n"
    "/^SA: SADB_ASSOC/ {\n"
    "	spi = $3; sub(/^spi=/, \"\", spi); sub(/,.*/, \"\", spi); spi = word(spi)\n"
    "}\n"
    "/^DST: AF_INET/ {\n"
    "	dst = $5; sub(/[.]$/, \"\", dst); sub(/[\\/].*/, \"\", dst)\n"
    "	dst = word(dst)\n"
    "}\n"
    "/^AKY: [0-9a-f]/ { auth = hex($2) }\n"
    "/^EKY: [0-9a-f]/ { crypt = hex($2) }\n"
    "END { leave() }'\n"
    "op() { say keys digests \"$keys_of\" /usr/sbin/ipseckey -n dump esp; }\n";

enum { PROTO_ESP = 50, FORM_MAX = 8 };

struct entry {
	uint32_t spi;
	struct ip dst;
	char keys[SA_KEYS_MAX]; /* "FORM DIGEST" */
};

static int
read_entry(struct span line, struct entry *ret, struct err *e)
{
	struct span all = line, w, form, digest;
	char digits[SA_DIGEST_DIGITS + 1];
	uint64_t spi;

	if (!span_word(&line, &w) || !span_is(w, "sa") ||
	    !span_word(&line, &w) || span_u64(w, UINT32_MAX, &spi) < 0 ||
	    !span_word(&line, &w) || ip_parse(w, &ret->dst) < 0)
		goto bad;
	if (!span_word(&line, &form) || !span_word(&line, &digest) ||
	    line.n > 0)
		goto bad;
	if (span_is(digest, "-"))
		return err_set(e, ERR_INPUT,
		    "keys: the node has none of digest, openssl and sha256sum");
	if (!span_copy(digest, digits, sizeof(digits)) ||
	    strspn(digits, "0123456789abcdef") != SA_DIGEST_DIGITS ||
	    form.n > FORM_MAX)
		goto bad;
	snprintf(ret->keys, sizeof(ret->keys), "%.*s %s", (int)form.n, form.p,
	    digits);
	ret->spi = (uint32_t)spi;
	return 0;
bad:
	return err_set(e, ERR_INPUT, "keys: \"%.*s\" makes no sense",
	    (int)(all.n < 60 ? all.n : 60), all.p);
}

static void
set_keys(struct facts *f, const struct entry *it)
{
	for (size_t i = 0; i < f->n_sas; i++) {
		struct sa *sa = &f->sas[i];

		if (sa->proto == PROTO_ESP && sa->spi == it->spi &&
		    ip_equal(&sa->dst, &it->dst))
			memcpy(sa->keys, it->keys, sizeof(sa->keys));
	}
}

int
sa_keys_read(struct span text, struct facts *f, struct err *e)
{
	struct span rest = text, line;
	struct entry it;

	while (span_line(&rest, &line))
		if (line.n > 0 && read_entry(line, &it, e) < 0)
			return -1;
	for (rest = text; span_line(&rest, &line);)
		if (line.n > 0 && read_entry(line, &it, e) == 0)
			set_keys(f, &it);
	return 0;
}
