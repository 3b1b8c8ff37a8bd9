#include "cmd/opt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

static const struct opt *
find(const struct opt_table *t, const char *name, size_t len, char letter)
{
	for (; t->n > 0; t++) {
		for (size_t i = 0; i < t->n; i++) {
			const struct opt *o = &t->opts[i];

			if (letter != '\0' && o->letter == letter)
				return o;
			if (letter == '\0' && o->name != NULL &&
			    strlen(o->name) == len &&
			    memcmp(o->name, name, len) == 0)
				return o;
		}
	}
	return NULL;
}

static bool
takes_value(const struct opt *o)
{
	return o->kind == OPT_TEXT || o->kind == OPT_LIST ||
	    o->kind == OPT_NUMBER;
}

static int
store_more(struct opt_list *list, const char *as, const char *value,
    struct err *e)
{
	if (list->n >= OPT_LIST_MAX)
		return err_set(e, ERR_USAGE, "option %s more than %d times", as,
		    OPT_LIST_MAX);
	list->v[list->n++] = value;
	return 0;
}

static int
store(const struct opt *o, const char *as, const char *value, struct err *e)
{
	uint64_t n;

	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)o->dst = true;
		return 0;
	case OPT_COUNT:
		(*(int *)o->dst)++;
		return 0;
	case OPT_TEXT:
		*(const char **)o->dst = value;
		return 0;
	case OPT_LIST:
		return store_more(o->dst, as, value, e);
	case OPT_NUMBER:
		if (str_u64(value, o->max, &n) < 0 || n < o->min)
			return err_set(e, ERR_USAGE,
			    "option %s: \"%s\" is not a number from %" PRIu64
			    " to %" PRIu64,
			    as, value, o->min, o->max);
		*(uint64_t *)o->dst = n;
		return 0;
	}
	return 0;
}

/* --name, --name=value, --name value */
static int
long_option(const struct opt_table *t, char **argv, int argc, int *i,
    struct err *e)
{
	const char *name = argv[*i] + 2;
	const char *value = strchr(name, '=');
	size_t len = value != NULL ? (size_t)(value - name) : strlen(name);
	const struct opt *o = find(t, name, len, '\0');
	char as[64];

	snprintf(as, sizeof(as), "--%.*s", (int)(len < 60 ? len : 60), name);
	if (o == NULL)
		return err_set(e, ERR_USAGE, "unknown option %s", as);
	if (!takes_value(o)) {
		if (value != NULL)
			return err_set(e, ERR_USAGE, "option %s takes no value",
			    as);
		return store(o, as, NULL, e);
	}
	if (value != NULL)
		value++;
	else if (*i + 1 < argc)
		value = argv[++*i];
	else
		return err_set(e, ERR_USAGE, "option %s needs %s", as, o->arg);
	return store(o, as, value, e);
}

/* -v, -vv, -fN, -f N */
static int
short_options(const struct opt_table *t, char **argv, int argc, int *i,
    struct err *e)
{
	for (const char *s = argv[*i] + 1; *s != '\0'; s++) {
		const struct opt *o = find(t, NULL, 0, *s);
		const char as[3] = { '-', *s, '\0' };

		if (o == NULL)
			return err_set(e, ERR_USAGE, "unknown option %s", as);
		if (!takes_value(o)) {
			if (store(o, as, NULL, e) < 0)
				return -1;
			continue;
		}
		if (s[1] != '\0')
			return store(o, as, s + 1, e);
		if (*i + 1 >= argc)
			return err_set(e, ERR_USAGE, "option %s needs %s", as,
			    o->arg);
		return store(o, as, argv[++*i], e);
	}
	return 0;
}

int
opt_parse(const struct opt_table *tables, int argc, char **argv, char **words,
    int *n_words, int *n_behind, struct err *e)
{
	int n = 0, behind = -1;

	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];
		int r = 0;

		if (behind >= 0) {
			words[n++] = argv[i];
			behind++;
		} else if (strcmp(a, "--") == 0)
			behind = 0;
		else if (a[0] == '-' && a[1] == '-')
			r = long_option(tables, argv, argc, &i, e);
		else if (a[0] == '-' && a[1] != '\0')
			r = short_options(tables, argv, argc, &i, e);
		else
			words[n++] = argv[i];
		if (r < 0)
			return -1;
	}
	*n_words = n;
	*n_behind = behind;
	return 0;
}

void
opt_usage(const struct opt_table *tables, struct buf *out)
{
	for (; tables->n > 0; tables++) {
		for (size_t i = 0; i < tables->n; i++) {
			const struct opt *o = &tables->opts[i];
			char left[64];

			snprintf(left, sizeof(left), "%s%c%s%s%s%s%s",
			    o->letter != '\0' ? "-" : " ",
			    o->letter != '\0' ? o->letter : ' ',
			    o->letter != '\0' && o->name != NULL ? ", "
				: o->name != NULL		 ? "  "
								 : "",
			    o->name != NULL ? "--" : "",
			    o->name != NULL ? o->name : "",
			    o->arg != NULL ? " " : "",
			    o->arg != NULL ? o->arg : "");
			buf_printf(out, "  %-32s %s\n", left, o->help);
		}
	}
}
