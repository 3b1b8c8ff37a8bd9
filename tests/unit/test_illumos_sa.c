/*
 * `ipseckey -np dump esp`, as its source prints it.
 * links: platform/ base/buf base/date base/err base/map base/mem base/quote
 * links: base/str model/addr model/facts model/pingstat model/reason
 */
#include "illumos.h"

#include <stdlib.h>

#define OUTBOUND \
	"Base message (version 2) type DUMP, SA type ESP.\n" \
	"Message length 432 bytes, seq=1, pid=23114.\n" \
	"SA: SADB_ASSOC spi=0x11a183ba, replay window size=32, state=MATURE\n" \
	"SA: Authentication algorithm = hmac-sha512\n" \
	"SA: Encryption algorithm = aes-cbc\n" \
	"SA: flags=0x80018000 < X_USED X_PAIRED X_OUTBOUND >\n" \
	"SRC: Source address (proto=0)\n" \
	"SRC: AF_INET: port 0, 203.0.113.141.\n" \
	"DST: Destination address (proto=0)\n" \
	"DST: AF_INET: port 0, 203.0.113.110.\n" \
	"KMC:  Protocol 1, cookie=\"node02.example-203.0.113.110\" (3)\n" \
	"AKY: Authentication key.\n" \
	"AKY: removed/512\n" \
	"EKY: Encryption key.\n" \
	"EKY: removed/128\n" \
	"SID: Source identity, uid=0, type prefix\n" \
	"SID: 203.0.113.141/32\n" \
	"OTH: Paired with spi=0xfdc85734\n" \
	"RPL: Replay Value 15027\n" \
	" LT: Lifetime information\n" \
	"CLT: Current lifetime information:\n" \
	"CLT: 12345 bytes (12.06 KB) protected, 0 allocations used.\n" \
	"CLT: SA added at time: Wed Oct  9 14:23:11 2019\n" \
	"CLT: Time now is Wed Oct  9 14:24:01 2019\n" \
	"SLT: Soft lifetime information:\n" \
	"SLT: 0 bytes of lifetime, 0 allocations.\n" \
	"SLT: 150 seconds (2.50 minutes) of post-add lifetime.\n" \
	"HLT: Hard lifetime information:\n" \
	"HLT: 2048 bytes (2.00 KB) of lifetime, 0 allocations.\n" \
	"HLT: 300 seconds (5.00 minutes) of post-add lifetime.\n" \
	"HLT: 0 seconds of post-use lifetime.\n" \
	"HLT: Hard expiration occurs in 250 seconds (4.17 minutes)\n" \
	"\n"
/* Inbound, through NAT, in a tunnel, with names; lines in another order. */
#define INBOUND \
	"Base message (version 2) type DUMP, SA type ESP.\n" \
	"Message length 400 bytes, seq=1, pid=23114.\n" \
	"RPL: Replay Value  7\n" \
	"DST: Destination address (proto=17/udp)\n" \
	"DST: AF_INET: port 4500, 203.0.113.141/32 (node01).\n" \
	"SRC: Source address (proto=17/<unspecified>)\n" \
	"SRC: AF_INET: port 4500, 203.0.113.110 <unknown>.\n" \
	"NRM: AF_INET: port 4500, 10.0.0.1.\n" \
	"UNK: <unknown extension 99>\n" \
	"SA: flags=0x80023000 < X_USED X_NATTED X_TUNNEL >\n" \
	"SA: flags=0x80027000 < X_USED X_INBOUND X_TUNNEL X_NATTED >\n" \
	"SA: Encryption algorithm = aes-gcm16\n" \
	"SA: SADB_ASSOC spi=0x3, replay window size=64, state=DYING\n" \
	"\n"
#define LARVAL \
	"Base message (version 2) type DUMP, SA type ESP.\n" \
	"SA: SADB_ASSOC spi=0x77, replay window size=0, state=LARVAL\n" \
	"SRC: AF_INET6: port 0, 2001:db8::1.\n" \
	"DST: AF_INET6: port 0, 2001:db8::2.\n" \
	"RPL: Replay Value <Value not found.>0\n" \
	"\n"
#define DEAD \
	"Base message (version 2) type DUMP, SA type ESP.\n" \
	"SA: SADB_ASSOC spi=0x99, replay window size=0, state=DEAD\n" \
	"\n"
#define TRAILER "Dump succeeded for SA type 3.\n"

static void
test_outbound(void **state)
{
	struct facts f = { 0 };
	const struct sa *s;
	char ip[IP_TEXT_MAX];

	(void)state;
	accept(&f, "sas", OUTBOUND TRAILER);
	assert_int_equal(f.have, HAVE_SAS);
	assert_int_equal(f.n_sas, 1);
	s = &f.sas[0];
	assert_string_equal(ip_text(&s->src, ip), "203.0.113.141");
	assert_string_equal(ip_text(&s->dst, ip), "203.0.113.110");
	assert_int_equal(s->proto, 50);
	assert_int_equal(s->spi, 0x11a183ba);
	assert_int_equal(s->mode, SA_TRANSPORT);
	assert_false(s->larval || s->encap || s->esn);
	assert_int_equal(s->key_bits, 128);
	assert_string_equal(s->auth, "hmac-sha512");
	assert_string_equal(s->crypt, "aes-cbc");
	assert_int_equal(s->replay_window, 32);
	assert_true(s->oseq == 15027 && s->packets == 15027 && s->seq == 0);
	assert_true(s->bytes == 12345 && s->hard_bytes == 2048);
	assert_true(s->add_soft_s == 150 && s->add_hard_s == 300);
	assert_true(s->added_s == 1570630991);
	facts_free(&f);
}

static void
test_awkward(void **state)
{
	struct facts f = { 0 };
	char ip[IP_TEXT_MAX];

	(void)state;
	accept(&f, "sas",
	    INBOUND LARVAL DEAD "Dump succeeded for SA type 0.\n");
	assert_int_equal(f.n_sas, 2);
	assert_string_equal(ip_text(&f.sas[0].src, ip), "203.0.113.110");
	assert_string_equal(ip_text(&f.sas[0].dst, ip), "203.0.113.141");
	assert_int_equal(f.sas[0].mode, SA_TUNNEL);
	assert_true(f.sas[0].encap);
	assert_true(f.sas[0].seq == 7 && f.sas[0].oseq == 0);
	/* As many as the highest number says, at most. */
	assert_true(f.sas[0].packets == 7);
	assert_string_equal(f.sas[0].auth, "");
	assert_true(f.sas[1].larval);
	assert_string_equal(ip_text(&f.sas[1].dst, ip), "2001:db8::2");
	facts_free(&f);
}

/* PF_KEY loses answers: what either dump had, is there. */
static void
test_two_dumps(void **state)
{
	struct facts f = { 0 };

	(void)state;
	accept(&f, "sas", OUTBOUND TRAILER OUTBOUND INBOUND TRAILER);
	assert_int_equal(f.n_sas, 2);
	facts_free(&f);
	accept(&f, "sas", TRAILER);
	assert_int_equal(f.have, HAVE_SAS);
	assert_int_equal(f.n_sas, 0);
	facts_free(&f);
}

/* Cut anywhere, it must not look like a node that has fewer SAs. */
static void
test_every_cut(void **state)
{
	static const char whole[] = OUTBOUND INBOUND TRAILER;

	(void)state;
	for (size_t n = 0; n < sizeof(whole) - 10; n++) {
		char *cut = malloc(n + 1);

		assert_non_null(cut);
		memcpy(cut, whole, n);
		cut[n] = '\0';
		/* The trailer's words are enough. */
		if (strstr(cut, "Dump succeeded ") == NULL)
			refuse("sas", cut, 0);
		free(cut);
	}
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"Insufficient privileges to run ipseckey.\n",
		OUTBOUND "Dump failed\n",
		/* the second has no end */
		OUTBOUND TRAILER INBOUND,
		/* an SA without an address, an SPI, its flags */
		"Base message (version 2) type DUMP, SA type ESP.\n"
		"SA: SADB_ASSOC spi=0x1, replay window size=0, state=MATURE\n"
		"SA: flags=0x8000 < X_OUTBOUND >\n" TRAILER,
		"Base message (version 2) type DUMP, SA type ESP.\n"
		"SRC: AF_INET: port 0, 1.2.3.4.\n"
		"DST: AF_INET: port 0, 1.2.3.5.\n"
		"SA: flags=0x8000 < X_OUTBOUND >\n" TRAILER,
		"Base message (version 2) type DUMP, SA type ESP.\n"
		"SA: SADB_ASSOC spi=0x1, replay window size=0, state=MATURE\n"
		"SRC: AF_INET: port 0, 1.2.3.4.\n"
		"DST: AF_INET: port 0, 1.2.3.5.\n" TRAILER,
		"Base message (version 2) type DUMP, SA type ESP.\n"
		"SA: SADB_ASSOC spi=0x123456789, state=MATURE\n" TRAILER,
		"Base message (version 2) type DUMP, SA type ESP.\n"
		"SRC: AF_INET: port 0, host.example.com.\n" TRAILER,
		"Base message (version 2) type DUMP, SA type ESP.\n"
		"SRC: AF_INET: port 0, .\n" TRAILER,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuse("sas", bad[i], 0);
	refuse("sas", OUTBOUND TRAILER, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outbound),
		cmocka_unit_test(test_awkward),
		cmocka_unit_test(test_two_dumps),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
