#include "model/host.h"

#include <string.h>

#include "base/err.h"

const char *
host_var(const struct host *h, const char *name)
{
	for (size_t i = 0; i < h->n_vars; i++)
		if (strcmp(h->vars[i].name, name) == 0)
			return h->vars[i].value;
	return NULL;
}

int
host_need_address(const struct host *h, struct err *e)
{
	static const char *const names[] = { "ansible_ssh_host",
		"ansible_host" };
	const char *where = h->where, *name = names[0];

	if (h->address != NULL)
		return 0;
	for (size_t i = 0; i < h->n_vars; i++) {
		for (size_t k = 0; k < 2; k++) {
			if (strcmp(h->vars[i].name, names[k]) != 0)
				continue;
			where = h->vars[i].where;
			name = names[k];
		}
	}
	return err_set(e, ERR_HOST,
	    "%s: host %s has no address; set %s, or try espy hosts --refresh",
	    where, h->name, name);
}

const char *
host_password_trouble(const struct host *h)
{
	const char *s = h->become_password;

	if (s == NULL)
		return NULL;
	if (strncmp(s, "$ANSIBLE_VAULT", 14) == 0 ||
	    strstr(s, "__ansible_vault") != NULL)
		return "encrypted by ansible-vault";
	if (strstr(s, "{{") != NULL)
		return "a template";
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ')
			return "of more than one line";
	return s - h->become_password > HOST_PASSWORD_MAX ? "too long" : NULL;
}
