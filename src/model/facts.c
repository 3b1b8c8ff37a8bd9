#include "model/facts.h"

#include <stdlib.h>
#include <string.h>

void
facts_free(struct facts *f)
{
	if (f == NULL)
		return;
	free(f->links);
	free(f->addrs);
	free(f->sas);
	free(f->policies);
	free(f->neighs);
	free(f->fdb);
	free(f->routes);
	free(f->counters);
	free(f->fw_rules);
	free(f->settings);
	free(f->gro_links);
	free(f->listeners);
	free(f->unsaid);
	reasons_fini(&f->drops);
	*f = (struct facts){ 0 };
}

const char *
facts_why(const struct facts *f, unsigned have)
{
	for (size_t i = 0; i < f->n_unsaid; i++)
		if ((f->unsaid[i].have & have) != 0 &&
		    (f->have & f->unsaid[i].have) == 0)
			return f->unsaid[i].why;
	return NULL;
}

const struct link *
facts_link(const struct facts *f, const char *name)
{
	for (size_t i = 0; i < f->n_links; i++)
		if (strcmp(f->links[i].name, name) == 0)
			return &f->links[i];
	return NULL;
}

const struct route *
facts_route(const struct facts *f, const struct ip *dst)
{
	for (size_t i = 0; i < f->n_routes; i++)
		if (ip_equal(&f->routes[i].dst, dst))
			return &f->routes[i];
	return NULL;
}

bool
facts_counter(const struct facts *f, const char *name, uint64_t *ret)
{
	for (size_t i = 0; i < f->n_counters; i++) {
		if (strcmp(f->counters[i].name, name) == 0) {
			*ret = f->counters[i].value;
			return true;
		}
	}
	return false;
}

const char *
facts_setting(const struct facts *f, const char *name)
{
	for (size_t i = 0; i < f->n_settings; i++)
		if (strcmp(f->settings[i].name, name) == 0)
			return f->settings[i].value;
	return NULL;
}

bool
facts_has_addr(const struct facts *f, const struct ip *ip)
{
	for (size_t i = 0; i < f->n_addrs; i++)
		if (ip_equal(&f->addrs[i].ip, ip))
			return true;
	return false;
}

bool
facts_ike_stopped(const struct facts *f)
{
	return (f->have & HAVE_IKE) != 0 && f->ike_daemon[0] == '\0';
}

bool
facts_gro(const struct facts *f, const char *link)
{
	for (size_t i = 0; i < f->n_gro_links; i++)
		if (strcmp(f->gro_links[i], link) == 0)
			return true;
	return false;
}

bool
facts_listens(const struct facts *f, uint16_t udp_port)
{
	for (size_t i = 0; i < f->n_listeners; i++)
		if (f->listeners[i].port == udp_port)
			return true;
	return false;
}
