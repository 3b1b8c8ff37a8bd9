/*
 * Patterns: any text selects hosts, each once, or is refused.
 * links: inventory/inventory inventory/build inventory/vars inventory/merge
 * links: inventory/known inventory/ini inventory/word inventory/yaml
 * links: inventory/json inventory/value inventory/hostrange
 * links: base/arena base/buf base/err base/map base/mem base/str base/utf8
 * links: base/ytree model/addr model/host
 * links: inventory/select inventory/words inventory/regex base/glob
 */
#include "inventory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char hosts[] = "lone\n[web]\nw[01:04].ex.net\n[db:children]\n"
			    "pg\nmy\n[pg]\np1\np2\n[my]\np2\nm1\n[idle]\n"
			    "[v6]\n2001:db8::1\n";

static struct inv *
make(void)
{
	struct inv *inv = inv_new();
	struct err e;

	fuzz_require(inv_parse(inv, INV_INI, "f", span_of(hosts), &e) == 0);
	fuzz_require(inv_finish(inv, &e) == 0);
	return inv;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct inv *inv;
	struct inv_pick p = { 0 };
	struct err e;
	char *text;

	if (inv == NULL)
		inv = make();
	if (size > 400)
		return 0;
	text = calloc(size + 1, 1);
	fuzz_require(text != NULL);
	memcpy(text, data, size);
	if (inv_select(inv, text, NULL, &p, &e) == 0) {
		fuzz_require(p.n > 0 && p.n <= inv_n_hosts(inv));
		for (size_t i = 0; i < p.n; i++)
			for (size_t k = 0; k < i; k++)
				fuzz_require(p.hosts[i] != p.hosts[k]);
		inv_pick_free(&p);
	} else {
		fuzz_require(e.kind == ERR_USAGE);
	}
	free(text);
	return 0;
}
