/*
 * filter: pcap-filter(7) expressions, applied to what was captured.  The
 * capture tools of the platforms have languages of their own; this one is for
 * the user, and the same everywhere.
 */
#ifndef ESPY_CAPTURE_FILTER_H
#define ESPY_CAPTURE_FILTER_H
#include <stdbool.h>

struct err;
struct filter;
struct frame;

/*
 * Compiles text for Ethernet.  ERR_USAGE, with libpcap's complaint, when it is
 * no expression.  A name of a host in it is looked up here and now.  *ret is
 * the caller's.
 */
int filter_new(const char *text, struct filter **ret, struct err *e);
/* Accepts NULL. */
void filter_free(struct filter *f);

/*
 * Does it match?  Also when f is NULL.  For another link type it is compiled
 * on the first frame; what makes no sense there ("ether host") matches nothing.
 */
bool filter_match(struct filter *f, const struct frame *frame);

#endif
