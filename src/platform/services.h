/*
 * services: the section that OP_SERVICES and OP_SERVICES_DO print on every
 * platform: a line a service, its state and its name, in any order.
 */
#ifndef ESPY_PLATFORM_SERVICES_H
#define ESPY_PLATFORM_SERVICES_H
#include "base/str.h"
#include "model/service.h"

struct err;

/* A state as the platform calls it, and what it means. */
struct service_word {
	const char *state;
	enum service_health health;
};

/* ERR_INPUT, and *ret untouched, when a line is not "STATE NAME". */
int services_parse(struct span text, const struct service_word *words,
    size_t n_words, struct services *ret, struct err *e);

#endif
