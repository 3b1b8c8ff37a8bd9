/* read: what libpcap alone takes to read captures.  read FILE... */
#define _DEFAULT_SOURCE
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	uint64_t packets = 0, bytes = 0;

	for (int i = 1; i < argc; i++) {
		char text[PCAP_ERRBUF_SIZE];
		pcap_t *p = pcap_open_offline(argv[i], text);
		struct pcap_pkthdr *h;
		const u_char *data;

		if (p == NULL) {
			fprintf(stderr, "%s: %s\n", argv[i], text);
			return 1;
		}
		while (pcap_next_ex(p, &h, &data) == 1) {
			packets++;
			bytes += h->caplen;
		}
		pcap_close(p);
	}
	printf("%llu packets, %llu bytes\n", (unsigned long long)packets,
	    (unsigned long long)bytes);
	return 0;
}
