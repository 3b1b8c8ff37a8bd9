/* linux: the pieces of the Linux row; only src/platform/ includes this. */
#ifndef ESPY_PLATFORM_LINUX_H
#define ESPY_PLATFORM_LINUX_H
#include "platform/platform.h"

extern const struct platform platform_linux;

/* linux_facts.c, linux_watch.c: members of struct platform. */
int linux_facts_script(const struct facts_ask *ask, struct buf *ret,
    struct err *e);
int linux_capture_script(const struct capture_ask *ask, struct buf *ret,
    struct err *e);
int linux_probe_script(const struct probe_ask *ask, struct buf *ret,
    struct err *e);

/* linux_filter.c */
int linux_filter_underlay(const struct underlay_filter *f, struct buf *ret,
    struct err *e);
int linux_filter_overlay(const struct ip *a, const struct ip *b,
    struct buf *ret, struct err *e);

#endif
