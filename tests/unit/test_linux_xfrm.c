/*
 * links: platform/linux_sa platform/linux_policy platform/linux_xfrm
 * links: platform/words base/date base/err base/mem base/str
 * links: model/addr model/facts model/reason
 */
#include "recorded.h"

#include "base/clock.h"
#include "base/err.h"
#include "model/facts.h"
#include "platform/linux.h"

static const struct sa *
find_sa(const struct facts *f, uint32_t spi)
{
	for (size_t i = 0; i < f->n_sas; i++)
		if (f->sas[i].spi == spi)
			return &f->sas[i];
	fail();
	return NULL;
}

static void
check_ip(const struct ip *a, const char *want)
{
	char text[IP_TEXT_MAX];

	assert_string_equal(ip_text(a, text), want);
}

/* A tunnel with AEAD; a replay context of the large kind without ESN. */
static void
check_aead(const struct facts *f)
{
	const struct sa *a = find_sa(f, 0x1001);

	check_ip(&a->src, "192.0.2.1");
	check_ip(&a->dst, "198.51.100.1");
	assert_int_equal(a->proto, 50);
	assert_int_equal(a->reqid, 11);
	assert_int_equal(a->mode, SA_TUNNEL);
	assert_string_equal(a->crypt, "rfc4106(gcm(aes))");
	assert_string_equal(a->auth, "");
	assert_int_equal(a->icv_bits, 128);
	assert_int_equal(a->replay_window, 64);
	assert_false(a->esn);
	assert_false(a->larval);
	assert_int_equal(a->sel_src_prefix, 0);
}

/* Extended numbers count on past 32 bits. */
static void
check_esn(const struct facts *f)
{
	const struct sa *a = find_sa(f, 0x1002);

	assert_true(a->esn);
	assert_int_equal(a->mode, SA_TRANSPORT);
	assert_int_equal(a->replay_window, 128);
	assert_true(a->seq == 0x10000002fU);
	assert_true(a->oseq == 0);
	assert_string_equal(a->crypt, "cbc(aes)");
	assert_string_equal(a->auth, "hmac(sha512)");
	assert_int_equal(a->icv_bits, 256);
	check_ip(&a->sel_src, "198.51.100.1");
	assert_int_equal(a->sel_src_prefix, 32);
	assert_int_equal(a->sel_proto, 17);
	assert_int_equal(a->sel_sport, 5000);
	assert_int_equal(a->sel_dport, 4790);
	/* 2026-11-23 15:34:50 UTC */
	assert_true(a->added_s == 1795448090);
}

static void
check_encap(const struct facts *f)
{
	const struct sa *a = find_sa(f, 0x1003);

	assert_true(a->encap);
	assert_int_equal(a->mark, 0x10);
	assert_int_equal(a->mark_mask, 0xff);
	assert_int_equal(a->replay_window, 32);
	assert_true(a->oseq == 0x4d);
	assert_int_equal(a->icv_bits, 96);
	assert_true(a->add_soft_s == 100 && a->add_hard_s == 200);
	assert_true(a->hard_bytes == 100000 && a->hard_packets == 5000);
}

static void
test_sa_forms(void **state)
{
	struct span text = recorded_text("sas_forms.txt");
	struct section s = section_of(text);
	struct facts f = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(linux_parse_sas(&s, &f, &e), 0);
	assert_int_equal(f.n_sas, 8);
	check_aead(&f);
	check_esn(&f);
	check_encap(&f);
	assert_false(find_sa(&f, 0x1004)->larval); /* null cipher is one */
	assert_int_equal(find_sa(&f, 0x1004)->if_id, 7);
	assert_int_equal(find_sa(&f, 0x1005)->mode, SA_OTHER_MODE);
	check_ip(&find_sa(&f, 0x1005)->dst, "2001:db8::2");
	assert_true(find_sa(&f, 0x2000)->larval);
	assert_int_equal(find_sa(&f, 0x20)->proto, 108);
	assert_false(find_sa(&f, 0x20)->larval);
	facts_free(&f);
	recorded_free(text);
}

/* Counts, statistics and an offload, as a busy SA shows them. */
static const char busy[] =
    "src 192.0.2.11 dst 198.51.100.13\n"
    "\tproto esp spi 0xc3ab0d85(3282767237) reqid 1(0x00000001) mode transport\n"
    "\treplay-window 32 seq 0x00000000 flag  (0x00000000)\n"
    "\tauth-trunc hmac(sha512) <<Keys hidden>> 256\n"
    "\tenc cbc(aes) <<Keys hidden>>\n"
    "\tanti-replay context: seq 0xff, oseq 0x0, bitmap 0xffffffff\n"
    "\tcrypto offload parameters: dev eth0 dir in\n"
    "\tlifetime config:\n"
    "\t  limit: soft (INF)(bytes), hard (INF)(bytes)\n"
    "\t  limit: soft (INF)(packets), hard (INF)(packets)\n"
    "\t  expire add: soft 140(sec), hard 300(sec)\n"
    "\t  expire use: soft 0(sec), hard 0(sec)\n"
    "\tlifetime current:\n"
    "\t  19890(bytes), 255(packets)\n"
    "\t  add 2026-11-23 15:14:30 use 2026-11-23 15:14:31\n"
    "\tstats:\n"
    "\t  replay-window 3 replay 4 failed 5\n";

static void
test_sa_numbers(void **state)
{
	struct section s = section_of(span_of(busy));
	struct facts f = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(linux_parse_sas(&s, &f, &e), 0);
	assert_int_equal(f.n_sas, 1);
	assert_true(f.sas[0].seq == 0xff && f.sas[0].oseq == 0);
	assert_true(f.sas[0].bytes == 19890 && f.sas[0].packets == 255);
	assert_true(f.sas[0].stat_replay_window == 3);
	assert_true(f.sas[0].stat_replay == 4);
	assert_true(f.sas[0].stat_failed == 5);
	assert_int_equal(f.sas[0].replay_window, 32);
	assert_true(f.sas[0].hw_offload);
	facts_free(&f);
}

/* Cut anywhere, an SA is refused: its counts would be invented. */
static void
test_sa_every_cut(void **state)
{
	struct err e;

	(void)state;
	for (size_t n = 1; n < sizeof(busy) - 3; n++) {
		struct section s = section_of((struct span){ busy, n });
		struct facts f = { 0 };

		assert_int_equal(linux_parse_sas(&s, &f, &e), -1);
		assert_null(f.sas);
	}
}

static void
refuse(int (*parse)(const struct section *, struct facts *, struct err *),
    const char *text)
{
	struct section s = section_of(span_of(text));
	struct facts f = { 0 };
	struct err e = { 0 };

	assert_int_equal(parse(&s, &f, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_int_equal(f.n_sas + f.n_policies, 0);
}

static void
test_refused(void **state)
{
	(void)state;
	refuse(linux_parse_sas, "\tproto esp spi 0x1 reqid 1 mode tunnel\n");
	refuse(linux_parse_sas, "RTNETLINK answers: Operation not permitted\n");
	refuse(linux_parse_sas, "src 192.0.2.1 dst nowhere\n");
	refuse(linux_parse_policies, "src 192.0.2.1/33 dst 192.0.2.2/32\n");
	refuse(linux_parse_policies, "src 192.0.2.1/32 dst 192.0.2.2/32\n");
	refuse(linux_parse_policies, "\tdir out priority 1\n");
	refuse(linux_parse_policies,
	    "src 192.0.2.1/32 dst 192.0.2.2/32\n\tdir sideways priority 1\n");
}

/* No SA at all is an answer. */
static void
test_none(void **state)
{
	struct section s = section_of(span_of("\n"));
	struct facts f = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(linux_parse_sas(&s, &f, &e), 0);
	assert_int_equal(linux_parse_policies(&s, &f, &e), 0);
	assert_int_equal(f.n_sas + f.n_policies, 0);
	facts_free(&f);
}

static void
test_policy_forms(void **state)
{
	struct span text = recorded_text("policies_forms.txt");
	struct section s = section_of(text);
	struct facts f = { 0 };
	const struct policy *p;
	struct err e;

	(void)state;
	assert_int_equal(linux_parse_policies(&s, &f, &e), 0);
	assert_int_equal(f.n_policies, 5);
	p = &f.policies[0]; /* an exception: clear traffic may pass */
	assert_int_equal(p->dir, POLICY_OUT);
	assert_false(p->has_tmpl || p->block);
	assert_int_equal(p->priority, 9);
	p = &f.policies[1];
	assert_int_equal(p->dir, POLICY_FWD);
	assert_int_equal(p->src_prefix, 128);
	assert_true(p->tmpl_optional);
	assert_int_equal(p->tmpl_mode, SA_TUNNEL);
	assert_int_equal(p->if_id, 7);
	assert_int_equal(p->proto, 1);
	assert_int_equal(p->sport, 8);
	p = &f.policies[2];
	assert_true(p->block);
	assert_int_equal(p->dir, POLICY_IN);
	assert_int_equal(p->src_prefix, 24);
	p = &f.policies[3];
	assert_true(p->has_tmpl && !p->tmpl_optional);
	assert_int_equal(p->proto, 17);
	assert_int_equal(p->tmpl_proto, 50);
	assert_int_equal(p->reqid, 99);
	p = &f.policies[4]; /* compressed when possible, but always ESP */
	assert_int_equal(p->tmpl_proto, 50);
	assert_false(p->tmpl_optional);
	assert_int_equal(p->reqid, 13);
	assert_int_equal(p->sport, 4500);
	assert_int_equal(p->dport, 4790);
	assert_int_equal(p->mark_mask, 0xff);
	facts_free(&f);
	recorded_free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sa_forms),
		cmocka_unit_test(test_sa_numbers),
		cmocka_unit_test(test_sa_every_cut),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_policy_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
