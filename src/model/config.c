#include "model/config.h"

#include <stdlib.h>

void
config_free(struct config *c)
{
	free(c->items);
	free(c->files);
	*c = (struct config){ 0 };
}

const char *
config_kind_name(enum config_kind k)
{
	static const char *const names[] = { [CONFIG_RULE] = "rule",
		[CONFIG_PSK] = "psk",
		[CONFIG_POLICY] = "policy" };

	return names[k];
}

const char *
config_where_name(enum config_where w)
{
	static const char *const names[] = { [CONFIG_EFFECTIVE] = "effective",
		[CONFIG_PERSISTENT] = "persistent" };

	return names[w];
}
