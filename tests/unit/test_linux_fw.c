/*
 * links: platform/linux_nft platform/nft_text platform/linux_iptables
 * links: platform/ruleset platform/json
 * links: base/buf base/err base/map base/mem base/str model/addr model/facts
 * links: model/reason
 */
#include "recorded.h"

#include "base/err.h"
#include "model/facts.h"
#include "platform/linux.h"

static const struct fw_rule *
find_rule(const struct facts *f, const char *text)
{
	for (size_t i = 0; i < f->n_fw_rules; i++)
		if (strcmp(f->fw_rules[i].text, text) == 0)
			return &f->fw_rules[i];
	fail_msg("no rule: %s", text);
	return NULL;
}

static void
check(const struct facts *f, const char *text, const char *chain,
    const char *hook, const char *undo)
{
	const struct fw_rule *r = find_rule(f, text);

	assert_string_equal(r->chain, chain);
	assert_string_equal(r->hook, hook);
	assert_string_equal(r->undo, undo);
}

static void
test_nft(void **state)
{
	struct span text = recorded_text("nft.json");
	struct section s = section_of(text);
	struct facts f = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(linux_parse_nft(&s, &f, &e), 0);
	assert_int_equal(f.n_fw_rules, 10);
	check(&f, "policy drop", "inet filter input", "input",
	    "nft 'chain inet filter input { policy accept; }'");
	check(&f, "ip protocol esp counter drop comment \"no esp\"",
	    "inet filter input", "input",
	    "nft delete rule inet filter input handle 8");
	check(&f, "udp dport 4790 meta ipsec missing counter drop",
	    "inet filter input", "input",
	    "nft delete rule inet filter input handle 9");
	check(&f,
	    "ip saddr @blocked udp dport { 4789-4793 } reject with icmp "
	    "admin-prohibited",
	    "inet filter input", "input",
	    "nft delete rule inet filter input handle 11");
	check(&f, "meta l4proto esp counter drop", "inet filter output",
	    "output", "nft delete rule inet filter output handle 18");
	/* The input chain jumps there; nothing leads to the other. */
	check(&f, "tcp dport 22 log drop", "inet filter sub", "input",
	    "nft delete rule inet filter sub handle 17");
	check(&f, "drop", "inet filter nowhere", "",
	    "nft delete rule inet filter nowhere handle 19");
	check(&f, "ip protocol icmp drop", "netdev t i", "ingress",
	    "nft delete rule netdev t i handle 2");
	facts_free(&f);
	recorded_free(text);
}

static void
test_nft_counters(void **state)
{
	struct span text = recorded_text("nft.json");
	struct section s = section_of(text);
	struct facts f = { 0 };
	const struct fw_rule *r;
	struct err e;

	(void)state;
	assert_int_equal(linux_parse_nft(&s, &f, &e), 0);
	r = find_rule(&f, "ip protocol esp counter drop comment \"no esp\"");
	assert_true(r->counted && r->packets == 5);
	assert_string_equal(r->handle, "8");
	assert_false(find_rule(&f, "policy drop")->counted);
	/* A verdict map that drops some of it. */
	r = find_rule(&f, "ip protocol vmap { icmp,accept, udp,drop }");
	assert_false(r->counted);
	facts_free(&f);
	recorded_free(text);
}

static void
test_iptables(void **state)
{
	struct span text = recorded_text("iptables.txt");
	struct section s = section_of(text);
	struct facts f = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(linux_parse_iptables(&s, &f, &e), 0);
	assert_int_equal(f.n_fw_rules, 4);
	check(&f, "policy DROP", "filter FORWARD", "forward",
	    "iptables -t filter -P FORWARD ACCEPT");
	check(&f, "-p esp -j REJECT --reject-with icmp-port-unreachable",
	    "filter SUB", "input",
	    "iptables -t filter -D SUB -p esp -j REJECT --reject-with "
	    "icmp-port-unreachable");
	facts_free(&f);
	recorded_free(text);
}

/* A comment may say -j DROP; the target is what stands behind it. */
static void
test_iptables_comment(void **state)
{
	struct section s =
	    section_of(span_of("*filter\n:INPUT ACCEPT [1:2]\n"
			       "[7:8] -A INPUT -m comment --comment "
			       "\"never \\\" -j DROP\" -j ACCEPT\n"
			       "[9:10] -A INPUT -p udp -j DROP\nCOMMIT\n"));
	struct facts f = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(linux_parse_iptables(&s, &f, &e), 0);
	assert_int_equal(f.n_fw_rules, 1);
	assert_true(f.fw_rules[0].counted && f.fw_rules[0].packets == 9);
	assert_string_equal(f.fw_rules[0].text, "-p udp -j DROP");
	facts_free(&f);
}

/* Both add to what is there; an empty answer is "no rules". */
static void
test_both_add(void **state)
{
	struct span text = recorded_text("nft.json");
	struct section nft = section_of(text), none = section_of(span_of("\n"));
	struct section old =
	    section_of(span_of("*raw\n:OUTPUT DROP [3:4]\nCOMMIT\n"));
	struct facts f = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(linux_parse_iptables(&none, &f, &e), 0);
	assert_int_equal(linux_parse_nft(&none, &f, &e), 0);
	assert_int_equal(f.n_fw_rules, 0);
	assert_int_equal(linux_parse_nft(&nft, &f, &e), 0);
	assert_int_equal(linux_parse_iptables(&old, &f, &e), 0);
	assert_int_equal(f.n_fw_rules, 11);
	assert_string_equal(f.fw_rules[10].hook, "output");
	facts_free(&f);
	recorded_free(text);
}

static void
test_refused(void **state)
{
	static const char *const bad_nft[] = { "[]", "{", "{\"nftables\":1}",
		"{\"nftables\":[{\"rule\":{}}]}",
		"{\"nftables\":[{\"chain\":{\"family\":\"ip\"}}]}" };
	static const char *const bad_old[] = { "-A INPUT -j DROP\n",
		"*filter\n:INPUT DROP\n", "*filter\n[1:2] -I INPUT -j DROP\n",
		"*filter\n[x:2] -A INPUT -j DROP\n",
		"[1:2] -A INPUT -j DROP\n" };
	struct facts f = { 0 };
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad_nft) / sizeof(bad_nft[0]); i++) {
		struct section s = section_of(span_of(bad_nft[i]));

		assert_int_equal(linux_parse_nft(&s, &f, &e), -1);
	}
	for (size_t i = 0; i < sizeof(bad_old) / sizeof(bad_old[0]); i++) {
		struct section s = section_of(span_of(bad_old[i]));

		assert_int_equal(linux_parse_iptables(&s, &f, &e), -1);
	}
	assert_int_equal(f.n_fw_rules, 0);
}

/* Chains that jump in a circle lead nowhere, and the search ends. */
static void
test_circle(void **state)
{
	struct section s = section_of(
	    span_of("*filter\n:A - [0:0]\n:B - [0:0]\n[0:0] -A A -j B\n"
		    "[0:0] -A B -j A\n[1:1] -A B -j DROP\nCOMMIT\n"));
	struct facts f = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(linux_parse_iptables(&s, &f, &e), 0);
	assert_int_equal(f.n_fw_rules, 1);
	assert_string_equal(f.fw_rules[0].hook, "");
	facts_free(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nft),
		cmocka_unit_test(test_nft_counters),
		cmocka_unit_test(test_iptables),
		cmocka_unit_test(test_iptables_comment),
		cmocka_unit_test(test_both_add),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_circle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
