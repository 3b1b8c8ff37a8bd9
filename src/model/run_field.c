#include "model/run_field.h"

#include <limits.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "model/run.h"
#include "model/run_json.h"
#include "model/run_path.h"

/* ---- the tables --------------------------------------------------------- */

#define AT(type, member) offsetof(struct type, member)

static const struct run_field of_run[] = {
	{ "tool", FIELD_TEXT, AT(run, tool), RUN_STRING_MAX },
	{ "kind", FIELD_TEXT, AT(run, kind), RUN_STRING_MAX },
	{ "started", FIELD_WALL, AT(run, started), 0 },
	{ "complete", FIELD_FLAG, AT(run, complete), 0 },
	{ "why", FIELD_OR_NULL, AT(run, why), RUN_STRING_MAX },
};

static const struct run_field of_probes[] = {
	{ "count", FIELD_UINT, AT(run_probes, count), UINT_MAX },
	{ "interval_ms", FIELD_UINT, AT(run_probes, interval_ms), UINT_MAX },
	{ "sentinel", FIELD_U16, AT(run_probes, sentinel), UINT16_MAX },
};

static const struct run_field of_node[] = {
	{ "name", FIELD_TEXT, AT(run_node, name), RUN_NODE_NAME_MAX },
	{ "site", FIELD_TEXT, AT(run_node, site), RUN_STRING_MAX },
	{ "platform", FIELD_TEXT, AT(run_node, platform), RUN_STRING_MAX },
	{ "failure", FIELD_OR_NULL, AT(run_node, failure), RUN_STRING_MAX },
	{ "overlay_link", FIELD_NAME, AT(run_node, overlay_link), 0 },
	{ "underlay_link", FIELD_NAME, AT(run_node, underlay_link), 0 },
	{ "overlay", FIELD_ADDR, AT(run_node, overlay), 0 },
	{ "underlay", FIELD_ADDR, AT(run_node, underlay), 0 },
	{ "vni", FIELD_U32, AT(run_node, vni), 0xffffff },
	{ "vxlan_port", FIELD_U16, AT(run_node, vxlan_port), UINT16_MAX },
};

static const struct run_field of_capture[] = {
	{ "wanted", FIELD_FLAG, AT(run_capture, wanted), 0 },
	{ "link", FIELD_NAME, AT(run_capture, link), 0 },
	{ "filter", FIELD_TEXT, AT(run_capture, filter), RUN_STRING_MAX },
	{ "log", FIELD_TEXT, AT(run_capture, log), RUN_LOG_MAX },
	{ "status", FIELD_STATUS, AT(run_capture, status), INT_MAX },
	{ "bytes", FIELD_U64, AT(run_capture, bytes), INT64_MAX },
};

static const struct run_field of_text[] = {
	{ "name", FIELD_TEXT, AT(run_text, name), RUN_TEXT_NAME_MAX },
	{ "status", FIELD_STATUS, AT(run_text, status), INT_MAX },
	{ "bytes", FIELD_SIZE, AT(run_text, len), RUN_TEXT_MAX },
};

#define TABLE(t) \
	{ \
		t, sizeof(t) / sizeof((t)[0]) \
	}
const struct run_fields run_fields_run = TABLE(of_run);
const struct run_fields run_fields_probes = TABLE(of_probes);
const struct run_fields run_fields_node = TABLE(of_node);
const struct run_fields run_fields_capture = TABLE(of_capture);
const struct run_fields run_fields_text = TABLE(of_text);

/* ---- writing ------------------------------------------------------------ */

static json_t *
text_json(const char *s, size_t max)
{
	struct buf b;
	json_t *j;

	buf_init(&b, max);
	utf8_clean(&b, span_of(s != NULL ? s : ""), UTF8_VALID);
	j = json_stringn(b.data, b.len);
	buf_free(&b);
	return j;
}

static json_t *
addr_json(const struct ip *a)
{
	char text[IP_TEXT_MAX];

	return ip_is_set(a) ? json_string(ip_text(a, text)) : json_null();
}

static json_t *
wall_json(struct wall t)
{
	char text[DATE_TEXT_MAX];

	return json_string(date_text(t, text));
}

json_t *
run_field_write(const struct run_field *f, const void *base)
{
	const void *p = (const char *)base + f->at;
	size_t max = (size_t)f->max;

	switch (f->kind) {
	case FIELD_TEXT:
		return text_json(*(char *const *)p, max);
	case FIELD_OR_NULL:
		return *(char *const *)p == NULL
		    ? json_null()
		    : text_json(*(char *const *)p, max);
	case FIELD_NAME:
		return text_json(p, FACT_NAME_MAX - 1);
	case FIELD_FLAG:
		return json_boolean(*(const bool *)p);
	case FIELD_U16:
		return json_integer(*(const uint16_t *)p);
	case FIELD_U32:
		return json_integer(*(const uint32_t *)p);
	case FIELD_UINT:
		return json_integer(*(const unsigned *)p);
	case FIELD_U64:
		return json_integer((json_int_t)(*(const uint64_t *)p));
	case FIELD_SIZE:
		return json_integer((json_int_t)(*(const size_t *)p));
	case FIELD_STATUS:
		return *(const int *)p < 0 ? json_null()
					   : json_integer(*(const int *)p);
	case FIELD_ADDR:
		return addr_json(p);
	case FIELD_WALL:
		return wall_json(*(const struct wall *)p);
	}
	return NULL;
}

/* ---- reading ------------------------------------------------------------ */

static const char *
read_text(const json_t *v, int64_t max, char **ret)
{
	if (!json_is_string(v))
		return "not a string";
	if (json_string_length(v) > (size_t)max)
		return "too long";
	*ret = xstrdup(json_string_value(v));
	return NULL;
}

static const char *
read_name(const json_t *v, char *dst)
{
	if (!json_is_string(v))
		return "not a string";
	if (!span_copy(span_of(json_string_value(v)), dst, FACT_NAME_MAX))
		return "too long";
	return NULL;
}

static const char *
read_addr(const json_t *v, struct ip *ret)
{
	if (json_is_null(v))
		return NULL;
	if (!json_is_string(v) ||
	    ip_parse(span_of(json_string_value(v)), ret) < 0)
		return "not an address";
	return NULL;
}

static const char *
read_wall(const json_t *v, struct wall *ret)
{
	if (!json_is_string(v) ||
	    date_parse(span_of(json_string_value(v)), ret) < 0)
		return "not a date and time in UTC";
	return NULL;
}

const char *
run_field_int(const json_t *v, int64_t max, int64_t *ret)
{
	if (!json_is_integer(v))
		return "not a whole number";
	if (json_integer_value(v) < 0 || json_integer_value(v) > max)
		return "out of range";
	*ret = json_integer_value(v);
	return NULL;
}

static void
store_int(enum field_kind kind, int64_t n, void *p)
{
	if (kind == FIELD_U16)
		*(uint16_t *)p = (uint16_t)n;
	else if (kind == FIELD_U32)
		*(uint32_t *)p = (uint32_t)n;
	else if (kind == FIELD_UINT)
		*(unsigned *)p = (unsigned)n;
	else if (kind == FIELD_U64)
		*(uint64_t *)p = (uint64_t)n;
	else
		*(size_t *)p = (size_t)n;
}

const char *
run_field_read(const struct run_field *f, const json_t *v, void *base)
{
	void *p = (char *)base + f->at;
	const char *wrong;
	int64_t n = -1;

	switch (f->kind) {
	case FIELD_OR_NULL:
		return json_is_null(v) ? NULL : read_text(v, f->max, p);
	case FIELD_TEXT:
		return read_text(v, f->max, p);
	case FIELD_NAME:
		return read_name(v, p);
	case FIELD_ADDR:
		return read_addr(v, p);
	case FIELD_WALL:
		return read_wall(v, p);
	case FIELD_FLAG:
		*(bool *)p = json_is_true(v);
		return json_is_boolean(v) ? NULL : "not true or false";
	case FIELD_STATUS:
		wrong = json_is_null(v) ? NULL : run_field_int(v, f->max, &n);
		*(int *)p = (int)n;
		return wrong;
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_UINT:
	case FIELD_U64:
	case FIELD_SIZE:
		break;
	}
	wrong = run_field_int(v, f->max, &n);
	if (wrong != NULL)
		return wrong;
	store_int(f->kind, n, p);
	return NULL;
}
