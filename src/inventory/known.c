#include "inventory/known.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "inventory/build.h"

enum { ALIASES_MAX = 2 };

struct known {
	/* The first that has a value wins, as Ansible's ssh does it. */
	const char *names[ALIASES_MAX + 1];
	int (*set)(const struct var *v, struct host *h, struct err *e);
};

static int
bad(struct err *e, const struct var *v, const char *why)
{
	return place_err(e, v->at, "%s: \"%s\" %s", v->name, v->value, why);
}

/* A word that ssh and sudo may be handed: no blank, no option, no template. */
static int
check_word(const struct var *v, struct err *e)
{
	if (strstr(v->value, "{{") != NULL)
		return bad(e, v, "is a template; write the value itself");
	if (v->value[0] == '-')
		return bad(e, v, "begins with \"-\"");
	if (strlen(v->value) > INV_NAME_MAX)
		return place_err(e, v->at, "%s: more than %d bytes", v->name,
		    INV_NAME_MAX);
	for (const char *s = v->value; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return bad(e, v,
			    "holds a blank; a comment needs a line of its own");
	return 0;
}

static int
set_address(const struct var *v, struct host *h, struct err *e)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:_-%";

	if (check_word(v, e) < 0)
		return -1;
	if (v->value[strspn(v->value, ok)] != '\0')
		return bad(e, v, "is no address or name");
	h->address = v->value;
	return 0;
}

static int
set_port(const struct var *v, struct host *h, struct err *e)
{
	uint64_t n;

	if (str_u64(v->value, 65535, &n) < 0 || n == 0)
		return bad(e, v, "is no port from 1 to 65535");
	h->port = (uint16_t)n;
	return 0;
}

static int
set_user(const struct var *v, struct host *h, struct err *e)
{
	h->user = v->value;
	return check_word(v, e);
}

static int
set_become_user(const struct var *v, struct host *h, struct err *e)
{
	h->become_user = v->value;
	return check_word(v, e);
}

/* Whether it can be used is host_password_trouble()'s, when it is needed. */
static int
set_become_password(const struct var *v, struct host *h, struct err *e)
{
	(void)e;
	h->become_password = v->value;
	return 0;
}

static int
set_key_file(const struct var *v, struct host *h, struct err *e)
{
	if (strstr(v->value, "{{") != NULL)
		return bad(e, v, "is a template; write the value itself");
	for (const char *s = v->value; *s != '\0'; s++)
		if ((unsigned char)*s < ' ')
			return bad(e, v, "holds a control character");
	h->key_file = v->value;
	return 0;
}

static int
set_become(const struct var *v, struct host *h, struct err *e)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
		{ "true", true },
		{ "yes", true },
		{ "on", true },
		{ "y", true },
		{ "t", true },
		{ "1", true },
		{ "false", false },
		{ "no", false },
		{ "off", false },
		{ "n", false },
		{ "f", false },
		{ "0", false },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(v->value, words[i].word) == 0) {
			h->become = words[i].value;
			return 0;
		}
	}
	return bad(e, v, "is neither true nor false");
}

static int
set_site(const struct var *v, struct host *h, struct err *e)
{
	(void)e;
	h->site = v->value;
	return 0;
}

static const struct known known[] = {
	{ { "ansible_ssh_host", "ansible_host" }, set_address },
	{ { "ansible_ssh_port", "ansible_port" }, set_port },
	{ { "ansible_ssh_user", "ansible_user" }, set_user },
	{ { "ansible_ssh_private_key_file", "ansible_private_key_file" },
	    set_key_file },
	{ { "ansible_become" }, set_become },
	{ { "ansible_become_user" }, set_become_user },
	{ { "ansible_become_pass", "ansible_become_password" },
	    set_become_password },
	{ { "dc_name" }, set_site },
};

static const struct var *
lookup(const struct inv *inv, const struct var *const *slot, const char *name)
{
	size_t id;

	if (!map_get(&inv->var_index, span_of(name), &id))
		return NULL;
	return slot[id];
}

int
known_fill(const struct inv *inv, const struct var *const *slot, struct host *h,
    struct err *e)
{
	h->address = h->name;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		for (size_t k = 0; known[i].names[k] != NULL; k++) {
			const struct var *v =
			    lookup(inv, slot, known[i].names[k]);

			if (v == NULL)
				continue;
			if (!inv_is_none(v->value)) {
				if (known[i].set(v, h, e) < 0)
					return -1;
				break;
			}
			/* Said to be nowhere: not to be guessed by name. */
			if (known[i].set == set_address)
				h->address = NULL;
		}
	}
	return 0;
}
