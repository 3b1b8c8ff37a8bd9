/* host: one host of the inventory; what inventory hands to io and plan. */
#ifndef ESPY_MODEL_HOST_H
#define ESPY_MODEL_HOST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HOST_PASSWORD_MAX = 1000 /* bytes */ };

/* One variable with the place that set it, after group and host precedence. */
struct host_var {
	const char *name;
	const char *value;
	const char *where; /* "file:line" */
};

/* Everything is borrowed from the inventory and lives as long as it. */
struct host {
	const char *name;	 /* as the inventory calls it */
	const char *address;	 /* what to connect to; NULL when it has none */
	uint16_t port;		 /* 0: not said */
	const char *user;	 /* NULL: not said */
	const char *key_file;	 /* NULL: not said */
	bool become;		 /* run commands through sudo */
	const char *become_user; /* NULL: root */
	/* sudo's; NULL: not said.  Never to be shown. */
	const char *become_password;
	const char *site;  /* dc_name; NULL when not said */
	const char *where; /* "file:line" that names the host */
	const struct host_var *vars;
	size_t n_vars;
};

struct err;

/* The variable's value, or NULL. */
const char *host_var(const struct host *h, const char *name);
/*
 * For whoever is about to contact the host: -1 and ERR_HOST, naming the line of
 * the inventory to mend, when it has no address.
 */
int host_need_address(const struct host *h, struct err *e);
/*
 * Why become_password cannot be used, as in "is %s"; NULL when it can, or is
 * not said.
 */
const char *host_password_trouble(const struct host *h);

#endif
