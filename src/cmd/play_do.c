/* One task, once, on one host; here the modules that run on this one. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/play_work.h"
#include "io/fanout.h"
#include "io/sig.h"
#include "play/py.h"

enum { PAUSE_MAX_S = 86400 };

static int
do_debug(struct play_job *j, struct err *e)
{
	const struct play_value *var = &j->t->args[ARG_VAR];
	const struct scope scope = play_scope(&j->scope);
	json_t *value;
	struct expr *x;

	j->result = play_result(false, false);
	if (var->v != NULL) {
		if (expr_parse(span_of(json_string_value(var->v)), &x, e) < 0)
			return play_place_wrap(e, var->at);
		if (expr_eval(x, &scope, &value, e) < 0)
			value = json_string("VARIABLE IS NOT DEFINED!");
		expr_free(x);
		json_object_set_new(j->result, json_string_value(var->v),
		    value);
	} else if (play_has(j, ARG_MSG)) {
		if (play_value(&j->scope, &j->t->args[ARG_MSG], &value, e) < 0)
			return -1;
		json_object_set_new(j->result, "msg", value);
	} else {
		play_set_string(j->result, "msg", "Hello world!");
	}
	return 0;
}

static int
do_assert(struct play_job *j, struct err *e)
{
	const struct play_value *that = &j->t->args[ARG_THAT];
	size_t n = json_is_array(that->v) ? json_array_size(that->v) : 1;
	struct play_value one = { NULL, that->at };
	const struct conditions c = { &one, 1, true };
	enum module_arg_id say = ARG_SUCCESS_MSG;
	json_t *msg;
	bool holds = true;

	for (size_t i = 0; holds && i < n; i++) {
		one.v = json_is_array(that->v) ? json_array_get(that->v, i)
					       : that->v;
		if (play_hold(&j->scope, &c, &holds, NULL, e) < 0)
			return -1;
	}
	j->result = play_result(false, !holds);
	if (!holds) {
		json_object_set(j->result, "assertion", one.v);
		json_object_set_new(j->result, "evaluated_to", json_false());
		say = play_has(j, ARG_FAIL_MSG) ? ARG_FAIL_MSG : ARG_MSG;
	}
	if (!play_has(j, say)) {
		play_set_string(j->result, "msg",
		    holds ? "All assertions passed" : "Assertion failed");
		return 0;
	}
	if (play_value(&j->scope, &j->t->args[say], &msg, e) < 0)
		return -1;
	json_object_set_new(j->result, "msg", msg);
	return 0;
}

/* Nothing else runs meanwhile: it is one for all hosts. */
static int
do_pause(struct play_job *j, struct err *e)
{
	bool minutes = play_has(j, ARG_MINUTES);
	double s;

	if (play_number(&j->scope,
		&j->t->args[minutes ? ARG_MINUTES : ARG_SECONDS], &s, e) < 0)
		return -1;
	s *= minutes ? 60 : 1;
	if (!(s >= 0) || s > PAUSE_MAX_S)
		return err_set(e, ERR_INPUT, "a pause of 0 to %d seconds",
		    PAUSE_MAX_S);
	if (!play_checks(j->p, j->t) && sig_sleep((int64_t)(s * 1000)))
		j->p->interrupted = true;
	j->result = play_result(false, false);
	json_object_set_new(j->result, "delta", json_integer((json_int_t)s));
	return 0;
}

/* ---- all of them -------------------------------------------------------- */

static int
dispatch(struct play_job *j, struct err *e)
{
	switch (j->t->module->id) {
	case MODULE_COMMAND:
	case MODULE_SHELL:
	case MODULE_SCRIPT:
	case MODULE_RAW:
		return play_do_command(j, e);
	case MODULE_COPY:
		return play_do_copy(j, e);
	case MODULE_FETCH:
		return play_do_fetch(j, e);
	case MODULE_ASSERT:
		return do_assert(j, e);
	case MODULE_PAUSE:
		return do_pause(j, e);
	case MODULE_DEBUG:
		return do_debug(j, e);
	}
	return err_set(e, ERR_INPUT, "no such module");
}

int
play_do(struct play_job *j)
{
	struct err e;
	int r = dispatch(j, &e);

	if (r >= 0)
		return r;
	play_work_free(j);
	json_decref(j->result);
	j->result = play_failure(e.text);
	return 0;
}
