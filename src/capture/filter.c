#define ESPY_BSD_TYPES
/* clang-format off */
#include "base/compat.h"
/* clang-format on */

#include "capture/filter.h"

#include <pcap/pcap.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/frame.h"

enum { SNAPLEN = 256 * 1024 };

/* In memory a link type may have another number than in a file. */
static const struct {
	enum frame_link link;
	int dlt;
} links[] = {
	{ FRAME_ETHERNET, DLT_EN10MB },
	{ FRAME_RAW_IP, DLT_RAW },
	{ FRAME_LINUX_SLL, DLT_LINUX_SLL },
#ifdef DLT_LINUX_SLL2
	{ FRAME_LINUX_SLL2, DLT_LINUX_SLL2 },
#endif
};

enum { LINKS = sizeof(links) / sizeof(links[0]) };

struct program {
	enum { NOT_YET, GOOD, SENSELESS } state;
	struct bpf_program code;
};

struct filter {
	char *text;
	struct program programs[LINKS];
};

static int
compile(struct filter *f, size_t link, struct err *e)
{
	struct program *p = &f->programs[link];
	pcap_t *dead = pcap_open_dead(links[link].dlt, SNAPLEN);
	int r = 0;

	if (dead == NULL)
		return err_set(e, ERR_SYS, "libpcap has no memory");
	p->state = GOOD;
	if (pcap_compile(dead, &p->code, f->text, 1, PCAP_NETMASK_UNKNOWN) <
	    0) {
		p->state = SENSELESS;
		r = err_set(e, ERR_USAGE, "filter \"%s\": %s", f->text,
		    pcap_geterr(dead));
	}
	pcap_close(dead);
	return r;
}

int
filter_new(const char *text, struct filter **ret, struct err *e)
{
	struct filter *f = xcalloc(1, sizeof(*f));

	f->text = xstrdup(text);
	if (compile(f, 0, e) < 0) {
		filter_free(f);
		return -1;
	}
	*ret = f;
	return 0;
}

void
filter_free(struct filter *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < LINKS; i++)
		if (f->programs[i].state == GOOD)
			pcap_freecode(&f->programs[i].code);
	free(f->text);
	free(f);
}

bool
filter_match(struct filter *f, const struct frame *frame)
{
	const struct pcap_pkthdr h = { .caplen = frame->captured,
		.len = frame->length };
	size_t i = 0;
	struct err e;

	if (f == NULL)
		return true;
	while (i < LINKS && links[i].link != frame->link)
		i++;
	if (i == LINKS)
		return false;
	if (f->programs[i].state == NOT_YET)
		compile(f, i, &e);
	return f->programs[i].state == GOOD &&
	    pcap_offline_filter(&f->programs[i].code, &h, frame->data) != 0;
}
