/* links: io/key io/keyfile io/wire base/buf base/err base/mem base/str */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "io/key.h"
#include "io/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * A key that was read has a name, and signs or says why not; a locked one may
 * hide even its name.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size }, blob, name;
	struct key *k;
	struct buf b;
	struct err e = { .kind = ERR_NONE };

	buf_init(&b, 65536);
	key_parse_public(text, &b);
	if (key_parse(text, &k, &e) < 0) {
		if (e.kind == ERR_NONE)
			abort();
		buf_free(&b);
		return 0;
	}
	blob = key_blob(k);
	if (blob.n > 0 && !wire_string(&blob, &name))
		abort();
	if (!key_is_locked(k)) {
		if (blob.n == 0)
			abort();
		key_sign(k, span_of("data"), &b, &e);
	}
	buf_clear(&b);
	key_auth_blob(key_blob(k), &b);
	key_free(k);
	buf_free(&b);
	return 0;
}
