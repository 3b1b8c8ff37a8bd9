#include "platform/json.h"

#include <string.h>

#include "base/err.h"

int
json_read(struct span text, json_t **ret, struct err *e)
{
	json_error_t je;
	json_t *v = json_loadb(text.p, text.n, 0, &je);

	if (v == NULL)
		return err_set(e, ERR_INPUT, "JSON: %d:%d: %s", je.line,
		    je.column, je.text);
	*ret = v;
	return 0;
}

int
json_read_array(struct span text, json_t **ret, struct err *e)
{
	json_t *v;

	text = span_trim(text);
	if (text.n == 0) {
		*ret = json_array();
		return 0;
	}
	if (json_read(text, &v, e) < 0)
		return -1;
	if (!json_is_array(v) || json_array_size(v) > JSON_ENTRIES_MAX) {
		json_decref(v);
		return err_set(e, ERR_INPUT, "JSON: no array, or too long");
	}
	*ret = v;
	return 0;
}

const char *
json_str(const json_t *obj, const char *key)
{
	return json_string_value(json_object_get(obj, key));
}

void
json_copy_str(const json_t *obj, const char *key, char *dst, size_t size)
{
	const char *s = json_str(obj, key);

	if (s != NULL)
		span_copy(span_of(s), dst, size);
}

int
json_u64(const json_t *obj, const char *key, uint64_t max, uint64_t *ret)
{
	const json_t *v = json_object_get(obj, key);
	json_int_t n;

	if (!json_is_integer(v))
		return -1;
	n = json_integer_value(v);
	if (n < 0 || (uint64_t)n > max)
		return -1;
	*ret = (uint64_t)n;
	return 0;
}

uint32_t
json_u32_or_0(const json_t *obj, const char *key)
{
	uint64_t v = 0;

	json_u64(obj, key, UINT32_MAX, &v);
	return (uint32_t)v;
}

void
json_ip(const json_t *obj, const char *key, struct ip *ret)
{
	const char *s = json_str(obj, key);

	if (s != NULL)
		ip_parse(span_of(s), ret);
}

bool
json_has(const json_t *obj, const char *key, const char *element)
{
	const json_t *list = json_object_get(obj, key);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *s = json_string_value(json_array_get(list, i));

		if (s != NULL && strcmp(s, element) == 0)
			return true;
	}
	return false;
}
