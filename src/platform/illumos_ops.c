/* The operations of the illumos row: which text does which. */
#include "platform/illumos.h"

#include "platform/config.h"

const struct op_text illumos_ops[OPS] = {
	[OP_SERVICES] = { illumos_services, NULL },
	[OP_SERVICES_DO] = { illumos_services_do, NULL },
	[OP_FLUSH] = { illumos_flush, NULL },
	[OP_DEBUG] = { illumos_debug, illumos_debug_tools },
	[OP_CONFIG] = { illumos_config, config_tools },
	[OP_SA_KEYS] = { illumos_sa_keys, config_tools },
};
