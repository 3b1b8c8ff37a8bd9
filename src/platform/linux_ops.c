/* The operations of the linux row: which text does which. */
#include "platform/linux.h"

#include "platform/config.h"

const struct op_text linux_ops[OPS] = {
	[OP_SERVICES] = { linux_services, linux_services_tools },
	[OP_SERVICES_DO] = { linux_services_do, linux_services_tools },
	[OP_FLUSH] = { linux_flush, NULL },
	[OP_DEBUG] = { linux_debug, linux_debug_tools },
	[OP_CONFIG] = { linux_config, config_tools },
	[OP_SA_KEYS] = { linux_sa_keys, config_tools },
};
