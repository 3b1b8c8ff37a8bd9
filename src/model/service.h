/* service: what a node's service manager says of IPsec's services. */
#ifndef ESPY_MODEL_SERVICE_H
#define ESPY_MODEL_SERVICE_H
#include <stddef.h>

#include "model/facts.h"

enum { SERVICES_MAX = 32 };

enum service_health {
	SERVICE_RUNS,
	SERVICE_STOPPED,  /* switched off; as Danube Cloud has it without peers
			   */
	SERVICE_CHANGING, /* on its way from one state to another */
	SERVICE_BROKEN	  /* wanted, and does not run */
};

struct service {
	char name[FACT_TEXT_MAX]; /* the node's own: "svc:/network/ipsec/ike" */
	char state[FACT_NAME_MAX]; /* the node's own word: "online", "active" */
	enum service_health health;
};

struct services {
	struct service v[SERVICES_MAX];
	size_t n;
};

#endif
