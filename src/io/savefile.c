#define ESPY_BSD_TYPES
/* clang-format off */
#include "base/compat.h"
/* clang-format on */

#include "io/savefile.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/frame.h"

enum { BUFFER_SIZE = 256 * 1024 };

#define SECONDS_MAX INT64_C(7258118400) /* 2200-01-01 */

struct savefile {
	char *name;
	FILE *file; /* pcap's once that is set */
	pcap_t *pcap;
	char *buffer; /* of file */
	enum frame_link link;
	bool cut;
};

/* Some link types have other numbers in memory than in a file. */
static const struct {
	int dlt;
	enum frame_link link;
} links[] = {
	{ DLT_EN10MB, FRAME_ETHERNET },
	{ DLT_RAW, FRAME_RAW_IP },
	{ DLT_IPV4, FRAME_RAW_IP },
	{ DLT_IPV6, FRAME_RAW_IP },
	{ DLT_LINUX_SLL, FRAME_LINUX_SLL },
#ifdef DLT_LINUX_SLL2
	{ DLT_LINUX_SLL2, FRAME_LINUX_SLL2 },
#endif
};

static int
find_link(struct savefile *s, struct err *e)
{
	int dlt = pcap_datalink(s->pcap);
	const char *name = pcap_datalink_val_to_name(dlt);

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].dlt == dlt) {
			s->link = links[i].link;
			return 0;
		}
	return err_set(e, ERR_INPUT, "%s: link type %d (%s) is not decoded",
	    s->name, dlt, name != NULL ? name : "unknown");
}

/* libpcap would say the same of a file of nothing as of a file of garbage. */
static int
refuse_nothing(struct savefile *s, struct err *e)
{
	int first = getc(s->file);

	if (first != EOF) {
		ungetc(first, s->file);
		return 0;
	}
	if (ferror(s->file))
		return err_sys(e, "%s: read", s->name);
	return err_set(e, ERR_INPUT, "%s: empty, not even a capture's header",
	    s->name);
}

static int
start(struct savefile *s, struct err *e)
{
	char text[PCAP_ERRBUF_SIZE] = "";

	setvbuf(s->file, s->buffer, _IOFBF, BUFFER_SIZE);
	if (refuse_nothing(s, e) < 0)
		return -1;
	s->pcap = pcap_fopen_offline_with_tstamp_precision(s->file,
	    PCAP_TSTAMP_PRECISION_NANO, text);
	if (s->pcap == NULL)
		return err_set(e, ERR_INPUT, "%s: %s", s->name, text);
	s->file = NULL;
	return find_link(s, e);
}

int
savefile_open_file(FILE *file, const char *name, struct savefile **ret,
    struct err *e)
{
	struct savefile *s = xcalloc(1, sizeof(*s));

	s->name = xstrdup(name);
	s->file = file;
	s->buffer = xcalloc(1, BUFFER_SIZE);
	if (start(s, e) < 0) {
		savefile_close(s);
		return -1;
	}
	*ret = s;
	return 0;
}

int
savefile_open(const char *path, struct savefile **ret, struct err *e)
{
	FILE *file = fopen(path, "rb");
	struct stat st;

	if (file == NULL) {
		bool missing = errno == ENOENT || errno == ENOTDIR;

		err_sys(e, "%s: open", path);
		if (missing)
			e->kind = ERR_INPUT;
		return -1;
	}
	if (fstat(fileno(file), &st) == 0 && S_ISDIR(st.st_mode)) {
		fclose(file);
		return err_set(e, ERR_INPUT, "%s: a directory, not a capture",
		    path);
	}
	return savefile_open_file(file, path, ret, e);
}

/*
 * A read that came short left the file at its end; anything else that libpcap
 * complains of is a record that makes no sense.
 */
static int
next_failed(struct savefile *s, struct err *e)
{
	FILE *file = pcap_file(s->pcap);

	if (ferror(file))
		return err_sys(e, "%s: read", s->name);
	if (!feof(file))
		return err_set(e, ERR_INPUT, "%s: %s", s->name,
		    pcap_geterr(s->pcap));
	s->cut = true;
	return 0;
}

int
savefile_next(struct savefile *s, struct frame *ret, struct err *e)
{
	struct pcap_pkthdr *h;
	const u_char *data;
	int r;

	if (s->cut)
		return 0;
	r = pcap_next_ex(s->pcap, &h, &data);
	if (r == PCAP_ERROR_BREAK) /* the end of a saved capture */
		return 0;
	if (r != 1)
		return next_failed(s, e);
	/* In a nanosecond capture tv_usec counts nanoseconds. */
	if (h->ts.tv_sec < 0 || h->ts.tv_sec > SECONDS_MAX ||
	    h->ts.tv_usec < 0 || h->ts.tv_usec >= NS_PER_S)
		return err_set(e, ERR_INPUT,
		    "%s: a record's time makes no "
		    "sense: %jd s, %jd ns",
		    s->name, (intmax_t)h->ts.tv_sec, (intmax_t)h->ts.tv_usec);
	ret->time.ns = h->ts.tv_sec * NS_PER_S + h->ts.tv_usec;
	ret->link = s->link;
	ret->captured = h->caplen;
	ret->length = h->len > h->caplen ? h->len : h->caplen;
	ret->data = data;
	return 1;
}

bool
savefile_was_cut(const struct savefile *s)
{
	return s->cut;
}

void
savefile_close(struct savefile *s)
{
	if (s == NULL)
		return;
	if (s->pcap != NULL)
		pcap_close(s->pcap);
	if (s->file != NULL)
		fclose(s->file);
	free(s->buffer);
	free(s->name);
	free(s);
}
