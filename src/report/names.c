#include "report/names.h"

const char *
name_kind(enum probe_kind k)
{
	return k == PROBE_ARP ? "arp" : "ping";
}

static const struct {
	const char *name, *clause;
} doubts[] = {
	[DOUBT_NONE] = { "none", "no reason is known" },
	[DOUBT_NO_CAPTURE] = { "no capture", "nothing was captured there" },
	[DOUBT_NOT_LIVE] = { "not live",
	    "the capture there had not begun or was over" },
	[DOUBT_CAPTURE_LOSS] = { "capture loss",
	    "the capture there lost packets itself" },
	[DOUBT_AMBIGUOUS] = { "ambiguous",
	    "other traffic there has the same lengths" },
	[DOUBT_BLIND] = { "blind", "the capture there cannot see ESP arrive" },
};

const char *
name_doubt(enum doubt d)
{
	return doubts[d].name;
}

const char *
name_doubt_clause(enum doubt d)
{
	return doubts[d].clause;
}

const char *
name_culprit(enum culprit c)
{
	static const char *const names[] = {
		[CULPRIT_UNKNOWN] = "unknown",
		[CULPRIT_NODE] = "node",
		[CULPRIT_NETWORK] = "network",
		[CULPRIT_NOBODY] = "nobody",
	};

	return names[c];
}

const char *
name_confidence(enum confidence c)
{
	static const char *const names[] = {
		[CONFIDENCE_LOW] = "low",
		[CONFIDENCE_HIGH] = "high",
		[CONFIDENCE_CERTAIN] = "certain",
	};

	return names[c];
}

const char *
name_verdict(enum verdict_kind k)
{
	static const char *const names[] = {
		[VERDICT_HEALTHY] = "healthy",
		[VERDICT_FAULT] = "fault",
		[VERDICT_UNKNOWN] = "unknown",
	};

	return names[k];
}

const char *
name_symptom(enum symptom s)
{
	static const char *const names[] = {
		[SYMPTOM_NONE] = NULL,
		[SYMPTOM_NO_IPSEC] = "no-ipsec",
		[SYMPTOM_IKE_ONE] = "ike-one-sided",
		[SYMPTOM_IKE_ALONE] = "ike-without-esp",
		[SYMPTOM_ESP_ONE] = "esp-one-sided",
		[SYMPTOM_ESP_IDLE] = "esp-without-traffic",
		[SYMPTOM_ESP_PIECES] = "esp-fragmented",
	};

	return names[s];
}

const char *
name_packet(enum packet_kind k)
{
	static const char *const names[] = {
		[PACKET_OTHER] = "other",
		[PACKET_ARP] = "arp",
		[PACKET_FRAGMENT] = "fragment",
		[PACKET_ICMP] = "icmp",
		[PACKET_UDP] = "udp",
		[PACKET_TCP] = "tcp",
		[PACKET_ESP] = "esp",
		[PACKET_NATT_KEEPALIVE] = "nat-t keepalive",
		[PACKET_IKE] = "ike",
		[PACKET_VXLAN] = "vxlan",
	};

	return names[k];
}
