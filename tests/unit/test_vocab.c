/* links: diagnose/vocab */
#include "unit.h"

#include <stdlib.h>

#include "diagnose/vocab.h"

static const struct vocab_args every = { .link = "net0",
	.ip = "192.0.2.1",
	.src = "192.0.2.3",
	.mac = "02:00:00:00:00:01",
	.spi = "0x00000011",
	.port = "4790" };

/* Each platform has words for all, but for what there is not on it. */
static void
test_commands(void **state)
{
	static const char *const platforms[] = { "linux", "illumos" };
	char out[256];

	(void)state;
	for (size_t p = 0; p < 2; p++) {
		const struct vocab *v = vocab_of(platforms[p]);

		assert_string_equal(v->platform, platforms[p]);
		for (int i = 0; i < DO_ALL; i++) {
			bool has = vocab_command(v, (enum vocab_do)i, &every,
			    out, sizeof(out));

			assert_int_equal(has, v->commands[i] != NULL);
			assert_true(has || (p == 1 && i == DO_FIREWALL_OLD));
			if (!has)
				continue;
			assert_null(strchr(out, '@'));
			/* A word is as long as that. */
			assert_false(vocab_command(v, (enum vocab_do)i, &every,
			    out, strlen(out)));
		}
	}
	assert_string_equal(vocab_of("plan9")->platform, "linux");
	assert_string_equal(vocab_of(NULL)->platform, "linux");
}

static void
test_words_are_filled_in(void **state)
{
	char out[128];

	(void)state;
	assert_true(vocab_command(vocab_of("linux"), DO_SA_DELETE, &every, out,
	    sizeof(out)));
	assert_string_equal(out,
	    "ip xfrm state delete src 192.0.2.3 dst 192.0.2.1 proto esp spi "
	    "0x00000011");
	assert_true(vocab_command(vocab_of("illumos"), DO_SA_DELETE, &every,
	    out, sizeof(out)));
	assert_string_equal(out,
	    "ipseckey delete-pair esp spi 0x00000011 dest 192.0.2.1");
	/* Half a command is none. */
	assert_false(vocab_command(vocab_of("linux"), DO_LINK_UP, NULL, out,
	    sizeof(out)));
}

static void
test_counters(void **state)
{
	const struct vocab *l = vocab_of("linux"), *s = vocab_of("illumos");
	const char *own[VOCAB_COUNTERS_MAX];

	(void)state;
	assert_int_equal(vocab_counters(l, "XfrmInNoStates", own), 1);
	assert_string_equal(own[0], "XfrmInNoStates");
	assert_int_equal(vocab_counters(s, "XfrmInNoStates", own), 1);
	assert_string_equal(own[0], "ipdrop.esp_no_sa");
	assert_int_equal(vocab_counters(s, "XfrmInStateSeqError", own), 2);
	/* It has none: then it must not be read as Linux's. */
	assert_int_equal(vocab_counters(s, "XfrmInStateMismatch", own), 0);
	assert_int_equal(vocab_counters(s, "Udp.InDatagrams", own), 0);
	assert_true(vocab_counters(l, COUNT_IPSEC_DROPS, own) > 5);
	assert_true(vocab_counters(s, COUNT_IPSEC_DROPS, own) > 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_words_are_filled_in),
		cmocka_unit_test(test_counters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
