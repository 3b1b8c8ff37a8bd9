#include "platform/services.h"

#include "base/err.h"

static int
read_state(struct span state, const struct service_word *words, size_t n_words,
    struct service *ret)
{
	/* illumos, svcs(1): a state that is being left. */
	bool leaves = state.n > 1 && state.p[state.n - 1] == '*';

	span_copy(state, ret->state, sizeof(ret->state));
	if (leaves)
		state.n--;
	for (size_t i = 0; i < n_words; i++) {
		if (!span_is(state, words[i].state))
			continue;
		ret->health = leaves ? SERVICE_CHANGING : words[i].health;
		return 0;
	}
	return -1;
}

int
services_parse(struct span text, const struct service_word *words,
    size_t n_words, struct services *ret, struct err *e)
{
	struct services found = { .n = 0 };
	struct span line, state, name;

	for (size_t at = 1; span_line(&text, &line); at++) {
		struct service *s = &found.v[found.n];

		if (span_trim(line).n == 0)
			continue;
		if (found.n == SERVICES_MAX)
			return err_set(e, ERR_INPUT, "more than %d services",
			    SERVICES_MAX);
		if (!span_word(&line, &state) || !span_word(&line, &name) ||
		    read_state(state, words, n_words, s) < 0)
			return err_set(e, ERR_INPUT,
			    "line %zu: not a state and a service", at);
		span_copy(name, s->name, sizeof(s->name));
		found.n++;
	}
	*ret = found;
	return 0;
}
