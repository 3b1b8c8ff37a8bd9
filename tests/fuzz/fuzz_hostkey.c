/* links: io/hostkey io/wire base/buf base/err base/mem base/str */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "io/hostkey.h"
#include "io/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ignore(void *arg, const char *what)
{
	(void)arg;
	(void)what;
}

/* Whatever a file says, a key accepted afterwards is known, or revoked. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hostkeys *h = hostkeys_new();
	struct hostkey_answer a;
	struct buf line, algs, blob;

	hostkeys_parse(h, (struct span){ (const char *)data, size }, "f",
	    ignore, NULL);
	buf_init(&blob, 256);
	wire_put_string(&blob, span_of("ssh-ed25519"));
	wire_put_string(&blob, span_of("key"));
	buf_init(&line, 1024);
	buf_init(&algs, 1024);
	hostkeys_check(h, "node1", 22, (struct span){ blob.data, blob.len },
	    &a);
	hostkeys_add(h, "node1", 22, (struct span){ blob.data, blob.len },
	    &line);
	hostkeys_check(h, "node1", 22, (struct span){ blob.data, blob.len },
	    &a);
	if (a.verdict != HOSTKEY_OK && a.verdict != HOSTKEY_REVOKED)
		abort();
	hostkeys_algorithms(h, "node1", 22, true, &algs);
	if (algs.len == 0)
		abort();
	buf_free(&algs);
	buf_free(&line);
	buf_free(&blob);
	hostkeys_free(h);
	return 0;
}
